"""Values in the filters of a question that stand for nothing, and what is near to them."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.search.finding.catalogue import Catalogue
from services.search.finding.labels import filtered_values, labels_of
from services.search.finding.names import Name, folded, ids_of, names_in_filters
from services.search.finding.values import looked_through
from services.search.query_language.fields import NAMED_FACETS
from shared.article_store.query import ArticleQuery, Bucket

MAX_NEAR = 5
# Of each value so many words are looked for, whole and by their beginning, and of a question so many values.
_MOST_WORDS = 3
_BEGINNING = 3
_MOST_VALUES = 10
_LEAST_LIKENESS = 0.5


@dataclass(frozen=True)
class UnknownValue:
    """A value of a filter that is left as it was written.

    Attributes:
        several: whether it names several, of which an article has one, where all values must be there.
        near: values of the facet with a label like it, the likest first.
    """

    facet: str
    value: str
    several: bool
    near: tuple[Bucket, ...]

    @property
    def said(self) -> str:
        """What is wrong with it, and what to do."""
        shown = repr(self.value[:80])
        if self.several:
            return f"several are called {shown}, of which an article has one: name their ids, or ask for any of them"
        meant = f"is {self.near[0].value} meant?" if self.near else f"/v1/facets/{self.facet} lists those there are"
        return f"no article has the {self.facet} {shown}: {meant}"


async def unknown_values(catalogue: Catalogue, query: ArticleQuery, *, found_nothing: bool) -> tuple[UnknownValue, ...]:
    """What is left in the filters of a question whose names were looked up.

    Args:
        found_nothing: then ids are looked up, too: one that no article has may be why.
    """
    names = names_in_filters(query)
    ids = await _unknown_ids(catalogue, query, names) if found_nothing else []
    wanted = [value for value in dict.fromkeys(filtered_values(query)) if value in names or value in ids]
    return tuple(await asyncio.gather(*(_described(catalogue, value) for value in wanted[:_MOST_VALUES])))


async def _unknown_ids(catalogue: Catalogue, query: ArticleQuery, names: Iterable[Name]) -> list[Name]:
    asked = [item for item in filtered_values(query) if item[0] in NAMED_FACETS and item not in set(names)]
    known = await labels_of(catalogue, asked) if asked else {}
    return [item for item in asked if item not in known]


async def _described(catalogue: Catalogue, value: Name) -> UnknownValue:
    facet, text = value
    # Of an id what follows its prefix is made of the name.
    said = folded(re.sub(r"[\W_]+", " ", text.partition(":")[2] or text))
    words = sorted(said.split(), key=len, reverse=True)[:_MOST_WORDS]
    beginnings = dict.fromkeys(part for word in words for part in (word, word[:_BEGINNING]))
    found = await asyncio.gather(*(looked_through(catalogue, (facet,), part) for part in beginnings))
    several = len(ids_of(text, (counts for some in found for counts in some))) > 1
    buckets = {bucket.value: bucket for some in found for counts in some for bucket in counts.buckets}
    likeness = {id_: SequenceMatcher(None, said, folded(bucket.label)).ratio() for id_, bucket in buckets.items()}
    near = sorted((id_ for id_ in buckets if likeness[id_] >= _LEAST_LIKENESS), key=lambda id_: (-likeness[id_], id_))
    return UnknownValue(facet, text, several, tuple(buckets[id_] for id_ in near[:MAX_NEAR]))

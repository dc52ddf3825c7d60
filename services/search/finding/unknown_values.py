"""Values in the filters of a question that stand for nothing, and what is near to them."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.search.finding.catalogue import Catalogue
from services.search.finding.labels import filtered_values, labels_of
from services.search.finding.names import folded, ids_of
from services.search.finding.values import FACETS_OF_FIELDS, looked_through
from services.search.parameters.facts import parameter_of
from services.search.query_language.fields import ENTITY_FACETS, NAMED_FACETS, facet_of, is_filtered_name
from shared.article_store.fact_query import FactQuery
from shared.article_store.query import MAX_LABEL_QUERY_CHARACTERS, ArticleQuery, Bucket
from shared.article_store.stories import StoryQuery

MAX_NEAR = 5
# Of each value so many words are looked for, whole and by their beginning, and of a question so many values.
_MOST_WORDS = 3
_BEGINNING = 3
_MOST_VALUES = 10
_LEAST_LIKENESS = 0.5
Question = ArticleQuery | FactQuery | StoryQuery


@dataclass(frozen=True)
class UnknownValue:
    """A value of a filter that is left as it was written.

    Attributes:
        parameter: the one that selects it; of an excluded value, too.
        several: whether it names several, where all values must be there.
        near: values with a label like it, the likest first.
        facets: of which it might be a value.
    """

    parameter: str
    value: str
    several: bool
    near: tuple[Bucket, ...]
    facets: tuple[str, ...]

    @property
    def said(self) -> str:
        """What is wrong with it, and what to do."""
        shown = repr(self.value[:80])
        if self.several:
            return f"several are called {shown}: name the id of the one that is meant"
        if self.near:
            meant = f"is {self.near[0].value} meant?"
        elif len(self.facets) == 1:
            meant = f"/v1/facets/{self.facets[0]} lists those there are"
        else:
            meant = "/v1/suggest completes the names that there are"
        return f"no article has the {self.parameter} {shown}: {meant}"


@dataclass(frozen=True)
class _Asked:
    """A value that a question asks for, and the facets that it may be a value of."""

    parameter: str
    value: str
    facets: tuple[str, ...]

    @property
    def is_name(self) -> bool:
        return is_filtered_name(self.facets[0], self.value)


async def unknown_values(catalogue: Catalogue, query: Question, *, found_nothing: bool) -> tuple[UnknownValue, ...]:
    """What is left in the filters of a question whose names were looked up.

    Args:
        found_nothing: then ids are looked up, too: one that no article has may be why.
    """
    asked = tuple(dict.fromkeys(_asked(query)))
    ids = [item for item in asked if not item.is_name] if found_nothing else []
    known = await labels_of(catalogue, ((facet, item.value) for item in ids for facet in item.facets)) if ids else {}
    unknown = {item for item in ids if not any((facet, item.value) in known for facet in item.facets)}
    wanted = [item for item in asked if item.is_name or item in unknown]
    return tuple(await asyncio.gather(*(_described(catalogue, item) for item in wanted[:_MOST_VALUES])))


def _asked(query: Question) -> Iterator[_Asked]:
    """The values that have names, in the order of the question."""
    match query:
        case ArticleQuery():
            values = filtered_values(query)
            yield from (_Asked(facet, value, (facet,)) for facet, value in values if facet in NAMED_FACETS)
        case FactQuery():
            for field, some in (*query.terms.items(), *query.without):
                facets = FACETS_OF_FIELDS.get(field, ())
                yield from (_Asked(parameter_of(field), value, _narrowed(facets, value)) for value in some if facets)
        case StoryQuery():
            named = (*query.entities, *query.without)
            yield from (_Asked("entity", value, _narrowed(ENTITY_FACETS, value)) for value in named)


def _narrowed(facets: tuple[str, ...], value: str) -> tuple[str, ...]:
    """Of an id the facet that it says itself."""
    own = facet_of(value)
    return (own,) if own in facets else facets


async def _described(catalogue: Catalogue, asked: _Asked) -> UnknownValue:
    text = asked.value
    # Of an id what follows its prefix is made of the name. Comparing takes as long as both are long, and often.
    said = folded(re.sub(r"[\W_]+", " ", text.partition(":")[2] or text))[:MAX_LABEL_QUERY_CHARACTERS]
    words = sorted(said.split(), key=len, reverse=True)[:_MOST_WORDS]
    beginnings = dict.fromkeys(part for word in words for part in (word, word[:_BEGINNING]))
    found = await asyncio.gather(*(looked_through(catalogue, asked.facets, part) for part in beginnings))
    several = len(ids_of(text, (counts for some in found for counts in some))) > 1
    buckets = {bucket.value: bucket for some in found for counts in some for bucket in counts.buckets}
    likeness = {id_: alike for id_, bucket in buckets.items() if (alike := _likeness(said, bucket.label))}
    near = sorted(likeness, key=lambda id_: (-likeness[id_], id_))
    return UnknownValue(asked.parameter, text, several, tuple(buckets[id_] for id_ in near[:MAX_NEAR]), asked.facets)


def _likeness(said: str, label: str) -> float | None:
    """From _LEAST_LIKENESS to 1; None where they are less alike, which most are, and is told soon."""
    matcher = SequenceMatcher(None, said, folded(label))
    for upper_bound in (matcher.real_quick_ratio, matcher.quick_ratio):
        if upper_bound() < _LEAST_LIKENESS:
            return None
    alike = matcher.ratio()
    return alike if alike >= _LEAST_LIKENESS else None

"""Where articles are kept, as values: a generation of indices for each mapping, and in it one index for each month.

    PREFIX-articles                            what is read: an alias of all indices of one generation
    PREFIX-articles-GENERATION                 an alias of all indices of that generation
    PREFIX-articles-GENERATION-2026-03         an index: the articles first seen in March 2026
    PREFIX-articles-GENERATION-2026-03-write   an alias of that index, for writers: so nothing is made by a write

A document of its own, beside the revisions, says which generation writers make documents for, which older ones they
write to as well, and which is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.article_store.elasticsearch.mapping import alias, definition
from shared.article_store.elasticsearch.operations import Operation, Target
from shared.article_store.indexed import LAYOUT_VERSION
from shared.events.enrichment import Value

LAYOUT_ID = "layout"
# A wrong clock must not make thousands of indices.
_FIRST_YEAR, _LAST_YEAR = 2000, 2099


class Generation(Value):
    """The indices of one mapping.

    Attributes:
        monthly: false for the one index, of the name without a month, that programs before months made.
        fields: the top fields that its mapping knows, where documents of another mapping are written to it, too.
    """

    name: str
    monthly: bool = True
    fields: tuple[str, ...] = ()


class Layout(Value):
    """Which generations there are, and what they are for.

    Attributes:
        leading: whose documents writers make; a program whose mapping has another name must not write.
        also: an older one that gets what is written, too: what is read while the leading one is filled, and the way
            back afterwards.
        reading: the generation that is read.
        copied_to: while the leading one is filled: the last article_id, in their order, that was copied.
        by_itself: whether the next start of indexing goes on with the filling, rather than a command.
        left: mappings that an operator went back from.
    """

    leading: Generation
    also: Generation | None = None
    reading: str
    copied_to: str = ""
    by_itself: bool = False
    left: tuple[str, ...] = ()

    @property
    def written(self) -> tuple[Generation, ...]:
        """All that is written, the leading one first."""
        return (self.leading,) if self.also is None else (self.leading, self.also)

    @property
    def is_filling(self) -> bool:
        """Whether the leading generation is not read yet, for it lacks articles."""
        return self.reading != self.leading.name


def month_of(first_seen_at: datetime) -> str:
    """The month whose index an article is put into that was first seen then, in UTC."""
    at = first_seen_at.astimezone(UTC)
    year = min(max(at.year, _FIRST_YEAR), _LAST_YEAR)
    return f"{year}-{at.month:02}"


def generation_name(prefix: str, generation: str) -> str:
    """What stands for all indices of a generation; also the name of its template."""
    return f"{alias(prefix)}-{generation}"


def index_of(prefix: str, generation: Generation, month: str) -> str:
    """The index that holds the articles of a month."""
    name = generation_name(prefix, generation.name)
    return f"{name}-{month}" if generation.monthly else name


def target_of(prefix: str, generation: Generation, month: str) -> Target:
    """Where the articles of a month are written."""
    index = index_of(prefix, generation, month)
    return Target(f"{index}-write") if generation.monthly else Target(index, is_alias=False)


def template(prefix: str, own: str) -> dict[str, Any]:
    """The index template of this program's mapping, of that name; a month is read from when it is ready for it."""
    name = generation_name(prefix, own)
    return {
        "index_patterns": [f"{name}-*"],
        "priority": 500,
        "version": LAYOUT_VERSION,
        "meta": {"fingerprint": own},
        "template": {**definition(), "aliases": {name: {}}},
    }


def month_of_index(prefix: str, generation: Generation, index: str) -> str:
    """The month that is in the name of an index."""
    return index.removeprefix(f"{generation_name(prefix, generation.name)}-")


def everywhere(
    prefix: str, layout: Layout, homes: Mapping[str, str], operation: Operation
) -> Iterator[tuple[Generation, Operation]]:
    """An operation on an article as it is done in each generation; the documents of an older one have its fields."""
    for generation in layout.written:
        target = target_of(prefix, generation, homes[operation.document_id])
        document = operation.document
        if document is not None and generation is not layout.leading:
            document = {name: value for name, value in document.items() if name in generation.fields}
        yield generation, replace(operation, target=target, document=document)

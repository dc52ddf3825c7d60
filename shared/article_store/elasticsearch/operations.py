"""One thing to be done to one document, as a value; sent in bulk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

# An article with its text against a fact.
ARTICLE_WEIGHT = 5


@dataclass(frozen=True)
class Target:
    """Where to write: an alias, or with `is_alias` false an index. Either must be there: none is made on the way."""

    name: str
    is_alias: bool = True


@dataclass(frozen=True)
class Operation:
    """Write or delete a document.

    Attributes:
        action: "create" writes only what is not there yet.
        version: an older one than the document has changes nothing; None: whatever is there.
        target: where, if not where the whole request goes.
        weight: how large it may be, in facts: so much of a request it takes.
    """

    action: Literal["index", "create", "delete"]
    document_id: str
    document: Mapping[str, Any] | None = None
    version: int | None = None
    target: Target | None = None
    weight: int = 1


def lines_of(operation: Operation) -> Iterator[Mapping[str, Any]]:
    """The lines of a bulk request that ask for it."""
    about: dict[str, Any] = {"_id": operation.document_id}
    if operation.target is not None:
        about |= {"_index": operation.target.name, "require_alias": operation.target.is_alias}
    if operation.version is not None:
        about |= {"version": operation.version, "version_type": "external_gte"}
    yield {operation.action: about}
    if operation.document is not None:
        yield operation.document

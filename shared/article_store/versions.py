"""Decides what a put does to what the store holds: newer or equal versions replace, older ones never do."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.article_store.document import StoredArticle
from shared.clock import from_ms, to_ms
from shared.events.articles import PutResult


@dataclass(frozen=True)
class Held:
    """What the store knows of an article without reading it: version, first arrival (ms), digest of its content."""

    version: int
    ingested_ms: int
    digest: str

    @classmethod
    def of(cls, stored: StoredArticle) -> "Held":
        """What the store will know of an article that is put as it is."""
        return cls(stored.version, to_ms(stored.ingested_at), digest(stored))


@dataclass(frozen=True)
class Write:
    """A document of a batch, what putting it does, and the form it is kept in."""

    stored: StoredArticle
    held: Held
    result: PutResult


def digest(stored: StoredArticle) -> str:
    """Equal for equal content and enrichment, whatever the version of either."""
    enrichment = stored.enrichment.model_dump_json(exclude={"enrichment_version"})
    return hashlib.sha256(f"{stored.article.content_hash}\n{enrichment}".encode()).hexdigest()


def decide(held: Mapping[str, Held], batch: Iterable[StoredArticle]) -> list[Write]:
    """What each document of a batch does, given what the store holds by article_id; in order, so that a second
    document of the same article meets the first."""
    known = dict(held)
    writes = []
    for stored in batch:
        write = _decide(known.get(stored.article_id), stored)
        writes.append(write)
        if write.result != "stale":
            known[stored.article_id] = write.held
    return writes


def _decide(held: Held | None, stored: StoredArticle) -> Write:
    own = Held.of(stored)
    if held is None:
        return Write(stored, own, "created")
    if stored.version < held.version:
        return Write(stored, own, "stale")
    kept = stored.model_copy(update={"ingested_at": from_ms(held.ingested_ms)})
    result: PutResult = "unchanged" if own.digest == held.digest else "updated"
    return Write(kept, Held(own.version, held.ingested_ms, own.digest), result)

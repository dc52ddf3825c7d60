"""Decides what a put does to what the store holds: newer or equal versions replace, older ones never do."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.article_store.document import StoredArticle
from shared.article_store.past import Past, in_standing
from shared.events.articles import PutResult

# What may change though the article says the same and is understood the same.
_NOT_SAID = {"enrichment_version", "story_id", "copy_of", "story_version"}


@dataclass(frozen=True)
class Write:
    """A document of a batch in the form it is kept in, and what putting it does."""

    stored: StoredArticle
    result: PutResult


def digest(stored: StoredArticle) -> str:
    """Equal for equal content and enrichment, whatever the version of either."""
    enrichment = stored.enrichment.model_dump_json(exclude=_NOT_SAID)
    return hashlib.sha256(f"{stored.article.content_hash}\n{enrichment}".encode()).hexdigest()


def decide(
    present: Mapping[str, StoredArticle], pasts: Mapping[str, Past], batch: Iterable[StoredArticle]
) -> list[Write]:
    """What each document of a batch does, given what the store holds by article_id; in order, so that a second
    document of the same article meets the first. What was deleted for good counts as newer than any of it."""
    known = dict(present)
    writes = []
    for stored in batch:
        past = pasts.get(stored.article_id, Past())
        write = _decide(known.get(stored.article_id), past, stored)
        writes.append(write)
        if write.result != "stale":
            known[stored.article_id] = write.stored
    return writes


def _decide(present: StoredArticle | None, past: Past, stored: StoredArticle) -> Write:
    if past.forbids(stored.article.revision):
        return Write(stored, "stale")
    own = in_standing(stored, past)
    if present is None or past.forbids(present.article.revision):
        return Write(own, "created")
    if stored.version < present.version:
        return Write(stored, "stale")
    result: PutResult = "unchanged" if digest(stored) == digest(present) else "updated"
    return Write(own.model_copy(update={"ingested_at": present.ingested_at}), result)

"""What an article said before, and what changed from one revision to the next, as the API's JSON."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from services.search.api.representation import Published
from services.search.differences import ChangeKind, difference
from shared.article_store.document import StoredRevision


class SentenceChange(BaseModel):
    """A sentence that only one of two revisions has."""

    kind: ChangeKind
    text: str


class Changes(BaseModel):
    """What a revision says otherwise than the one before it."""

    title_before: str | None = Field(description="where the title changed")
    sentences: tuple[SentenceChange, ...] = Field(description="removed and added ones, in reading order")
    complete: bool = Field(description="false where more changed than is shown, or than may be shown")

    @classmethod
    def between(cls, older: StoredRevision, newer: StoredRevision) -> "Changes":
        found = difference(older.text, newer.text)
        withheld = "noarchive" in (*older.rights, *newer.rights)
        return cls(
            title_before=None if older.title == newer.title else older.title,
            sentences=tuple(SentenceChange(kind=change.kind, text=change.text) for change in found.changes),
            complete=found.complete and not withheld,
        )


class Revision(BaseModel):
    """One state of an article."""

    revision: int
    title: str
    published: Published
    updated_at: datetime | None
    fetched_at: datetime
    content_hash: str = Field(description="of title and text: equal for equal content")
    changes: Changes | None = Field(description="since the revision before; null for the first")


class RevisionList(BaseModel):
    """The states of an article that are kept, oldest first: the first one and the newest."""

    article_id: str
    revisions: tuple[Revision, ...]

    @classmethod
    def of(cls, article_id: str, revisions: Sequence[StoredRevision]) -> "RevisionList":
        before = (None, *revisions)
        return cls(
            article_id=article_id,
            revisions=tuple(_item(older, newer) for older, newer in zip(before, revisions, strict=False)),
        )


def _item(older: StoredRevision | None, newer: StoredRevision) -> Revision:
    return Revision(
        revision=newer.revision,
        title=newer.title,
        published=Published.of(newer.published),
        updated_at=newer.updated_at,
        fetched_at=newer.fetched_at,
        content_hash=newer.content_hash,
        changes=None if older is None else Changes.between(older, newer),
    )

"""Decides what is kept of an article's past, and what that past makes of the article: whatever order it came in.

The past is a set of revisions and the latest withdrawals. The article's standing follows from it alone, so that late,
repeated and exchanged events all end in the same state.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from shared.article_store.document import RevisionMark, Standing, StoredArticle, StoredRevision, revision_of
from shared.article_store.stories import Claim, StoryMark, claim_of, membership
from shared.events.articles import ArticleWithdrawn

# A page that shows another text at every visit (a ticker, a counter) must not fill the disk.
MAX_REVISIONS = 20
WithdrawResult = Literal["withdrawn", "deleted", "stale", "unknown"]
NO_CLAIM = Claim()
M = TypeVar("M", bound=RevisionMark)


@dataclass(frozen=True)
class Past:
    """What is known of an article beside its present state.

    Attributes:
        revisions: those that are kept, oldest first.
        withdrawn: the latest withdrawal that only marks.
        erased: the latest that deletes: the tombstone. Nothing up to its revision is ever written again.
        stories: what stories say of it.
    """

    revisions: tuple[RevisionMark, ...] = ()
    withdrawn: ArticleWithdrawn | None = None
    erased: ArticleWithdrawn | None = None
    stories: tuple[StoryMark, ...] = ()

    def forbids(self, revision: int) -> bool:
        """Whether this revision of the article was deleted for good."""
        return self.erased is not None and revision <= self.erased.revision


@dataclass(frozen=True)
class RevisionPlan:
    """What to write and to remove (by revision) so that `past` is what is kept."""

    create: tuple[StoredRevision, ...]
    remove: tuple[int, ...]
    past: Past


def kept(revisions: Iterable[M]) -> tuple[M, ...]:
    """Those that differ from the one before, oldest first: the first and the newest MAX_REVISIONS - 1."""
    distinct: list[M] = []
    for mark in sorted(revisions, key=lambda mark: mark.revision):
        if not distinct or mark.content_hash != distinct[-1].content_hash:
            distinct.append(mark)
    surplus = max(len(distinct) - MAX_REVISIONS, 0)
    return (*distinct[:1], *distinct[1 + surplus :])


def plan(past: Past, candidates: Iterable[StoredRevision] = ()) -> RevisionPlan:
    """What these revisions change; one that is there already is never written again."""
    there = {mark.revision: mark for mark in past.revisions}
    new = {candidate.revision: candidate for candidate in candidates if candidate.revision not in there}
    known: list[RevisionMark] = [*there.values(), *new.values()]
    wanted = kept(mark for mark in known if not past.forbids(mark.revision))
    numbers = {mark.revision for mark in wanted}
    return RevisionPlan(
        create=tuple(new[number] for number in sorted(numbers & new.keys())),
        remove=tuple(sorted(there.keys() - numbers)),
        past=replace(past, revisions=wanted),
    )


def plans(
    pasts: Mapping[str, Past], present: Mapping[str, StoredArticle], batch: Sequence[StoredArticle] = ()
) -> dict[str, RevisionPlan]:
    """The plan of each article, by article_id, when a batch is put.

    What is there at present counts too: it may differ from a revision that comes late and lies before it, or have been
    put before revisions were kept.
    """
    candidates: dict[str, list[StoredRevision]] = {article_id: [] for article_id in pasts}
    for stored in (*present.values(), *batch):
        candidates.setdefault(stored.article_id, []).append(revision_of(stored))
    return {article_id: plan(pasts.get(article_id, Past()), of_one) for article_id, of_one in candidates.items()}


def standing(past: Past, revision: int, claim: Claim = NO_CLAIM) -> Standing:
    """What the past and the stories make of an article whose present state is this revision, with this claim."""
    changes = past.revisions[1:]
    withdrawn = past.withdrawn if past.withdrawn is not None and past.withdrawn.revision >= revision else None
    return Standing(
        revisions=max(len(past.revisions), 1),
        changed_at=changes[-1].fetched_at if changes else None,
        withdrawal=withdrawn,
        story=membership(past.stories, claim),
    )


def in_standing(stored: StoredArticle, past: Past) -> StoredArticle:
    """The article as its past makes it."""
    own = standing(past, stored.article.revision, claim_of(stored.enrichment))
    return stored if stored.standing == own else stored.model_copy(update={"standing": own})


def noted(past: Past, event: ArticleWithdrawn) -> Past:
    """The past with one withdrawal more; an older one than is known changes nothing."""
    known = past.erased if event.hard else past.withdrawn
    if known is not None and known.revision > event.revision:
        return past
    return replace(past, erased=event) if event.hard else replace(past, withdrawn=event)


def withdraw_result(past: Past, present: StoredArticle | None, event: ArticleWithdrawn) -> WithdrawResult:
    """What a withdrawal does to an article, given what is there before it.

    unknown: the article is not there; the withdrawal waits for what comes late.
    stale: a newer revision, or a newer withdrawal of this kind, is there.
    """
    known = past.erased if event.hard else past.withdrawn
    if known is not None and known.revision > event.revision:
        return "stale"
    if present is None:
        return "unknown"
    if present.article.revision > event.revision:
        return "stale"
    return "deleted" if event.hard else "withdrawn"

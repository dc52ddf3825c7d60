"""A story as enrichment keeps it: its members, who copies whom, what it is about; and as it leaves in an event.

Every change makes another story; copies follow the earliest published of those that share their text, in whatever order
they arrive.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic_core import from_json, to_json

from services.enrichment.stories.fingerprint import Fingerprint
from services.enrichment.stories.subject import Subject, middle
from shared.clock import from_ms
from shared.events.articles import ArticleCrawled
from shared.events.stories import MAX_MEMBERS, MAX_TITLE_CHARACTERS, StoryChanged, StoryMember

# The subjects of so many originals, the last that came, are kept beside their mean.
_RECENT_SUBJECTS = 6
_DAY_MS = 24 * 3_600_000
# How much later than it says an article may have been published: a day is given as its first instant.
_LATEST_MS = {"second": 0, "minute": 0, "day": _DAY_MS - 1, "month": 31 * _DAY_MS - 1}


@dataclass(frozen=True)
class Member:
    """An article of a story.

    Attributes:
        rank_ms: by which the earliest published is told: publication, at its latest where only a day is known, but not
            after the article was first seen.
        prints: of an original and of the longest of its copies; None for other copies.
        subject: of the originals that came last.
    """

    article_id: str
    copy_of: str | None
    published_ms: int
    rank_ms: int
    source_id: str
    site_name: str | None
    title: str
    prints: Fingerprint | None = None
    subject: Subject | None = None

    @property
    def group(self) -> str:
        """The article_id of the original of its text."""
        return self.copy_of or self.article_id

    @property
    def order(self) -> tuple[int, str]:
        """Sorts the earliest published first."""
        return (self.rank_ms, self.article_id)


def member(article: ArticleCrawled, prints: Fingerprint, subject: Subject) -> Member:
    """The article as the member of a story; a copy of nothing."""
    published_ms = round(article.published.at.timestamp() * 1000)
    first_seen_ms = round(article.first_seen_at.timestamp() * 1000)
    latest_ms = published_ms + _LATEST_MS[article.published.precision]
    return Member(
        article_id=article.article_id,
        copy_of=None,
        published_ms=published_ms,
        rank_ms=max(published_ms, min(latest_ms, first_seen_ms)),
        source_id=article.source_id,
        site_name=article.site_name,
        title=article.title[:MAX_TITLE_CHARACTERS],
        prints=prints,
        subject=subject,
    )


@dataclass(frozen=True)
class Story:
    """A story and its members, the earliest published first.

    Attributes:
        version: of the membership as it was read; 0 for a story that is not kept yet.
        unlisted: how many further members it has beyond MAX_MEMBERS: its latest copies.
        merged_into: the story that took its members over; of those only the earliest is still kept then.
    """

    story_id: str
    members: tuple[Member, ...]
    centre: Subject | None = None
    version: int = 0
    unlisted: int = 0
    merged_into: str | None = None
    ids: frozenset[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", frozenset(one.article_id for one in self.members))

    @property
    def size(self) -> int:
        return 0 if self.merged_into else len(self.members) + self.unlisted

    def of(self, article_id: str) -> Member | None:
        """The member with this id, if it is listed."""
        if article_id not in self.ids:
            return None
        return next(one for one in self.members if one.article_id == article_id)

    def joined(self, newcomer: Member, group: str | None) -> "Story":
        """The story with another member; with `group`, a copy of the text of that original."""
        members = [*self.members, replace(newcomer, copy_of=group)]
        centre = self.centre
        if group is None and newcomer.subject is not None:
            count = sum(1 for one in self.members if one.copy_of is None)
            centre = newcomer.subject if centre is None else middle([(centre, count), (newcomer.subject, 1)])
        listed, left = _listed(_settled(members))
        return replace(self, members=listed, centre=centre, unlisted=self.unlisted + left)

    def original_of(self, article_id: str) -> str:
        """What copies of an article's text copy: the article, or what it turned out to be a copy of itself."""
        known = self.of(article_id)
        return article_id if known is None else known.group

    def without(self, article_ids: Iterable[str]) -> "Story":
        """The story without these members; their copies follow the earliest of the rest."""
        gone = set(article_ids)
        return _rebuilt(replace(self, members=_settled(one for one in self.members if one.article_id not in gone)))

    def absorbing(self, other: "Story") -> "Story":
        """The story with the members of another."""
        listed, left = _listed(_settled([*self.members, *other.members]))
        return _rebuilt(replace(self, members=listed, unlisted=self.unlisted + other.unlisted + left))

    def changed(self, version: int, now_ms: int, last: Member) -> StoryChanged:
        """The event that says the story as it is under this version.

        Args:
            last: the earliest of the members that it had before it was left by all.
        """
        original = self.members[0] if self.members else last
        times = [one.published_ms for one in self.members] or [original.published_ms]
        return StoryChanged(
            story_id=self.story_id,
            version=version,
            # Of one that was left by all nothing is told: who left it may have to be forgotten.
            headline=original.title if self.members else "",
            original=original.article_id,
            members=() if self.merged_into else tuple(map(_said, self.members)),
            size=self.size,
            merged_into=self.merged_into,
            first_at=from_ms(min(times)),
            last_at=from_ms(max(times)),
            changed_at=from_ms(now_ms),
        )


def opened(story_id: str, members: Iterable[Member]) -> Story:
    """A new story of these members."""
    return _rebuilt(Story(story_id, _settled(members)))


def encode(story: Story) -> str:
    """The story as JSON, without its id and version."""
    members = [
        [
            one.article_id,
            one.copy_of,
            one.published_ms,
            one.rank_ms,
            one.source_id,
            one.site_name,
            one.title,
            one.prints and one.prints.encode(),
            one.subject and one.subject.encode(),
        ]
        for one in story.members
    ]
    kept = {"m": members, "c": story.centre and story.centre.encode(), "u": story.unlisted, "i": story.merged_into}
    return to_json(kept).decode()


def decode(story_id: str, version: int, value: str) -> Story:
    """The story that was encoded."""
    kept = from_json(value)
    members = tuple(map(_member, kept["m"]))
    return Story(story_id, members, kept["c"] and Subject.decode(kept["c"]), version, kept["u"], kept["i"])


def _member(kept: Sequence[Any]) -> Member:
    article_id, copy_of, published_ms, rank_ms, source_id, site_name, title, prints, subject = kept
    return Member(
        article_id=article_id,
        copy_of=copy_of,
        published_ms=published_ms,
        rank_ms=rank_ms,
        source_id=source_id,
        site_name=site_name,
        title=title,
        prints=prints and Fingerprint.decode(prints),
        subject=subject and Subject.decode(subject),
    )


def _said(one: Member) -> StoryMember:
    return StoryMember(
        article_id=one.article_id,
        copy_of=one.copy_of,
        published_at=from_ms(one.published_ms),
        source_id=one.source_id,
        site_name=one.site_name,
        title=one.title,
    )


def _settled(members: Iterable[Member]) -> tuple[Member, ...]:
    """In order; in each group the earliest is the original, and only it and the longest keep their fingerprints."""
    groups: dict[str, list[Member]] = {}
    for one in sorted(members, key=lambda one: one.order):
        groups.setdefault(one.group, []).append(one)
    settled = [one for group in groups.values() for one in _settled_group(group)]
    settled.sort(key=lambda one: one.order)
    with_subject = {one.article_id for one in [one for one in settled if one.subject][-_RECENT_SUBJECTS:]}
    return tuple(one if one.article_id in with_subject else _as(one, one.copy_of, one.prints, None) for one in settled)


def _listed(members: tuple[Member, ...]) -> tuple[tuple[Member, ...], int]:
    """The members that a story lists, and how many it does not: the latest copies go first, then the latest originals.

    So the earliest published is listed whenever it arrives, and every text has its original in the list.
    """
    left = max(0, len(members) - MAX_MEMBERS)
    if not left:
        return members, 0
    places = range(len(members))
    by_use = sorted(places, key=lambda at: (members[at].copy_of is None, members[at].prints is not None, -at))
    gone = set(by_use[:left])
    return tuple(members[at] for at in places if at not in gone), left


def _settled_group(group: Sequence[Member]) -> list[Member]:
    original = group[0]
    if len(group) == 1:
        return [_as(original, None, original.prints, original.subject)]
    printed = [one for one in group if one.prints is not None]
    longest = max(printed, key=lambda one: (one.prints.total if one.prints else 0, one.article_id), default=None)
    # A group needs one subject; which of its members had it does not matter.
    subject = next((one.subject for one in group if one.subject is not None), None)
    copies = [_as(one, original.article_id, one.prints if one is longest else None, None) for one in group[1:]]
    return [_as(original, None, original.prints, subject), *copies]


def _as(one: Member, copy_of: str | None, prints: Fingerprint | None, subject: Subject | None) -> Member:
    """The member with these; most are so already, and making another takes longer than to look."""
    if one.copy_of == copy_of and one.prints is prints and one.subject is subject:
        return one
    return replace(one, copy_of=copy_of, prints=prints, subject=subject)


def _rebuilt(story: Story) -> Story:
    """The story with the mean of the subjects that its members still have; with its old one where they have none."""
    subjects = [(one.subject, 1) for one in story.members if one.subject is not None]
    return replace(story, centre=middle(subjects)) if subjects else story

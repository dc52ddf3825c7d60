"""Stories as they are kept, what they say of the articles in them, and a question for them with its answer.

A story is kept as its newest StoryChanged says it. What story an article belongs to follows from the stories that name
it and from what its own enrichment says, the newest membership of all: so it ends the same, whichever comes first.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shared.article_store.bounds import within
from shared.article_store.document import Membership, StoredArticle, bounded_ms, order_key
from shared.article_store.query import MAX_PAGE_SIZE, Total
from shared.clock import to_ms
from shared.errors import InvalidInput
from shared.events.enrichment import Enrichment, EntityId
from shared.events.stories import MAX_MEMBERS, StoryChanged

# An article says how large its story is in these steps, so that it is not written again whenever another one joins.
SIZE_STEPS = (10, 5, 2, 1)
# Of the stories that an entity is named in, so many are looked through: those with most articles that name it.
MAX_STORIES_OF_ENTITY = 10_000
MAX_ENTITIES = 16
MAX_STORY_WORDS = 1_000
StorySort = Literal["newest", "largest"]
_MOST_ARTICLES = 65_535
_MS_BITS = 41


class StoredStory(StoryChanged):
    """A story as its newest StoryChanged says it."""

    @property
    def listed(self) -> bool:
        """Whether lists of stories show it: one that is empty or was merged into another is only got by its id."""
        return self.size > 0 and self.merged_into is None

    @property
    def named_ids(self) -> frozenset[str]:
        """The articles that it says something of: its members, and its original, which an empty one still names."""
        return frozenset((self.original, *(member.article_id for member in self.members)))

    @property
    def first_ms(self) -> int:
        """Publication of the earliest member in ms since 1970, within what an order key holds."""
        return bounded_ms(self.first_at)

    @property
    def last_ms(self) -> int:
        """The same of the latest member."""
        return bounded_ms(self.last_at)

    @property
    def titles(self) -> tuple[str, ...]:
        """What words are looked for in: the headline and the titles of the members, each once."""
        return tuple(dict.fromkeys((self.headline, *(member.title for member in self.members))))

    @property
    def last_order(self) -> int:
        """Orders by the publication of the latest member and tells stories of one instant apart; below 2**63."""
        return order_key(to_ms(self.last_at), self.story_id)

    @property
    def size_order(self) -> int:
        """Orders by size, of equal sizes by the publication of the latest member."""
        return (min(self.size, _MOST_ARTICLES) << _MS_BITS) | self.last_ms


@dataclass(frozen=True)
class StoryMark:
    """What one story says of one article.

    Attributes:
        named: whether the article is among its members; one that is not may still belong to it: see MAX_MEMBERS.
        originals: article_id of a member that is a copy → its original; for articles that it does not name.
        merged_into: the story that took its members over, those that it does not name included.
    """

    story_id: str
    version: int
    size: int
    named: bool
    copy_of: str | None = None
    originals: Mapping[str, str | None] = field(default_factory=dict)
    merged_into: str | None = None


def story_of(event: StoryChanged) -> StoredStory:
    """What is kept of an event."""
    return StoredStory.model_validate(event.model_dump())


def newest(events: Iterable[StoryChanged]) -> dict[str, StoredStory]:
    """The newest of each story that a batch says, by its id."""
    found: dict[str, StoredStory] = {}
    for event in events:
        if is_newer(event, found.get(event.story_id)):
            found[event.story_id] = story_of(event)
    return found


def is_newer(event: StoryChanged, known: StoredStory | None) -> bool:
    """Whether an event says what is to be kept: the same version may be said again."""
    return known is None or event.version >= known.version


def without(story: StoredStory, article_ids: Collection[str]) -> StoredStory:
    """The story as if these articles had never been in it: nothing of them is kept, a headline neither."""
    members = tuple(member for member in story.members if member.article_id not in article_ids)
    if len(members) == len(story.members) and story.original not in article_ids:
        return story
    first = members[0] if members else None
    kept = {
        "members": tuple(m.model_copy(update={"copy_of": None}) if m.copy_of in article_ids else m for m in members),
        "size": max(story.size - (len(story.members) - len(members)), 0),
    }
    if story.original in article_ids:
        # An id has to stand there; it is all that is left of a story whose only article was forgotten.
        kept |= {"original": first.article_id if first else story.original, "headline": first.title if first else ""}
    return story.model_copy(update=kept)


def left_behind(before: Iterable[StoredStory], after: Iterable[StoredStory]) -> set[str]:
    """The members of stories that others were taken out of (`without`) whose membership is another now: in a smaller
    story, or no copy any more of what is gone."""
    left: set[str] = set()
    for old, new in zip(before, after, strict=True):
        copies = {member.article_id: member.copy_of for member in old.members}
        is_smaller = size_step(old.size) != size_step(new.size)
        left |= {m.article_id for m in new.members if is_smaller or copies[m.article_id] != m.copy_of}
    return left


def marks(stories: Iterable[StoredStory], claims: Mapping[str, Collection[str]]) -> dict[str, tuple[StoryMark, ...]]:
    """What these stories say of articles, by article_id; `claims` has the stories that each article says it is in."""
    found: dict[str, list[StoryMark]] = {article_id: [] for article_id in claims}
    for story in stories:
        about = (story.story_id, story.version, story.size)
        named = {member.article_id: member.copy_of for member in story.members}
        for article_id, claimed in claims.items():
            if article_id in named:
                found[article_id].append(StoryMark(*about, True, named[article_id]))
            elif story.story_id in claimed:
                mark = StoryMark(*about, False, originals=named, merged_into=story.merged_into)
                found[article_id].append(mark)
    return {article_id: tuple(of_one) for article_id, of_one in found.items()}


def membership(said: Iterable[StoryMark], claim: "Claim") -> Membership | None:
    """The story that an article belongs to, given what stories say of it and what it says itself."""
    known = {mark.story_id: mark for mark in said}
    named = [(mark.version, mark.story_id, mark.copy_of) for mark in known.values() if mark.named]
    newest = max(named, default=None)
    if claim.story_id is not None and (newest is None or claim.version > newest[0]):
        newest = (claim.version, claim.story_id, claim.copy_of)
    if newest is None:
        return None
    _, story_id, copy_of = newest
    mark = known.get(story_id)
    if mark is None or mark.named:
        return Membership(story_id=story_id, copy_of=copy_of, size=size_step(mark.size if mark else 1))
    if mark.merged_into is not None and mark.version > newest[0]:
        into = known.get(mark.merged_into)
        # What a merged story named is named by the other; what neither names is in one of more than MAX_MEMBERS.
        size = into.size if into else MAX_MEMBERS
        return Membership(story_id=mark.merged_into, copy_of=copy_of, size=size_step(size))
    original = copy_of and (mark.originals.get(copy_of) or copy_of)
    # Who joined after the story was said last makes it larger by one at least, and is not written again to say so.
    return Membership(story_id=story_id, copy_of=original, size=size_step(mark.size + (newest[0] > mark.version)))


@dataclass(frozen=True)
class Claim:
    """What an article's enrichment says of its story."""

    story_id: str | None = None
    copy_of: str | None = None
    version: int = 0


def claim_of(enrichment: Enrichment) -> Claim:
    """The claim of an article that was enriched."""
    return Claim(enrichment.story_id, enrichment.copy_of, enrichment.story_version)


def claims_of(article_ids: Iterable[str], articles: Iterable[StoredArticle]) -> dict[str, set[str]]:
    """The stories that these articles say they are in, by article_id."""
    found: dict[str, set[str]] = {article_id: set() for article_id in article_ids}
    for stored in articles:
        if stored.enrichment.story_id is not None:
            found.setdefault(stored.article_id, set()).add(stored.enrichment.story_id)
    return found


def size_step(size: int) -> int:
    """The lowest size of the step that a size is in: 1, 2, 5 or 10."""
    return next((step for step in SIZE_STEPS if size >= step), 1)


def touched_members(before: StoredStory | None, after: StoredStory) -> set[str]:
    """The members, old and new, whose membership may change when a story is said anew; beside those in other stories.

    What comes late or again may have been kept by a writer that was killed before it came to the articles: all of them
    are looked at then.
    """
    new = {member.article_id: member.copy_of for member in after.members}
    if before is None:
        return set(new)
    old = {member.article_id: member.copy_of for member in before.members}
    if before.version >= after.version or size_step(before.size) != size_step(after.size):
        return old.keys() | new.keys()
    return {article_id for article_id, _ in old.items() ^ new.items()}


@dataclass(frozen=True)
class StoryQuery:
    """Which stories to find; all conditions must hold.

    Attributes:
        published_from: the story has an article published then or later.
        published_to: it has one published before.
        entities: it has an article that names all of these (see MAX_STORIES_OF_ENTITY).
        without: none of its articles names any of these (see MAX_STORIES_OF_ENTITY).
        words: all of them are in its headline and the titles of its articles.
        size_from: the least number of articles.
        unlisted: whether stories are found, too, that are empty or were merged into another.
        cursor: the `next` of the page before; opaque, and bound to the same query.
    """

    published_from: datetime | None = None
    published_to: datetime | None = None
    entities: tuple[EntityId, ...] = ()
    without: tuple[EntityId, ...] = ()
    words: str = ""
    size_from: int = 1
    unlisted: bool = False
    sort: StorySort = "newest"
    size: int = 20
    cursor: str | None = None


EVERY_STORY = StoryQuery(size_from=0, unlisted=True, size=MAX_PAGE_SIZE)


@dataclass(frozen=True)
class StoryResult:
    """A page of stories, the total, and the cursor of the next page."""

    total: Total
    stories: tuple[StoredStory, ...]
    next: str | None = None


def check_story_bounds(query: StoryQuery) -> None:
    """Return when the query may be asked.

    Raises:
        InvalidInput: a size below zero, or a time without a zone.
        LimitExceeded: a longer page, more words or more entities than are answered.
    """
    if any(moment is not None and moment.tzinfo is None for moment in (query.published_from, query.published_to)):
        raise InvalidInput("a time without a zone: end it with Z, or with an offset")
    within("page size", query.size, MAX_PAGE_SIZE)
    within("number of entities", max(len(query.entities), len(query.without)), MAX_ENTITIES)
    within("length of the words", len(query.words), MAX_STORY_WORDS)

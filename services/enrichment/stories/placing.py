"""A batch of articles → the story of each: read, decide, commit, and again from the start where others were faster."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.enrichment.stories.assign import Placed, assign, counted
from services.enrichment.stories.fingerprint import Fingerprint
from services.enrichment.stories.plan import Found, Plan, Sought, home_of
from services.enrichment.stories.state import LEAST_SHARED_KEYS, StoryState
from services.enrichment.stories.story import Member, Story, member
from services.enrichment.stories.subject import Draft, Subject
from shared.clock import Clock
from shared.errors import DependencyUnavailable, TemporaryFailure
from shared.events.articles import ArticleCrawled
from shared.events.stories import StoryChanged
from shared.redis_client import BROKER_ERRORS

# A batch of many articles loses more races than one: after so many it is placed article by article.
_RACES_OF_A_BATCH, _RACES_OF_ONE = 4, 40
_LONGEST_PAUSE_S = 0.05


@dataclass(frozen=True)
class Newcomer:
    """An article that is to be placed: what it is, what it is about, and the fingerprint of its text."""

    article: ArticleCrawled
    draft: Draft
    prints: Fingerprint


@dataclass(frozen=True)
class Membership:
    """The story of an article.

    Attributes:
        version: of the story's membership.
        changed: what others have to know, for the event that leaves with this article.
    """

    story_id: str
    copy_of: str | None
    version: int
    changed: tuple[StoryChanged, ...] = ()


class PlaceArticles:
    """Places articles in stories that all workers share."""

    def __init__(self, state: StoryState, clock: Clock, rng: random.Random) -> None:
        self._state = state
        self._clock = clock
        self._rng = rng

    async def __call__(self, newcomers: Sequence[Newcomer]) -> list[Membership]:
        """The memberships of articles that arrived in this order; an article that was placed before stays where it is.

        What comes from the store and is not known any more stays where it says that it was: nothing is committed of it.

        Raises:
            DependencyUnavailable: no answer from the broker; what was placed stays placed, ask again.
            TemporaryFailure: other workers were faster too often.
        """
        try:
            placed = await self._place(newcomers, _RACES_OF_A_BATCH if len(newcomers) > 1 else _RACES_OF_ONE)
            if placed is None:
                placed = [one for newcomer in newcomers for one in await self._alone(newcomer)]
        except BROKER_ERRORS as error:
            raise DependencyUnavailable(f"no answer from the broker about stories: {error}") from error
        return placed

    async def _alone(self, newcomer: Newcomer) -> list[Membership]:
        placed = await self._place([newcomer], _RACES_OF_ONE)
        if placed is None:
            raise TemporaryFailure("other workers changed the stories of this article again and again")
        return placed

    async def _place(self, newcomers: Sequence[Newcomer], races: int) -> list[Membership] | None:
        for race in range(races):
            if race:
                await self._clock.sleep(self._rng.uniform(0, min(_LONGEST_PAUSE_S, 0.001 * 2**race)))
            now_ms = self._clock.now_ms()
            subjects, counts = await self._subjects(newcomers, now_ms)
            sought = [
                Sought(newcomer.article.article_id, newcomer.prints, subject)
                for newcomer, subject in zip(newcomers, subjects, strict=True)
            ]
            found, kept = await self._state.read(sought, now_ms)
            former = [_former(newcomer, one) for newcomer, one in zip(newcomers, found, strict=True)]
            asked = [at for at, one in enumerate(former) if one is None]
            table = _Table([found[at] for at in asked], kept)
            for at in asked:
                seek = sought[at]
                table.place(member(newcomers[at].article, seek.prints, seek.subject), seek)
            plan = table.plan([sought[at] for at in asked], [counts[at] for at in asked])
            versions = await self._state.commit(plan, now_ms) if plan.stories else []
            if versions is not None:
                placed = iter(table.memberships(versions, now_ms))
                return [one or next(placed) for one in former]
        return None

    async def _subjects(self, newcomers: Sequence[Newcomer], now_ms: int) -> tuple[list[Subject], list[dict[str, int]]]:
        """The subject of each, as if those before it in the batch were counted; and what each adds to the counts."""
        drafts = [newcomer.draft for newcomer in newcomers]
        articles, having = await self._state.counts((feature for one in drafts for feature in one.counts), now_ms)
        subjects: list[Subject] = []
        for one in drafts:
            subjects.append(one.weighed(articles, having))
            articles, having = counted(articles, having, one.counts)
        return subjects, [{"n": 1} | {str(feature): 1 for feature in one.counts} for one in drafts]


def _former(newcomer: Newcomer, found: Found) -> Membership | None:
    """Where an article was that comes from the store, if the broker has forgotten it."""
    former = newcomer.article.former_story
    if former is None or found.home is not None:
        return None
    return Membership(former.story_id, former.copy_of, former.story_version)


class _Leads:
    """What leads to a story of the batch: as the broker will answer once the batch is committed."""

    def __init__(self) -> None:
        self._bands: set[int] = set()
        self._keys: set[int] = set()

    def add(self, seek: Sought) -> None:
        self._bands.update(seek.prints.bands)
        self._keys.update(seek.subject.keys)

    def to(self, seek: Sought) -> bool:
        shared = sum(1 for key in seek.subject.keys if key in self._keys)
        return shared >= LEAST_SHARED_KEYS or not self._bands.isdisjoint(seek.prints.bands)


class _Table:
    """The stories that a batch may join, as they become while it is placed article by article."""

    def __init__(self, found: Sequence[Found], kept: dict[str, Story]) -> None:
        self._found = found
        self._read = kept
        self._stories = dict(kept)
        self._placed: list[tuple[Member, Placed]] = []
        # Members that others put out of a full story's list.
        self._unlisted: dict[str, str] = {}
        # The stories that articles of this batch opened or joined, and what leads to them since.
        self._touched: dict[str, _Leads] = {}

    def place(self, newcomer: Member, seek: Sought) -> None:
        """Place the next article."""
        found = self._found[len(self._placed)]
        placed = self._before(newcomer, found)
        if placed is None:
            led = [name for name, leads in self._touched.items() if leads.to(seek)]
            placed = assign(newcomer, [self._stories[name] for name in dict.fromkeys((*found.names, *led))])
        if placed.changed:
            self._note_unlisted(placed.story)
            self._stories[placed.story.story_id] = placed.story
            self._touched.setdefault(placed.story.story_id, _Leads()).add(seek)
        self._placed.append((newcomer, placed))

    def _before(self, newcomer: Member, found: Found) -> Placed | None:
        """Where the article was placed before: by another worker, or earlier in this batch."""
        if found.home is not None and found.names:
            story = self._stories[found.names[0]]
            known = story.of(newcomer.article_id)
            former = found.copy_of and story.original_of(found.copy_of)
            return Placed(story, former if known is None else known.copy_of, changed=False)
        for other, placed in self._placed:
            if other.article_id == newcomer.article_id:
                return replace(placed, changed=False)
        return None

    def plan(self, sought: Sequence[Sought], counts: Sequence[dict[str, int]]) -> Plan:
        """What is to be committed."""
        new = [at for at, (_, placed) in enumerate(self._placed) if placed.changed]
        names = {at: self._placed[at][1].story.story_id for at in new}
        sums: dict[str, int] = {}
        for at in new:
            for feature, count in counts[at].items():
                sums[feature] = sums.get(feature, 0) + count
        return Plan(
            seeks=[(seek, found.stamp) for seek, found in zip(sought, self._found, strict=True)],
            as_of=next((found.as_of for found in self._found), ""),
            stories=[self._stories[name] for name in self._touched],
            homes=self._unlisted | {sought[at].article_id: self._home(at) for at in new},
            prints=[(sought[at].prints, names[at]) for at in new],
            subjects=[(sought[at].subject, names[at]) for at in new],
            counts=sums,
        )

    def memberships(self, versions: Sequence[int], now_ms: int) -> list[Membership]:
        """Where each article is once the plan was committed; what changed is said once, with the last that changed it.

        An article that was placed before says its story again: whoever placed it may have ended before it said so.
        """
        issued = dict(zip(self._touched, versions, strict=True))
        last = {placed.story.story_id: at for at, (_, placed) in enumerate(self._placed) if placed.changed}
        memberships = []
        for at, (newcomer, placed) in enumerate(self._placed):
            story = self._stories[placed.story.story_id]
            version = issued.get(story.story_id, story.version)
            known = story.of(newcomer.article_id)
            said = story.size > 1 and (not placed.changed or last[story.story_id] == at)
            changed = (story.changed(version, now_ms, newcomer),) if said else ()
            copy_of = placed.copy_of if known is None else known.copy_of
            memberships.append(Membership(story.story_id, copy_of, version, changed))
        return memberships

    def _note_unlisted(self, after: Story) -> None:
        """What is not listed any more keeps its original under its own id."""
        before = self._stories.get(after.story_id)
        for one in before.members if before else ():
            if one.article_id not in after.ids:
                self._unlisted[one.article_id] = home_of(after, one.article_id, after.original_of(one.group))

    def _home(self, at: int) -> str:
        newcomer, placed = self._placed[at]
        return home_of(self._stories[placed.story.story_id], newcomer.article_id, placed.copy_of)

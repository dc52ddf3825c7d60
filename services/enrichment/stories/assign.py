"""Which story an article belongs to: one that has its text, one of the same event, or a story of its own.

Copies are told by their wording, as long as the broker remembers it (30 days). Of the same event are articles of one
language that are near in time and in subject: to one of a story's members, far from none of them, so that unrelated
articles do not chain together; when in doubt a story of its own is the better mistake. Texts of one mould that are no
copies (today's weather and yesterday's) are never the same event.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.enrichment.stories.fingerprint import Glance
from services.enrichment.stories.story import Member, Story, opened
from services.enrichment.stories.subject import Nearness, Subject, meaning, nearness, overlap

DAY_MS = 24 * 3_600_000
KEPT_MS = 30 * DAY_MS
# An event is told for days, not for weeks.
_LONGEST_SPAN_MS = 10 * DAY_MS
_LONGEST_GAP_MS = 3 * DAY_MS
# What an article must have in common with one member by entities and words; and where their vectors are near.
_BY_WORDS = Nearness(overall=0.33, entities=0.20, terms=0.40)
_BY_MEANING = Nearness(overall=0.20, entities=0.0, terms=0.20)
# And with each member: the cosine of their vectors, or all features where one has no vector.
_LEAST_MEANING = 0.60
_LEAST_OVERALL = 0.33
_LEAST_TO_CENTRE = 0.20
# So much nearer they must be after the longest gap.
_MORE_AFTER_GAP = 0.20
# A story of so many articles takes no more of its event, but copies: each would be compared with all its texts.
_MOST_EVENT_MEMBERS = 200


@dataclass(frozen=True)
class Placed:
    """Where an article belongs.

    Attributes:
        story: as it is with the article in it.
        copy_of: the original, where the article is a copy.
        changed: whether the article was not in it before.
    """

    story: Story
    copy_of: str | None
    changed: bool


def assign(newcomer: Member, candidates: Iterable[Story]) -> Placed:
    """Place an article; the same for the same candidates, in whatever order they come.

    Args:
        newcomer: with its fingerprint and its subject.
        candidates: stories that may have its text or tell of its event, none of them merged into another.
    """
    stories = sorted(candidates, key=lambda story: story.story_id)
    for story in stories:
        if (known := story.of(newcomer.article_id)) is not None:
            return Placed(story, known.copy_of, changed=False)
    glance = None if newcomer.prints is None else Glance(newcomer.prints)
    if (text := _of_its_text(newcomer, glance, stories)) is not None:
        return _placed(newcomer, *text)
    if (event := _of_its_event(newcomer, glance, stories)) is not None:
        return _placed(newcomer, event, None)
    story_id = newcomer.article_id[:16]
    if any(story.story_id == story_id for story in stories):
        # It was moved out of the story that bears its name, and that was forgotten since.
        story_id = hashlib.sha256(f"{newcomer.article_id}:{newcomer.rank_ms}".encode()).hexdigest()[:16]
    return Placed(opened(story_id, [newcomer]), None, changed=True)


def _placed(newcomer: Member, story: Story, group: str | None) -> Placed:
    joined = story.joined(newcomer, group)
    known = joined.of(newcomer.article_id)
    copy_of = (group and joined.original_of(group)) if known is None else known.copy_of
    return Placed(joined, copy_of, changed=True)


def _of_its_text(newcomer: Member, glance: Glance | None, stories: Sequence[Story]) -> tuple[Story, str] | None:
    """The story that holds the text, and the original of the text; the likest of several."""
    if glance is None:
        return None
    best: tuple[float, Story, str] | None = None
    for story in stories:
        for known in story.members:
            if known.prints is None or abs(known.rank_ms - newcomer.rank_ms) > KEPT_MS:
                continue
            found = glance.alike(known.prints)
            if found is not None and found.copy and (best is None or found.share > best[0]):
                best = (found.share, story, known.group)
    return best and (best[1], best[2])


def _of_its_event(newcomer: Member, glance: Glance | None, stories: Sequence[Story]) -> Story | None:
    """The story of the same event; the nearest of several."""
    best: tuple[float, Story] | None = None
    for story in stories:
        near = _event_nearness(newcomer, glance, story)
        if near is not None and (best is None or near > best[0]):
            best = (near, story)
    return best and best[1]


def _event_nearness(newcomer: Member, glance: Glance | None, story: Story) -> float | None:
    """How near an article is to a story of the same event; None for a story of another."""
    if newcomer.subject is None or story.centre is None or story.size >= _MOST_EVENT_MEMBERS:
        return None
    times = [newcomer.published_ms, *(one.published_ms for one in story.members)]
    gap_ms = min(abs(at - newcomer.published_ms) for at in times[1:])
    if gap_ms > _LONGEST_GAP_MS or max(times) - min(times) > _LONGEST_SPAN_MS:
        return None
    more = _MORE_AFTER_GAP * gap_ms / _LONGEST_GAP_MS
    if overlap(newcomer.subject, story.centre) < _LEAST_TO_CENTRE + more:
        return None
    pairs = [_Pair.of(newcomer.subject, k.subject) for k in story.members if k.subject is not None]
    if any(pair.is_far(more) for pair in pairs):
        return None
    near = max((pair.overall for pair in pairs if pair.is_near(more)), default=None)
    # Of a story with many members this takes longest, and few come so far.
    return None if near is None or _of_one_mould(glance, story) else near


@dataclass(frozen=True)
class _Pair:
    """What two articles have in common.

    Attributes:
        overall: how near they are over all features.
        meaning: the cosine of their vectors; None where one has none.
    """

    one: Subject
    other: Subject
    overall: float
    meaning: float | None

    @classmethod
    def of(cls, one: Subject, other: Subject) -> "_Pair":
        return cls(one, other, overlap(one, other), meaning(one, other))

    def is_far(self, more: float) -> bool:
        """Whether they cannot be of one event, whatever else the story holds."""
        if self.meaning is not None:
            return self.meaning < _LEAST_MEANING + more
        return self.overall < _LEAST_OVERALL + more

    def is_near(self, more: float) -> bool:
        """Whether they are of one event, unless another member is far."""
        least = _BY_WORDS if self.meaning is None else _BY_MEANING
        if self.overall < least.overall + more:
            return False
        near = nearness(self.one, self.other)
        return near.entities >= least.entities and near.terms >= least.terms


def _of_one_mould(glance: Glance | None, story: Story) -> bool:
    return glance is not None and any(glance.alike(known.prints) for known in story.members if known.prints is not None)


def counted(articles: int, having: Mapping[int, int], features: Iterable[int]) -> tuple[int, dict[int, int]]:
    """What is counted of features once one more article was seen that has these."""
    return articles + 1, {**having, **{feature: having.get(feature, 0) + 1 for feature in features}}

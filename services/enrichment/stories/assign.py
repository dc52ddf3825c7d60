"""Which story an article belongs to: one that has its text, one of the same event, or a story of its own.

Copies are told by their wording, as long as the broker remembers it (30 days). Of the same event are articles of one
language that are near in time and in subject, to the story as a whole and to one of its members, so that unrelated
articles do not chain together; when in doubt a story of its own is the better mistake. Texts of one mould that are no
copies (today's weather and yesterday's) are never the same event.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.enrichment.stories.fingerprint import likeness
from services.enrichment.stories.story import Member, Story, opened
from services.enrichment.stories.subject import nearness

DAY_MS = 24 * 3_600_000
KEPT_MS = 30 * DAY_MS
# An event is told for days, not for weeks.
_LONGEST_SPAN_MS = 10 * DAY_MS
_LONGEST_GAP_MS = 3 * DAY_MS
_LEAST_OVERALL, _LEAST_ENTITIES, _LEAST_TERMS = 0.48, 0.40, 0.40
_LEAST_TO_CENTRE = 0.42
# So much nearer they must be after the longest gap.
_MORE_AFTER_GAP = 0.12
# Of the originals that came last so many are compared; a story that an article belongs to holds one that is near.
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
    if (text := _of_its_text(newcomer, stories)) is not None:
        return _placed(newcomer, *text)
    if (event := _of_its_event(newcomer, stories)) is not None:
        return _placed(newcomer, event, None)
    story_id = newcomer.article_id[:16]
    if any(story.story_id == story_id for story in stories):
        # It was moved out of the story that bears its name, and that was forgotten since.
        story_id = hashlib.sha256(f"{newcomer.article_id}:{newcomer.rank_ms}".encode()).hexdigest()[:16]
    return Placed(opened(story_id, [newcomer]), None, changed=True)


def _placed(newcomer: Member, story: Story, group: str | None) -> Placed:
    joined = story.joined(newcomer, group)
    known = joined.of(newcomer.article_id)
    return Placed(joined, group if known is None else known.copy_of, changed=True)


def _of_its_text(newcomer: Member, stories: Sequence[Story]) -> tuple[Story, str] | None:
    """The story that holds the text, and the original of the text; the likest of several."""
    best: tuple[float, Story, str] | None = None
    for story in stories:
        for known in story.members:
            if known.prints is None or newcomer.prints is None or abs(known.rank_ms - newcomer.rank_ms) > KEPT_MS:
                continue
            found = likeness(known.prints, newcomer.prints)
            if found.copy and (best is None or found.share > best[0]):
                best = (found.share, story, known.group)
    return best and (best[1], best[2])


def _of_its_event(newcomer: Member, stories: Sequence[Story]) -> Story | None:
    """The story of the same event; the nearest of several."""
    best: tuple[float, Story] | None = None
    for story in stories:
        near = _event_nearness(newcomer, story)
        if near is not None and (best is None or near > best[0]):
            best = (near, story)
    return best and best[1]


def _event_nearness(newcomer: Member, story: Story) -> float | None:
    """How near an article is to a story of the same event; None for a story of another."""
    if newcomer.subject is None or story.centre is None or story.size >= _MOST_EVENT_MEMBERS:
        return None
    times = [newcomer.published_ms, *(one.published_ms for one in story.members)]
    gap_ms = min(abs(at - newcomer.published_ms) for at in times[1:])
    if gap_ms > _LONGEST_GAP_MS or max(times) - min(times) > _LONGEST_SPAN_MS or _of_one_mould(newcomer, story):
        return None
    more = _MORE_AFTER_GAP * gap_ms / _LONGEST_GAP_MS
    if nearness(newcomer.subject, story.centre).overall < _LEAST_TO_CENTRE + more:
        return None
    near = [nearness(newcomer.subject, known.subject) for known in story.members if known.subject is not None]
    enough = [
        one.overall
        for one in near
        if one.overall >= _LEAST_OVERALL + more and one.entities >= _LEAST_ENTITIES and one.terms >= _LEAST_TERMS
    ]
    return max(enough, default=None)


def _of_one_mould(newcomer: Member, story: Story) -> bool:
    return newcomer.prints is not None and any(
        likeness(known.prints, newcomer.prints).alike for known in story.members if known.prints is not None
    )


def counted(articles: int, having: Mapping[int, int], features: Iterable[int]) -> tuple[int, dict[int, int]]:
    """What is counted of features once one more article was seen that has these."""
    return articles + 1, {**having, **{feature: having.get(feature, 0) + 1 for feature in features}}

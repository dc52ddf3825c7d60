"""Counts how often two different articles of one subject would share a story, all of them published at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import Pipeline
from services.enrichment.stories.assign import assign, counted
from services.enrichment.stories.fingerprint import Fingerprint, fingerprint
from services.enrichment.stories.story import Member, opened
from services.enrichment.stories.subject import Draft, draft
from shared.events.enrichment import Enrichment

# Any moment will do: time keeps no two of them apart.
_PUBLISHED_MS = 1_772_452_800_000


@dataclass(frozen=True)
class Joined:
    """Two different articles that came into one story, by their numbers, and whether as copies."""

    one: int
    other: int
    as_copies: bool


@dataclass(frozen=True)
class Apart:
    """What became of pairs of different articles.

    Attributes:
        pairs: of articles that share a topic.
        all_pairs: of all articles.
    """

    pairs: int
    joined: Sequence[Joined]
    all_pairs: int
    all_joined: Sequence[Joined]


def measure(articles: Sequence[ArticleText], pipeline: Pipeline) -> Apart:
    """Place each article against a story of each other one alone: those of one topic, and all."""
    enrichments = [pipeline.enrich(article) for article in articles]
    members = _members(articles, enrichments, pipeline)
    topics = [frozenset(topic.id for topic in enrichment.topics) for enrichment in enrichments]
    joined = list(_joined(members))
    related = [(one, other) for one, other in combinations(range(len(articles)), 2) if topics[one] & topics[other]]
    return Apart(
        pairs=len(related),
        joined=[pair for pair in joined if topics[pair.one] & topics[pair.other]],
        all_pairs=len(articles) * (len(articles) - 1) // 2,
        all_joined=joined,
    )


def _joined(members: Sequence[Member]) -> Iterator[Joined]:
    stories = [opened(f"{number:016x}", [one]) for number, one in enumerate(members)]
    for one, other in combinations(range(len(members)), 2):
        placed = assign(members[other], [stories[one]])
        if placed.story.story_id == stories[one].story_id:
            yield Joined(one, other, placed.copy_of is not None)


def _members(articles: Sequence[ArticleText], enrichments: Sequence[Enrichment], pipeline: Pipeline) -> list[Member]:
    ordinary = pipeline.knowledge.common_words
    drafts = [
        draft(article.title, article.text, enrichment, ordinary)
        for article, enrichment in zip(articles, enrichments, strict=True)
    ]
    seen, having = 0, dict[int, int]()
    for one in drafts:
        seen, having = counted(seen, having, one.counts)
    prints = [fingerprint(article.text) for article in articles]
    return [_member(number, *pair, seen, having) for number, pair in enumerate(zip(drafts, prints, strict=True))]


def _member(number: int, one: Draft, prints: Fingerprint, seen: int, having: dict[int, int]) -> Member:
    return Member(
        article_id=f"{number:064x}",
        copy_of=None,
        published_ms=_PUBLISHED_MS,
        rank_ms=_PUBLISHED_MS,
        source_id="set",
        site_name=None,
        title="",
        prints=prints,
        subject=one.weighed(seen, having),
    )

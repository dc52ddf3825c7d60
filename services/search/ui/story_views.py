"""What the pages of stories and of an article's past show, decided before any markup."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from services.search.differences import Change, difference
from services.search.finding.story_outlets import Outlet, outlets
from services.search.parameters.stories import story_url
from services.search.ui import wording
from services.search.ui.fact_rows import DealRow, FactRow, deal_rows, fact_row
from services.search.ui.links import STORIES_PATH, article_path, kept_of, search_for, story_path
from services.search.ui.search_view import Link
from services.search.ui.story_chips import story_chips
from shared.article_store.document import StoredRevision
from shared.article_store.facts import StoredFact
from shared.article_store.stories import StoredStory, StoryQuery, StoryResult, StorySort


@dataclass(frozen=True)
class StoryRow:
    """A story in a list."""

    link: Link
    size: str
    outlets: tuple[str, ...]
    more_outlets: int
    first: wording.Moment
    last: wording.Moment


@dataclass(frozen=True)
class StoriesPage:
    """A page of stories.

    Attributes:
        kept: what a form with the words keeps.
    """

    total: str
    words: str
    narrowed: bool
    kept: tuple[tuple[str, str], ...]
    chips: tuple[Link, ...]
    rows: tuple[StoryRow, ...]
    sorts: tuple[Link, ...]
    next_href: str | None
    json_href: str


@dataclass(frozen=True)
class MemberRow:
    """An article of a story.

    Attributes:
        first: whether the story began with it.
        copy: whose text it has, where it copies one.
    """

    link: Link
    site: Link
    published: wording.Moment
    first: bool
    copy: str


@dataclass(frozen=True)
class OutletRow:
    """A source that reported."""

    link: Link
    said: str


@dataclass(frozen=True)
class StoryPage:
    """One story, article by article.

    Attributes:
        unlisted: how many of its articles are left out: a story lists so many at most.
        begun_by: whoever reported first; "" where the story has no articles any more.
        deals, quotes: that its articles tell, copies apart.
    """

    headline: str
    id: str
    total: str
    unlisted: int
    merged_into: str | None
    first: wording.Moment
    last: wording.Moment
    members: tuple[MemberRow, ...]
    outlets: tuple[OutletRow, ...]
    begun_by: str
    deals: tuple[DealRow, ...]
    quotes: tuple[FactRow, ...]


@dataclass(frozen=True)
class RevisionRow:
    """One state of an article, and what changed since the one before."""

    number: int
    fetched: wording.Moment
    title: str
    title_before: str | None
    changes: tuple[Change, ...]
    first: bool
    complete: bool


_NAMED_OUTLETS = 4


def stories_view(
    query: StoryQuery, result: StoryResult, names: Mapping[str, str] = MappingProxyType({})
) -> StoriesPage:
    """The list of stories; names: of entities that the question asks for, by id."""
    chips = tuple(story_chips(STORIES_PATH, query, names))
    orders: tuple[tuple[StorySort, str], ...] = (("newest", "Newest"), ("largest", "Largest"))
    return StoriesPage(
        total=wording.counted(result.total.value, "story", "stories"),
        words=query.words,
        narrowed=bool(query.words or chips),
        kept=kept_of(story_url(STORIES_PATH, query), "q"),
        chips=chips,
        rows=tuple(_row(story) for story in result.stories),
        sorts=tuple(
            Link(
                label,
                story_url(STORIES_PATH, replace(query, sort=order, cursor=None)),
                current=query.sort == order,
            )
            for order, label in orders
        ),
        next_href=story_url(STORIES_PATH, query, cursor=result.next) if result.next else None,
        json_href=story_url(f"/v1{STORIES_PATH}", query),
    )


def _row(story: StoredStory) -> StoryRow:
    named = outlets(story.members)
    first, last = wording.span(story.first_at, story.last_at)
    return StoryRow(
        link=Link(story.headline, story_path(story.story_id)),
        size=wording.counted(story.size, "article", "articles"),
        outlets=tuple(outlet.name for outlet in named[:_NAMED_OUTLETS]),
        more_outlets=max(0, len(named) - _NAMED_OUTLETS),
        first=first,
        last=last,
    )


def originals(story: StoredStory) -> tuple[str, ...]:
    """The ids of its articles, the earliest first, but of those that have the text of another."""
    ordered = sorted(story.members, key=lambda member: (member.published_at, member.article_id))
    return tuple(member.article_id for member in ordered if member.copy_of is None)


def story_view(story: StoredStory, deals: Sequence[StoredFact] = (), quotes: Sequence[StoredFact] = ()) -> StoryPage:
    """The page of a story, with the facts that its articles tell."""
    first, last = wording.span(story.first_at, story.last_at)
    sites = {member.article_id: member.site_name or member.source_id for member in story.members}
    ordered = sorted(story.members, key=lambda member: (member.published_at, member.article_id))
    return StoryPage(
        headline=story.headline,
        id=story.story_id,
        total=wording.counted(story.size, "article", "articles"),
        unlisted=max(0, story.size - len(story.members)),
        merged_into=story_path(story.merged_into) if story.merged_into else None,
        first=first,
        last=last,
        members=tuple(
            MemberRow(
                link=Link(member.title, article_path(member.article_id)),
                site=Link(sites[member.article_id], search_for("source", member.source_id)),
                published=wording.moment(member.published_at),
                first=place == 0 and member.copy_of is None and len(ordered) > 1,
                copy=f"the text of {sites.get(member.copy_of, 'another')}" if member.copy_of else "",
            )
            for place, member in enumerate(ordered)
        ),
        outlets=tuple(
            OutletRow(
                Link(outlet.name, search_for("source", outlet.source_id)),
                _reported(outlet),
            )
            for outlet in outlets(story.members)
        ),
        begun_by=sites[ordered[0].article_id] if ordered else "",
        deals=deal_rows(deals),
        quotes=tuple(map(fact_row, quotes)),
    )


def _reported(outlet: Outlet) -> str:
    """How much an outlet reported: ``2 articles``, ``1 copy``, ``3 articles, 1 of them a copy``."""
    if outlet.copies == outlet.articles:
        return wording.counted(outlet.copies, "copy", "copies")
    said = wording.counted(outlet.articles, "article", "articles")
    return (
        f"{said}, {outlet.copies:,} of them {'a copy' if outlet.copies == 1 else 'copies'}" if outlet.copies else said
    )


def revision_rows(revisions: Sequence[StoredRevision]) -> tuple[RevisionRow, ...]:
    """What an article said, the newest first; takes its time for long texts."""
    pairs = zip((None, *revisions), revisions, strict=False)
    rows = [_revision(number, older, newer) for number, (older, newer) in enumerate(pairs, 1)]
    return tuple(reversed(rows))


def _revision(number: int, older: StoredRevision | None, newer: StoredRevision) -> RevisionRow:
    found = difference(older.text, newer.text) if older else None
    withheld = "noarchive" in (*(older.rights if older else ()), *newer.rights)
    return RevisionRow(
        number=number,
        fetched=wording.moment(newer.fetched_at),
        title=newer.title,
        title_before=older.title if older and older.title != newer.title else None,
        changes=found.changes if found else (),
        first=older is None,
        complete=(found is None or found.complete) and not withheld,
    )

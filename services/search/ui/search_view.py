"""What the search page shows of a question and its answer, decided before any markup."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import get_args

from markupsafe import Markup

from services.search.api.export import EXPORT_PATH
from services.search.highlighting import to_html, without_marks
from services.search.parameters.articles import EVERYTHING, to_pairs, to_url
from services.search.query_language.writing import write
from services.search.ui import wording
from services.search.ui.charts import BarChart
from services.search.ui.facet_boxes import FacetBox, facet_boxes
from services.search.ui.filter_chips import Chip, Labels, filter_chips, labels_in, without_filters
from services.search.ui.histogram import histogram
from services.search.ui.links import NEW_ALERT_PATH, article_path, entity_path, search_for, search_page, story_path
from shared.article_store.document import StoredArticle
from shared.article_store.query import ArticleQuery, Copies, Hit, Mode, SearchResult, Sort, Words
from shared.article_store.snippets import shortened
from shared.events.enrichment import Relation, RelationType

_TOP_TOPICS = 2
_TOP_ENTITIES = 5
_TOP_AMOUNTS = 2
_FRAGMENTS = 2
_SNIPPET_CHARACTERS = 240
# Of the relations of an article those that a badge tells: what companies do with each other.
_DEALS: tuple[RelationType, ...] = ("acquires", "merges_with", "invests_in", "partners_with", "supplies")
_MODES: tuple[tuple[Mode, str], ...] = (("words", "Words"), ("hybrid", "Words and meaning"))
_RANGES = (("Past day", 1), ("Past week", 7), ("Past month", 30))


@dataclass(frozen=True)
class Link:
    """Something to click; `kind` chooses its colour, `current` says that it is what is shown."""

    label: str
    href: str | None
    kind: str = ""
    current: bool = False


@dataclass(frozen=True)
class DealLine:
    """Who does what with whom, and for how much; the amount is empty where the article names none."""

    subject: Link
    verb: str
    object: Link
    amount: str


@dataclass(frozen=True)
class ResultRow:
    """One article found."""

    id: str
    href: str
    title: str | Markup
    language: str
    site: str
    site_href: str | None
    published: wording.Moment
    authors: str
    paywall: bool
    gone: bool
    fragments: tuple[str | Markup, ...]
    chips: tuple[Link, ...]
    amounts: tuple[str, ...]
    deal: DealLine | None
    copies: Link | None


@dataclass(frozen=True)
class SearchPage:
    """Everything on the search page.

    Attributes:
        modes: whether meaning is looked for beside words; empty where it cannot be.
        looser: questions that find more, where this one finds nothing.
    """

    words: str
    total: str
    empty: bool
    narrowed: bool
    rows: tuple[ResultRow, ...]
    boxes: tuple[FacetBox, ...]
    bars: BarChart | None
    chips: tuple[Chip, ...]
    clear_href: str
    sorts: tuple[Link, ...]
    ranges: tuple[Link, ...]
    from_day: str
    to_day: str
    kept_by_words: tuple[tuple[str, str], ...]
    kept_by_dates: tuple[tuple[str, str], ...]
    kept_by_amounts: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    copies: Link
    modes: tuple[Link, ...]
    looser: tuple[Link, ...]
    alert_href: str
    exports: tuple[Link, ...]
    next_href: str | None
    first_href: str | None


def search_view(
    query: ArticleQuery,
    result: SearchResult,
    now: datetime,
    typed: Mapping[str, str] = MappingProxyType({}),
    labels: Labels = MappingProxyType({}),
    above: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    *,
    by_meaning: bool = False,
) -> SearchPage:
    """The page for a query and its answer.

    Args:
        now: what the ranges of time count back from.
        typed: the words that the values of a facet were looked for by, by its name.
        labels: of selected and excluded values that the counts do not name.
        above: the topics above each topic, the nearest first.
        by_meaning: whether it can be asked for what is about the same, too.
    """
    pairs = dict(to_pairs(replace(query, cursor=None)))
    chips = tuple(filter_chips(query, {**labels, **labels_in(result.facets)}))
    # What is exported or waited for has the words: what is near in meaning ends after a hundred.
    found = replace(query, cursor=None, mode="words", size=EVERYTHING.size, facets=EVERYTHING.facets)
    return SearchPage(
        words=write(query.where),
        total=_total(result),
        empty=not result.hits,
        narrowed=bool(query.where or chips),
        rows=tuple(result_row(hit) for hit in result.hits),
        boxes=tuple(facet_boxes(query, result.facets, above, typed)),
        bars=histogram(query, result.facets),
        chips=chips,
        clear_href=search_page(without_filters(query)),
        sorts=_sorts(query),
        ranges=_ranges(query, now),
        from_day=pairs.get("from", "")[:10],
        to_day=pairs.get("to", "")[:10],
        kept_by_words=_without(pairs, "q"),
        kept_by_dates=_without(pairs, "from", "to"),
        kept_by_amounts=_without(pairs, "amount_from", "amount_to"),
        kept=_without(pairs),
        copies=copies_chip(query.copies, lambda copies: search_page(replace(query, copies=copies))),
        modes=_modes(query) if by_meaning else (),
        looser=() if result.hits else tuple(_looser(query, by_meaning=by_meaning)),
        alert_href=to_url(NEW_ALERT_PATH, found),
        exports=tuple(
            Link(label, to_url(EXPORT_PATH, found, more=[("format", form)]))
            for label, form in (("JSON lines", "jsonl"), ("CSV", "csv"), ("RSS", "rss"))
        ),
        next_href=search_page(query, cursor=result.next) if result.next else None,
        first_href=search_page(query) if query.cursor else None,
    )


def _without(pairs: dict[str, str], *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in pairs.items() if name not in names)


def _total(result: SearchResult) -> str:
    at_least = "at least " if result.total.relation == "gte" else ""
    return at_least + wording.counted(result.total.value, "article", "articles")


def result_row(hit: Hit) -> ResultRow:
    """One article found, as an item of a list of results."""
    article = hit.stored.article
    marked_title = hit.highlights.title if hit.highlights else None
    return ResultRow(
        id=article.article_id,
        href=article_path(article.article_id),
        title=to_html(marked_title) if marked_title else article.title,
        language=hit.stored.enrichment.language.code,
        site=article.site_name or article.source_id,
        site_href=search_for("source", article.source_id),
        published=wording.published(article.published),
        authors=", ".join(article.authors),
        paywall=article.access == "paywall",
        gone=hit.stored.standing.withdrawal is not None,
        fragments=_fragments(hit),
        chips=tuple(_subjects(hit.stored)),
        amounts=tuple(_amounts(hit.stored))[:_TOP_AMOUNTS],
        deal=_deal(hit.stored),
        copies=_copies_of(hit),
    )


def _deal(stored: StoredArticle) -> DealLine | None:
    """The deal that the article tells of, of several the largest; None where it tells of none."""
    deals = [relation for relation in stored.enrichment.relations if relation.type in _DEALS]
    if not deals:
        return None
    told = max(deals, key=lambda relation: relation.amount.value if relation.amount else 0)
    known = {entity.id: entity for entity in stored.enrichment.entities}

    def party(entity_id: str) -> Link:
        entity = known.get(entity_id)
        return Link(entity.name if entity else entity_id, entity_path(entity_id), entity.type if entity else "")

    return DealLine(party(told.subject), wording.RELATIONS[told.type], party(told.object), _deal_amount(told))


def _amounts(stored: StoredArticle) -> Iterator[str]:
    """The amounts that the article names, but that of the deal, which its line tells."""
    deal = _deal(stored)
    for said in dict.fromkeys(wording.money(item) for item in stored.enrichment.money):
        if deal is None or said != deal.amount:
            yield said


def _deal_amount(relation: Relation) -> str:
    return wording.amount(relation.amount.value, relation.amount.currency) if relation.amount else ""


def _copies_of(hit: Hit) -> Link | None:
    """What stands for the copies that are not shown."""
    if not hit.copies:
        return None
    story = hit.stored.standing.story
    href = story_path(story.story_id) if story else article_path(hit.stored.article_id)
    return Link(f"+{wording.counted(hit.copies, 'copy', 'copies')}", href)


def _fragments(hit: Hit) -> tuple[str | Markup, ...]:
    article = hit.stored.article
    if hit.highlights and hit.highlights.text:
        return tuple(_fragment(fragment, article.text) for fragment in hit.highlights.text[:_FRAGMENTS])
    return (shortened(" ".join((article.description or article.text).split()), _SNIPPET_CHARACTERS),)


def _fragment(fragment: str, text: str) -> Markup:
    """The fragment with an ellipsis on each side where the text goes on."""
    plain = without_marks(fragment)
    before = "" if text.startswith(plain) else "… "
    after = "" if text.endswith(plain) else " …"
    return Markup("{}{}{}").format(before, to_html(fragment), after)


def _subjects(stored: StoredArticle) -> Iterator[Link]:
    for topic in stored.enrichment.topics[:_TOP_TOPICS]:
        yield Link(topic.label, search_for("topic", topic.id), "topic")
    ranked = sorted(stored.enrichment.entities, key=lambda entity: -entity.salience)
    for entity in ranked[:_TOP_ENTITIES]:
        yield Link(entity.name, search_for(entity.type, entity.id), entity.type)


def copies_chip(copies: Copies, href_with: Callable[[Copies], str]) -> Link:
    """Says whether copies are shown, and changes it."""
    if copies == "hide":
        return Link("Copies hidden: show them", href_with("show"))
    return Link("Copies shown: hide them", href_with("hide"), current=True)


def _modes(query: ArticleQuery) -> tuple[Link, ...]:
    """Words alone, or what means the same beside them; nothing where the order is not by relevance."""
    if query.effective_sort != "relevance":
        return ()
    return tuple(
        Link(label, search_page(replace(query, mode=mode)), current=query.mode == mode) for mode, label in _MODES
    )


def _looser(query: ArticleQuery, *, by_meaning: bool) -> Iterator[Link]:
    match query.where:
        case Words(phrase=True, field="any") as quoted:
            yield Link("the words in any order", search_page(replace(query, where=replace(quoted, phrase=False))))
        case Words(match="all", field="any", phrase=False) as words if " " in words.text.strip():
            yield Link("any of the words", search_page(replace(query, where=replace(words, match="any"))))
    if by_meaning and query.effective_sort == "relevance" and query.mode == "words":
        yield Link("what means the same in other words", search_page(replace(query, mode="hybrid")))


def _sorts(query: ArticleQuery) -> tuple[Link, ...]:
    orders: tuple[Sort, ...] = get_args(Sort)
    offered = orders if any(True for _ in query.wanted_words()) else orders[1:]
    return tuple(
        Link(order.capitalize(), search_page(replace(query, sort=order)), current=order == query.effective_sort)
        for order in offered
    )


def _ranges(query: ArticleQuery, now: datetime) -> tuple[Link, ...]:
    today = datetime.combine(now.date(), time(), UTC)
    starts = [("Any time", None), *((label, today - timedelta(days=days)) for label, days in _RANGES)]
    return tuple(
        Link(
            label,
            search_page(replace(query, published_from=start, published_to=None)),
            current=query.published_from == start and query.published_to is None,
        )
        for label, start in starts
    )

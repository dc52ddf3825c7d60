"""What the pages of deals and quotes show of a question for facts and its answer, decided before any markup."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from services.search.parameters.facts import fact_url, toggled_fact
from services.search.ui import wording
from services.search.ui.charts import BarChart, BarValue, bar_chart, period
from services.search.ui.facet_boxes import BucketRow, FacetBox
from services.search.ui.fact_chips import HEADINGS, fact_chips
from services.search.ui.fact_rows import DealRow, FactRow, deal_rows, fact_row
from services.search.ui.links import DEALS_PATH, QUOTES_PATH, kept_of
from services.search.ui.search_view import Link, copies_chip
from shared.article_store.fact_query import FactQuery, FactResult
from shared.article_store.facts import FactKind
from shared.article_store.query import MAX_FACET_SIZE, FacetCounts

_PATHS: dict[FactKind, str] = {"relation": DEALS_PATH, "quote": QUOTES_PATH}
# Where a party of a fact may be asked for.
_ROLES = ("party", "subject", "object", "speaker")
_MORE_VALUES = 5
_NOUNS: dict[FactKind, tuple[str, str]] = {"relation": wording.REPORTS, "quote": ("quote", "quotes")}


@dataclass(frozen=True)
class FactsPage:
    """A page of facts with what narrows it.

    Attributes:
        words: that were asked for.
        kept: what a form with the words keeps.
        chart: amounts over time.
    """

    total: str
    empty: bool
    narrowed: bool
    words: str
    kept: tuple[tuple[str, str], ...]
    deals: tuple[DealRow, ...]
    quotes: tuple[FactRow, ...]
    boxes: tuple[FacetBox, ...]
    chips: tuple[Link, ...]
    sorts: tuple[Link, ...]
    copies: Link
    chart: BarChart | None
    next_href: str | None
    json_href: str


def facts_view(
    kind: FactKind, query: FactQuery, result: FactResult, names: Mapping[str, str] = MappingProxyType({})
) -> FactsPage:
    """The page of deals (relations) or of quotes; names: of entities that the question asks for, by id."""
    path = _PATHS[kind]
    one, many = _NOUNS[kind]
    chips = tuple(fact_chips(path, query, _labels(result, names)))
    return FactsPage(
        total=wording.counted(result.total.value, one, many),
        empty=not result.facts,
        narrowed=bool(chips or query.words),
        words=query.words,
        kept=kept_of(fact_url(path, query), "q"),
        deals=deal_rows(result.facts) if kind == "relation" else (),
        quotes=tuple(map(fact_row, result.facts)) if kind == "quote" else (),
        boxes=tuple(_box(path, query, counts) for counts in result.counts if counts.buckets),
        chips=chips,
        sorts=_sorts(path, kind, query),
        copies=copies_chip(query.copies, lambda copies: fact_url(path, replace(query, copies=copies, cursor=None))),
        chart=_chart(path, query, result),
        next_href=fact_url(path, query, cursor=result.next) if result.next else None,
        json_href=fact_url({"relation": "/v1/relations", "quote": "/v1/quotes"}[kind], query),
    )


def _box(path: str, query: FactQuery, counts: FacetCounts) -> FacetBox:
    rows = tuple(
        BucketRow(
            value=bucket.value,
            label=wording.relation(bucket.value) or bucket.label,
            count=f"{bucket.count:,}",
            selected=bucket.selected,
            toggle_href=fact_url(path, toggled_fact(query, counts.facet, bucket.value)),
            exclude_href="",
        )
        for bucket in counts.buckets
    )
    more = _more(path, query) if counts.other else None
    return FacetBox(counts.facet, HEADINGS[counts.facet], rows, f"{counts.other:,}", more, open=True)


def _more(path: str, query: FactQuery) -> str | None:
    """The question with more values counted of each field; None where no more can be."""
    counts = tuple(replace(count, size=min(count.size * _MORE_VALUES, MAX_FACET_SIZE)) for count in query.counts)
    return None if counts == query.counts else fact_url(path, replace(query, counts=counts))


def _labels(result: FactResult, names: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """What people read for the values of question and answer, by field and value."""
    parties = {**names, **{party.id: party.name for fact in result.facts for party in fact.parties}}
    named = {(field, value): name for field in _ROLES for value, name in parties.items()}
    return named | {(c.facet, bucket.value): bucket.label for c in result.counts for bucket in c.buckets}


def _sorts(path: str, kind: FactKind, query: FactQuery) -> tuple[Link, ...]:
    orders = (("newest", "Newest"), ("oldest", "Oldest"), *((("largest", "Largest"),) if kind == "relation" else ()))
    return tuple(
        Link(label, fact_url(path, replace(query, sort=order, cursor=None)), current=query.sort == order)
        for order, label in orders
    )


def _chart(path: str, query: FactQuery, result: FactResult) -> BarChart | None:
    if result.interval is None:
        return None
    ends = [s.start for s in result.sums[1:]] + [None]
    values = [
        BarValue(
            start=item.start,
            value=item.amount_usd,
            said=f"{period(item.start, result.interval)}: {wording.amount(item.amount_usd, 'USD')} in "
            f"{wording.counted(item.facts, *wording.REPORTS)}",
            href=fact_url(path, replace(query, published_from=item.start, published_to=end or query.published_to)),
        )
        for item, end in zip(result.sums, ends, strict=True)
    ]
    largest = max((item.amount_usd for item in result.sums), default=0.0)
    return bar_chart(values, result.interval, wording.amount(largest, "USD"))

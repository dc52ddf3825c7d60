"""Facts as rows: a quote or a report of a deal each, and deals, one row for all reports of one on a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from services.search.ui import wording
from services.search.ui.links import article_path, entity_path
from services.search.ui.search_view import Link
from shared.article_store.facts import Party, StoredFact
from shared.events.enrichment import MUTUAL_RELATIONS

# Reports of one deal come out within a month of each other, and round its amount.
_ONE_DEAL_FOR = timedelta(days=30)
_ROUNDED_BY = 0.1


@dataclass(frozen=True)
class FactRow:
    """One fact: who did or said what, and the article that says so.

    Attributes:
        verb: what the subject does with the object; "" for a quote.
        amount, dollars: as the article has it, and in US dollars where that is another currency.
    """

    subject: Link
    verb: str
    object: Link | None
    amount: str
    dollars: str
    stake: str
    status: str
    words: str
    language: str
    article: Link
    site: str
    published: wording.Moment


@dataclass(frozen=True)
class DealRow:
    """One deal, as the articles on the page tell it.

    Attributes:
        first: the first report in the order of the page, with amount, share and status of the first that says them.
        others: the further ones.
        told: what stands for these: ``3 more reports say so``; "" where there is none.
    """

    first: FactRow
    others: tuple[FactRow, ...]
    told: str


def fact_row(fact: StoredFact) -> FactRow:
    """A fact as a row of a table or an item of a list."""
    speaker = Link(fact.speaker or "", entity_path(fact.speaker_id) if fact.speaker_id else None)
    return FactRow(
        subject=_party(fact.subject) or speaker,
        verb=wording.RELATIONS[fact.type] if fact.type else "",
        object=_party(fact.object),
        amount=wording.amount(fact.amount.value, fact.amount.currency) if fact.amount else "",
        dollars=_dollars(fact),
        stake=f"{fact.stake_percent:g} %" if fact.stake_percent is not None else "",
        status=fact.status or "",
        words=wording.spoken(fact.evidence.text) if fact.kind == "quote" else fact.evidence.text,
        language=fact.language,
        article=Link(fact.title, article_path(fact.article_id)),
        site=fact.source_name,
        published=wording.moment(fact.published_at, "day"),
    )


def deal_rows(facts: Iterable[StoredFact]) -> tuple[DealRow, ...]:
    """The relations in their order, each at the place of the first report of it."""
    deals: list[list[StoredFact]] = []
    for fact in facts:
        known = next((deal for deal in deals if all(_may_be_one(fact, other) for other in deal)), None)
        if known is None:
            deals.append([fact])
        else:
            known.append(fact)
    return tuple(map(_row, deals))


def _may_be_one(one: StoredFact, other: StoredFact) -> bool:
    return (
        _parties(one) == _parties(other)
        and abs(one.published_at - other.published_at) <= _ONE_DEAL_FOR
        and _alike(_usd(one), _usd(other))
        and _alike(one.stake_percent, other.stake_percent)
    )


def _parties(fact: StoredFact) -> tuple[object, ...]:
    ends = [party.id for party in (fact.subject, fact.object) if party is not None]
    return (fact.type, frozenset(ends) if fact.type in MUTUAL_RELATIONS else tuple(ends))


def _usd(fact: StoredFact) -> float | None:
    return fact.amount.value_usd if fact.amount else None


def _alike(one: float | None, other: float | None) -> bool:
    """Whether two figures may be one figure: also where one is not said."""
    return one is None or other is None or abs(one - other) <= _ROUNDED_BY * max(one, other)


def _row(reports: Sequence[StoredFact]) -> DealRow:
    rows = tuple(map(fact_row, reports))
    first, *others = rows
    priced = next((row for row in rows if row.amount), first)
    filled = replace(
        first,
        amount=priced.amount,
        dollars=priced.dollars,
        stake=next((row.stake for row in rows if row.stake), ""),
        status=next((row.status for row in rows if row.status), ""),
    )
    more = wording.counted(len(others), "more report says so", "more reports say so")
    return DealRow(filled, tuple(others), more if others else "")


def _party(party: Party | None) -> Link | None:
    return None if party is None else Link(party.name, entity_path(party.id))


def _dollars(fact: StoredFact) -> str:
    if fact.amount is None or fact.amount.currency == "USD" or fact.amount.value_usd is None:
        return ""
    return f"about {wording.amount(fact.amount.value_usd, 'USD')}"

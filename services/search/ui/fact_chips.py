"""The filters of a question for facts that are on, each in words and with the link that takes it off."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from services.search.parameters.facts import fact_url, toggled_fact
from services.search.ui import wording
from services.search.ui.search_view import Link
from shared.article_store.fact_query import FactField, FactQuery

HEADINGS: Mapping[str, str] = {
    "type": "What", "status": "Status", "party": "Who", "subject": "Who does it", "object": "With whom",
    "speaker": "Speaker", "source": "Source", "language": "Language",
}  # fmt: skip


def fact_chips(path: str, query: FactQuery, labels: Mapping[tuple[str, str], str]) -> Iterator[Link]:
    """Every filter of the question; a value without label, by field and value, is shown as it is."""
    for field, values in query.terms.items():
        # What is asked for by the page itself, or by an article, is no filter of its visitor.
        for value in values if field in HEADINGS else ():
            shown = _shown(field, value, labels)
            yield Link(f"{HEADINGS[field]}: {shown}", fact_url(path, toggled_fact(query, field, value)))
    for excluded, values in query.without:
        for value in values:
            shown = _shown(excluded, value, labels)
            yield Link(f"{HEADINGS[excluded]}: not {shown}", fact_url(path, _allowing(query, excluded, value)))
    for label, without in _bounds(query):
        yield Link(label, fact_url(path, without))


def _bounds(query: FactQuery) -> Iterator[tuple[str, FactQuery]]:
    if query.amount_from is not None:
        yield f"Amount: from {wording.amount(query.amount_from, 'USD')}", replace(query, amount_from=None)
    if query.amount_to is not None:
        yield f"Amount: below {wording.amount(query.amount_to, 'USD')}", replace(query, amount_to=None)
    first, last = wording.published_between(query.published_from, query.published_to)
    if first is not None:
        yield first, replace(query, published_from=None)
    if last is not None:
        yield last, replace(query, published_to=None)


def _allowing(query: FactQuery, field: FactField, value: str) -> FactQuery:
    left = ((f, tuple(v for v in values if (f, v) != (field, value))) for f, values in query.without)
    return replace(query, without=tuple((f, values) for f, values in left if values))


def _shown(field: str, value: str, labels: Mapping[tuple[str, str], str]) -> str:
    label = labels.get((field, value), value)
    return wording.relation(label) or label

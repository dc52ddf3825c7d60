"""The parameters of a question for relations or quotes, understood as a FactQuery, and written back into a URL."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args
from urllib.parse import urlencode

from services.search.amounts import amount, written_amount
from services.search.moments import since, until, written
from services.search.parameter import Parameter
from services.search.parameters import ALIASES, DEFAULT_PAGE_SIZE
from services.search.query_string import Given, InvalidParameter, Pairs, join_list, number, one_of
from shared.article_store.fact_query import FactCount, FactField, FactQuery, FactSort, Interval
from shared.article_store.facts import FactKind
from shared.article_store.query import MAX_CURSOR_CHARACTERS, MAX_FACET_SIZE, MAX_PAGE_SIZE
from shared.events.enrichment import RelationStatus, RelationType

_NONE = "none"
_SORTS: tuple[FactSort, ...] = get_args(FactSort)
_SUMS: tuple[Interval | str, ...] = (_NONE, "auto", *get_args(Interval))
# The parameter that narrows by a field, and the attribute of the query that holds its values.
_TERMS: dict[FactField, tuple[str, str]] = {
    "type": ("type", "types"),
    "status": ("status", "statuses"),
    "party": ("entity", "parties"),
    "subject": ("subject", "subjects"),
    "object": ("object", "objects"),
    "speaker": ("speaker", "speakers"),
    "source": ("source", "sources"),
    "language": ("language", "languages"),
}
_FIELDS: dict[FactKind, tuple[FactField, ...]] = {
    "relation": ("type", "status", "party", "subject", "object", "source", "language"),
    "quote": ("speaker", "source", "language"),
}
_COUNTED: dict[FactKind, tuple[FactField, ...]] = {"relation": ("type", "status", "party"), "quote": ("speaker",)}
_CHOICES: dict[FactField, tuple[str, ...]] = {"type": get_args(RelationType), "status": get_args(RelationStatus)}
_MEANINGS: dict[FactField, str] = {
    "type": "Of these types.",
    "status": "As far as the article says that it has come.",
    "party": "Someone who takes part, whatever the role, by entity id or name.",
    "subject": "Who does it, by entity id or name: the buyer, the investor, the one who sues.",
    "object": "Whom it is done with, by entity id or name.",
    "speaker": "Who says it, by entity id or name.",
    "source": "Said by articles of these sources.",
    "language": "Said by articles in these languages, as ISO 639-1 codes.",
}


def fact_parameters(kind: FactKind) -> tuple[Parameter, ...]:
    """What a question for this kind of facts may say."""
    return (
        Parameter("q", _words_meaning(kind), {"type": "string", "maxLength": 1000}),
        *(
            Parameter(_TERMS[field][0], f"{_MEANINGS[field]} Any of the values.", _values(field))
            for field in _FIELDS[kind]
        ),
        *(
            Parameter(f"not_{_TERMS[field][0]}", f"{_MEANINGS[field]} None of the values.", _values(field))
            for field in _FIELDS[kind]
        ),
        Parameter("from", "Said by articles published since; as of a search.", {"type": "string"}),
        Parameter("to", "Said by articles published until; as of a search.", {"type": "string"}),
        *(_of_amounts() if kind == "relation" else ()),
        Parameter("sort", "The order.", {"type": "string", "enum": list(_sorts(kind)), "default": "newest"}),
        Parameter("size", "How many on a page.", _number(MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE)),
        Parameter("cursor", "Where the page before ended.", {"type": "string", "maxLength": MAX_CURSOR_CHARACTERS}),
        Parameter(
            "facet",
            f"What to count, in this order; {_NONE} counts nothing. Counts respect every filter, their own, too.",
            {"type": "array", "items": {"type": "string", "enum": [*map(_name, _FIELDS[kind]), _NONE]}},
        ),
        Parameter("facet.size", "How many values of each to count.", _number(MAX_FACET_SIZE, 10)),
    )


def understand_facts(kind: FactKind, pairs: Pairs, now: datetime) -> FactQuery:
    """The question that names and values ask; raises InvalidParameter."""
    given = Given.of(pairs, {*(parameter.name for parameter in fact_parameters(kind)), *ALIASES})
    least, most = given.one("amount_from", amount), given.one("amount_to", amount)
    if least is not None and most is not None and least >= most:
        raise InvalidParameter("amount_to", "is not above amount_from: exchange the two")
    terms: dict[str, Any] = {_TERMS[field][1]: _given_values(given, field) for field in _FIELDS[kind]}
    sums = given.one("sums", one_of(_SUMS))
    return FactQuery(
        kinds=(kind,),
        **terms,
        without=_without(kind, given),
        words=given.one("q", str) or "",
        published_from=given.one("from", lambda value: since(value, now)),
        published_to=given.one("to", lambda value: until(value, now)),
        amount_from=least,
        amount_to=most,
        sort=given.one("sort", one_of(_sorts(kind))) or "newest",
        size=given.one("size", number(MAX_PAGE_SIZE)) or DEFAULT_PAGE_SIZE,
        cursor=given.one("cursor", str),
        counts=_counts(kind, given),
        sums=None if sums in (None, _NONE) else sums,  # type: ignore[arg-type]  # one of _SUMS
    )


def fact_url(path: str, query: FactQuery, *, cursor: str | None = None) -> str:
    """A link to the first page of the question, or to the page that `cursor` names."""
    kind = query.kinds[0]
    pairs = [
        ("q", query.words),
        *((_name(field), join_list(getattr(query, _TERMS[field][1]))) for field in _FIELDS[kind]),
        *((f"not_{_name(field)}", join_list(values)) for field, values in query.without),
        ("from", written(query.published_from) if query.published_from else ""),
        ("to", written(query.published_to, end=True) if query.published_to else ""),
        ("amount_from", written_amount(query.amount_from)),
        ("amount_to", written_amount(query.amount_to)),
        ("sort", "" if query.sort == "newest" else query.sort),
        ("size", "" if query.size == DEFAULT_PAGE_SIZE else str(query.size)),
        ("facet", _written_counts(kind, query.counts)),
        ("sums", query.sums or ""),
        ("cursor", cursor or ""),
    ]
    said = [(name, value) for name, value in pairs if value]
    return f"{path}?{urlencode(said, safe=':,', errors='surrogatepass')}" if said else path


def toggled_fact(query: FactQuery, field: str, value: str) -> FactQuery:
    """The question with the value of a counted field selected, or freed where it was."""
    attribute = next(attribute for counted, (_, attribute) in _TERMS.items() if counted == field)
    values = selected_values(query, field)
    changed = tuple(v for v in values if v != value) if value in values else (*values, value)
    wanted: dict[str, Any] = {attribute: changed, "cursor": None}
    return replace(query, **wanted)


def selected_values(query: FactQuery, field: str) -> tuple[str, ...]:
    """The values of a field that the question asks for."""
    return query.terms.get(field, ())


def parameter_of(field: str) -> str:
    """The parameter that narrows by a counted field."""
    return next(name for counted, (name, _) in _TERMS.items() if counted == field)


def _of_amounts() -> tuple[Parameter, ...]:
    sums = {"type": "string", "enum": list(_SUMS), "default": _NONE}
    return (
        Parameter("amount_from", "At least so many US dollars, as 2500000, 2.5m or 1bn.", {"type": "string"}),
        Parameter("amount_to", "Below so many US dollars.", {"type": "string"}),
        Parameter("sums", "Over which intervals of publication to add the amounts up.", sums),
    )


def _sorts(kind: FactKind) -> tuple[FactSort, ...]:
    return _SORTS if kind == "relation" else tuple(sort for sort in _SORTS if sort != "largest")


def _words_meaning(kind: FactKind) -> str:
    where = "the passage that says it" if kind == "relation" else "the quote"
    return f"Words that must all occur in {where}."


def _values(field: FactField) -> dict[str, Any]:
    item: dict[str, Any] = {"type": "string"}
    return {"type": "array", "items": {**item, "enum": list(_CHOICES[field])} if field in _CHOICES else item}


def _given_values(given: Given, field: FactField, prefix: str = "") -> tuple[str, ...]:
    name = f"{prefix}{_name(field)}"
    if field in _CHOICES:
        return given.each(name, one_of(_CHOICES[field]))
    return given.many(name, *(alias for alias, meant in ALIASES.items() if meant == name))


def _without(kind: FactKind, given: Given) -> tuple[tuple[FactField, tuple[str, ...]], ...]:
    excluded = ((field, _given_values(given, field, "not_")) for field in _FIELDS[kind])
    return tuple((field, values) for field, values in excluded if values)


def _counts(kind: FactKind, given: Given) -> tuple[FactCount, ...]:
    choices = {_name(field): field for field in _FIELDS[kind]}
    names = given.each("facet", one_of((*choices, _NONE)))
    fields = [choices[name] for name in names if name != _NONE] if names else _COUNTED[kind]
    size = given.one("facet.size", number(MAX_FACET_SIZE)) or 10
    return tuple(FactCount(field, size) for field in fields)


def _written_counts(kind: FactKind, counts: Iterable[FactCount]) -> str:
    fields = tuple(count.field for count in counts)
    return "" if fields == _COUNTED[kind] else ",".join(map(_name, fields)) or _NONE


def _name(field: FactField) -> str:
    return _TERMS[field][0]


def _number(most: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": default}

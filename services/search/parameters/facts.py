"""The parameters of a question for relations or quotes, understood as a FactQuery, and written back into a URL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from services.search.parameters.articles import link
from services.search.parameters.form import AnyParameter, Form, Given
from services.search.parameters.parameter import (
    CURSOR,
    DEFAULT_PAGE_SIZE,
    Parameter,
    choice,
    page_size,
    several,
    several_of,
    shown_copies,
    text,
    whole,
)
from services.search.parameters.query_string import InvalidParameter, join_list
from services.search.parameters.ranges import amounts
from services.search.parameters.times import times
from shared.article_store.fact_query import FactCount, FactField, FactQuery, FactSort, Interval
from shared.article_store.facts import FactKind
from shared.article_store.query import MAX_FACET_SIZE
from shared.events.enrichment import RelationStatus, RelationType

_NONE = "none"
_DEFAULT_COUNTS = 10
_MAX_WORDS = 1_000
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
    "source": "Said by articles of these sources, by id or name.",
    "language": "Said by articles in these languages, as ISO 639-1 codes.",
}


_ALIASES: Mapping[FactField, tuple[str, ...]] = {"language": ("lang",)}
_TIMES = times("Said by articles published since; as of a search.", "Said by articles published until; as of a search.")
_AMOUNTS = amounts("At least so many US dollars, as 2500000, 2.5m or 1bn.", "Below so many US dollars.")
_SUM = choice("sums", "Over which intervals of publication to add the amounts up.", _SUMS, _NONE)
_COPIES = shown_copies("those are found that articles with the text of an earlier one repeat")
_SIZE = page_size("How many")
_COUNTS_SIZE = whole("facet.size", "How many values of each to count.", MAX_FACET_SIZE, _DEFAULT_COUNTS)


@dataclass(frozen=True)
class _Questions:
    """What questions for one kind of facts may say."""

    kind: FactKind
    words: Parameter[str]
    include: Mapping[FactField, Parameter[tuple[str, ...]]]
    exclude: Mapping[FactField, Parameter[tuple[str, ...]]]
    sort: Parameter[FactSort]
    facet: Parameter[tuple[str, ...]]

    @property
    def form(self) -> Form:
        """All of it."""
        return Form(
            (
                self.words,
                *self.include.values(),
                *self.exclude.values(),
                *_TIMES.parameters,
                *self._of_amounts,
                _COPIES,
                self.sort,
                _SIZE,
                CURSOR,
                self.facet,
                _COUNTS_SIZE,
            )
        )

    @property
    def _of_amounts(self) -> tuple[AnyParameter, ...]:
        return (*_AMOUNTS.parameters, _SUM) if self.kind == "relation" else ()

    def counts(self, given: Given) -> tuple[FactCount, ...]:
        """What is to be counted."""
        names = given[self.facet]
        if _NONE in names and len(names) > 1:
            raise InvalidParameter(self.facet.name, f"{_NONE!r} stands alone: leave it out, or the others")
        fields = {_name(field): field for field in _FIELDS[self.kind]}
        wanted = [fields[name] for name in names if name != _NONE] if names else _COUNTED[self.kind]
        return tuple(FactCount(field, given[_COUNTS_SIZE]) for field in wanted)


def _questions(kind: FactKind) -> _Questions:
    where = "the passage that says it" if kind == "relation" else "the quote"
    sorts: tuple[FactSort, ...] = _SORTS if kind == "relation" else tuple(sort for sort in _SORTS if sort != "largest")
    return _Questions(
        kind,
        words=text("q", f"Words that must all occur in {where}.", _MAX_WORDS),
        include={field: _term(field) for field in _FIELDS[kind]},
        exclude={field: _term(field, excluded=True) for field in _FIELDS[kind]},
        sort=choice("sort", "The order.", sorts, "newest"),
        facet=several_of(
            "facet",
            f"What to count, in this order; {_NONE} counts nothing. Counts respect every filter, their own, too.",
            (*map(_name, _FIELDS[kind]), _NONE),
        ),
    )


def _term(field: FactField, *, excluded: bool = False) -> Parameter[tuple[str, ...]]:
    prefix, which = ("not_", "None of the values.") if excluded else ("", "Any of the values.")
    name, meaning = f"{prefix}{_name(field)}", f"{_MEANINGS[field]} {which}"
    if field in _CHOICES:
        return several_of(name, meaning, _CHOICES[field])
    return several(name, meaning, aliases=tuple(f"{prefix}{alias}" for alias in _ALIASES.get(field, ())))


def _name(field: FactField) -> str:
    return _TERMS[field][0]


_QUESTIONS: dict[FactKind, _Questions] = {"relation": _questions("relation"), "quote": _questions("quote")}
FACT_FORMS: dict[FactKind, Form] = {kind: questions.form for kind, questions in _QUESTIONS.items()}


def asked_of_facts(kind: FactKind, given: Given) -> FactQuery:
    """The question that is given in the form of its kind; raises InvalidParameter."""
    questions = _QUESTIONS[kind]
    published_from, published_to = _TIMES.of(given)
    amount_from, amount_to = _AMOUNTS.of(given)
    terms: dict[str, Any] = {_TERMS[field][1]: given[parameter] for field, parameter in questions.include.items()}
    without = ((field, given[parameter]) for field, parameter in questions.exclude.items())
    sums = given[_SUM]
    return FactQuery(
        kinds=(kind,),
        **terms,
        without=tuple((field, values) for field, values in without if values),
        words=given[questions.words],
        published_from=published_from,
        published_to=published_to,
        amount_from=amount_from,
        amount_to=amount_to,
        copies=given[_COPIES],
        sort=given[questions.sort],
        size=given[_SIZE],
        cursor=given[CURSOR],
        counts=questions.counts(given),
        sums=None if sums == _NONE else sums,  # type: ignore[arg-type]  # one of _SUMS
    )


def fact_url(path: str, query: FactQuery, *, cursor: str | None = None) -> str:
    """A link to the first page of the question, or to the page that `cursor` names."""
    kind = query.kinds[0]
    return link(
        path,
        [
            ("q", query.words),
            *((_name(field), join_list(getattr(query, _TERMS[field][1]))) for field in _FIELDS[kind]),
            *((f"not_{_name(field)}", join_list(values)) for field, values in query.without),
            *_TIMES.pairs(query.published_from, query.published_to),
            *_AMOUNTS.pairs(query.amount_from, query.amount_to),
            ("copies", "" if query.copies == "hide" else query.copies),
            ("sort", "" if query.sort == "newest" else query.sort),
            ("size", "" if query.size == DEFAULT_PAGE_SIZE else str(query.size)),
            *_count_pairs(kind, query.counts),
            ("sums", query.sums or ""),
            ("cursor", cursor or ""),
        ],
    )


def toggled_fact(query: FactQuery, field: str, value: str) -> FactQuery:
    """The question with the value of a counted field selected, or freed where it was."""
    values = selected_values(query, field)
    changed = tuple(v for v in values if v != value) if value in values else (*values, value)
    return replace(with_values(query, {field: changed}), cursor=None)


def with_values(query: FactQuery, values: Mapping[str, tuple[str, ...]]) -> FactQuery:
    """The question for other values of some fields."""
    attributes = {field: attribute for field, (_, attribute) in _TERMS.items()}
    changed: dict[str, Any] = {attributes[field]: some for field, some in values.items()}  # type: ignore[index]
    return replace(query, **changed)


def selected_values(query: FactQuery, field: str) -> tuple[str, ...]:
    """The values of a field that the question asks for."""
    return query.terms.get(field, ())


def parameter_of(field: str) -> str:
    """The parameter that narrows by a counted field."""
    return next(name for counted, (name, _) in _TERMS.items() if counted == field)


def _count_pairs(kind: FactKind, counts: tuple[FactCount, ...]) -> Iterable[tuple[str, str]]:
    fields = tuple(count.field for count in counts)
    yield "facet", "" if fields == _COUNTED[kind] else ",".join(map(_name, fields)) or _NONE
    size = counts[0].size if counts else _DEFAULT_COUNTS
    yield "facet.size", "" if size == _DEFAULT_COUNTS else str(size)

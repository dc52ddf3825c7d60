"""The slow, obvious answer to every question: it goes through all articles, with the store's own idea of a word."""

from collections import Counter
from datetime import datetime

from shared.article_store.document import StoredArticle
from shared.article_store.indexed import facet_values
from shared.article_store.query import (
    AllOf,
    AnyOf,
    ArticleQuery,
    DealBetween,
    Expression,
    FacetRequest,
    HasValue,
    Not,
    OnSite,
    PublishedBetween,
    Words,
)
from shared.facets import FACETS_BY_NAME, dollar_amounts
from tests.contract.article_store.stores import Store

# The tokens of each text of each field.
Tokens = dict[str, list[list[str]]]
IN_FIELDS = {
    "any": ("title", "description", "text", "names"),
    "title": ("title",),
    "text": ("description", "text"),
    "author": ("authors",),
}


class Oracle:
    """Answers by going through all articles, with the store's own idea of a word."""

    def __init__(self, store: Store, articles: dict[str, StoredArticle], tokens: dict[str, Tokens]) -> None:
        self.store = store
        self._articles = articles
        self._tokens = tokens
        self._terms: dict[str, list[str]] = {}

    @classmethod
    async def of(cls, store: Store, articles: list[StoredArticle]) -> "Oracle":
        tokens = {}
        for stored in articles:
            article = stored.article
            fields = {
                "title": [article.title],
                "description": [article.description or ""],
                "text": [article.text],
                "names": [entity.name for entity in stored.enrichment.entities],
                "authors": list(article.authors),
            }
            tokens[stored.article_id] = {
                name: [await store.reader.analyse(text) for text in texts] for name, texts in fields.items()
            }
        return cls(store, {stored.article_id: stored for stored in articles}, tokens)

    async def learn(self, query: ArticleQuery) -> None:
        """The terms of all that the query says."""
        for text in texts_of(query.where):
            for part in (text, *text.split()):
                if part not in self._terms:
                    self._terms[part] = await self.store.reader.analyse(part)

    def found(self, query: ArticleQuery, without_facet: str | None = None) -> list[StoredArticle]:
        return [
            stored
            for stored in self._articles.values()
            if (query.where is None or self._holds(stored, query.where) is not False)
            and all(not _values(stored, f.facet) & set(f.exclude) for f in query.filters if f.facet != without_facet)
            and _included(stored, query, without_facet)
            and (query.copies == "show" or stored.copy_of is None)
            and (query.published_from is None or stored.article.published.at >= query.published_from)
            and (query.published_to is None or stored.article.published.at < query.published_to)
        ]

    def counts(self, query: ArticleQuery, request: FacetRequest) -> tuple[dict[str, int], int]:
        """The counts of the values to be shown, and that of all others together."""
        facet = FACETS_BY_NAME[request.facet]
        found = self.found(query, request.facet)
        if facet.kind == "date":
            assert request.interval, "what is asked of an oracle names the interval"
            return dict(Counter(_period(stored.article.published.at, request.interval) for stored in found)), 0
        counter = Counter(value for stored in found for value in _counted(stored, query, request.facet))
        named = {v for f in query.filters if f.facet == request.facet for v in (*f.include, *f.exclude)}
        best = sorted(counter, key=lambda value: (-counter[value], value))
        top = best if facet.kind == "range" else best[: request.size]
        shown = {value: counter[value] for value in {*top, *named}}
        return shown, counter.total() - sum(shown.values())

    def _holds(self, stored: StoredArticle, expression: Expression) -> bool | None:
        """Whether an expression holds; None where it asks for nothing."""
        match expression:
            case Words():
                return self._says(stored, expression)
            case Not(part):
                held = self._holds(stored, part)
                return None if held is None else not held
            case AllOf(parts) | AnyOf(parts):
                every = [held for part in parts if (held := self._holds(stored, part)) is not None]
                if not every:
                    return None
                return all(every) if isinstance(expression, AllOf) else any(every)
            case HasValue(facet, values):
                return bool(_values(stored, facet) & set(values))
            case OnSite(host):
                own = stored.article.url.split("/")[2]
                return own == host or own.endswith(f".{host}")
            case PublishedBetween(start, end):
                at = stored.article.published.at
                return (start is None or at >= start) and (end is None or at < end)
            case DealBetween(relation, lowest, end):
                return any(
                    (relation is None or kind == relation) and _within(dollars, (lowest, end))
                    for kind, dollars in dollar_amounts(stored)
                )

    def _says(self, stored: StoredArticle, words: Words) -> bool | None:
        written = [words.text] if words.phrase else words.text.split()
        asked = {tuple(self._terms[part]) for part in written} - {()}
        if words.match != "all":
            asked = {terms for terms in asked if terms not in {("the",), ("of",)}} or asked
        if not asked:
            return None
        said = sum(self._occurs(stored, list(terms), words.field) for terms in asked)
        most = len(asked) if len(asked) <= 2 else -(-2 * len(asked) // 3)
        return said >= {"all": len(asked), "most": most, "any": 1}[words.match]

    def _occurs(self, stored: StoredArticle, terms: list[str], field: str) -> bool:
        return any(
            tokens[start : start + len(terms)] == terms
            for name in IN_FIELDS[field]
            for tokens in self._tokens[stored.article_id][name]
            for start in range(len(tokens))
        )


def _included(stored: StoredArticle, query: ArticleQuery, without_facet: str | None) -> bool:
    """Whether the article has what the filters and bounds ask for; a relation and a size that are asked for together
    are of one deal."""
    deals = dollar_amounts(stored)
    groups: dict[str, list[tuple[str, ...]]] = {}
    for f in query.filters:
        if f.include and f.facet != without_facet:
            groups.setdefault(f.facet, []).extend([(v,) for v in f.include] if f.mode == "all" else [f.include])
    bounds = {r.facet: (r.lowest, r.end) for r in query.ranges if r.facet != without_facet}
    relations, sizes = groups.get("relation", []), groups.get("deal_size", [])
    if relations and (sizes or "deal_size" in bounds):
        spans = [[_span(v) for v in group] for group in sizes]
        spans += [[bounds["deal_size"]]] if "deal_size" in bounds else []
        if not all(
            any(kind in kinds and _within(dollars, span) for kind, dollars in deals for span in group)
            for kinds in relations
            for group in spans
        ):
            return False
        groups = {facet: asked for facet, asked in groups.items() if facet not in ("relation", "deal_size")}
        bounds.pop("deal_size", None)
    return all(_values(stored, facet) & set(group) for facet, asked in groups.items() for group in asked) and all(
        any(_within(number, limits) for number in FACETS_BY_NAME[facet].numbers(stored))
        for facet, limits in bounds.items()
    )


def _counted(stored: StoredArticle, query: ArticleQuery, facet: str) -> set[str]:
    """The values that an article counts for: of relations and sizes, where both are asked for, those of one deal."""
    kinds = {v for f in query.filters if f.facet == "relation" for v in f.include}
    spans = [_span(v) for f in query.filters if f.facet == "deal_size" for v in f.include]
    spans += [(r.lowest, r.end) for r in query.ranges if r.facet == "deal_size"]
    if facet == "deal_size" and kinds:
        dollars = [amount for kind, amount in dollar_amounts(stored) if kind in kinds]
        return {s.value for s in FACETS_BY_NAME[facet].spans if any(s.holds(amount) for amount in dollars)}
    if facet == "relation" and spans:
        return {kind for kind, amount in dollar_amounts(stored) for span in spans if _within(amount, span)}
    return _values(stored, facet)


def _values(stored: StoredArticle, facet: str) -> set[str]:
    """What the article may be asked for by; of a date, every period that it lies in."""
    if FACETS_BY_NAME[facet].kind == "date":
        at = stored.article.published.at
        return {_period(at, interval) for interval in ("hour", "day", "week", "month", "year")}
    return {value.value for value in facet_values(FACETS_BY_NAME[facet], stored)}


def _period(at: datetime, interval: str) -> str:
    if interval == "week":
        return "{}-W{:02}".format(*at.isocalendar())
    return at.strftime({"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[interval])


def _span(value: str) -> tuple[float | None, float | None]:
    return next((s.lowest, s.end) for s in FACETS_BY_NAME["deal_size"].spans if s.value == value)


def _within(number: float, bounds: tuple[float | None, float | None]) -> bool:
    return (bounds[0] is None or number >= bounds[0]) and (bounds[1] is None or number < bounds[1])


def texts_of(expression: Expression | None) -> list[str]:
    match expression:
        case Words(text):
            return [text]
        case Not(part):
            return texts_of(part)
        case AllOf(parts) | AnyOf(parts):
            return [text for part in parts for text in texts_of(part)]
        case _:
            return []

"""Links to searches that differ in one filter alone, as a sidebar has by the hundred: what stays is written once."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote_plus

from services.search.parameters.articles import EVERYTHING, to_pairs
from services.search.parameters.facets import filter_pairs
from services.search.parameters.selection import excluded_in, toggled_in
from shared.article_store.query import ArticleQuery, FacetFilter
from shared.facets import FACETS


class FilterLinks:
    """The links of one query; each is what `to_url` writes of the query with a value toggled or excluded."""

    def __init__(self, path: str, query: ArticleQuery) -> None:
        self._path = path
        self._before = _encoded(to_pairs(replace(query, cursor=None, filters=(), facets=EVERYTHING.facets)))
        self._after = _encoded(to_pairs(replace(EVERYTHING, facets=query.facets)))
        self._filters = {item.facet: item for item in query.filters}
        self._encoded = {item.facet: _encoded(filter_pairs((item,))) for item in query.filters}

    def toggled(self, facet: str, value: str) -> str:
        """To the search with the value selected, or freed where it was selected or excluded."""
        return self._with(toggled_in(self._filter_of(facet), value))

    def excluding(self, facet: str, value: str) -> str:
        """To the search with the value ruled out."""
        return self._with(excluded_in(self._filter_of(facet), value))

    def _filter_of(self, facet: str) -> FacetFilter:
        return self._filters.get(facet) or FacetFilter(facet)

    def _with(self, changed: FacetFilter) -> str:
        mine = _encoded(filter_pairs((changed,)))
        if self._encoded:
            filters = self._encoded | {changed.facet: mine}
            mine = "&".join(filters[facet.name] for facet in FACETS if filters.get(facet.name))
        asked = "&".join(part for part in (self._before, mine, self._after) if part)
        return f"{self._path}?{asked}" if asked else self._path


def _encoded(pairs: Iterable[tuple[str, str]]) -> str:
    # Names are plain letters, dots and lines, so that values alone are quoted: half of what urlencode takes.
    return "&".join(f"{name}={quote_plus(value, ':,', errors='surrogatepass')}" for name, value in pairs if value)

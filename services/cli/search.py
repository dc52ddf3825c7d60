"""`newsweir search`: asks the article store directly, and shows hits and facets."""

from collections.abc import Sequence

from services.cli.output import printable, say, write_json_line, write_table
from services.search.api.representation import ArticleList
from services.search.finding.catalogue import Catalogue
from services.search.finding.unknown_values import unknown_values
from services.search.finding.values import search as asked
from services.search.parameters import articles as parameters_of_search
from shared.article_store.opening import open_reader
from shared.article_store.query import ArticleQuery, FacetCounts, Hit, SearchResult
from shared.clock import SystemClock, from_ms
from shared.errors import InvalidInput
from shared.facets import FACETS_BY_NAME
from shared.settings import StoreSettings

_SHOWN_ENTITIES = 3
_SHOWN_BUCKETS = 5


def understand(text: str, facets: Sequence[str], **parameters: str | int) -> ArticleQuery:
    """The question of words, NAME=VALUE (or NAME!=VALUE) filters and other parameters of the API.

    Raises:
        InvalidInput: a filter of another form, an unknown facet, or a value that does not fit.
    """
    given = [(name, str(value)) for name, value in parameters.items()]
    # Spans like after:7d count back from the moment of the command.
    now = from_ms(SystemClock().now_ms())
    return parameters_of_search.understand([("q", text), *(_filter(facet) for facet in facets), *given], now)


async def search(query: ArticleQuery, settings: StoreSettings, *, as_json: bool) -> None:
    """Ask, and write the answer: that of GET /v1/articles as JSON, or tables for people."""
    reader = await open_reader(settings)
    try:
        catalogue = Catalogue(reader, time_limit_s=settings.store_timeout_s)
        result = await asked(catalogue, query)
        unknown = await unknown_values(catalogue, query, found_nothing=not result.total.value)
    finally:
        await reader.close()
    if as_json:
        write_json_line(ArticleList.of(query, result, unknown=unknown).model_dump(mode="json", by_alias=True))
        return
    _write_tables(result)
    for value in unknown:
        say(value.said)


def _filter(facet: str) -> tuple[str, str]:
    name, separator, value = facet.partition("=")
    if not separator or not value:
        raise InvalidInput(f"a facet is NAME=VALUE or NAME!=VALUE, not {facet!r}")
    # The API's lists are separated by commas; here each value stands alone.
    escaped = value.replace("\\", "\\\\").replace(",", "\\,")
    plain = name.removesuffix("!")
    if plain not in FACETS_BY_NAME:
        raise InvalidInput(f"unknown facet {plain!r}: choose from {', '.join(FACETS_BY_NAME)}")
    return (f"not_{plain}" if name.endswith("!") else plain), escaped


def _write_tables(result: SearchResult) -> None:
    if result.hits:
        write_table(("published", "title", "source", "about"), [_row(hit) for hit in result.hits], wide="title")
    at_least = "at least " if result.total.relation == "gte" else ""
    print(f"{at_least}{result.total.value} found, {len(result.hits)} shown")
    for counts in result.facets:
        if counts.buckets:
            print(printable(_facet_line(counts)))


def _row(hit: Hit) -> tuple[str, ...]:
    article = hit.stored.article
    entities = sorted(hit.stored.enrichment.entities, key=lambda entity: -entity.salience)[:_SHOWN_ENTITIES]
    day = article.published.at.date().isoformat()
    return day, article.title, article.site_name or article.source_id, ", ".join(entity.name for entity in entities)


def _facet_line(counts: FacetCounts) -> str:
    shown = [
        f"{'*' if bucket.selected else ''}{bucket.label} {bucket.count}"
        + (f" [{bucket.value}]" if bucket.value != bucket.label else "")
        for bucket in counts.buckets[:_SHOWN_BUCKETS]
    ]
    more = len(counts.buckets) - len(shown)
    return f"{counts.facet}: {', '.join(shown)}" + (f", and {more} more" if more else "")

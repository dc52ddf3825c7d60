"""When the articles of a search were published, as bars that narrow the search to their time."""

from collections.abc import Iterable
from dataclasses import replace

from services.search.ui import wording
from services.search.ui.charts import BarChart, BarValue, bar_chart, period
from services.search.ui.links import search_page
from shared.article_store import periods
from shared.article_store.query import ArticleQuery, Bucket, FacetCounts

FACET = "published"
# A single bar says no more than the total does.
_FEWEST = 2


def histogram(query: ArticleQuery, facets: Iterable[FacetCounts]) -> BarChart | None:
    """The chart of the facet of dates; None where it was not counted, or all is of one day."""
    counts = next((counts for counts in facets if counts.facet == FACET), None)
    if counts is None or counts.interval is None or len(counts.buckets) < _FEWEST:
        return None
    interval = counts.interval

    def bar(bucket: Bucket) -> BarValue:
        start, end = periods.period(bucket.value)
        # At the edges a bar stands for what is asked of its interval.
        since = max(start, query.published_from) if query.published_from else start
        until = min(end, query.published_to) if query.published_to else end
        href = search_page(replace(query, published_from=since, published_to=until)) if since < until else None
        said = f"{period(start, interval)}: {wording.counted(bucket.count, 'article', 'articles')}"
        return BarValue(start, bucket.count, said, href)

    highest = max(bucket.count for bucket in counts.buckets)
    return bar_chart([bar(bucket) for bucket in counts.buckets], interval, f"{highest:,}")

"""Opens the article store that the settings name: Elasticsearch where its URL is set, else the data folder's index.

Only what is opened is imported: a process on one machine never loads Elasticsearch's client (0.6 s).
"""

from pathlib import Path

from shared.article_store.months import Months
from shared.article_store.protocol import ArticleReader, ArticleWriter
from shared.article_store.reindexing import Reindexing
from shared.clock import Clock, SystemClock
from shared.errors import ConfigurationError
from shared.settings import StoreSettings


async def open_reader(settings: StoreSettings, clock: Clock | None = None) -> ArticleReader:
    """A reader of the store; the caller closes it. Answers like an empty store before the first article was put.

    Raises:
        ConfigurationError: a setting cannot be used.
    """
    if settings.elasticsearch_url:
        from shared.article_store.elasticsearch.reader import ElasticsearchArticleReader

        return ElasticsearchArticleReader(settings, clock or SystemClock())
    from shared.article_store.tantivy.reader import TantivyArticleReader

    return TantivyArticleReader(_folder(settings), clock or SystemClock(), time_limit_s=settings.store_timeout_s)


async def open_writer(settings: StoreSettings, clock: Clock) -> ArticleWriter:
    """A writer of the store; the caller closes it. Rebuilds the index first where this code needs another schema.

    Raises:
        ConfigurationError: a setting cannot be used.
        DependencyUnavailable: the store is away, or another process is the one writer: try again later.
    """
    if settings.elasticsearch_url:
        from shared.article_store.elasticsearch.writer import ElasticsearchArticleWriter

        return await ElasticsearchArticleWriter.open(settings, clock)
    from shared.article_store.tantivy.writer import TantivyArticleWriter

    return await TantivyArticleWriter.open(_folder(settings))


def open_reindexing(settings: StoreSettings, clock: Clock) -> Reindexing:
    """What moves the articles of an Elasticsearch to this program's mapping; the caller closes it.

    Raises:
        ConfigurationError: a setting cannot be used, or the store is the embedded one, which does so by itself.
    """
    if not settings.elasticsearch_url:
        raise ConfigurationError(
            "the embedded store is rebuilt by itself where a program needs another schema: set ELASTICSEARCH_URL, or "
            "copy it to an Elasticsearch by --to URL"
        )
    from shared.article_store.elasticsearch.reindexing import ElasticsearchReindexing

    return ElasticsearchReindexing(settings, clock)


def open_months(settings: StoreSettings) -> Months | None:
    """What drops whole months; the caller closes it. None with the embedded store, which keeps all in one index.

    Raises:
        ConfigurationError: a setting cannot be used.
    """
    if not settings.elasticsearch_url:
        return None
    from shared.article_store.elasticsearch.months import ElasticsearchMonths

    return ElasticsearchMonths(settings)


def _folder(settings: StoreSettings) -> Path:
    return settings.data_dir / "articles"

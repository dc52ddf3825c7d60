"""Reaches Elasticsearch, and speaks of its absence and refusals in our errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from elasticsearch import ApiError, AsyncElasticsearch, TransportError, UnsupportedProductError

from shared.article_store.elasticsearch.json_codec import SERIALIZERS
from shared.errors import ConfigurationError, DependencyUnavailable, PermanentFailure
from shared.settings import StoreSettings

# What the world may change: too slow, too busy, starting, failing over.
BUSY = frozenset({408, 429, 502, 503, 504})


def connect(settings: StoreSettings) -> AsyncElasticsearch:
    """A client; nothing is sent yet.

    Raises:
        ConfigurationError: the URL cannot be used.
    """
    # The client's default is none that can be named.
    authority: dict[str, Any] = {"ca_certs": str(path)} if (path := settings.elasticsearch_ca_file) else {}
    try:
        if urlsplit(settings.elasticsearch_url or "").scheme not in ("http", "https"):
            raise ValueError("neither http nor https")
        # The client's own retries follow each other within a millisecond: waiting is done by who asks.
        return AsyncElasticsearch(
            settings.elasticsearch_url,
            api_key=settings.elasticsearch_api_key,
            **authority,
            request_timeout=settings.store_timeout_s,
            serializers=SERIALIZERS,
            max_retries=0,
            retry_on_timeout=False,
        )
    except ValueError as error:
        raise ConfigurationError(
            "ELASTICSEARCH_URL is not of the form http(s)://[user:password@]host:port, or it names a user beside "
            f"NEWSWEIR_ELASTICSEARCH_API_KEY, or NEWSWEIR_ELASTICSEARCH_CA_FILE fits no https ({type(error).__name__})"
        ) from error


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn what the client raises into our tree; its message never carries the URL, which may hold a password.

    Raises:
        DependencyUnavailable: no answer, too busy, or access refused.
        ConfigurationError: what answers is not Elasticsearch.
        PermanentFailure: the request was refused.
    """
    try:
        yield
    except UnsupportedProductError as error:
        raise ConfigurationError("what answers at ELASTICSEARCH_URL is not Elasticsearch 8.19 or newer") from error
    except ApiError as error:
        raise _refusal(error) from error
    except TransportError as error:
        raise DependencyUnavailable(
            f"no answer from elasticsearch ({type(error).__name__}): check that it runs at ELASTICSEARCH_URL"
        ) from error


def _refusal(error: ApiError) -> DependencyUnavailable | PermanentFailure:
    reason = str(error)
    if error.status_code in (401, 403):
        return DependencyUnavailable(f"elasticsearch refuses access ({reason}): check the user in ELASTICSEARCH_URL")
    if error.status_code in BUSY or error.status_code >= 500:
        return DependencyUnavailable(f"elasticsearch at ELASTICSEARCH_URL cannot answer now ({reason})")
    return PermanentFailure(f"elasticsearch refuses the request ({reason})")

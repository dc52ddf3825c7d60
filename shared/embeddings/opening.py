"""Opens what makes vectors, as the settings say; the only importer of the two that do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.embeddings.protocol import Embedder
from shared.errors import ConfigurationError
from shared.settings import EmbeddingSettings


@asynccontextmanager
async def open_embedder(settings: EmbeddingSettings) -> AsyncIterator[Embedder | None]:
    """An embedder for the block's duration; None where they are off.

    Raises:
        ConfigurationError: the extra is not installed, or a URL or a model is missing.
    """
    match settings.embeddings:
        case "off":
            yield None
        case "built-in":
            from shared.embeddings.built_in import open_sentence_model

            yield open_sentence_model()
        case "endpoint":
            async with _endpoint(settings) as endpoint:
                yield endpoint


@asynccontextmanager
async def _endpoint(settings: EmbeddingSettings) -> AsyncIterator[Embedder]:
    from shared.embeddings.endpoint import MAX_RESPONSE_BYTES, EmbeddingEndpoint
    from shared.http_client import GuardedClient

    url, model = settings.embeddings_url, settings.embeddings_model
    if url is None or model is None:
        raise ConfigurationError(
            "NEWSWEIR_EMBEDDINGS=endpoint needs both NEWSWEIR_EMBEDDINGS_URL and NEWSWEIR_EMBEDDINGS_MODEL: set them"
        )
    timeout_s = settings.embeddings_timeout_s
    async with GuardedClient("Newsweir", timeout_s=timeout_s, max_bytes=MAX_RESPONSE_BYTES, trusted=(url,)) as client:
        yield EmbeddingEndpoint(
            client,
            url,
            model,
            settings.embeddings_key,
            settings.embeddings_question_prefix,
            settings.embeddings_article_prefix,
            settings.embeddings_least_cosine,
        )

from shared.embeddings.opening import open_embedder
from shared.settings import EmbeddingSettings


async def test_nothing_is_opened_where_embeddings_are_off():
    async with open_embedder(EmbeddingSettings()) as embedder:
        assert embedder is None

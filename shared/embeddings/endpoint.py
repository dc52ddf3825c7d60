"""Vectors from an OpenAI-compatible endpoint (POST /v1/embeddings), through the guarded client."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from shared.errors import FetchFailed, InvalidInput
from shared.events.embedding import Embedding
from shared.http_client import GuardedClient

# Of the longest vectors, written out with every digit, 50 take 5 MB.
MAX_RESPONSE_BYTES = 8_000_000
MAX_TEXTS_PER_REQUEST = 50
_OK = 200


class _Item(BaseModel):
    index: int
    embedding: tuple[float, ...]


class _Answer(BaseModel):
    """What is read of an answer; the rest is ignored."""

    data: tuple[_Item, ...]


@dataclass(frozen=True)
class EmbeddingEndpoint:
    """An Embedder elsewhere.

    Attributes:
        url: the base, as https://llm.example/v1.
        model: its name there.
        key: sent as a bearer token; None for servers that want none.
        question_prefix: what the model wants before a question, such as "query: "; `article_prefix` before an article.
    """

    client: GuardedClient
    url: str
    model: str
    key: str | None = None
    question_prefix: str = ""
    article_prefix: str = ""
    least_cosine: float = 0.0
    languages: frozenset[str] | None = None

    async def articles(self, texts: Sequence[str]) -> list[Embedding]:
        found: list[Embedding] = []
        for start in range(0, len(texts), MAX_TEXTS_PER_REQUEST):
            some = texts[start : start + MAX_TEXTS_PER_REQUEST]
            found += await self._ask([self.article_prefix + text for text in some])
        return found

    async def question(self, text: str) -> Embedding:
        return (await self._ask([self.question_prefix + text]))[0]

    async def _ask(self, texts: Sequence[str]) -> list[Embedding]:
        """The vectors of texts.

        Raises:
            FetchFailed: a status other than 200, or no complete answer within the time.
            InvalidInput: an answer of another form, of another number of vectors, or of a length that is not kept.
        """
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        body = json.dumps({"model": self.model, "input": list(texts), "encoding_format": "float"}).encode()
        response = await self.client.post(f"{self.url.rstrip('/')}/embeddings", body, headers)
        if response.status != _OK:
            raise FetchFailed(f"the endpoint for embeddings answered {response.status}: {response.body[:200]!r}")
        try:
            items = sorted(_Answer.model_validate_json(response.body).data, key=lambda item: item.index)
            vectors = [Embedding.of(self.model, item.embedding) for item in items]
        except (ValidationError, ValueError) as error:
            raise InvalidInput(f"no embeddings of {self.model}: {str(error)[:200]}") from error
        if [item.index for item in items] != list(range(len(texts))):
            raise InvalidInput(f"{len(items)} embeddings of {self.model} for {len(texts)} texts")
        return vectors

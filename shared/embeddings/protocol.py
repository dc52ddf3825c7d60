"""What turns texts into vectors, whichever model stands behind it."""

from collections.abc import Sequence
from typing import Protocol

from shared.events.embedding import Embedding

# What is shown of an article: models read the beginning alone, and a model's time grows with the text.
MAX_TEXT_CHARACTERS = 4_000


class Embedder(Protocol):
    """Makes vectors of articles, and of questions that look for articles.

    Attributes:
        model: its name, which every vector bears.
        languages: that it reads, as ISO 639-1 codes; None for whatever it is shown.
        least_cosine: what is less alike than this has nothing to do with each other, as far as the model can tell.

    Both methods raise TemporaryFailure or DependencyUnavailable while the model gives no answer, PermanentFailure where
    its answer cannot be used.
    """

    @property
    def model(self) -> str: ...

    @property
    def languages(self) -> frozenset[str] | None: ...

    @property
    def least_cosine(self) -> float: ...

    async def articles(self, texts: Sequence[str]) -> list[Embedding]:
        """The vectors of texts as `article_text` makes them, in their order."""
        ...

    async def question(self, text: str) -> Embedding:
        """The vector of what somebody looks for."""
        ...


def article_text(title: str, description: str | None, text: str) -> str:
    """What is shown of an article: its title, its description and the beginning of its text."""
    said = [part.strip() for part in (title, description or "", text) if part.strip()]
    # Many descriptions are the first sentence of the text.
    if len(said) > 2 and said[2].startswith(said[1].rstrip(".… ")):
        said.pop(1)
    return "\n".join(said)[:MAX_TEXT_CHARACTERS]

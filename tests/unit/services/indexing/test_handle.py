from collections.abc import Sequence
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from services.indexing.handle import IndexArticles, WithdrawArticles
from shared.article_store.document import StoredArticle
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.protocol import PutOutcome, WithdrawOutcome
from shared.bus.outcome import Done, Failed, Publish
from shared.clock import from_ms
from shared.errors import DependencyUnavailable, InvalidInput
from shared.events.articles import ArticleWithdrawn
from shared.settings import StoreSettings
from tests.builders import NOON, a_withdrawal, an_enriched_article


class Refusing:
    """A writer whose store has something to say against every second article, or is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    async def put(self, articles: Sequence[StoredArticle]) -> list[PutOutcome]:
        if self.away:
            raise DependencyUnavailable("the store is away")
        return [
            PutOutcome(a.article_id, None, InvalidInput("too odd")) if n % 2 else PutOutcome(a.article_id, "created")
            for n, a in enumerate(articles)
        ]

    async def withdraw(self, events: Sequence[ArticleWithdrawn]) -> list[WithdrawOutcome]:
        raise DependencyUnavailable("the store is away")

    async def check(self) -> None: ...

    async def close(self) -> None: ...


@pytest.fixture
async def writer(tmp_path, clock):
    writer = await open_writer(StoreSettings(data_dir=tmp_path), clock)
    yield writer
    await writer.close()


async def test_an_article_in_the_store_ends_its_fetch_as_indexed(writer, clock):
    event = an_enriched_article(1)

    [outcome] = await IndexArticles(writer, clock)([event])

    assert isinstance(outcome, Publish)
    assert outcome.disposition == "indexed"
    assert outcome.event.fetch_id == event.article.fetch_id
    assert outcome.event.outcome == "created"


async def test_the_times_of_every_stage_are_told(writer, clock):
    event = an_enriched_article(1)

    [outcome] = await IndexArticles(writer, clock)([event])

    times = outcome.event.times
    assert times.published_at == NOON + timedelta(minutes=1)
    assert times.fetched_at == event.article.fetched_at
    assert times.enriched_at == event.enriched_at
    assert times.indexed_at == from_ms(clock.now_ms())


async def test_a_redelivered_batch_changes_nothing(writer, clock):
    events = [an_enriched_article(n) for n in range(1, 4)]
    handler = IndexArticles(writer, clock)

    await handler(events)
    again = await handler(events)

    assert [outcome.event.outcome for outcome in again] == ["unchanged"] * 3


async def test_an_article_that_the_store_refuses_fails_alone(clock):
    outcomes = await IndexArticles(Refusing(), clock)([an_enriched_article(n) for n in range(1, 4)])

    assert [type(outcome) for outcome in outcomes] == [Publish, Failed, Publish]
    assert outcomes[1] == Failed(outcomes[1].error)
    assert str(outcomes[1].error) == "too odd"


async def test_a_store_that_is_away_is_no_failure_of_the_articles(clock):
    with pytest.raises(DependencyUnavailable):
        await IndexArticles(Refusing(away=True), clock)([an_enriched_article(1)])


async def test_a_withdrawal_is_done_when_the_store_has_it_and_ends_no_fetch(writer, clock, tmp_path):
    event = an_enriched_article(1)
    await IndexArticles(writer, clock)([event])

    outcomes = await WithdrawArticles(writer)([a_withdrawal(1), a_withdrawal(2)])

    reader = await open_reader(StoreSettings(data_dir=tmp_path), clock)
    kept = await reader.get(event.article.article_id)
    assert outcomes == [Done(), Done()]
    assert kept is not None
    assert kept.standing.withdrawal == a_withdrawal(1)


async def test_a_store_that_is_away_is_no_failure_of_the_withdrawals():
    with pytest.raises(DependencyUnavailable):
        await WithdrawArticles(Refusing(away=True))([a_withdrawal(1)])


def outcomes(operation: str, outcome: str) -> float:
    labels = {"operation": operation, "outcome": outcome}
    return REGISTRY.get_sample_value("newsweir_store_outcomes_total", labels) or 0


async def test_what_the_store_made_of_each_article_is_counted(writer, clock):
    before = [outcomes("put", "created"), outcomes("put", "unchanged"), outcomes("put", "failed")]

    await IndexArticles(writer, clock)([an_enriched_article(1), an_enriched_article(2)])
    await IndexArticles(writer, clock)([an_enriched_article(1)])
    await IndexArticles(Refusing(), clock)([an_enriched_article(3), an_enriched_article(4)])

    after = [outcomes("put", "created"), outcomes("put", "unchanged"), outcomes("put", "failed")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [3, 1, 1]


async def test_withdrawals_are_counted_by_their_result(writer, clock):
    before = outcomes("withdraw", "unknown")

    await WithdrawArticles(writer)([a_withdrawal(9)])

    assert outcomes("withdraw", "unknown") - before == 1

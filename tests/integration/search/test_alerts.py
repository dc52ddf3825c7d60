"""From what was indexed to the outbox, over both stores: what fires, what does not, and what is made up for."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from services.search.alerts.forgotten import FiredArticles
from services.search.alerts.history import History
from shared.article_store.fact_query import FactQuery
from shared.article_store.query import ArticleQuery, FacetRequest
from shared.bus.broker import create_group
from shared.bus.envelope import encode
from shared.clock import to_ms
from shared.errors import DependencyUnavailable
from shared.events.articles import ArticleIndexed
from shared.registry import FOREVER
from shared.settings import StoreSettings
from shared.topology import ALERTS, ALERTS_OUTBOX, ARTICLES_INDEXED
from tests.builders import NOON, REVISION, a_relation, a_stored_article, a_withdrawal, an_enrichment, an_entity
from tests.indices import removed_afterwards
from tests.integration.search.alerts_on_trial import alerts_on_trial
from tests.unit.services.search.alerts.scene import a_webhook_channel, an_alert

HOOK = (a_webhook_channel(),)
BATTERY = an_alert(1, query="q=battery", channels=HOOK)


@pytest.fixture(params=["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
async def alerts(request, connection, clock, tmp_path):
    clock.advance(3_600)
    store = StoreSettings(data_dir=tmp_path)
    if request.param == "elasticsearch":
        url, prefix = request.getfixturevalue("elasticsearch_url"), f"test-{uuid.uuid4().hex[:12]}"
        store = StoreSettings(data_dir=tmp_path, elasticsearch_url=url, index_prefix=prefix)
    async with (
        removed_afterwards(store.elasticsearch_url, store.index_prefix),
        alerts_on_trial(connection, clock, store) as opened,
    ):
        yield opened


def on_batteries(number: int, **fields):
    return a_stored_article(number, title=f"Battery plant {number}", **fields)


async def test_an_article_fires_the_alerts_that_find_it_and_no_others(alerts):
    acme = an_alert(2, query="organization=org:acme", channels=HOOK)
    await alerts.hold(BATTERY, acme, an_alert(3, query="q=cricket", channels=HOOK))
    by_acme = a_stored_article(2, an_enrichment(entities=(an_entity("org:acme", "Acme"),)), title="Acme grows")

    await alerts.handle(on_batteries(1), by_acme, a_stored_article(3))

    assert sorted(await alerts.titles()) == ["Acme grows", "Battery plant 1"]


async def test_an_alert_may_name_somebody_whom_no_article_named_before(alerts):
    await alerts.hold(an_alert(1, query="q=person:%22ada+brandt%22", channels=HOOK))
    ada = a_stored_article(1, an_enrichment(entities=(an_entity("person:ada", "Ada Brandt"),)), title="Ada speaks")

    await alerts.handle(ada, a_stored_article(2))

    assert await alerts.titles() == ["Ada speaks"]


async def test_a_deal_of_a_kind_and_a_size_fires(alerts):
    await alerts.hold(an_alert(1, query="relation=invests_in&deal_size=100m-1b", channels=HOOK))
    large, small = (an_enrichment(relations=(a_relation(dollars=dollars),)) for dollars in (2.5e8, 2.5e7))
    other = an_enrichment(relations=(a_relation(dollars=2.5e8, type="sues"), a_relation(dollars=1e6)))

    await alerts.handle(*(a_stored_article(n, e, title=f"Deal {n}") for n, e in enumerate((large, small, other), 1)))

    assert await alerts.titles() == ["Deal 1"]


async def test_events_that_are_seen_twice_fire_once(alerts):
    await alerts.hold(BATTERY)
    events = await alerts.index(on_batteries(1), on_batteries(2))

    await alerts.handler(events)
    await alerts.handler(events[:1])
    await alerts.handle(on_batteries(2))

    assert sorted(await alerts.titles()) == ["Battery plant 1", "Battery plant 2"]


async def test_what_fired_is_told_to_listeners_of_a_replica_that_does_not_see_it_yet(alerts):
    await alerts.hold(BATTERY)
    await alerts.reader.get(on_batteries(1).article_id)
    await alerts.index(on_batteries(1))
    await alerts.matcher.match([on_batteries(1)])

    fired, last_id = await History(alerts.connection, alerts.reader, alerts.clock).after(BATTERY.id, "0-0")

    assert [(item.id, item.stored.article.title) for item in fired] == [(last_id, "Battery plant 1")]


async def test_a_correction_fires_what_it_newly_matches_and_nothing_again(alerts):
    await alerts.hold(BATTERY, an_alert(2, query="q=recall", channels=HOOK))
    await alerts.handle(on_batteries(1))

    await alerts.handle(on_batteries(1, text="There is a recall.", revision=on_batteries(1).article.revision + 1))

    assert await alerts.titles() == ["Battery plant 1", "Battery plant 1"]


async def test_what_was_withdrawn_before_it_was_matched_fires_nothing(alerts):
    await alerts.hold(BATTERY)
    events = await alerts.index(on_batteries(1), on_batteries(2))
    await alerts.writer.withdraw([a_withdrawal(1, reason="retired"), a_withdrawal(2, reason="forgotten", hard=True)])

    await alerts.handler(events)

    assert await alerts.titles() == []


async def test_what_is_written_late_after_it_was_forgotten_is_found_nowhere_and_fires_nothing(alerts, connection):
    await alerts.hold(an_alert(1, query="q=battery", channels=HOOK))
    deal = an_enrichment(entities=(an_entity("org:acme", "Acme"),), relations=(a_relation(),))
    article = a_stored_article(1, deal, title="Battery plant 1")
    await alerts.handle(article)
    await alerts.writer.withdraw([a_withdrawal(1, reason="forgotten", hard=True, revision=FOREVER)])
    await FiredArticles(connection).remove(article.article_id)
    a_day_later = {"revision": REVISION + 86_400_000, "fetched_at": NOON + timedelta(days=1)}

    events = await alerts.index(a_stored_article(1, deal, title="Battery plant 1, again", **a_day_later))
    await alerts.handler(events)

    async with asyncio.timeout(20):
        # A reader of either store sees what was committed within a second, one by its own clock, one by the other's.
        while await held(alerts, article.article_id):
            alerts.clock.advance(1)
            await asyncio.sleep(0.05)
    assert [event.outcome for event in events] == ["stale"]
    assert await alerts.titles() == ["Battery plant 1"]
    assert await History(connection, alerts.reader, alerts.clock).latest(an_alert(1).id, 10) == []


async def held(alerts, article_id: str) -> list[object]:
    """What the store shows of an article that is the only one in it, wherever it may be looked for."""
    found = await alerts.reader.search(ArticleQuery(facets=(FacetRequest("organization"),)))
    facts = await alerts.reader.facts(FactQuery(hidden=True))
    shown = (await alerts.reader.get(article_id), await alerts.reader.revisions(article_id), found.facets[0].buckets)
    return [one for one in (*shown, found.hits, facts.facts) if one]


async def test_without_alerts_the_store_is_not_asked(alerts):
    events = await alerts.index(on_batteries(1))
    await alerts.reader.close()

    await alerts.handler(events)


async def test_while_too_many_notices_wait_matching_waits_too(alerts, connection):
    await alerts.hold(BATTERY)
    async with connection.client.pipeline() as pipeline:
        for _ in range(100):
            pipeline.xadd(connection.key(ALERTS_OUTBOX.name), {"type": "x"})
        await pipeline.execute()

    with pytest.raises(DependencyUnavailable, match="wait to be delivered"):
        await alerts.handle(on_batteries(1))


async def publish(connection, events: list[ArticleIndexed]) -> None:
    for event in events:
        await connection.client.xadd(connection.key(ARTICLES_INDEXED.name), encode(event))


async def read_all(connection) -> None:
    """As a worker does that handles and acknowledges all there is."""
    stream = connection.key(ARTICLES_INDEXED.name)
    answer = await connection.client.xreadgroup(ALERTS.group, "worker", {stream: ">"})
    for _, entries in answer:
        await connection.client.xack(stream, ALERTS.group, *(entry_id for entry_id, _ in entries))


async def test_what_left_the_stream_unread_is_made_up_for_from_the_store(alerts, connection):
    await alerts.hold(BATTERY)
    await create_group(connection, ALERTS)
    await publish(connection, await alerts.index(on_batteries(1)))
    await alerts.handler(await alerts.index(on_batteries(1)))
    await read_all(connection)
    await publish(connection, await alerts.index(*(on_batteries(n) for n in range(2, 6))))
    await connection.client.xtrim(connection.key(ARTICLES_INDEXED.name), maxlen=1, approximate=False)
    alerts.clock.advance(2)
    await make_visible(alerts)

    owed = await alerts.backlog.look()
    fired = await alerts.backlog.make_up(alerts.reader, alerts.matcher.match)

    assert (owed, fired) == (True, 4)
    assert sorted(await alerts.titles()) == [f"Battery plant {n}" for n in range(1, 6)]
    assert await alerts.backlog.make_up(alerts.reader, alerts.matcher.match) is None


async def make_visible(alerts) -> None:
    """Elasticsearch's searches see what was put within a second."""
    if hasattr(alerts.reader, "_client"):
        await alerts.reader._client.indices.refresh(index="_all", ignore_unavailable=True)


async def test_an_entry_that_left_the_stream_under_a_worker_is_noticed(alerts, connection):
    await create_group(connection, ALERTS)
    await publish(connection, await alerts.index(on_batteries(1), on_batteries(2)))
    stream = connection.key(ARTICLES_INDEXED.name)
    await connection.client.xreadgroup(ALERTS.group, "worker that is gone", {stream: ">"})
    before = await alerts.backlog.look()
    await connection.client.xtrim(stream, maxlen=1, approximate=False)

    assert (before, await alerts.backlog.look()) == (False, True)


async def test_nothing_is_owed_to_alerts_that_keep_up_or_have_not_begun(alerts, connection):
    nothing_yet = await alerts.backlog.look()
    await publish(connection, await alerts.index(*(on_batteries(n) for n in range(5))))
    no_group = await alerts.backlog.look()
    await create_group(connection, ALERTS)
    behind_but_whole = await alerts.backlog.look()
    await read_all(connection)
    await connection.client.xtrim(connection.key(ARTICLES_INDEXED.name), maxlen=1, approximate=False)
    read_before_it_left = await alerts.backlog.look()

    assert not any((nothing_yet, no_group, behind_but_whole, read_before_it_left))


async def test_how_far_alerts_have_come_never_goes_back(alerts, connection):
    await alerts.hold(BATTERY)
    newer, older = on_batteries(5), on_batteries(1)
    await alerts.handle(newer)
    await alerts.handle(older)

    assert await connection.client.get(connection.key("alerts", "reached")) == str(to_ms(newer.enriched_at))

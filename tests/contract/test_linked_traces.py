"""Traces beyond the pipeline: notices go on with that of their article, and what is fed again is linked to it."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from services.cli.feeding import Feeding
from services.cli.import_articles import Importer, ImportLine
from services.cli.reprocess import Reprocessing, Selection
from services.crawler.registry_guard import RegistryGuard
from services.search.alerts.deliver import DeliverNotices, Sender
from services.search.alerts.deliveries import Deliveries
from services.search.alerts.digests import Digests
from services.search.alerts.rules import AlertBook
from shared import tracing
from shared.article_store.document import StoredArticle
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.query import ArticleQuery
from shared.bus.breaker import Breaker
from shared.bus.broker import create_group, entry_of
from shared.bus.envelope import TRACEPARENT, Entry, encode
from shared.bus.subscription import Handler, Subscription
from shared.events.alerts import AlertFired
from shared.events.articles import ArticleIndexed
from shared.http_client import GuardedClient
from shared.redis_client import RedisConnection
from shared.registry import mark_complete
from shared.settings import StoreSettings, TelemetrySettings
from shared.topology import ALERT_DELIVERY, ALERTS, ALERTS_OUTBOX, ARTICLES_CRAWLED, Stage, Stream
from tests.builders import a_stored_article
from tests.fakes import FakeClock
from tests.fakes_receivers import a_webhook
from tests.integration.search.alerts_on_trial import AlertsOnTrial, alerts_on_trial
from tests.otlp import ReceivedSpan, Receiver, receiving
from tests.unit.services.search.alerts.scene import a_mail_channel, a_webhook_channel, an_alert

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"
OTHER = f"00-{'c' * 32}-{SPAN}-01"
FETCH = "4bf92f3577b34da6a3ce929d0e0e4736"
FIRST_OF_FETCH = f"{FETCH}-{FETCH[16:]}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
async def alerts(connection, clock, tmp_path):
    clock.advance(3_600)
    async with alerts_on_trial(connection, clock, StoreSettings(data_dir=tmp_path)) as opened:
        yield opened


def sending(receiver: Receiver, service: str = "search"):
    return tracing.sending(service, TelemetrySettings(otel_exporter_otlp_endpoint=receiver.url))


async def indexed(alerts: AlertsOnTrial, article: StoredArticle, traceparent: str) -> None:
    """An article that indexing put, whose event waits for alerts."""
    [event] = await alerts.index(article)
    stream = alerts.connection.key(ALERTS.reads.name)
    await alerts.connection.client.xadd(stream, encode(event, traceparent))


async def work(connection: RedisConnection, clock: FakeClock, stage: Stage, event_type, handler: Handler) -> None:
    """Handle all that waits in the stage's stream."""
    await create_group(connection, stage)
    answer = await connection.client.xreadgroup(stage.group, "worker", {connection.key(stage.reads.name): ">"})
    entries = [entry_of(entry_id, fields) for _, items in answer for entry_id, fields in items]
    await Subscription(stage, event_type, handler, connection, clock, random.Random(1), Breaker(1.0)).process(entries)


async def match(alerts: AlertsOnTrial) -> None:
    await work(alerts.connection, alerts.clock, ALERTS, ArticleIndexed, alerts.handler)


async def entries(connection: RedisConnection, stream: Stream) -> list[Entry]:
    return [entry_of(*found) for found in await connection.client.xrange(connection.key(stream.name))]


def only(spans: Sequence[ReceivedSpan]) -> ReceivedSpan:
    [span] = spans
    return span


def traceparent_of(span: ReceivedSpan) -> str:
    """Without the flags, which say how it was chosen."""
    return f"00-{span.trace_id}-{span.span_id}-"


async def fired_at(url: str, alerts, receiver) -> None:
    """An article of PARENT's trace is indexed, and the alert on it delivered, traced."""
    connection, clock = alerts.connection, alerts.clock
    async with GuardedClient("Newsweir", timeout_s=5, trusted=(url,)) as client:
        await alerts.hold(an_alert(1, channels=(a_webhook_channel(url),)))
        await indexed(alerts, a_stored_article(1), PARENT)
        with sending(receiver):
            await match(alerts)
            sender = Sender(client, None, clock)
            deliver = DeliverNotices(AlertBook(connection, clock), Deliveries(connection), sender, connection, clock)
            await work(connection, clock, ALERT_DELIVERY, AlertFired, deliver)


async def test_a_notice_is_sent_within_the_trace_of_its_article(alerts, receiver):
    async with a_webhook() as hook:
        await fired_at(hook.url, alerts, receiver)

    handled, told = only(receiver.named("process articles.indexed")), only(receiver.named("process alerts.outbox"))
    sent = only(receiver.named("send webhook"))
    assert {span.trace_id for span in receiver.spans} == {TRACE}
    assert (handled.parent, told.parent, sent.parent) == (SPAN, handled.span_id, told.span_id)
    assert sent.attributes["newsweir.alert_id"] == an_alert(1).id
    assert len(hook.got) == 1


async def test_a_notice_that_was_refused_says_so_in_the_trace(alerts, receiver):
    async with a_webhook(500) as hook:
        await fired_at(hook.url, alerts, receiver)

    assert only(receiver.named("send webhook")).failed
    assert only(receiver.named("process alerts.outbox")).attributes["newsweir.outcome"] == "will be tried again"


async def test_a_search_service_without_traces_hands_on_that_of_the_article(alerts):
    await alerts.hold(an_alert(1, channels=(a_webhook_channel(),)))
    await indexed(alerts, a_stored_article(1), PARENT)
    await indexed(alerts, a_stored_article(2), "")

    await match(alerts)

    found = await entries(alerts.connection, ALERTS_OUTBOX)
    assert [entry.traceparent for entry in found] == [PARENT, ""]
    assert TRACEPARENT not in found[1].fields


async def test_a_digest_is_linked_to_the_traces_of_all_its_articles(alerts, receiver):
    await alerts.hold(an_alert(1, channels=(a_mail_channel("hourly"),)))
    await indexed(alerts, a_stored_article(1), PARENT)
    await indexed(alerts, a_stored_article(2), OTHER)
    await indexed(alerts, a_stored_article(3), "")

    with sending(receiver):
        await match(alerts)
        alerts.clock.advance(3_600)
        assert await Digests(alerts.connection, alerts.clock).send_due() == 1

    digest = only(receiver.named("send digest"))
    handled = {f"{span.trace_id}-{span.span_id}" for span in receiver.named("process articles.indexed")}
    [entry] = await entries(alerts.connection, ALERTS_OUTBOX)
    assert digest.links == handled
    assert len(handled) == 3
    assert entry.traceparent.startswith(traceparent_of(digest))


async def test_a_digest_that_an_earlier_version_collected_is_sent(alerts, receiver):
    """Its articles wait without a trace."""
    await alerts.hold(an_alert(1, channels=(a_mail_channel("hourly"),)))
    await indexed(alerts, a_stored_article(1), "")
    await match(alerts)
    [key] = [key async for key in alerts.connection.client.scan_iter(alerts.connection.key("alerts", "digest", "*"))]
    [waiting] = await alerts.connection.client.lrange(key, 0, -1)
    earlier = waiting.replace(',"traceparent":""', "")
    assert earlier != waiting
    await alerts.connection.client.lset(key, 0, earlier)
    alerts.clock.advance(3_600)

    with sending(receiver):
        assert await Digests(alerts.connection, alerts.clock).send_due() == 1

    assert len(await entries(alerts.connection, ALERTS_OUTBOX)) == 1
    assert only(receiver.named("send digest")).links == frozenset()


async def test_what_alerts_missed_is_told_in_the_trace_of_the_making_up(alerts, receiver):
    await alerts.hold(an_alert(1, channels=(a_webhook_channel(),)))
    await alerts.index(a_stored_article(1))
    await alerts.connection.client.set(alerts.connection.key("alerts", "owed-since"), "0")

    with sending(receiver):
        assert await alerts.backlog.make_up(alerts.reader, alerts.matcher.match) == 1

    made_up = only(receiver.named("make up for missed alerts"))
    [entry] = await entries(alerts.connection, ALERTS_OUTBOX)
    assert entry.traceparent.startswith(traceparent_of(made_up))


async def test_an_import_begins_the_trace_of_its_article_whose_fetch_is_called_after_it(
    connection, clock, tmp_path, receiver
):
    await mark_complete(connection)
    importer = Importer(connection, clock, RegistryGuard(connection, StoreSettings(data_dir=tmp_path), clock))

    with sending(receiver, "cli"):
        await importer.add(ImportLine(url="https://news.example/a", title="A title", text="A text."))

    begun = only(receiver.named("import article"))
    [entry] = await entries(connection, ARTICLES_CRAWLED)
    assert begun.service == "cli"
    assert entry.traceparent.startswith(traceparent_of(begun))
    assert entry.fetch_id == begun.trace_id
    assert tracing.of_fetch(entry.fetch_id).startswith(traceparent_of(begun))


async def test_reprocessing_begins_a_trace_that_is_linked_to_that_of_the_fetch(
    connection, clock, tmp_path: Path, receiver
):
    store = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(store, clock)
    await writer.put([a_stored_article(1, fetch_id=FETCH), a_stored_article(2, fetch_id="of an older program")])
    await writer.close()
    reader = await open_reader(store, clock)

    with sending(receiver, "cli"):
        feeding = Feeding(connection, clock, 100)
        await Reprocessing(connection, reader, clock, feeding).run(Selection(ArticleQuery(size=1)), 2)
    await reader.close()

    begun = {span.attributes["newsweir.fetch_id"]: span for span in receiver.named("reprocess article")}
    traced = {entry.fetch_id: entry.traceparent[:-2] for entry in await entries(connection, ARTICLES_CRAWLED)}
    assert begun[FETCH].links == {FIRST_OF_FETCH}
    assert begun["of an older program"].links == frozenset()
    assert traced == {fetch: traceparent_of(span) for fetch, span in begun.items()}

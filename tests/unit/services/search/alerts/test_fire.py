import asyncio
from datetime import timedelta

import pytest

from services.search.alerts.deliveries import MAX_KEPT, Deliveries
from services.search.alerts.fire import HISTORY, MAX_IN_DIGEST, Firing, Trigger, due_at, fired_article
from shared.clock import to_ms
from tests.builders import NOON, a_stored_article, an_enrichment
from tests.unit.services.search.alerts.scene import a_book, a_mail_channel, a_webhook_channel, an_alert, outbox


@pytest.fixture
def trigger(connection, clock):
    clock.advance(3_600)
    return Trigger(connection, clock, remember_days=30, daily_hour=7)


@pytest.fixture
async def alert(connection):
    alert = an_alert(1, channels=(a_webhook_channel(),))
    await a_book(connection).put(alert)
    return alert


async def history(connection, alert) -> list[str]:
    entries = await connection.client.xrange(connection.key("alerts", "history", alert.id))
    return [fields["article_id"] for _, fields in entries]


async def test_what_fires_goes_into_the_outbox_and_the_history_and_is_noted_as_pending(connection, trigger, alert):
    stored = a_stored_article(1)

    fired = await trigger.fire([Firing(alert, stored)])

    [notice] = await outbox(connection)
    [note] = await Deliveries(connection).of(alert.id)
    assert fired == 1
    assert (notice.alert_id, notice.channel_id) == (alert.id, "c0ffee00")
    assert notice.articles == (fired_article(stored),)
    assert await history(connection, alert) == [stored.article_id]
    assert (note.id, note.state, note.attempts) == (notice.delivery_id, "pending", 0)


async def test_an_article_fires_an_alert_once_whoever_fires_and_whatever_it_became(connection, trigger, alert, clock):
    other = Trigger(connection, clock, remember_days=30, daily_hour=7)
    changed = a_stored_article(1, text="A correction.")

    fired = await asyncio.gather(*(t.fire([Firing(alert, a_stored_article(1))]) for t in (trigger, other) * 5))
    again = await trigger.fire([Firing(alert, changed), Firing(alert, changed)])

    assert (sum(fired), again) == (1, 0)
    assert len(await outbox(connection)) == 1


async def test_each_alert_fires_for_itself(connection, trigger, alert):
    second = an_alert(2)
    await a_book(connection).put(second)

    assert await trigger.fire([Firing(a, a_stored_article(n)) for a in (alert, second) for n in (1, 2)]) == 4


async def test_a_story_is_told_once_where_the_alert_wants_that(connection, trigger):
    by_story, by_article = an_alert(1, once_per="story"), an_alert(2)
    for alert in (by_story, by_article):
        await a_book(connection).put(alert)
    same = [a_stored_article(n, an_enrichment(story_id="s" * 16)) for n in (1, 2)]
    copy = a_stored_article(3, an_enrichment(copy_of=a_stored_article(4).article_id))
    articles = [*same, a_stored_article(4), copy]

    per_story = await trigger.fire([Firing(by_story, stored) for stored in articles])
    per_article = await trigger.fire([Firing(by_article, stored) for stored in articles])

    assert (per_story, per_article) == (2, 4)


async def test_an_alert_that_was_deleted_meanwhile_fires_nothing(connection, trigger, alert):
    await a_book(connection).delete(alert)

    assert await trigger.fire([Firing(alert, a_stored_article(1))]) == 0
    assert await outbox(connection) == []


async def test_what_was_fetched_before_the_alert_was_there_is_none_of_its_business(connection, trigger):
    late = an_alert(1, active_since=NOON + timedelta(minutes=30))
    await a_book(connection).put(late)

    assert await trigger.fire([Firing(late, a_stored_article(1))]) == 0
    assert await trigger.fire([Firing(late, a_stored_article(2, fetched_at=late.active_since))]) == 1


async def test_what_is_older_than_memory_reaches_fires_nothing(connection, trigger, alert, clock):
    clock.advance(31 * 86_400)

    assert await trigger.fire([Firing(alert, a_stored_article(1))]) == 0


async def test_what_fired_is_forgotten_only_when_it_was_not_met_for_long(connection, trigger, alert, clock):
    def seen_now():
        moment = NOON + timedelta(milliseconds=clock.now_ms() - to_ms(NOON))
        return Firing(alert, a_stored_article(1, fetched_at=moment))

    fired = []
    for days in (0, 20, 20, 31):
        clock.advance(days * 86_400)
        fired.append(await trigger.fire([seen_now()]))

    assert fired == [1, 0, 0, 1]


async def test_many_firings_are_fired_in_steps_and_what_is_kept_of_them_is_bounded(connection, trigger, alert):
    fired = await trigger.fire([Firing(alert, a_stored_article(n)) for n in range(450)])

    assert fired == 450
    assert len(await outbox(connection)) == 450
    assert len(await Deliveries(connection).of(alert.id)) == MAX_KEPT
    assert len(await history(connection, alert)) == HISTORY


async def test_a_digest_is_collected_until_its_hour(connection, trigger):
    alert = an_alert(1, channels=(a_mail_channel("hourly"),))
    await a_book(connection).put(alert)

    await trigger.fire([Firing(alert, a_stored_article(n)) for n in range(MAX_IN_DIGEST + 20)])

    name = f"{alert.id}|0000a11e"
    assert await outbox(connection) == []
    assert await connection.client.llen(connection.key("alerts", "digest", name)) == MAX_IN_DIGEST
    assert await connection.client.get(connection.key("alerts", "left-out", name)) == "20"
    due = await connection.client.zscore(connection.key("alerts", "digests-due"), name)
    assert due == to_ms(NOON + timedelta(hours=2))


async def test_a_notice_shows_no_more_of_a_text_than_its_publisher_permits(connection, trigger, alert):
    stored = a_stored_article(1, text="The beginning. " * 40 + "Secret ending.", rights=("noarchive",))

    await trigger.fire([Firing(alert, stored)])

    [notice] = await outbox(connection)
    assert "Secret" not in notice.model_dump_json()


@pytest.mark.parametrize(
    ("digest", "minutes", "hour", "expected"),
    [
        ("at-once", 10, 7, None),
        ("hourly", 10, 7, timedelta(hours=1)),
        ("hourly", 0, 7, timedelta(hours=1)),
        ("daily", 10, 13, timedelta(hours=1)),
        ("daily", 10, 12, timedelta(hours=24)),
        ("daily", 10, 7, timedelta(hours=19)),
    ],
)
def test_digests_are_due_at_the_next_full_hour_or_that_of_the_day(digest, minutes, hour, expected):
    now_ms = to_ms(NOON + timedelta(minutes=minutes))

    assert due_at(digest, now_ms, hour) == (0 if expected is None else to_ms(NOON + expected))

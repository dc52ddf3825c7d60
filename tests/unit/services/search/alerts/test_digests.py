import asyncio

import pytest

from services.search.alerts.deliveries import Deliveries
from services.search.alerts.digests import Digests
from services.search.alerts.fire import Firing, Trigger
from services.search.alerts.rules import digests_due_key
from tests.builders import a_stored_article
from tests.unit.services.search.alerts.scene import a_book, a_mail_channel, an_alert, outbox

ALERT = an_alert(1, channels=(a_mail_channel("hourly"),))


@pytest.fixture
async def fire(connection, clock):
    await a_book(connection).put(ALERT)
    trigger = Trigger(connection, clock, remember_days=30, daily_hour=7)

    async def fire(*numbers: int) -> None:
        await trigger.fire([Firing(ALERT, a_stored_article(number)) for number in numbers])

    return fire


async def test_when_its_hour_has_come_what_was_collected_is_one_notice(connection, clock, fire):
    digests = Digests(connection, clock)
    await fire(1, 2)
    before = await digests.send_due()
    clock.advance(3_600)

    sent = await digests.send_due()

    [notice] = await outbox(connection)
    assert (before, sent) == (0, 1)
    assert [article.title for article in notice.articles] == [
        "Council discusses matter 1",
        "Council discusses matter 2",
    ]
    assert [(note.id, note.state, note.articles) for note in await Deliveries(connection).of(ALERT.id)] == [
        (notice.delivery_id, "pending", 2)
    ]


async def test_the_next_hour_has_a_notice_of_its_own_and_an_hour_without_news_none(connection, clock, fire):
    digests = Digests(connection, clock)
    for numbers in ((1,), (), (2,)):
        await fire(*numbers)
        clock.advance(3_600)
        await digests.send_due()

    first, second = await outbox(connection)
    assert [len(first.articles), len(second.articles)] == [1, 1]
    assert first.delivery_id != second.delivery_id


async def test_several_replicas_send_a_digest_once(connection, clock, fire):
    await fire(1)
    clock.advance(3_600)

    sent = await asyncio.gather(*(Digests(connection, clock).send_due() for _ in range(5)))

    assert sum(sent) == 1
    assert len(await outbox(connection)) == 1


async def test_what_fires_while_a_digest_is_sent_is_a_notice_of_its_own(connection, clock, fire):
    digests = Digests(connection, clock)
    await fire(1)
    clock.advance(3_600)
    # What the script leaves where something fires between its reading and its sending: a digest that is still due.
    due = await connection.client.zrange(digests_due_key(connection), 0, -1, withscores=True)
    await digests.send_due()
    await fire(2)
    await connection.client.zadd(digests_due_key(connection), dict(due))

    await digests.send_due()

    first, second = await outbox(connection)
    assert [article.title for article in second.articles] == ["Council discusses matter 2"]
    assert first.delivery_id != second.delivery_id


async def test_what_did_not_fit_is_counted(connection, clock, fire):
    await fire(*range(130))
    clock.advance(3_600)
    await Digests(connection, clock).send_due()

    [notice] = await outbox(connection)
    assert (len(notice.articles), notice.left_out) == (100, 30)


async def test_what_was_collected_for_a_channel_goes_with_it(connection, clock, fire):
    book = a_book(connection)
    await fire(1)
    written, alert = await book.kept(ALERT.id)

    await book.replace(written, alert, alert.model_copy(update={"channels": ()}))
    clock.advance(3_600)

    assert await Digests(connection, clock).send_due() == 0
    assert await outbox(connection) == []
    assert await connection.client.keys(connection.key("alerts", "digest", "*")) == []


async def test_what_was_collected_is_sent_although_the_alert_is_changed(connection, clock, fire):
    book = a_book(connection)
    await fire(1)
    written, alert = await book.kept(ALERT.id)

    await book.replace(written, alert, alert.model_copy(update={"name": "Another name"}))
    clock.advance(3_600)

    assert await Digests(connection, clock).send_due() == 1


async def test_a_digest_of_a_deleted_alert_is_not_sent(connection, clock, fire):
    await fire(1)
    await a_book(connection).delete(ALERT)
    clock.advance(3_600)

    assert await Digests(connection, clock).send_due() == 0
    assert await outbox(connection) == []

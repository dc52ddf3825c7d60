import asyncio

import pytest

from services.search.alerts.deliver import DeliverNotices, Sender
from services.search.alerts.deliveries import Deliveries
from services.search.alerts.fire import note_of
from services.search.alerts.mail import MailServer
from services.search.alerts.rules import AlertBook
from shared.bus.outcome import Done, Failed
from shared.errors import DependencyUnavailable
from shared.http_client import GuardedClient
from shared.registry import suppress_again
from tests.fakes_receivers import a_mail_server, a_webhook
from tests.unit.services.search.alerts.scene import a_book, a_mail_channel, a_notice, a_webhook_channel, an_alert


async def hold(connection, *channels, **fields):
    alert = an_alert(1, channels=channels, **fields)
    await a_book(connection).put(alert)
    return alert


async def noted(connection, *notices) -> None:
    for notice in notices:
        key = connection.key("alerts", "deliveries", notice.alert_id)
        await connection.client.hset(key, notice.delivery_id, note_of(notice))
        await connection.client.zadd(
            connection.key("alerts", "delivery-order", notice.alert_id), {notice.delivery_id: 1}
        )


async def deliver(connection, clock, *notices, trusted=(), server=None):
    async with GuardedClient("Newsweir", timeout_s=5, trusted=trusted) as client:
        sender = Sender(client, server, clock)
        handler = DeliverNotices(a_book(connection), Deliveries(connection), sender, connection, clock)
        return await handler(notices)


async def states(connection):
    return {note.id: (note.state, note.attempts) for note in await Deliveries(connection).of(an_alert().id)}


async def test_a_notice_that_was_taken_is_noted_as_delivered(connection, clock):
    async with a_webhook() as receiver:
        await hold(connection, a_webhook_channel(receiver.url))
        await noted(connection, a_notice())

        outcomes = await deliver(connection, clock, a_notice(), trusted=(receiver.url,))

    assert outcomes == [Done()]
    assert len(receiver.got) == 1
    assert await states(connection) == {a_notice().delivery_id: ("delivered", 1)}


async def test_a_notice_that_was_delivered_before_its_worker_was_killed_is_not_sent_again(connection, clock):
    async with a_webhook() as receiver:
        await hold(connection, a_webhook_channel(receiver.url))
        await noted(connection, a_notice())

        for _ in range(2):
            outcomes = await deliver(connection, clock, a_notice(), trusted=(receiver.url,))

    assert (outcomes, len(receiver.got)) == ([Done()], 1)
    assert await states(connection) == {a_notice().delivery_id: ("delivered", 1)}


async def test_a_receiver_that_fails_is_asked_once_a_batch_and_others_are_served(connection, clock):
    async with a_webhook(503, Retry_After="60") as broken, a_webhook() as sound:
        channels = a_webhook_channel(broken.url, "00000001"), a_webhook_channel(sound.url, "00000002")
        await hold(connection, *channels)
        notices = [a_notice(n, channel_id=channel.id) for n, channel in enumerate(channels * 3)]
        await noted(connection, *notices)

        outcomes = await deliver(connection, clock, *notices, trusted=(broken.url, sound.url))

    assert [type(outcome) for outcome in outcomes] == [Failed, Done] * 3
    assert outcomes[0].error.retry_after_s == 60
    assert (len(broken.got), len(sound.got)) == (1, 3)
    assert (await states(connection))[notices[4].delivery_id] == ("retrying", 1)


async def test_a_receiver_that_refuses_one_notice_gets_the_next(connection, clock):
    async with a_webhook(400, 200) as receiver:
        await hold(connection, a_webhook_channel(receiver.url))
        await noted(connection, a_notice(1), a_notice(2))

        outcomes = await deliver(connection, clock, a_notice(1), a_notice(2), trusted=(receiver.url,))

    assert [type(outcome) for outcome in outcomes] == [Failed, Done]
    assert [state for state, _ in (await states(connection)).values()].count("failed") == 1


async def test_after_its_last_attempt_a_notice_counts_as_given_up(connection, clock):
    async with a_webhook(503) as receiver:
        await hold(connection, a_webhook_channel(receiver.url))
        await noted(connection, a_notice())
        for _ in range(20):
            await deliver(connection, clock, a_notice(), trusted=(receiver.url,))

    [note] = await Deliveries(connection).of(an_alert().id)
    assert (note.state, note.attempts, note.error) == ("failed", 20, "the receiver answered 503")


async def test_what_was_taken_away_while_a_notice_was_under_way_gets_none(connection, clock):
    async with a_webhook() as receiver:
        without_alert = await deliver(connection, clock, a_notice(), trusted=(receiver.url,))
        await hold(connection)
        without_channel = await deliver(connection, clock, a_notice(), trusted=(receiver.url,))

    assert (without_alert, without_channel, receiver.got) == ([Done()], [Done()], [])


class ForgetfulBook(AlertBook):
    """Loses the broker when it is asked for one alert."""

    async def get(self, alert_id):
        if alert_id == an_alert(2).id:
            raise ConnectionError("the broker is away")
        return await super().get(alert_id)


class SlowSender(Sender):
    """Takes longer than it takes to lose a broker."""

    async def send(self, *notice, **how):
        await asyncio.sleep(0.1)
        await super().send(*notice, **how)


async def test_what_is_under_way_when_the_broker_is_lost_is_not_sent_by_the_next_attempt_beside_it(connection, clock):
    other = a_notice(2).model_copy(update={"alert_id": an_alert(2).id})
    async with a_webhook() as receiver, GuardedClient("Newsweir", timeout_s=5, trusted=(receiver.url,)) as client:
        await hold(connection, a_webhook_channel(receiver.url))
        await noted(connection, a_notice(1))
        sender, book = SlowSender(client, None, clock), ForgetfulBook(connection, clock)

        with pytest.raises(DependencyUnavailable):
            await DeliverNotices(book, Deliveries(connection), sender, connection, clock)([other, a_notice(1)])

        assert await states(connection) == {a_notice(1).delivery_id: ("delivered", 1)}


async def test_a_notice_whose_channel_was_taken_away_counts_as_given_up(connection, clock):
    await hold(connection)
    await noted(connection, a_notice())

    outcomes = await deliver(connection, clock, a_notice())

    [note] = await Deliveries(connection).of(an_alert().id)
    assert outcomes == [Done()]
    assert (note.state, note.attempts) == ("failed", 0)
    assert "channel was taken away" in (note.error or "")


async def test_what_was_forgotten_while_a_notice_was_under_way_is_not_told(connection, clock):
    one, other = a_notice(1).articles[0], a_notice(2).articles[0]
    both = a_notice(3).model_copy(update={"articles": (one, other)})
    await suppress_again(connection, one.article_id, clock.now_ms())
    async with a_webhook() as receiver:
        await hold(connection, a_webhook_channel(receiver.url))
        await noted(connection, a_notice(1), both)

        outcomes = await deliver(connection, clock, a_notice(1), both, trusted=(receiver.url,))

    assert outcomes == [Done(), Done()]
    [(_, body)] = receiver.got
    assert other.article_id in body.decode()
    assert one.article_id not in body.decode()
    assert await states(connection) == {a_notice(1).delivery_id: ("failed", 1), both.delivery_id: ("delivered", 1)}


async def test_a_mail_goes_out_through_the_server_of_the_settings(connection, clock):
    async with a_mail_server() as mailbox:
        await hold(connection, a_mail_channel())
        server = MailServer("127.0.0.1", mailbox.port, "none", "newsweir@desk.example")

        outcomes = await deliver(connection, clock, a_notice(1, channel_id="0000a11e"), server=server)

    assert (outcomes, len(mailbox.messages)) == ([Done()], 1)


async def test_without_a_mail_server_the_mail_waits_and_the_setting_is_named(connection, clock):
    await hold(connection, a_mail_channel())

    [outcome] = await deliver(connection, clock, a_notice(1, channel_id="0000a11e"))

    assert "NEWSWEIR_SMTP_HOST" in str(outcome.error)


async def test_without_its_broker_nothing_is_sent_and_the_stream_holds_the_notices(clock, away):
    with pytest.raises(DependencyUnavailable):
        await deliver(away, clock, a_notice())

"""A digest from the first article that fires to the mailbox, at the hour that the operator has set."""

from datetime import timedelta

import pytest

from services.search.alerts.deliver import DeliverNotices, Sender
from services.search.alerts.deliveries import Deliveries
from services.search.alerts.digests import Digests
from services.search.alerts.mail import MailServer
from services.search.alerts.rules import AlertBook
from shared.http_client import GuardedClient
from shared.settings import StoreSettings
from tests.builders import NOON, a_stored_article
from tests.fakes_receivers import a_mail_server
from tests.integration.search.alerts_on_trial import alerts_on_trial
from tests.unit.services.search.alerts.scene import a_mail_channel, an_alert, outbox

DAILY = an_alert(1, query="q=council", channels=(a_mail_channel("daily"),))
TO_SEVEN_S = 19 * 3_600


@pytest.fixture
async def alerts(connection, clock, tmp_path):
    """Alerts at noon whose daily hour is seven."""
    async with alerts_on_trial(connection, clock, StoreSettings(data_dir=tmp_path)) as opened:
        await opened.hold(DAILY)
        yield opened


async def delivered(alerts, server) -> None:
    """Let what lies in the outbox be delivered."""
    notices = await outbox(alerts.connection)
    async with GuardedClient("Newsweir", timeout_s=5) as client:
        mail = MailServer("127.0.0.1", server.port, "none", "newsweir@news.example")
        book, sender = AlertBook(alerts.connection, alerts.clock), Sender(client, mail, alerts.clock)
        await DeliverNotices(book, Deliveries(alerts.connection), sender, alerts.connection, alerts.clock)(notices)


async def test_what_fired_since_seven_is_one_mail_at_seven_and_what_fires_then_waits_for_the_next_day(alerts, clock):
    digests = Digests(alerts.connection, clock)
    for number in (1, 2):
        await alerts.handle(a_stored_article(number, fetched_at=NOON))
    clock.advance(TO_SEVEN_S - 1)
    before = await digests.send_due()
    clock.advance(1)

    at_seven = await digests.send_due()
    await alerts.handle(a_stored_article(3, fetched_at=NOON + timedelta(seconds=TO_SEVEN_S)))
    clock.advance(24 * 3_600 - 1)
    late = await digests.send_due()
    clock.advance(1)
    next_day = await digests.send_due()
    async with a_mail_server() as server:
        await delivered(alerts, server)

    first, second = server.messages
    assert (before, at_seven, late, next_day) == (0, 1, 0, 1)
    assert (first["Subject"], second["Subject"]) == ("Alert 1: 2 articles", "Alert 1: Council discusses matter 3")
    assert all(f"Council discusses matter {number}" in first.get_content() for number in (1, 2))
    assert first["Date"].datetime == NOON + timedelta(seconds=TO_SEVEN_S)

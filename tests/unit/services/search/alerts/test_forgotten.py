import pytest

from services.search.alerts.digests import Digests
from services.search.alerts.fire import Firing, Trigger
from services.search.alerts.forgotten import FiredArticles
from tests.builders import a_stored_article
from tests.unit.services.search.alerts.scene import a_book, a_mail_channel, an_alert, outbox

ALERT = an_alert(1, channels=(a_mail_channel("hourly"),))
FIRST, SECOND = a_stored_article(1), a_stored_article(2)


@pytest.fixture
async def fired(connection, clock):
    """Both articles fired the alert, whose digest is still collected."""
    await a_book(connection).put(ALERT)
    trigger = Trigger(connection, clock, remember_days=30, daily_hour=7)
    await trigger.fire([Firing(ALERT, FIRST), Firing(ALERT, SECOND)])
    return FiredArticles(connection)


async def test_looking_counts_digests_and_feeds_and_changes_nothing(fired):
    assert [await fired.find(FIRST.article_id) for _ in range(2)] == [2, 2]
    assert await fired.find("f" * 64) == 0


async def test_what_is_removed_is_in_no_digest_and_no_feed(connection, clock, fired):
    removed = await fired.remove(FIRST.article_id)

    clock.advance(3_600)
    await Digests(connection, clock).send_due()
    [notice] = await outbox(connection)
    history = await connection.client.xrange(connection.key("alerts", "history", ALERT.id))
    assert removed == 2
    assert [article.article_id for article in notice.articles] == [SECOND.article_id]
    assert [fields["article_id"] for _, fields in history] == [SECOND.article_id]


async def test_a_digest_that_is_left_empty_is_not_sent(connection, clock, fired):
    await fired.remove(FIRST.article_id)
    await fired.remove(SECOND.article_id)

    clock.advance(3_600)
    sent = await Digests(connection, clock).send_due()

    assert (sent, await outbox(connection)) == (0, [])

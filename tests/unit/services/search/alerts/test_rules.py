from datetime import timedelta

import pytest

from services.search.alerts.rules import AlertBook, alerts_key, query_of, understood
from services.search.parameters.query_string import InvalidParameter
from shared.article_store.query import FacetFilter
from shared.errors import InvalidInput, LimitExceeded
from tests.builders import NOON
from tests.unit.services.search.alerts.scene import a_mail_channel, a_webhook_channel, an_alert


@pytest.fixture
def book(connection, clock):
    return AlertBook(connection, clock)


async def test_an_alert_is_kept_as_it_was_put(book):
    alert = an_alert(1, channels=(a_webhook_channel(), a_mail_channel("daily")), query="q=battery&country=US")
    await book.put(alert)

    assert await book.get(alert.id) == alert
    assert await book.all() == [alert]
    assert await book.get("0" * 16) is None


async def test_what_is_matched_is_what_is_enabled_and_follows_every_change(book, connection, clock):
    replica = AlertBook(connection, clock)
    await book.put(an_alert(1, query="q=battery"))
    await book.put(an_alert(2, enabled=False))
    first = await replica.rules()
    await book.put(an_alert(3))
    second = await replica.rules()
    await book.delete(an_alert(1))

    assert [rule.alert.id for rule in first] == [an_alert(1).id]
    assert {rule.alert.id for rule in second} == {an_alert(1).id, an_alert(3).id}
    assert [rule.alert.id for rule in await replica.rules()] == [an_alert(3).id]


async def test_without_a_change_nothing_is_read_again(book, connection):
    await book.put(an_alert(1))
    rules = await book.rules()
    await connection.client.delete(alerts_key(connection))

    assert await book.rules() is rules


async def test_an_alert_that_nobody_understands_does_not_silence_the_others(book, connection):
    await book.put(an_alert(1, query="a_facet_of_former_days=x"))
    await book.put(an_alert(2))
    await connection.client.hset(alerts_key(connection), "broken", "{")

    assert [rule.alert.id for rule in await book.rules()] == [an_alert(2).id]
    assert {alert.id for alert in await book.all()} == {an_alert(1).id, an_alert(2).id}


async def test_an_alert_goes_with_all_that_is_kept_of_it(book, connection):
    alert = an_alert(1, channels=(a_mail_channel("daily"),))
    await book.put(alert)
    for kind in ("fired", "history", "deliveries", "delivery-order"):
        await connection.client.set(connection.key("alerts", kind, alert.id), "x")
    await connection.client.set(connection.key("alerts", "digest", f"{alert.id}|0000a11e"), "x")
    await connection.client.zadd(connection.key("alerts", "digests-due"), {f"{alert.id}|0000a11e": 1})

    first, second = await book.delete(alert), await book.delete(alert)

    assert (first, second) == (True, False)
    left = {key.removeprefix(connection.prefix) async for key in connection.client.scan_iter(f"{connection.prefix}*")}
    assert left == {"alerts:version"}


async def test_there_is_an_end_to_how_many_alerts_there_may_be(book, connection):
    async with connection.client.pipeline() as pipeline:
        for number in range(10_000):
            pipeline.hset(alerts_key(connection), f"x{number}", "{}")
        await pipeline.execute()

    with pytest.raises(LimitExceeded, match="delete some"):
        await book.put(an_alert(1))


def test_an_object_says_what_a_query_string_of_the_same_names_says():
    names = {"q": "battery, and more", "person": ["person:a,b", "person:c"], "not_country": ["US", "GB"]}

    asked = understood(query_of(names), NOON)

    assert asked.filters == (
        FacetFilter("person", include=("person:a,b", "person:c")),
        FacetFilter("country", exclude=("US", "GB")),
    )
    assert asked.where is not None


def test_a_query_string_is_kept_in_its_own_words():
    assert understood(query_of("?q=battery&country=US%2CGB"), NOON).filters == (
        FacetFilter("country", include=("US", "GB")),
    )


@pytest.mark.parametrize("value", [{"a": 1}, [["x"]]])
def test_what_no_query_string_can_say_is_refused(value):
    with pytest.raises(InvalidParameter):
        query_of({"person": value})


def test_what_is_no_unicode_text_is_refused():
    with pytest.raises(InvalidInput, match="surrogate"):
        query_of({"q": "half \ud800"})


@pytest.mark.parametrize("asked", ["q=" + "x" * 9_000, {"person": ["x" * 900] * 10}])
def test_a_query_that_is_too_long_is_refused(asked):
    with pytest.raises(LimitExceeded):
        query_of(asked)


@pytest.mark.parametrize("query", ["cursor=x", "q=a&size=5", "sort=newest", "facet=person", "facet.person.size=3"])
def test_how_to_show_a_page_is_no_part_of_an_alert(query):
    with pytest.raises(InvalidParameter, match="leave it out"):
        understood(query, NOON)


def test_an_alert_neither_counts_nor_marks_nor_pages():
    asked = understood("q=battery&country=US", NOON)

    assert (asked.facets, asked.highlight, asked.cursor, asked.size) == ((), False, None, 1)
    assert asked.filters == (FacetFilter("country", include=("US",)),)


async def test_a_time_that_is_counted_back_moves_on(book, clock):
    await book.put(an_alert(1, query="from=30d"))
    [first] = await book.rules()
    clock.advance(86_400)
    [second] = await book.rules()

    assert second.query.published_from - first.query.published_from == timedelta(days=1)

from datetime import UTC, datetime, timedelta

import pytest

from services.search.alerts.rules import Alert, Mail, Webhook
from services.search.api.alert_models import AlertView, DeliveryView
from services.search.parameters.query_string import InvalidParameter
from services.search.ui.alert_view import (
    AlertForm,
    alert_row,
    asked_by_search,
    delivery_rows,
    form_of_alert,
    form_of_fields,
    form_of_search,
    in_words,
    problem_of,
    spec_of,
)
from shared.errors import InvalidInput, LimitExceeded

NOW = datetime(2026, 3, 10, tzinfo=UTC)
HOOK = Webhook(id="0" * 8, url="https://hooks.example/in", secret="a secret of sixteen")
MAIL = Mail(id="1" * 8, to=("ada@example.org", "bob@example.org"), digest="daily")


def an_alert(*channels, **fields):
    values = {"id": "a" * 16, "name": "Batteries", "query": "q=battery", "channels": channels, "created_at": NOW}
    return AlertView.of(Alert(**{**values, "updated_at": NOW, "active_since": NOW, **fields}))


def test_a_search_becomes_the_form_of_an_alert_without_what_only_shows_its_page():
    pairs = [("q", "battery"), ("not_language", "de"), ("size", "5"), ("facet.person.size", "50")]

    form = form_of_search(asked_by_search(pairs, NOW))

    assert form.query == "q=battery&not_language=de"
    assert form.name == "battery; not Language: de"


def test_a_form_without_a_search_has_neither_name_nor_query():
    form = form_of_search([])

    assert (form.name, form.query) == ("", "")


def test_what_an_alert_asks_is_told_in_words():
    assert (
        in_words({"q": ["battery"], "person": ["person:ada,person:bob"]}, {("person", "person:ada"): "Ada Brandt"})
        == "battery; Person: Ada Brandt, person:bob"
    )
    assert in_words({"from": ["2026"], "amount_from": ["2000000"]}) == (
        "published since 2026; an amount of at least $2000000"
    )
    assert in_words({}) == "every article"


def test_the_row_says_where_notices_go_and_how_often():
    assert alert_row(an_alert()).goes_to == ("its feed",)
    assert alert_row(an_alert(HOOK)).goes_to == ("webhook https://hooks.example/in",)
    assert alert_row(an_alert(once_per="story")).once == "once for each story"


def test_a_form_says_what_the_api_is_told():
    hook = spec_of(form_of_fields({"name": "A", "query": "q=a", "delivery": "webhook", "url": "https://h.example/"}))
    mail = spec_of(form_of_fields({"name": "A", "delivery": "email", "to": "a@b.org, c@d.org,", "digest": "hourly"}))

    assert (hook.channels[0].kind, hook.channels[0].url, hook.enabled) == ("webhook", "https://h.example/", True)
    assert (mail.channels[0].to, mail.channels[0].digest) == (("a@b.org", "c@d.org"), "hourly")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "^Name: give it one"),
        ({"name": "A", "delivery": "email", "to": "nobody, neither"}, "^E-mail addresses: [^;]*$"),
        ({"name": "A", "delivery": "email", "to": ""}, "^E-mail addresses: name at least one"),
        ({"name": "A", "delivery": "webhook", "url": "https://" + "h" * 2048}, "^Address of the webhook: "),
        ({"name": "A", "once_per": "year"}, "^once_per: "),
    ],
)
def test_a_form_that_does_not_fit_says_why_in_its_own_words(given, said):
    with pytest.raises(InvalidInput, match=said):
        spec_of(form_of_fields(given))


def test_what_is_wrong_with_a_channel_is_told_of_the_field_that_names_it():
    wrong = InvalidParameter("channels", "address 10.0.0.1 is private, as all channels there")

    assert problem_of(wrong) == "Address of the webhook: address 10.0.0.1 is private, as all channels there"
    assert problem_of(LimitExceeded("1000 alerts are saved already")) == "1000 alerts are saved already"


def test_the_form_of_an_alert_keeps_its_channel_and_those_it_does_not_show():
    form = form_of_alert(an_alert(HOOK, MAIL))

    spec = spec_of(form)

    assert [channel.id for channel in spec.channels] == [HOOK.id, MAIL.id]
    assert spec.channels[1].to == MAIL.to


def test_a_channel_of_another_kind_is_another_channel():
    before = form_of_alert(an_alert(HOOK))

    changed = form_of_fields({"name": "A", "delivery": "email", "to": "a@b.org", "enabled": "yes"}, before)
    off = form_of_fields({"name": "A", "delivery": "webhook", "url": HOOK.url}, before)

    assert (changed.channel_id, changed.enabled) == ("", True)
    assert (off.channel_id, off.enabled) == (HOOK.id, False)


def test_notices_of_a_channel_that_is_gone_say_so():
    delivery = DeliveryView(
        id="d", channel_id="gone", state="failed", articles=2, attempts=5,
        fired_at=NOW, changed_at=NOW - timedelta(hours=1), error="HTTP 500",
    )  # fmt: skip

    (row,) = delivery_rows([delivery], [], NOW)

    assert (row.said, row.articles, row.when) == ("a channel that is gone: given up", "2 articles", "1 hour ago")


def test_an_empty_form_asks_for_no_channel():
    assert spec_of(AlertForm(name="All", query="")).channels == ()

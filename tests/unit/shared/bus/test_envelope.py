import pytest

from shared.bus import envelope
from shared.bus.envelope import Entry, EntryId, Readable, Unreadable, decode, encode
from shared.errors import LimitExceeded
from shared.events.articles import ArticleCrawled, ArticleEnriched, ArticleWithdrawn
from tests.builders import NOON, an_article, an_enriched_article


def test_an_event_comes_back_as_it_went():
    event = an_enriched_article(text="naïve 中国电池 😀")

    item = decode(Entry("1-0", encode(event)), ArticleEnriched)

    assert isinstance(item, Readable)
    assert item.event == event


def test_ids_compare_as_their_entries_follow_each_other_where_their_texts_do_not():
    by_text = ["1000-10", "1000-2", "1001-0", "999-3"]

    assert sorted(by_text) == by_text
    assert sorted(by_text, key=EntryId.of) == ["999-3", "1000-2", "1000-10", "1001-0"]


def test_an_id_says_when_its_entry_came_and_needs_no_place():
    assert (EntryId.of("1772452800000-7"), EntryId.of("1772452800000")) == ((1772452800000, 7), (1772452800000, 0))


def test_the_fetch_and_the_url_stand_beside_the_payload():
    fields = encode(an_enriched_article(7))

    assert fields["fetch_id"] == "fetch-7"
    assert fields["url"] == "https://news.example/articles/7"


def test_a_withdrawal_names_its_article_beside_the_payload():
    article_id = an_article().article_id

    fields = encode(ArticleWithdrawn(article_id=article_id, revision=1, reason="gone", withdrawn_at=NOON))

    assert fields["article_id"] == article_id


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"type": "ArticleCrawled"},
        {"type": "ArticleCrawled", "payload": "{not json"},
        {"type": "ArticleCrawled", "payload": "{}"},
        {"type": "ArticleEnriched", "payload": "{}"},
    ],
)
def test_what_cannot_be_read_becomes_a_value_that_says_why(fields):
    item = decode(Entry("1-0", fields), ArticleCrawled)

    assert isinstance(item, Unreadable)
    assert "1-0" in str(item.error)


def test_an_event_with_another_scheme_than_http_is_unreadable():
    fields = encode(an_article())
    hostile = {**fields, "payload": fields["payload"].replace("https://news.example/articles/1", "file:///etc/passwd")}

    assert isinstance(decode(Entry("1-0", hostile), ArticleCrawled), Unreadable)


def test_fields_of_a_newer_version_are_ignored():
    fields = encode(an_article())
    newer = {**fields, "payload": fields["payload"][:-1] + ',"invented_later":1}'}

    assert isinstance(decode(Entry("1-0", newer), ArticleCrawled), Readable)


def test_a_payload_above_the_cap_is_refused(monkeypatch):
    monkeypatch.setattr(envelope, "MAX_PAYLOAD_BYTES", 100)

    with pytest.raises(LimitExceeded, match="100 bytes"):
        encode(an_article())


@pytest.mark.parametrize("said", ["many", "²", "-1", "", "9" * 5_000])
def test_attempts_that_are_no_number_count_as_none(said):
    assert Entry("1-0", {"attempts": said}).attempts == 0

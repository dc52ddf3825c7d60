import random
from collections import Counter
from functools import cache

import pytest

from shared.bus.envelope import Entry, Readable, decode
from shared.events.articles import ArticleCrawled
from shared.urls import article_id
from tests.chaos.feed import Import, Raw, compose
from tests.chaos.plan import LONG, SHORT
from tests.chaos.poison import KINDS, poison_of

FORMS = pytest.mark.parametrize("form", [SHORT, LONG], ids=lambda form: form.name)


@cache
def composed_of(name):
    [form] = [form for form in (SHORT, LONG) if form.name == name]
    return compose(form, random.Random(1))


def composed(form):
    return composed_of(form.name)


@pytest.mark.slow
@FORMS
def test_as_many_articles_come_as_the_form_says_and_one_in_a_hundred_is_poisoned(form):
    feed = composed(form)

    assert len(feed.titles) + len(feed.unreadable) + form.crawled == form.articles
    assert len(feed.poisons) == form.articles // 100


@FORMS
def test_every_kind_of_poison_is_met_and_by_both_stages(form):
    poisons = set(composed(form).poisons.values())

    assert {poison.kind for poison in poisons} == set(KINDS)
    assert {(poison.kind, poison.stage) for poison in poisons if poison.kind != "killer"} == {
        (kind, stage) for kind in KINDS if kind != "killer" for stage in ("enrichment", "indexing")
    }


def test_each_fetch_is_opened_by_the_first_of_its_entries_and_by_no_other():
    raw = [item for item in composed(SHORT).items if isinstance(item, Raw)]
    first = {item.fetch_id: item for item in reversed(raw)}

    assert all(item.opens == (item is first[item.fetch_id]) for item in raw)


def test_the_copies_that_are_announced_are_the_copies_that_come():
    feed = composed(SHORT)
    counts = Counter(item.fetch_id for item in feed.items if isinstance(item, Raw))

    assert {fetch_id: count for fetch_id, count in counts.items() if count > 1} == feed.copies


def test_revisions_come_in_either_order():
    firsts = {}
    for item in composed(SHORT).items:
        if isinstance(item, Raw) and item.fetch_id.startswith("wire"):
            firsts.setdefault(item.article_id, item.fetch_id[-1])

    assert set(firsts.values()) == {"0", "1"}


def test_the_title_expected_is_that_of_the_newest_revision():
    feed = composed(SHORT)
    revised = [
        decode(Entry("1-0", item.fields), ArticleCrawled)
        for item in feed.items
        if isinstance(item, Raw) and item.fetch_id.startswith("wire")
    ]
    events = [item.event for item in revised if isinstance(item, Readable)]
    newest = {event.article_id: event for event in sorted(events, key=lambda event: event.revision)}

    assert len(events) == len(revised)
    assert all(feed.titles[article] == event.title for article, event in newest.items())


def test_a_changed_line_comes_after_the_line_that_it_corrects():
    last = {}
    for item in composed(SHORT).items:
        if isinstance(item, Import):
            last[article_id(item.line.url)] = item.line.title

    feed = composed(SHORT)
    assert any(title.endswith(", corrected") for title in last.values())
    assert all(feed.titles[article] == title for article, title in last.items())


def test_a_poisoned_title_says_what_is_wrong_and_a_sound_one_says_nothing():
    feed = composed(SHORT)
    said = {article: poison_of(title) for article, title in feed.titles.items() if poison_of(title)}

    assert said == {article: feed.poisons[article] for article in feed.withheld}


@FORMS
def test_no_burst_holds_two_versions_of_an_imported_article(form):
    for burst in composed(form).bursts:
        titles = {(item.line.url, item.line.title) for item in burst if isinstance(item, Import)}
        assert len(titles) == len({url for url, _ in titles})


@FORMS
def test_the_articles_come_in_as_many_bursts_as_the_form_says_and_at_most_one_more(form):
    assert len(composed(form).bursts) in (form.bursts, form.bursts + 1)

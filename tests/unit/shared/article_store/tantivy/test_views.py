"""Views are shared between commits, kept while they are used, and never too many."""

import pytest
import tantivy

from shared.article_store.cursors import MAX_VIEWS, VIEW_LIFETIME_S
from shared.article_store.tantivy.schema import schema
from shared.article_store.tantivy.views import KeptViews, View
from shared.errors import Expired
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def a_view(state: object) -> View:
    return View(tantivy.Index(schema()).searcher(), state)


def test_a_view_is_found_by_the_name_it_was_kept_by(clock):
    views, view = KeptViews(clock), a_view("first commit")

    assert views.find(views.keep(view)) is view


def test_searches_between_two_commits_share_a_view(clock):
    views = KeptViews(clock)

    first, same, other = (views.keep(a_view(state)) for state in ("one", "one", "two"))

    assert first == same != other


def test_a_view_is_kept_as_long_as_it_is_used(clock):
    views = KeptViews(clock)
    name = views.keep(a_view("one"))

    for _ in range(3):
        clock.advance(VIEW_LIFETIME_S - 1)
        views.find(name)
    clock.advance(VIEW_LIFETIME_S + 1)

    with pytest.raises(Expired):
        views.find(name)


def test_of_too_many_views_the_one_that_was_not_used_longest_goes(clock):
    views = KeptViews(clock)
    first, second = views.keep(a_view("first")), views.keep(a_view("second"))
    views.find(first)

    for number in range(MAX_VIEWS - 1):
        views.keep(a_view(number))

    assert views.find(first)
    with pytest.raises(Expired):
        views.find(second)


def test_a_name_of_before_a_restart_is_not_known(clock):
    name = KeptViews(clock).keep(a_view("one"))

    with pytest.raises(Expired):
        KeptViews(clock).find(name)

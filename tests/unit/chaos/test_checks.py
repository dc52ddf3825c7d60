from tests.chaos import checks
from tests.chaos.checks import Held

A, B = Held("a", "Title A", 1), Held("b", "Title B", 2)
TITLES = {"a": "Title A", "b": "Title B"}


def test_what_is_missing_is_lost_and_named():
    assert checks.nothing_lost(TITLES, [A, B]).holds
    assert checks.nothing_lost(TITLES, [A]).breaches == ("b (Title B)",)


def test_an_article_read_twice_is_doubled():
    assert checks.nothing_doubled([A, B], 2).holds
    assert checks.nothing_doubled([A, B, A], 3).breaches == ("a 2 times",)


def test_a_store_that_counts_more_than_it_shows_is_doubled_too():
    assert not checks.nothing_doubled([A, B], 3).holds


def test_an_article_that_nobody_expected_is_named():
    assert checks.nothing_else(TITLES, [A, B]).holds
    assert checks.nothing_else({"a": "Title A"}, [A, B]).breaches == ("b (Title B)",)


def test_an_older_revision_is_told_by_its_title_or_by_the_registry():
    assert checks.newest_revisions(TITLES, {"a": 1, "b": 2}, [A, B]).holds
    assert len(checks.newest_revisions({**TITLES, "a": "Newer"}, {"a": 1, "b": 2}, [A, B]).breaches) == 1
    assert len(checks.newest_revisions(TITLES, {"a": 1, "b": 3}, [A, B]).breaches) == 1


def test_an_effect_is_announced_once_for_each_copy_of_its_entry():
    assert checks.one_effect_each(["f", "g", "g"], {"g": 2}, 2).holds
    assert checks.one_effect_each(["f", "f"], {}, 1).breaches == ("f announced 2 times, not 1",)
    assert not checks.one_effect_each(["f"], {}, 2).holds


def test_the_dead_letters_hold_each_poisoned_article_once_and_nobody_else():
    assert checks.exactly_the_poisoned({"a"}, ["a"]).holds
    assert checks.exactly_the_poisoned({"a"}, ["a", "b"]).breaches == ("b innocent, buried 1 times",)
    assert checks.exactly_the_poisoned({"a"}, []).breaches == ("a buried 0 times",)
    assert checks.exactly_the_poisoned({"a"}, ["a", "a"]).breaches == ("a buried 2 times",)


def test_the_ledger_balances_when_every_fetch_made_is_counted_and_ended():
    assert checks.balanced(3, 3, {"indexed": 2, "dead-lettered": 1}, 0).holds
    assert not checks.balanced(3, 4, {"indexed": 3}, 0).holds
    assert not checks.balanced(3, 3, {"indexed": 2}, 0).holds
    assert not checks.balanced(3, 3, {"indexed": 2}, 1).holds


def test_only_feeds_and_new_pages_may_be_asked_for_and_feeds_once():
    new = {(0, "/new")}

    assert checks.not_asked_again([(0, "/feed"), (1, "/feed"), (0, "/new")], "/feed", new, "later").holds
    assert not checks.not_asked_again([(0, "/feed"), (0, "/feed")], "/feed", new, "later").holds
    assert checks.not_asked_again([(0, "/old")], "/feed", new, "later").breaches == ("host 0 /old 1 times",)


def test_a_breach_is_shown_with_the_first_of_what_it_names():
    check = checks.nothing_lost({str(number): "T" for number in range(9)}, [])

    assert str(check).startswith("lost: 9; 9 breaches: 0 (T), 1 (T)")
    assert str(check).endswith("and 4 more")

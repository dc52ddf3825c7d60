"""A deal that several articles tell is one row with all of them, and two deals of the same parties are two."""

from datetime import timedelta

from services.search.ui.fact_rows import deal_rows
from shared.article_store.facts import StoredFact, facts_of
from tests.builders import NOON, a_relation, a_stored_article, an_enrichment


def told(number: int, *, days: int = 0, dollars: float | None = None, **relation) -> StoredFact:
    """The deal that an article tells."""
    said = a_relation(dollars=dollars, **relation)
    [fact] = facts_of(a_stored_article(number, an_enrichment(relations=(said,)), published_at=NOON - timedelta(days)))
    return fact


def test_reports_of_one_deal_are_one_row_at_the_place_of_the_first():
    acquired = {"type": "acquires", "subject": "org:acme", "object": "org:widgets"}
    facts = [told(1, **acquired), told(2, type="sues"), told(3, days=2, dollars=5e6, status="announced", **acquired)]

    deal, other = deal_rows(facts)

    assert (deal.first.verb, deal.first.amount, deal.first.status) == ("acquires", "$5 million", "announced")
    assert deal.first.article.label == facts[0].title
    assert [row.article.label for row in deal.others] == [facts[2].title]
    assert deal.told == "1 more report says so"
    assert (other.first.verb, other.others, other.told) == ("sues", (), "")


def test_amounts_that_differ_by_more_than_rounding_are_two_deals():
    rounds = [told(1, dollars=1e9), told(2, dollars=1.02e9), told(3, dollars=10e9), told(4)]

    assert [len(deal.others) for deal in deal_rows(rounds)] == [2, 0]


def test_a_report_without_an_amount_does_not_join_two_that_differ():
    rows = deal_rows([told(1), told(2, dollars=1e9), told(3, dollars=10e9)])

    assert [deal.first.amount for deal in rows] == ["$1 billion", "$10 billion"]


def test_what_is_told_again_after_months_is_another_deal():
    assert len(deal_rows([told(1), told(2, days=90)])) == 2


def test_who_is_named_first_matters_where_the_deal_has_a_direction():
    one, two = {"subject": "org:acme", "object": "org:widgets"}, {"subject": "org:widgets", "object": "org:acme"}

    assert len(deal_rows([told(1, type="merges_with", **one), told(2, type="merges_with", **two)])) == 1
    assert len(deal_rows([told(1, type="sues", **one), told(2, type="sues", **two)])) == 2

"""What becomes a fact, and how facts are ordered."""

from itertools import pairwise

from shared.article_store.facts import MAX_FACTS_PER_KIND, StoredFact, bound_in_cents, cents, fact_ids, facts_of
from tests.builders import NOON, a_quote, a_relation, a_stored_article, an_enrichment


def a_fact(**relation) -> StoredFact:
    [fact] = facts_of(a_stored_article(1, an_enrichment(relations=(a_relation(**relation),))))
    return fact


def test_an_article_that_says_a_thousand_things_has_so_many_facts_of_a_kind_and_no_more():
    quotes = tuple(a_quote(f"Quote {number}.") for number in range(1000))

    facts = facts_of(a_stored_article(1, an_enrichment(quotes=quotes)))

    assert [fact.evidence.text for fact in facts] == [f"Quote {number}." for number in range(MAX_FACTS_PER_KIND)]


def test_the_ids_of_facts_are_known_without_the_facts():
    enrichment = an_enrichment(relations=(a_relation(), a_relation()), quotes=tuple(a_quote() for _ in range(1000)))
    stored = a_stored_article(1, enrichment)

    assert fact_ids(stored) == {fact.fact_id for fact in facts_of(stored)}


def test_who_takes_part_twice_is_one_party():
    assert [party.id for party in a_fact(subject="org:a", object="org:a").parties] == ["org:a"]


def test_amounts_keep_their_order_however_large_they_are():
    amounts = [0.0, 0.01, 1.0, 2.0**31 / 100, 2.0**31 / 100 + 1, 1e9, 1e9 + 10, 1e12, 1e15, 1e30]

    orders = [a_fact(dollars=amount).amount_order for amount in amounts]

    assert orders == sorted(set(orders))
    assert all(order < 2**63 for order in orders)
    assert a_fact().amount_order < orders[0]


def test_of_equal_amounts_the_later_one_is_higher():
    def deal(minute: int) -> StoredFact:
        enrichment = an_enrichment(relations=(a_relation(dollars=1e9),))
        return facts_of(a_stored_article(1, enrichment, published_at=NOON.replace(minute=minute)))[0]

    orders = [deal(minute).amount_order for minute in range(5)]

    assert all(earlier < later for earlier, later in pairwise(orders))


def test_an_amount_is_compared_in_cents_and_never_negative():
    assert [cents(dollars) for dollars in (1.004, 1.006, -5.0, 1e300)] == [100, 101, 0, 2**62]


def test_a_bound_between_two_cents_has_the_lower_one_below_it():
    bounds = (1.0, 1.001, 1.005, 1.1, 0.29, 1e9 + 0.01, 0.0, -5.0, 1e300)

    assert [bound_in_cents(dollars) for dollars in bounds] == [100, 101, 101, 110, 29, 100_000_000_001, 0, 0, 2**62]

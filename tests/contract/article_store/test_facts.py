"""Facts of articles on both stores: found by what they say, gone with their article, exact where conditions meet."""

import asyncio
from datetime import datetime

import pytest

from shared.article_store.fact_query import FactCount, FactQuery
from shared.errors import InvalidInput, LimitExceeded
from shared.events.enrichment import Amount, Money
from tests.builders import (
    REVISION,
    a_quote,
    a_relation,
    a_stored_article,
    a_story_changed,
    a_withdrawal,
    an_article,
    an_enrichment,
    an_entity,
    copied,
)
from tests.contract.article_store.stores import Store

ARTICLE_ID = an_article(1).article_id


def says(*facts, **fields):
    """An enrichment with these relations and quotes."""
    relations = tuple(fact for fact in facts if hasattr(fact, "subject"))
    quotes = tuple(fact for fact in facts if not hasattr(fact, "subject"))
    return an_enrichment(relations=relations, quotes=quotes, **fields)


async def ids(store: Store, **query) -> list[str]:
    result = await store.reader.facts(FactQuery(**query))
    assert result.total.value == len(result.facts)
    return [fact.fact_id for fact in result.facts]


async def test_before_the_first_article_there_is_no_fact(store: Store):
    result = await store.reader.facts(FactQuery(counts=(FactCount("type"),), sums="auto"))

    assert (result.total.value, result.facts, result.counts[0].buckets, result.sums) == (0, (), (), ())


async def test_a_relation_and_a_quote_are_found_with_what_their_article_says_of_them(store: Store):
    acme, ada = an_entity("org:acme", "Acme Corp"), an_entity("person:ada-roe", "Ada Roe")
    relation = a_relation(type="acquires", dollars=5e6, status="announced", stake_percent=51.0)
    await store.put(a_stored_article(1, says(relation, a_quote(speaker_id="person:ada-roe"), entities=(acme, ada))))

    deal, quote = sorted((await store.reader.facts(FactQuery())).facts, key=lambda fact: fact.kind, reverse=True)

    assert (deal.fact_id, quote.fact_id) == (f"{ARTICLE_ID}:relation:0", f"{ARTICLE_ID}:quote:0")
    assert (deal.type, deal.status, deal.stake_percent) == ("acquires", "announced", 51.0)
    assert deal.subject is not None
    assert deal.object is not None
    assert (deal.subject.name, deal.object.name) == ("Acme Corp", "org:widgets")
    assert (quote.speaker, quote.speaker_id, quote.evidence.text) == ("Ada Roe", "person:ada-roe", "We build widgets.")
    assert (quote.title, quote.source_name) == ("Council discusses matter 1", "The Example")


async def test_a_type_and_an_amount_of_two_facts_of_one_article_do_not_match_together(store: Store):
    """The cross-match: an article with an investment of 5 and an acquisition of 500 million."""
    await store.put(
        a_stored_article(1, says(a_relation(dollars=5e6), a_relation(type="acquires", dollars=5e8))),
        a_stored_article(2, says(a_relation(dollars=2e8))),
    )

    assert await ids(store, types=("invests_in",), amount_from=1e8) == [f"{an_article(2).article_id}:relation:0"]
    assert await ids(store, types=("acquires",), amount_from=1e8) == [f"{ARTICLE_ID}:relation:1"]
    assert await ids(store, types=("invests_in",), amount_to=1e8) == [f"{ARTICLE_ID}:relation:0"]


async def test_an_amount_in_another_currency_counts_in_dollars_at_the_rate_of_the_article(store: Store):
    euros = a_relation(amount=Amount(value=100.0, currency="EUR"))
    money = Money(value=100.0, currency="EUR", value_usd=110.0, text="€100", start=0, end=4)
    await store.put(a_stored_article(1, says(euros, money=(money,))), a_stored_article(2, says(euros)))

    assert await ids(store, amount_from=109.99, amount_to=110.01) == [f"{ARTICLE_ID}:relation:0"]
    assert await ids(store, amount_from=0) == [f"{ARTICLE_ID}:relation:0"]


async def test_the_facts_of_an_article_are_replaced_with_it(store: Store):
    await store.put(a_stored_article(1, says(a_relation(), a_relation(type="acquires"), a_quote())))

    await store.put(a_stored_article(1, says(a_relation(type="sues")), revision=REVISION + 9, text="Another."))

    [fact] = (await store.reader.facts(FactQuery())).facts
    assert (fact.fact_id, fact.type) == (f"{ARTICLE_ID}:relation:0", "sues")


async def test_what_comes_late_replaces_no_fact(store: Store):
    await store.put(a_stored_article(1, says(a_relation(type="sues")), revision=REVISION + 9))

    await store.put(a_stored_article(1, says(a_relation(), a_quote())))

    [fact] = (await store.reader.facts(FactQuery())).facts
    assert fact.type == "sues"


@pytest.mark.parametrize("reason", ["retired", "forgotten"])
async def test_facts_are_hidden_with_their_article_and_come_back_with_it(store: Store, reason: str):
    await store.put(a_stored_article(1, says(a_relation())))
    await store.withdraw(a_withdrawal(reason=reason))
    assert await ids(store) == []
    assert await ids(store, hidden=True) == [f"{ARTICLE_ID}:relation:0"]

    await store.put(a_stored_article(1, says(a_relation()), revision=a_withdrawal().revision + 1))

    assert await ids(store) == [f"{ARTICLE_ID}:relation:0"]


@pytest.mark.parametrize("story_first", [True, False], ids=["its story first", "its story later"])
async def test_facts_of_a_copy_are_left_out_where_copies_are(store: Store, story_first: bool):
    story = copied(a_story_changed(1, 2), 2)
    if story_first:
        await store.change_stories(story)
    await store.put(a_stored_article(1, says(a_relation(dollars=5e6))), a_stored_article(2, says(a_relation())))
    await store.change_stories(story)

    shown = await ids(store)
    hiding = await store.reader.facts(FactQuery(copies="hide", counts=(FactCount("type"),), sums="auto"))

    assert sorted(shown) == sorted(f"{an_article(number).article_id}:relation:0" for number in (1, 2))
    assert [fact.article_id for fact in hiding.facts] == [ARTICLE_ID]
    assert (hiding.total.value, hiding.counts[0].buckets[0].count) == (1, 1)
    assert [(part.facts, part.amount_usd) for part in hiding.sums] == [(1, 5e6)]


async def test_facts_of_what_is_no_copy_any_more_come_back(store: Store):
    await store.put(a_stored_article(1, says(a_relation())), a_stored_article(2, says(a_relation())))
    await store.change_stories(copied(a_story_changed(1, 2), 2))
    assert await ids(store, copies="hide") == [f"{ARTICLE_ID}:relation:0"]

    await store.change_stories(a_story_changed(1, 2, version=REVISION + 1))

    assert len(await ids(store, copies="hide")) == 2


async def test_facts_of_what_is_only_gone_from_its_site_stay(store: Store):
    await store.put(a_stored_article(1, says(a_relation())))

    await store.withdraw(a_withdrawal(reason="gone"))

    assert await ids(store) == [f"{ARTICLE_ID}:relation:0"]


async def test_facts_are_deleted_with_their_article(store: Store):
    await store.put(a_stored_article(1, says(a_relation(), a_quote())), a_stored_article(2, says(a_quote())))

    await store.withdraw(a_withdrawal(reason="forgotten", hard=True))
    await store.put(a_stored_article(1, says(a_relation())))

    assert await ids(store, hidden=True) == [f"{an_article(2).article_id}:quote:0"]


async def test_who_takes_part_is_found_in_any_role(store: Store):
    await store.put(
        a_stored_article(1, says(a_relation(subject="org:acme", object="org:b"))),
        a_stored_article(2, says(a_relation(subject="org:b", object="org:acme"))),
        a_stored_article(3, says(a_quote(speaker_id="person:ada"), a_quote(speaker="Somebody"))),
    )

    first, second, third = (an_article(number).article_id for number in (1, 2, 3))
    assert await ids(store, parties=("org:acme",)) == [f"{second}:relation:0", f"{first}:relation:0"]
    assert await ids(store, subjects=("org:acme",)) == [f"{first}:relation:0"]
    assert await ids(store, objects=("org:acme",)) == [f"{second}:relation:0"]
    assert await ids(store, parties=("person:ada",)) == [f"{third}:quote:0"]
    assert await ids(store, speakers=("person:ada",)) == [f"{third}:quote:0"]


async def test_counts_are_named_by_the_most_frequent_name(store: Store):
    def deal(number: int, name: str):
        return a_stored_article(number, says(a_relation(), entities=(an_entity("org:acme", name),)))

    await store.put(deal(1, "Acme Inc"), deal(2, "Acme"), deal(3, "Acme"))
    await store.put(a_stored_article(4, says(a_relation(subject="org:c", object="org:d"))))

    [parties, subjects, kinds] = (
        await store.reader.facts(
            FactQuery(counts=(FactCount("party", 1), FactCount("subject", 5), FactCount("kind")), size=0)
        )
    ).counts

    assert [(b.value, b.label, b.count) for b in parties.buckets] == [("org:acme", "Acme", 3)]
    assert parties.other == 5
    assert [(b.label, b.count) for b in subjects.buckets] == [("Acme", 3), ("org:c", 1)]
    assert [(b.value, b.count) for b in kinds.buckets] == [("relation", 4)]


async def test_a_bound_between_two_cents_divides_what_lies_on_either_side(store: Store):
    await store.put(a_stored_article(1, says(a_relation(dollars=100.0), a_relation(type="sues", dollars=100.01))))

    assert await ids(store, amount_to=100.005) == [f"{ARTICLE_ID}:relation:0"]
    assert await ids(store, amount_from=100.005) == [f"{ARTICLE_ID}:relation:1"]


async def test_the_largest_come_first_and_what_has_no_amount_last(store: Store):
    amounts = [None, 3.0, 1e12, 2e9, 2e9 + 50]
    await store.put(*(a_stored_article(n, says(a_relation(dollars=a))) for n, a in enumerate(amounts, start=1)))

    found = await store.reader.facts(FactQuery(sort="largest"))

    assert [fact.amount.value if fact.amount else None for fact in found.facts] == [1e12, 2e9 + 50, 2e9, 3.0, None]


async def test_a_cursor_walks_through_many_facts_of_one_instant(store: Store):
    quotes = tuple(a_quote(f"Quote {number}.") for number in range(90))
    await store.put(a_stored_article(1, an_enrichment(quotes=quotes)))

    for sort in ("newest", "oldest", "largest"):
        seen, cursor = [], None
        while True:
            page = await store.reader.facts(FactQuery(sort=sort, size=7, cursor=cursor))
            seen += [fact.fact_id for fact in page.facts]
            cursor = page.next
            if cursor is None:
                break

        assert len(seen) == len(set(seen)) == 90


async def test_amounts_add_up_over_months_without_a_gap(store: Store):
    def deal(number: int, day: str, dollars: float | None):
        noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        return a_stored_article(number, says(a_relation(dollars=dollars)), published_at=noon)

    await store.put(
        *(deal(n, day, d) for n, (day, d) in enumerate(
            [("2026-01-31", 10.5), ("2026-02-01", None), ("2026-04-30", 1.0), ("2026-04-01", 2.25)], start=1
        ))
    )  # fmt: skip

    result = await store.reader.facts(FactQuery(sums="month", size=0))

    assert result.interval == "month"
    assert [(f"{s.start:%Y-%m-%d}", s.facts, s.amount_usd) for s in result.sums] == [
        ("2026-01-01", 1, 10.5),
        ("2026-02-01", 1, 0.0),
        ("2026-03-01", 0, 0.0),
        ("2026-04-01", 2, 3.25),
    ]


async def test_what_cannot_be_asked_is_refused(store: Store):
    page = await store.reader.facts(FactQuery(cursor=None))
    assert page.next is None

    with pytest.raises(InvalidInput, match="cursor does not belong"):
        await store.reader.facts(FactQuery(cursor="bm90aGluZw"))
    with pytest.raises(InvalidInput, match="one of kind"):
        await store.reader.facts(FactQuery(counts=(FactCount("colour"),)))  # type: ignore[arg-type]
    with pytest.raises(LimitExceeded, match="page size"):
        await store.reader.facts(FactQuery(size=100_000))


@pytest.mark.slow
async def test_many_writers_at_once_leave_the_facts_of_the_newest(store: Store):
    states = [
        a_stored_article(1, says(*(a_relation(type="sues") for _ in range(n % 4))), revision=REVISION + n, text=f"{n}")
        for n in range(12)
    ]

    await asyncio.gather(
        *(store.writer.put([state]) for state in states),
        store.writer.withdraw([a_withdrawal(revision=REVISION + 5, hard=True)]),
        store.writer.withdraw([a_withdrawal(revision=REVISION + 30, reason="retired")]),
    )

    await store.put()
    found = await store.reader.facts(FactQuery(hidden=True))
    assert sorted(fact.fact_id for fact in found.facts) == [f"{ARTICLE_ID}:relation:{n}" for n in range(3)]
    assert all(fact.hidden for fact in found.facts)

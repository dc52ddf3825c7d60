"""Walking through results: complete, each article once, whatever is put meanwhile; bounded, and bound to its query."""

from dataclasses import replace
from datetime import timedelta

import pytest
from elasticsearch import AsyncElasticsearch

from shared.article_store.cursors import VIEW_LIFETIME_S, RankPosition, decode, encode
from shared.article_store.query import (
    MAX_RELEVANCE_DEPTH,
    AnyOf,
    ArticleQuery,
    Expression,
    FacetFilter,
    FacetRequest,
    Freshness,
    HasValue,
    Not,
    OnSite,
    SearchResult,
    Words,
)
from shared.errors import Expired, InvalidInput, LimitExceeded
from tests.builders import NOON, a_stored_article, a_withdrawal, an_article, an_enrichment, an_entity
from tests.contract.article_store.stores import Store, titles

COUNCIL = Words("council")


def matter(number: int) -> str:
    return an_article(number).title


async def walk(store: Store, **query) -> list[str]:
    """The titles of all pages, in order."""
    found: list[str] = []
    result = await store.search(**query)
    found += titles(result)
    while result.next:
        result = await store.search(**query, cursor=result.next)
        found += titles(result)
    return found


@pytest.mark.parametrize("sort", ["newest", "oldest", "relevance"])
async def test_a_walk_is_complete_and_names_each_article_once(store: Store, sort):
    await store.put(*(a_stored_article(n) for n in range(1, 24)))

    found = await walk(store, where=COUNCIL, sort=sort, size=5)

    in_order = [matter(n) for n in range(1, 24)]
    assert sorted(found) == sorted(in_order)
    if sort != "relevance":
        assert found == (in_order if sort == "oldest" else in_order[::-1])


async def test_by_relevance_what_is_new_is_raised_and_nothing_else_found(store: Store):
    ages = {1: 400, 2: 40, 3: 10, 4: 3, 5: 0.5}
    texts = {n: "The council met. " + "It went on and on. " * n for n in ages}
    await store.put(
        *(a_stored_article(n, text=texts[n], published_at=NOON - timedelta(days=age)) for n, age in ages.items())
    )

    plain = await walk(store, where=COUNCIL, size=2)
    fresh = await walk(store, where=COUNCIL, fresh=Freshness(NOON, 40.0), size=2)
    faintly = await walk(store, where=COUNCIL, fresh=Freshness(NOON, 1e-6), size=2)
    of_one_age = await walk(store, where=COUNCIL, fresh=Freshness(NOON + timedelta(days=4_000), 40.0), size=2)

    assert plain == faintly == of_one_age == [matter(n) for n in (1, 2, 3, 4, 5)]
    assert fresh == [matter(n) for n in (5, 4, 3, 2, 1)]
    assert await walk(store, where=COUNCIL, fresh=Freshness(NOON, 40.0), sort="oldest", size=2) == plain


async def test_what_was_new_at_the_first_page_stays_so_on_those_that_follow(store: Store):
    await store.put(
        *(
            a_stored_article(n, text="The council met. " + "On and on. " * n, published_at=NOON - timedelta(hours=n))
            for n in range(1, 20)
        )
    )
    at_once = titles(await store.search(where=COUNCIL, fresh=Freshness(NOON, 8.0), size=19))

    found, cursor, at = [], None, NOON
    while cursor or not found:
        result = await store.search(where=COUNCIL, fresh=Freshness(at, 8.0), size=4, cursor=cursor)
        found += titles(result)
        cursor, at = result.next, at + timedelta(hours=3)

    assert found == at_once


async def test_articles_of_one_instant_are_each_walked_once(store: Store):
    await store.put(*(a_stored_article(n, published_at=NOON) for n in range(1, 24)))

    newest = await walk(store, sort="newest", size=4)
    oldest = await walk(store, sort="oldest", size=4)

    assert sorted(newest) == sorted(matter(n) for n in range(1, 24))
    assert newest == oldest[::-1]


async def test_a_walk_neither_loses_nor_repeats_when_articles_arrive_meanwhile(store: Store):
    await store.put(*(a_stored_article(n) for n in range(10, 30)))

    first = await store.search(sort="newest", size=8)
    await store.put(*(a_stored_article(n) for n in range(30, 40)), a_stored_article(5))
    second = await store.search(sort="newest", size=8, cursor=first.next)
    third = await store.search(sort="newest", size=8, cursor=second.next)

    assert titles(first) + titles(second) + titles(third) == [matter(n) for n in (*range(29, 9, -1), 5)]
    assert third.next is None


async def test_equally_relevant_articles_come_newest_first(store: Store):
    await store.put(*(a_stored_article(n) for n in (3, 1, 2)))

    assert await store.titles(where=COUNCIL) == [matter(3), matter(2), matter(1)]


async def test_the_total_counts_all_pages_on_every_page(store: Store):
    await store.put(*(a_stored_article(n) for n in range(1, 8)))

    first = await store.search(sort="newest", size=3)
    second = await store.search(sort="newest", size=3, cursor=first.next)

    assert (first.total.value, first.total.relation, second.total.value) == (7, "eq", 7)


async def test_the_last_page_has_no_next(store: Store):
    await store.put(*(a_stored_article(n) for n in range(1, 5)))

    first = await store.search(size=2)
    second = await store.search(size=2, cursor=first.next)

    assert first.next is not None
    assert second.next is None


async def test_a_page_of_no_size_only_counts(store: Store):
    await store.put(a_stored_article(1))

    result = await store.search(size=0, facets=(FacetRequest("language"),))

    assert (result.total.value, result.hits, result.next) == (1, (), None)
    assert result.facets[0].buckets[0].count == 1


@pytest.mark.parametrize("cursor", ["", "nonsense", "W10", "é", "WyJhIiwxLDJd", "x" * 5000])
async def test_what_is_no_cursor_is_refused(store: Store, cursor):
    with pytest.raises(InvalidInput, match="cursor"):
        await store.search(cursor=cursor)


async def test_a_cursor_of_another_query_is_refused(store: Store):
    await store.put(*(a_stored_article(n) for n in range(1, 5)))
    cursor = (await store.search(where=COUNCIL, sort="newest", size=2)).next

    with pytest.raises(InvalidInput, match="does not belong to this query"):
        await store.search(where=Words("monday"), sort="newest", size=2, cursor=cursor)
    with pytest.raises(InvalidInput, match="does not belong to this query"):
        await store.search(where=COUNCIL, sort="relevance", size=2, cursor=cursor)


async def test_another_page_size_continues_the_same_walk(store: Store):
    await store.put(*(a_stored_article(n) for n in range(1, 8)))

    first = await store.search(sort="oldest", size=2)
    rest = await store.search(sort="oldest", size=100, cursor=first.next)

    assert titles(rest) == [matter(n) for n in range(3, 8)]


async def test_a_walk_by_relevance_is_of_one_view_whatever_is_put_and_taken_meanwhile(store: Store):
    await store.put(*(a_stored_article(n, text="council " * (n % 7 + 1)) for n in range(1, 41)))
    at_once = await store.titles(where=COUNCIL, size=100)

    result = await store.search(where=COUNCIL, size=7)
    found = titles(result)
    for round_number in range(1, 6):
        better = [a_stored_article(100 * round_number + n, text="council council council") for n in range(8)]
        await store.put(*better)
        await store.withdraw(a_withdrawal(round_number, reason="retired"))
        result = await store.search(where=COUNCIL, size=7, cursor=result.next)
        found += titles(result)

    assert found == at_once
    assert (result.total.value, result.next) == (40, None)
    assert (await store.search(where=COUNCIL)).total.value == 40 + 5 * 8 - 5


async def test_facets_of_a_later_page_by_relevance_are_those_of_the_first(store: Store):
    await store.put(*(a_stored_article(n, section="Business") for n in range(1, 6)))
    asked = {"where": COUNCIL, "size": 2, "facets": (FacetRequest("section"),)}

    first = await store.search(**asked)
    await store.put(*(a_stored_article(n, section="Business") for n in range(6, 20)))
    second = await store.search(**asked, cursor=first.next)

    assert second.facets == first.facets


async def test_a_walk_by_relevance_ends_at_a_stated_depth(store: Store):
    await store.put(*(a_stored_article(n) for n in range(1, 7)))
    first = await store.search(where=COUNCIL, size=1)
    position = decode(ArticleQuery(where=COUNCIL, cursor=first.next))
    assert isinstance(position, RankPosition)
    near, beyond = (
        encode(ArticleQuery(where=COUNCIL), replace(position, offset=MAX_RELEVANCE_DEPTH - left)) for left in (2, 0)
    )

    # The embedded store finds nothing so deep here; Elasticsearch goes on from the article before.
    last = await store.search(where=COUNCIL, size=4, cursor=near)
    with pytest.raises(Expired, match="sort by time"):
        await store.search(where=COUNCIL, size=1, cursor=beyond)

    assert len(last.hits) == {"tantivy": 0, "elasticsearch": 2}[store.name]


async def test_a_view_that_is_not_kept_any_more_says_so(store: Store):
    await store.put(*(a_stored_article(n) for n in range(1, 7)))
    first = await store.search(where=COUNCIL, size=2)

    await let_views_expire(store, first)

    with pytest.raises(Expired, match="start again"):
        await store.search(where=COUNCIL, size=2, cursor=first.next)
    assert (await store.search(where=COUNCIL, size=2)).hits == first.hits


async def let_views_expire(store: Store, first: SearchResult) -> None:
    """Tantivy's reader counts by the clock; Elasticsearch, whose clock is its own, is told to close its own."""
    store.clock.advance(VIEW_LIFETIME_S + 1)
    position = decode(ArticleQuery(where=COUNCIL, cursor=first.next))
    if store.settings.elasticsearch_url and isinstance(position, RankPosition):
        async with AsyncElasticsearch(store.settings.elasticsearch_url) as client:
            await client.close_point_in_time(id=position.view)


async def test_a_scan_yields_all_that_match_newest_first(store: Store):
    acme = an_enrichment(entities=(an_entity("org:acme", "Acme"),))
    await store.put(*(a_stored_article(n, acme if n % 2 else None) for n in range(1, 12)))
    query = ArticleQuery(filters=(FacetFilter("organization", ("org:acme",)),), facets=(FacetRequest("organization"),))

    found = [stored.article.title async for stored in store.reader.scan(query)]

    assert found == [matter(n) for n in (11, 9, 7, 5, 3, 1)]


@pytest.mark.slow
async def test_a_scan_goes_past_its_own_pages(store: Store):
    await store.put(*(a_stored_article(n, text="short") for n in range(1, 1_102)))

    found = [stored.article_id async for stored in store.reader.scan(ArticleQuery())]

    assert (len(found), len(set(found))) == (1_101, 1_101)


def nested(depth: int) -> Expression:
    part: Expression = Words("council")
    for _ in range(depth):
        part = Not(part)
    return part


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"size": 201}, LimitExceeded),
        ({"size": -1}, InvalidInput),
        ({"where": AnyOf((Words("a"),) * 65)}, LimitExceeded),
        ({"where": Words("a " * 257)}, LimitExceeded),
        ({"where": nested(8)}, LimitExceeded),
        ({"where": Words("\ud800")}, InvalidInput),
        ({"where": OnSite("\ud800")}, InvalidInput),
        ({"where": HasValue("organization", ("\ud800",))}, InvalidInput),
        ({"where": HasValue("colour", ("red",))}, InvalidInput),
        ({"prefer": (Words("a"),) * 65}, LimitExceeded),
        ({"filters": (FacetFilter("organization", exclude=("\ud800",)),)}, InvalidInput),
        ({"facets": (FacetRequest("organization", query="\ud800"),)}, InvalidInput),
        ({"facets": (FacetRequest("topic", under="\ud800"),)}, InvalidInput),
        ({"where": Words("a" * 2_001)}, LimitExceeded),
        ({"facets": (FacetRequest("organization", 201),)}, LimitExceeded),
        ({"facets": (FacetRequest("colour"),)}, InvalidInput),
        ({"facets": (FacetRequest("topic"), FacetRequest("topic"))}, InvalidInput),
        ({"filters": (FacetFilter("colour", ("red",)),)}, InvalidInput),
        ({"filters": (FacetFilter("organization", tuple(f"org:o{n}" for n in range(257))),)}, LimitExceeded),
    ],
)
async def test_what_is_unbounded_or_unknown_is_refused(store: Store, query, refusal):
    with pytest.raises(refusal):
        await store.search(**query)

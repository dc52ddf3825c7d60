"""Facets at their bounds: many values selected, many facets asked, long labels."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from shared.article_store.document import StoredArticle
from shared.article_store.query import ArticleQuery, FacetFilter, FacetRequest, RangeFilter, Words
from shared.article_store.time_buckets import between_days
from shared.errors import InvalidInput, LimitExceeded
from shared.facets import FACETS
from tests.builders import a_relation, a_stored_article, a_story_changed, a_topic, an_enrichment, an_entity
from tests.contract.article_store.stores import Store


async def test_as_many_values_as_are_allowed_are_returned_with_their_labels(store: Store):
    names = {f"org:{'long-name-' * 12}{number}": f"Long Name (No. {number})" for number in range(256)}
    entities = [an_entity(entity_id, name) for entity_id, name in names.items()]
    await store.put(
        *(a_stored_article(n, an_enrichment(entities=tuple(entities[n * 50 : n * 50 + 50]))) for n in range(6))
    )

    result = await store.search(
        filters=(FacetFilter("organization", tuple(names)),), facets=(FacetRequest("organization", 5),)
    )

    assert {bucket.value: bucket.label for bucket in result.facets[0].buckets} == names
    assert all(bucket.selected and bucket.count == 1 for bucket in result.facets[0].buckets)
    assert result.facets[0].other == 0


async def test_all_facets_are_counted_at_once_in_the_order_asked(store: Store):
    await store.put(a_stored_article(1, authors=("Ann", "Bob"), section="Sport", country="GB"))
    asked = tuple(FacetRequest(facet.name) for facet in reversed(FACETS))

    result = await store.search(facets=asked)

    assert [counts.facet for counts in result.facets] == [request.facet for request in asked]
    counted = {counts.facet: sum(bucket.count for bucket in counts.buckets) for counts in result.facets}
    assert {name: count for name, count in counted.items() if count} == {
        "published": 1, "edited": 1, "language": 1, "country": 1, "section": 1, "author": 2, "source": 1,
    }  # fmt: skip


async def test_a_facet_of_no_size_returns_what_is_selected(store: Store):
    await store.put(a_stored_article(1, section="Sport"), a_stored_article(2, section="Business"))

    result = await store.search(filters=(FacetFilter("section", ("Sport",)),), facets=(FacetRequest("section", 0),))

    assert [(b.value, b.count) for b in result.facets[0].buckets] == [("Sport", 1)]
    assert result.facets[0].other == 1


async def test_values_are_searched_by_the_words_of_their_labels_beyond_the_most_frequent(store: Store):
    common = tuple(an_entity(f"person:{number}", f"Somebody {number}") for number in range(40))
    rare = an_entity("person:rare", "Zoë O'Neil-Árpád (Jr.)")
    other = an_entity("person:other", "Bozo Neil")
    await store.put(
        *(a_stored_article(n, an_enrichment(entities=common)) for n in range(3)),
        a_stored_article(3, an_enrichment(entities=(rare, other))),
    )

    for text in ("zoe", "ZOË o'neil-arpad", "(jr", "o'n"):
        result = await store.search(facets=(FacetRequest("person", 5, query=text),))

        assert [(b.value, b.label, b.count) for b in result.facets[0].buckets] == [("person:rare", rare.name, 1)], text
        assert (result.facets[0].other, result.facets[0].exact) == (0, True)


async def test_of_values_searched_the_best_are_shown_and_the_rest_counted(store: Store):
    await store.put(
        *(a_stored_article(n, authors=("Ann Ash", *(("Ann Beech",) if n else ()), f"Bob {n}")) for n in range(3))
    )

    result = await store.search(facets=(FacetRequest("author", 1, query="ann"),), size=0)

    assert [(b.value, b.count) for b in result.facets[0].buckets] == [("Ann Ash", 3)]
    assert result.facets[0].other == 2


async def test_what_is_selected_shows_among_values_searched_only_where_it_fits(store: Store):
    await store.put(a_stored_article(1, section="Sport"), a_stored_article(2, section="Business"))
    selected = (FacetFilter("section", ("Sport",)),)

    fits = await store.search(filters=selected, facets=(FacetRequest("section", query="spo"),))
    others = await store.search(filters=selected, facets=(FacetRequest("section", query="bus"),))
    none = await store.search(filters=selected, facets=(FacetRequest("section", query="zz"),))

    assert [(b.value, b.count, b.selected) for b in fits.facets[0].buckets] == [("Sport", 1, True)]
    assert [(b.value, b.count, b.selected) for b in others.facets[0].buckets] == [("Business", 1, False)]
    assert none.facets[0].buckets == ()


async def test_publication_is_counted_by_hours_where_these_are_not_too_many(store: Store):
    hours = [datetime(2026, 3, 2, hour, minute, tzinfo=UTC) for hour, minute in ((0, 0), (0, 59), (3, 0), (23, 59))]
    await store.put(*(a_stored_article(n, published_at=at) for n, at in enumerate(hours)))
    asked = {"where": Words("council"), "facets": (FacetRequest("published", interval="hour"),)}

    (few,) = (await store.search(**asked)).facets
    selected = await store.search(**asked, filters=(FacetFilter("published", ("2026-03-02T00",)),))
    await store.put(a_stored_article(9, published_at=datetime(2026, 5, 2, tzinfo=UTC)))
    (many,) = (await store.search(**asked)).facets

    counts = {bucket.value: bucket.count for bucket in few.buckets}
    assert (few.interval, len(counts)) == ("hour", 24)
    assert {hour: count for hour, count in counts.items() if count} == {
        "2026-03-02T00": 2, "2026-03-02T03": 1, "2026-03-02T23": 1,
    }  # fmt: skip
    assert (selected.total.value, selected.facets[0].buckets[0].selected) == (2, True)
    assert [bucket.count for bucket in selected.facets[0].buckets] == list(counts.values())
    assert (many.interval, sum(bucket.count for bucket in many.buckets)) == ("day", 5)


async def test_stories_are_narrowed_by_bounds_on_their_size(store: Store):
    await store.put(*(a_stored_article(n) for n in range(1, 8)))
    await store.change_stories(a_story_changed(1, 2), a_story_changed(3, 4, 5, 6, 7, story_id="b" * 16))

    async def found(lowest: float | None, end: float | None) -> int:
        return (await store.search(ranges=(RangeFilter("story_size", lowest, end),))).total.value

    assert [await found(1, None), await found(2, None), await found(5, None), await found(2, 5)] == [7, 7, 5, 2]
    with pytest.raises(InvalidInput, match="steps"):
        await found(3, None)


async def test_days_of_publication_are_counted_among_all_that_a_query_finds(store: Store):
    days = [datetime(2026, 3, day, 23, 59, tzinfo=UTC) for day in (1, 1, 4)]
    await store.put(*(a_stored_article(n, published_at=at, section="Sport") for n, at in enumerate(days)))
    await store.put(a_stored_article(9, section="Business"))
    sport = ArticleQuery(filters=(FacetFilter("section", ("Sport",)),), facets=(FacetRequest("section"),))

    of_sport = await store.reader.days(sport)
    of_nothing = await store.reader.days(ArticleQuery(where=Words("absent")))

    first = (days[0] - datetime(1970, 1, 1, tzinfo=UTC)).days
    assert (of_sport, of_nothing) == ({first: 2, first + 3: 1}, {})


async def test_of_a_tree_what_lies_directly_below_a_value_is_counted_alone(store: Store):
    economy, trade = ("mt:economy", "economy"), ("mt:trade", "trade")
    topics = {
        1: (a_topic("mt:tariffs", "tariffs", (economy, trade)),),
        2: (a_topic("mt:trade", "trade", (economy,)), a_topic("mt:sport", "sport")),
        3: (a_topic("mt:banks", "banks", (economy,)),),
        4: (a_topic("mt:economy", "economy"),),
    }
    await store.put(*(a_stored_article(n, an_enrichment(topics=some)) for n, some in topics.items()))

    async def below(under, query="", **asked):
        result = await store.search(facets=(FacetRequest("topic", 10, under=under, query=query),), **asked)
        return [(b.value, b.label, b.count) for b in result.facets[0].buckets]

    assert await below("") == [("mt:economy", "economy", 4), ("mt:sport", "sport", 1)]
    assert await below("mt:economy") == [("mt:trade", "trade", 2), ("mt:banks", "banks", 1)]
    assert await below("mt:economy", filters=(FacetFilter("topic", ("mt:sport",)),)) == await below("mt:economy")
    assert await below("mt:economy", filters=(FacetFilter("language", (), ("en",)),)) == []
    assert await below("mt:economy", "ban") == [("mt:banks", "banks", 1)]
    assert await below("mt:tariffs") == await below("mt:econ") == await below("mt:(.*") == []
    with pytest.raises(InvalidInput, match="lies below"):
        await store.search(facets=(FacetRequest("person", under="person:a"),))


async def test_values_over_time_are_those_of_a_search_in_each_stretch(store: Store):
    rng = random.Random(7)
    first = datetime(2026, 3, 1, tzinfo=UTC)
    names = [an_entity(f"org:{n}", f"Org {n}") for n in range(30)]
    await store.put(
        *(
            a_stored_article(
                n,
                an_enrichment(
                    entities=tuple(rng.sample(names, 4)),
                    relations=(a_relation(type=rng.choice(("acquires", "sues")), dollars=rng.choice((1e6, 2e8))),),
                ),
                published_at=first + timedelta(hours=rng.randint(0, 20 * 24)),
                section=rng.choice(("Sport", "Business")),
            )
            for n in range(120)
        )
    )
    edges = [(first - datetime(1970, 1, 1, tzinfo=UTC)).days + day for day in (0, 1, 7, 8, 14, 30)]
    chosen = (FacetFilter("organization", ("org:3",), ("org:4",)), FacetFilter("section", ("Sport",)))
    for facet, filters in (
        ("organization", ()),
        ("organization", chosen),
        ("section", chosen),
        ("relation", (FacetFilter("deal_size", ("1m-10m",)),)),
        ("deal_size", (FacetFilter("relation", ("sues",)),)),
        ("story_size", ()),
        ("published", chosen),
    ):
        query, request = ArticleQuery(filters=filters, size=0), FacetRequest(facet, 3)

        found = await store.reader.values_over_time(query, request, edges)

        for counts, stretch in zip(found, pairwise(edges), strict=True):
            within = between_days(replace(query, facets=(request,)), *stretch)
            [searched] = (await store.reader.search(within)).facets
            assert (counts.buckets, counts.other) == (searched.buckets, searched.other), (facet, stretch)


async def test_values_over_time_of_nothing_are_none_and_edges_are_bounded(store: Store):
    nothing, request = ArticleQuery(size=0), FacetRequest("section")

    [counts] = await store.reader.values_over_time(nothing, request, [0, 30_000])

    assert counts.buckets == ()
    with pytest.raises(InvalidInput):
        await store.reader.values_over_time(nothing, request, [5, 5])
    with pytest.raises(LimitExceeded):
        await store.reader.values_over_time(nothing, request, range(1_000))
    with pytest.raises(InvalidInput):
        await store.reader.values_over_time(nothing, FacetRequest("colour"), [1, 2])


async def test_the_most_frequent_of_all_is_found_though_each_month_has_many_that_are_more_frequent_there(store: Store):
    def named(number: int, month: int, *organizations: str) -> StoredArticle:
        entities = tuple(an_entity(organization, organization) for organization in organizations)
        seen = datetime(2026, month, 2, tzinfo=UTC)
        return a_stored_article(number, an_enrichment(entities=entities), first_seen_at=seen, fetched_at=seen)

    articles = [named(month, month, "org:everywhere") for month in (1, 2, 3)]
    for month in (1, 2, 3):
        for part in (0, 1):
            local = [f"org:m{month}-{part}-{n}" for n in range(40)]
            articles += [named(100 * month + 10 * part + n, month, *local) for n in (0, 1)]
    await store.put(*articles)

    result = await store.search(facets=(FacetRequest("organization", 1),))

    [facet] = result.facets
    assert [(bucket.value, bucket.count) for bucket in facet.buckets] == [("org:everywhere", 3)]
    assert (facet.other, facet.exact) == (2 * 2 * 3 * 40, True)

from dataclasses import replace
from typing import Any

from shared.article_store.elasticsearch.counting import deeper, search, worth_keeping
from shared.article_store.query import ArticleQuery, FacetFilter, FacetRequest, Words

FACETS = (FacetRequest("language"), FacetRequest("source"), FacetRequest("section"))


def test_counts_among_all_that_is_found_stand_without_a_filter_around_them() -> None:
    query = ArticleQuery(facets=FACETS)

    body = search(query, None)

    assert {"language top", "source top", "section top"} == set(body["aggs"])
    assert not [name for name, counts in body["aggs"].items() if "filter" in counts]


def test_counts_among_the_same_articles_share_one_filter_and_the_narrowed_facet_is_counted_without_its_own() -> None:
    query = ArticleQuery(filters=(FacetFilter("language", ("en",)),), facets=FACETS)

    aggs: dict[str, Any] = search(query, None)["aggs"]

    [shared] = [counts for counts in aggs.values() if "filter" in counts]
    assert set(shared["aggs"]) == {"source top", "section top"}
    assert "language top" in aggs


def test_a_question_without_filters_by_its_facets_filters_no_hits_afterwards() -> None:
    unfiltered = search(ArticleQuery(facets=FACETS), None)
    filtered = search(ArticleQuery(filters=(FacetFilter("language", ("en",)),), facets=FACETS), None)

    assert "post_filter" not in unfiltered
    assert "post_filter" in filtered


def test_counts_that_are_asked_for_one_by_one_bear_names_that_never_meet() -> None:
    narrowing_each_other = (FacetFilter("relation", ("acquires",)), FacetFilter("deal_size", ("1b-10b",)))
    facets = (FacetRequest("relation"), FacetRequest("deal_size"))

    asked = [search(ArticleQuery(filters=narrowing_each_other, facets=(facet,)), None)["aggs"] for facet in facets]

    assert [len(aggs) for aggs in asked] == [1, 1]
    assert set(asked[0]).isdisjoint(asked[1])


def test_only_the_first_page_of_everything_is_worth_keeping() -> None:
    everything = ArticleQuery(facets=FACETS, copies="hide", sort="newest", highlight=True)

    assert worth_keeping(everything)
    assert not worth_keeping(replace(everything, facets=()))
    assert not worth_keeping(replace(everything, where=Words("rare")))
    assert not worth_keeping(replace(everything, cursor="the next page"))
    assert not worth_keeping(replace(everything, filters=(FacetFilter("language", ("en",)),)))


def test_a_second_look_counts_facets_among_the_same_articles_under_names_of_its_own() -> None:
    query = ArticleQuery(where=Words("rare"), filters=(FacetFilter("language", ("en",)),), facets=FACETS)

    first, second = search(query, None)["aggs"], deeper(query, FACETS[:2])["aggs"]

    filters = {next(iter(counts["aggs"])): counts["filter"] for counts in second.values()}
    assert set(filters) == {"language top", "source top"}
    assert filters["source top"] == next(counts["filter"] for counts in first.values() if "filter" in counts)
    assert filters["language top"] != filters["source top"]
    assert set(first).isdisjoint(second)

import pytest

from services.search.finding.hybrid import WINDOW, apart, fused, is_hybrid
from shared.article_store.query import (
    AllOf,
    AnyOf,
    ArticleQuery,
    FacetFilter,
    FacetRequest,
    HasValue,
    Highlights,
    Hit,
    Not,
    SearchResult,
    Total,
    Words,
)
from shared.errors import InvalidInput
from tests.builders import a_stored_article

STORM, PHRASE, IN_TITLE = Words("storm damage"), Words("solid state", phrase=True), Words("port", field="title")
AT_SEA = HasValue("topic", ("topic:sea",))


def asking(where, **fields) -> ArticleQuery:
    return ArticleQuery(where=where, mode="hybrid", **fields)


def hits(*numbers: int) -> tuple[Hit, ...]:
    return tuple(Hit(a_stored_article(number), 1.0) for number in numbers)


def found(*numbers: int, total: int | None = None) -> SearchResult:
    return SearchResult(Total(len(numbers) if total is None else total), hits(*numbers))


def numbers_of(result: SearchResult) -> list[int]:
    by_id = {a_stored_article(number).article_id: number for number in range(1, 300)}
    return [by_id[hit.stored.article_id] for hit in result.hits]


def test_only_relevance_is_fused_and_only_where_there_is_a_page():
    assert is_hybrid(asking(STORM))
    assert not is_hybrid(ArticleQuery(where=STORM))
    assert not is_hybrid(asking(STORM, sort="newest"))
    assert not is_hybrid(asking(AT_SEA))
    assert not is_hybrid(asking(STORM, size=0))


def test_the_words_are_asked_for_as_they_are_with_all_counts():
    query = asking(AllOf((STORM, PHRASE)), facets=(FacetRequest("topic"),), size=5, cursor="x")

    words = apart(query).words

    assert words == ArticleQuery(where=AllOf((STORM, PHRASE)), facets=(FacetRequest("topic"),), size=WINDOW)


def test_neighbours_are_looked_for_by_the_meaning_of_all_words_that_are_wanted():
    assert apart(asking(AllOf((STORM, PHRASE, Not(Words("rain")))))).meant == "storm damage solid state"


@pytest.mark.parametrize(
    ("where", "among"),
    [
        (STORM, None),
        (AllOf((STORM, Words("port"))), None),
        (AllOf((STORM, PHRASE, AT_SEA)), AllOf((PHRASE, AT_SEA))),
        (AllOf((STORM, IN_TITLE, Not(Words("rain")))), AllOf((IN_TITLE, Not(Words("rain"))))),
        # Who takes either the word or the topic has the word's meaning, too.
        (AnyOf((STORM, AT_SEA)), None),
        (AllOf((AT_SEA, AnyOf((PHRASE, IN_TITLE)))), AllOf((AT_SEA, AnyOf((PHRASE, IN_TITLE))))),
    ],
)
def test_neighbours_are_held_to_all_but_the_plain_words(where, among):
    assert apart(asking(where)).among.where == among


def test_neighbours_are_held_to_filters_and_counted_by_nothing():
    query = asking(STORM, filters=(FacetFilter("language", ("de",)),), facets=(FacetRequest("topic"),), copies="hide")

    among = apart(query).among

    assert (among.filters, among.copies, among.facets) == (query.filters, "hide", ())


def test_what_both_rankings_have_goes_before_what_one_has():
    result = fused(asking(STORM), found(1, 2, 3), hits(4, 3))

    assert numbers_of(result)[0] == 3
    assert set(numbers_of(result)) == {1, 2, 3, 4}


def test_of_equal_places_the_newest_goes_first():
    assert numbers_of(fused(asking(STORM), found(1, 3), hits(2, 4))) == [2, 1, 4, 3]


def test_the_score_is_the_sum_of_reciprocal_ranks():
    [first, second] = fused(asking(STORM), found(1, 2), hits(1)).hits

    assert first.score == pytest.approx(1 / 61 + 1 / 61)
    assert second.score == pytest.approx(1 / 62)


def test_total_and_facets_are_those_of_the_words():
    result = fused(asking(STORM), found(1, total=700), hits(2, 3))

    assert result.total == Total(700)
    assert len(result.hits) == 3


def test_pages_follow_each_other_to_the_end_of_what_is_fused():
    query = asking(STORM, size=2)
    rankings = found(1, 2, 3, total=700), hits(4, 5)

    walked, cursor = [], None
    for _ in range(3):
        page = fused(ArticleQuery(where=STORM, mode="hybrid", size=2, cursor=cursor), *rankings)
        walked += numbers_of(page)
        cursor = page.next

    assert walked == numbers_of(fused(asking(STORM, size=10), *rankings))
    assert cursor is None
    assert fused(query, *rankings).next is not None


def test_a_cursor_of_another_question_is_refused():
    following = fused(asking(STORM, size=1), found(1, 2), ()).next

    with pytest.raises(InvalidInput, match="cursor"):
        fused(asking(PHRASE, size=1, cursor=following), found(1, 2), ())


def test_neighbours_show_the_words_they_have_where_that_is_asked_for():
    near = Hit(a_stored_article(2, title="Storm over the port"), 0.9)
    words = Hit(a_stored_article(1), 1.0, Highlights(title="kept"))

    shown = fused(asking(STORM, highlight=True), SearchResult(Total(1), (words,)), (near,)).hits
    silent = fused(asking(STORM), SearchResult(Total(1), ()), (near,)).hits

    by_id = {hit.stored.article_id: hit.highlights for hit in shown}
    assert by_id[words.stored.article_id] == Highlights(title="kept")
    assert "Storm" in (by_id[near.stored.article_id].title or "")
    assert silent[0].highlights is None

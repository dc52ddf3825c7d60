"""Counts are kept for the index that they were counted in, whatever page of a question is asked for."""

from shared.article_store.query import ArticleQuery, FacetCounts, FacetFilter, FacetRequest, Words
from shared.article_store.tantivy.kept_counts import MAX_COUNTS, KeptCounts

QUERY = ArticleQuery(where=Words("plant"), facets=(FacetRequest("language"),))
COUNTS = (FacetCounts("language", (), other=0),)
FAILED = (FacetCounts("language", (), other=0, failed="took too long"),)


class Counting:
    """Counts how often it is asked to count."""

    def __init__(self, *answers: tuple[FacetCounts, ...]) -> None:
        self._answers = answers or (COUNTS,)
        self.times = 0

    def __call__(self) -> tuple[FacetCounts, ...]:
        self.times += 1
        return self._answers[min(self.times, len(self._answers)) - 1]


def test_pages_of_one_question_are_counted_once() -> None:
    kept, count = KeptCounts(), Counting()
    pages = (
        QUERY,
        ArticleQuery(QUERY.where, facets=QUERY.facets, sort="oldest", size=5, cursor="next", highlight=True),
    )

    answers = [kept.of("commit", page, count) for page in pages]

    assert answers == [COUNTS, COUNTS]
    assert count.times == 1


def test_another_commit_is_counted_again() -> None:
    kept, count = KeptCounts(), Counting()

    for state in ("first commit", "second commit"):
        kept.of(state, QUERY, count)

    assert count.times == 2


def test_what_narrows_the_articles_makes_another_count() -> None:
    kept, count = KeptCounts(), Counting()
    others = (
        ArticleQuery(Words("bridge"), facets=QUERY.facets),
        ArticleQuery(QUERY.where, filters=(FacetFilter("language", ("en",)),), facets=QUERY.facets),
        ArticleQuery(QUERY.where, facets=(FacetRequest("language", size=20),)),
        ArticleQuery(QUERY.where, facets=QUERY.facets, copies="hide"),
        ArticleQuery(QUERY.where, facets=QUERY.facets, hidden=True),
    )

    for query in (QUERY, *others):
        kept.of("commit", query, count)

    assert count.times == 1 + len(others)


def test_a_facet_that_failed_is_counted_again() -> None:
    kept, count = KeptCounts(), Counting(FAILED, COUNTS)

    answers = [kept.of("commit", QUERY, count) for _ in range(3)]

    assert answers == [FAILED, COUNTS, COUNTS]
    assert count.times == 2


def test_what_was_not_asked_for_longest_gives_way() -> None:
    kept, count = KeptCounts(), Counting()
    kept.of("commit", QUERY, count)
    for number in range(MAX_COUNTS):
        kept.of("commit", ArticleQuery(Words(f"word{number}"), facets=QUERY.facets), count)

    kept.of("commit", QUERY, count)

    assert count.times == MAX_COUNTS + 2

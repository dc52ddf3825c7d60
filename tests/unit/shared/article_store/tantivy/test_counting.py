"""Counts are exact where segments hold more values than a first look takes from them."""

from collections import Counter
from random import Random

import pytest
import tantivy

from shared.article_store.query import FacetRequest
from shared.article_store.tantivy.analysis import prepare
from shared.article_store.tantivy.counting import FacetQuestion, count
from shared.article_store.tantivy.schema import schema

Segments = list[list[list[str]]]


def searcher_over(segments: Segments) -> tantivy.Searcher:
    """An index whose articles, given segment by segment, are written by these authors."""
    index = prepare(tantivy.Index(schema()))
    writer = index.writer(15_000_000, 1)
    for segment in segments:
        for authors in segment:
            document = tantivy.Document()
            for author in authors:
                document.add_text("author", author)
            writer.add_document(document)
        writer.commit()
    index.reload()
    return index.searcher()


def expected(segments: Segments, size: int) -> dict[str, int]:
    counter = Counter(author for segment in segments for authors in segment for author in authors)
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:size])


def spread_thin(rng: Random) -> Segments:
    """Every segment has thousands of authors of its own before those that all segments have a little of."""
    common = [[f"common{number:02}"] for number in range(20) for _ in range(number % 5)]
    return [
        [*([f"own{segment}-{number}"] for number in range(4_000) for _ in range(2)), *rng.sample(common, len(common))]
        for segment in range(3)
    ]


def long_tail(rng: Random) -> Segments:
    """Few write much, most once: ties without end."""

    def authors() -> list[str]:
        return sorted({f"a{int(rng.paretovariate(0.5)) % 9_000}" for _ in range(2)})

    return [[authors() for _ in range(3_000)] for _ in range(3)]


def all_alike(rng: Random) -> Segments:
    """Only ties."""
    return [[[f"{segment}-{number}"] for number in range(2_500)] for segment in range(3)]


@pytest.mark.parametrize("shape", [spread_thin, long_tail, all_alike])
@pytest.mark.parametrize("size", [1, 10, 200])
def test_the_most_frequent_values_are_exact_and_ties_are_decided_by_value(shape, size):
    segments = shape(Random(5))
    searcher = searcher_over(segments)

    counted = count(searcher, tantivy.Query.all_query(), [FacetQuestion(FacetRequest("author", size))])["author"]

    assert searcher.num_segments > 1
    assert counted.top == expected(segments, size)
    assert counted.all_values == sum(len(authors) for segment in segments for authors in segment)


def test_named_values_are_counted_however_rare():
    searcher = searcher_over([[["often"], ["often"], ["seldom"]]])
    question = FacetQuestion(FacetRequest("author", 1), ("seldom", "never"))

    counted = count(searcher, tantivy.Query.all_query(), [question])["author"]

    assert (counted.top, counted.named, counted.all_values) == ({"often": 2}, {"seldom": 1}, 3)

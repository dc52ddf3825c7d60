"""Whether the most frequent values are known for certain, against indices that are added up in full."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.article_store.elasticsearch.certainty import is_certain


def added_up(indices: list[Counter[str]], size: int, per_index: int) -> dict[str, Any]:
    """What Elasticsearch answers of indices of which each offers its `per_index` most frequent values."""
    offered = [dict(best(counts)[:per_index]) for counts in indices]
    last = [min(o.values(), default=0) if len(o) < len(c) else 0 for o, c in zip(offered, indices, strict=True)]
    counts = Counter[str]()
    for of_index in offered:
        counts.update(of_index)
    short_by = {v: sum(n for o, n in zip(offered, last, strict=True) if v not in o) for v in counts}
    buckets = [{"key": v, "doc_count": n, "doc_count_error_upper_bound": short_by[v]} for v, n in best(counts)[:size]]
    shown = sum(bucket["doc_count"] for bucket in buckets)
    return {
        "buckets": buckets,
        "doc_count_error_upper_bound": sum(last),
        "sum_other_doc_count": sum(c.total() for c in indices) - shown,
    }


def best(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def uneven(rng: Random, values: int, articles: int) -> Counter[str]:
    return Counter(f"v{int(values * rng.random() ** 2)}" for _ in range(articles))


@given(st.randoms(use_true_random=False), st.integers(1, 4), st.integers(1, 60), st.integers(1, 8), st.integers(0, 12))
def test_what_is_certain_is_what_all_counts_together_say(
    rng: Random, months: int, values: int, size: int, more: int
) -> None:
    indices = [uneven(rng, values, rng.randint(0, 150)) for _ in range(months)]

    answer = added_up(indices, size + more, size + more)

    if is_certain(answer, size):
        told = [(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"][:size]]
        assert told == best(sum(indices, Counter()))[:size]


def test_values_as_uneven_as_in_the_news_are_certain_by_few_of_each_month() -> None:
    rng = Random(1)
    indices = [uneven(rng, 2_000, 10_000) for _ in range(3)]

    answer = added_up(indices, size=70, per_index=70)

    assert answer["doc_count_error_upper_bound"] > 0
    assert is_certain(answer, 10)


def test_a_value_that_one_month_did_not_offer_may_belong_to_the_first() -> None:
    march, april = Counter(a=50, b=9, c=8), Counter(a=50, c=9, b=8)

    answer = added_up([march, april], size=2, per_index=2)

    assert not is_certain(answer, 2)
    assert is_certain(answer, 1)


def test_a_value_that_no_month_offered_may_be_the_most_frequent() -> None:
    march, april = Counter(a=5, hidden=4), Counter(b=5, hidden=4)

    assert not is_certain(added_up([march, april], size=1, per_index=1), 1)


def test_all_is_certain_where_no_index_held_anything_back() -> None:
    few = Counter(a=3, b=2)

    assert is_certain(added_up([few, few], size=5, per_index=5), 5)
    assert is_certain({"buckets": [], "sum_other_doc_count": 0}, 10)


@pytest.mark.parametrize(("short_by", "certain"), [(1, True), (2, False)])
def test_what_may_be_as_frequent_as_the_last_that_is_shown_leaves_it_uncertain(short_by: int, certain: bool) -> None:
    shown, other = {"key": "b", "doc_count": 5}, {"key": "a", "doc_count": 3, "doc_count_error_upper_bound": short_by}

    answer = {"buckets": [shown, other], "doc_count_error_upper_bound": short_by, "sum_other_doc_count": 0}

    assert is_certain(answer, 1) is certain

"""Questions to a store, as strategies: what every property of its answers is asked with."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st

from shared.article_store.query import (
    AllOf,
    AnyOf,
    Expression,
    FacetFilter,
    HasValue,
    Not,
    OnSite,
    PublishedBetween,
    Words,
)
from tests.builders import NOON


def texts(words: Sequence[str], most: int) -> st.SearchStrategy[str]:
    """Up to so many of the words, of what is none, and of what no article has."""
    return st.lists(st.sampled_from([*words, "&", "absent"]), min_size=1, max_size=most).map(" ".join)


def moments(first: int, last: int) -> st.SearchStrategy[object]:
    """None, or so many minutes after noon."""
    return st.none() | st.integers(first, last).map(lambda minutes: NOON + timedelta(minutes=minutes))


def leaves(
    said: st.SearchStrategy[str],
    organizations: Sequence[str],
    hosts: Sequence[str],
    when: st.SearchStrategy[object],
) -> st.SearchStrategy[Expression]:
    """Expressions without parts: words in a field, an organization, a site, a time."""
    return st.one_of(
        st.builds(
            Words,
            said,
            phrase=st.booleans(),
            field=st.sampled_from(["any", "any", "title", "text", "author"]),
            match=st.sampled_from(["all", "most", "any"]),
        ),
        st.builds(HasValue, st.just("organization"), st.lists(st.sampled_from(organizations), max_size=2).map(tuple)),
        st.builds(OnSite, st.sampled_from([*hosts, "example", "ews.example"])),
        st.builds(PublishedBetween, when, when),
    )


def expressions(of: st.SearchStrategy[Expression], max_leaves: int) -> st.SearchStrategy[Expression]:
    """These joined by not, and, or."""
    return st.recursive(
        of,
        lambda parts: st.one_of(
            st.builds(Not, parts),
            st.builds(AllOf, st.lists(parts, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple)),
        ),
        max_leaves=max_leaves,
    )


def filters_of(facet: str, values: Sequence[str], modes: Sequence[str]) -> st.SearchStrategy[FacetFilter]:
    """Up to two values wanted and one left out."""
    return st.builds(
        FacetFilter,
        st.just(facet),
        st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple),
        st.lists(st.sampled_from(values), max_size=1).map(tuple),
        st.sampled_from(modes),
    )

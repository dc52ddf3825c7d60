"""Turns values whose labels are wanted, and words that labels begin with, into bodies of search requests; asks nothing.

What a value is called is the same whatever is searched for: the label that most of all articles have for it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from shared.article_store.elasticsearch.counting import Look, counting, terms
from shared.article_store.elasticsearch.queries import Body
from shared.article_store.indexed import label_prefix
from shared.article_store.label_search import MAX_MATCHING_LABELS, folded
from shared.article_store.query import FacetRequest
from shared.facets import FACETS_BY_NAME, LABEL_SEPARATOR

# Of the values in one pattern, fewer than these, hardly one has more labels than a second one.
_LABELS = Look(1_000, 2_000)
_LABELS_SEARCHED = Look(MAX_MATCHING_LABELS, MAX_MATCHING_LABELS)
# Of a word that is searched in labels; the rest is compared afterwards.
_PATTERN_LETTERS = 40
# Elasticsearch takes a pattern of 1,000 characters (index.max_regex_length); one value is 512 at most, all escaped.
_PATTERN_CHARACTERS = 900
_REGEX_SIGNS = re.compile(r'([.?+*|{}\[\]()"\\#@&<>~^$-])')


def labels(missing: Mapping[str, Sequence[str]]) -> Body:
    """The request for the labels that articles have for these values, by facet."""
    # Most values that are asked for are rare: all other articles need not be walked through.
    having = [{"terms": {FACETS_BY_NAME[facet].field: list(values)}} for facet, values in missing.items()]
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {"bool": {"filter": [{"bool": {"should": having, "minimum_should_match": 1}}]}},
        "aggs": {name: one for facet, values in missing.items() for name, one in _labels_of(facet, values).items()},
    }


def labels_searched(requests: Sequence[FacetRequest]) -> Body:
    """The request for terms that may hold what is searched in labels, or lie below a value; the most frequent first."""
    aggs: Body = {}
    for r in requests:
        facet = FACETS_BY_NAME[r.facet]
        if r.query.strip():
            may_begin = _may_begin(r.query.split()[0])
            aggs[counting(r.facet, "top")] = terms(facet.label_field, _LABELS_SEARCHED, include=may_begin)
        if r.under is not None:
            include = next(label_patterns([r.under]))
            aggs[counting(r.facet, "below")] = terms(facet.below_field, _LABELS_SEARCHED, include=include)
    return {"size": 0, "aggs": aggs}


def label_patterns(values: Sequence[str]) -> Iterator[str]:
    """Patterns of the label terms of these values, as few as their length allows."""
    for pattern in _patterns([_REGEX_SIGNS.sub(r"\\\1", label_prefix(value)) for value in values]):
        yield f"({pattern}).*"


def _labels_of(facet: str, values: Sequence[str]) -> Body:
    """Aggregations of the labels of these values."""
    field = FACETS_BY_NAME[facet].label_field
    return {
        counting(facet, f"labels {number}"): terms(field, _LABELS, include=pattern)
        for number, pattern in enumerate(label_patterns(values))
    }


def _may_begin(word: str) -> str:
    """A pattern of all label terms in which a word starts with this one, and of some more: patterns know neither case
    nor accents."""
    letters = (_any_case(letter) for letter in folded(word)[:_PATTERN_LETTERS])
    return f".*{LABEL_SEPARATOR}(.*[^!-~])?{''.join(letters)}.*"


def _any_case(letter: str) -> str:
    if not letter.isascii():
        return "[^ -~]+"
    either = f"{letter}{letter.upper()}" if letter.isalpha() else f"\\{letter}"
    return f"[{either}\u0080-\U0010ffff][\u0300-\u036f]*"


def _patterns(starts: Sequence[str]) -> Iterator[str]:
    """The alternatives joined into as few patterns as their length allows."""
    joined = ""
    for start in starts:
        if joined and len(joined) + len(start) >= _PATTERN_CHARACTERS:
            yield joined
            joined = ""
        joined = f"{joined}|{start}" if joined else start
    if joined:
        yield joined

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.query_language.reading import all_of, any_of, negation, read
from services.search.query_language.writing import write
from shared.article_store.query import AllOf, HasValue, Not, OnSite, PublishedBetween, Words

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SAID = st.lists(
    st.text(st.characters(categories=("L", "N"), include_characters="-'&+#.\\\"“"), min_size=1, max_size=8),
    min_size=1,
    max_size=3,
).map(" ".join)
WORDS = st.from_regex(r"[a-z0-9&'電池é][a-z0-9&'.電池é-]{0,8}", fullmatch=True)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC)) | st.integers(0, 20000).map(
    lambda days: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)
)
LEAVES = (
    WORDS.map(Words)
    | SAID.map(lambda text: Words(text, phrase=True))
    | SAID.map(lambda text: Words(text, phrase=True, field="title"))
    | WORDS.map(lambda text: Words(text, field="author"))
    | st.tuples(st.sampled_from(["person", "source", "topic"]), SAID).map(lambda v: HasValue(v[0], (v[1],)))
    | st.sampled_from(["news.example", "example"]).map(OnSite)
    | MOMENTS.map(lambda moment: PublishedBetween(start=moment))
    | MOMENTS.map(lambda moment: PublishedBetween(end=moment))
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda parts: (
        st.lists(parts, min_size=2, max_size=3).map(all_of)
        | st.lists(parts, min_size=2, max_size=3).map(any_of)
        | parts.map(negation)
    ),
    max_leaves=6,
)


def depth(expression):
    parts = getattr(expression, "parts", None) or ([expression.part] if isinstance(expression, Not) else [])
    return 1 + max(map(depth, parts), default=0)


@given(EXPRESSIONS.filter(lambda expression: depth(expression) <= 8))
def test_what_is_written_is_read_again(expression):
    assert read(write(expression), NOW) == expression


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (None, ""),
        (Words("not OR -this a:b"), 'not "OR" "-this" "a:b"'),
        (HasValue("person", ('Ada "Countess" Brandt',)), 'person:"Ada \\"Countess\\" Brandt"'),
        (Not(PublishedBetween(NOW, NOW)), "-(after:2026-03-02T12:00:00Z before:2026-03-02T12:00:00Z)"),
        (AllOf((HasValue("source", ("a", "b")), Words("c"))), "(source:a OR source:b) c"),
        (Not(HasValue("source", ("a", "b"))), "-(source:a OR source:b)"),
        (Words("a b", field="title"), "title:a title:b"),
    ],
)
def test_what_nobody_typed_is_written_so_that_it_means_the_same(expression, text):
    assert write(expression) == text


def test_a_name_of_whatever_kind_is_written_as_it_is_typed():
    assert write(read("entity:Acme", NOW)) == "entity:Acme"

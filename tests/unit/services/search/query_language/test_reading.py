from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.query_language.mistakes import QueryMistake
from services.search.query_language.reading import MAX_QUERY_CHARACTERS, match_of, read, read_forgiving
from services.search.query_language.writing import write
from shared.article_store.query import (
    MAX_EXPRESSION_PARTS,
    MAX_WORDS,
    AllOf,
    AnyOf,
    HasValue,
    Not,
    OnSite,
    PublishedBetween,
    Words,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
A, B, C = Words("a"), Words("b"), Words("c")


def day(month, number):
    return datetime(2026, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("", None),
        ("  - ", None),
        ("a", A),
        ("a b", Words("a b")),
        ("a AND b", Words("a b")),
        ('a "b c" d', AllOf((Words("a d"), Words("b c", phrase=True)))),
        ("„b c“", Words("b c", phrase=True)),
        ("a -b", AllOf((A, Not(B)))),
        ("a --b", AllOf((A, Not(B)))),
        ("a NOT b", AllOf((A, Not(B)))),
        ("NOT NOT a", A),
        ("a - b", Words("a b")),
        ("state-of-the-art R&D", Words("state-of-the-art R&D")),
        ("a OR b", AnyOf((A, B))),
        ("a or b", Words("a or b")),
        ("a OR b c", AnyOf((A, Words("b c")))),
        ("(a OR b) c", AllOf((AnyOf((A, B)), C))),
        ("a OR (b OR c)", AnyOf((A, B, C))),
        ("((a) (b))", Words("a b")),
        ("-(a b)", Not(Words("a b"))),
        ("Breaking: storm", Words("Breaking storm")),
    ],
)
def test_words_phrases_and_operators(query, expression):
    assert read(query, NOW) == expression


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("title:solid", Words("solid", field="title")),
        ('title:"solid state"', Words("solid state", phrase=True, field="title")),
        ("title:(a OR b)", AnyOf((Words("a", field="title"), Words("b", field="title")))),
        ('author:"Ada Brandt"', Words("Ada Brandt", phrase=True, field="author")),
        ("source:example", HasValue("source", ("example",))),
        ('person:"Jensen Huang"', HasValue("person", ("Jensen Huang",))),
        ("PERSON:person:ada", HasValue("person", ("person:ada",))),
        ("org:(acme OR initech)", HasValue("organization", ("acme", "initech"))),
        ("org:acme OR org:initech", HasValue("organization", ("acme", "initech"))),
        ("entity:org:acme", HasValue("organization", ("org:acme",))),
        ("lang:EN", HasValue("language", ("en",))),
        ("topic:topic:economy", HasValue("topic", ("topic:economy",))),
        ("site:https://News.Example/business", OnSite("news.example")),
        ("after:2026-03-01", PublishedBetween(start=day(3, 1))),
        ("before:2026-03-01", PublishedBetween(end=day(3, 1))),
        ("after:2026-02", PublishedBetween(start=day(2, 1))),
        ("after:7d", PublishedBetween(start=datetime(2026, 2, 23, 12, tzinfo=UTC))),
        ("-source:OR", Not(HasValue("source", ("OR",)))),
    ],
)
def test_fields(query, expression):
    assert read(query, NOW) == expression


def test_an_entity_may_be_of_any_type():
    expression = read('entity:"Ada Brandt"', NOW)

    assert isinstance(expression, AnyOf)
    assert {part.facet for part in expression.parts} >= {"person", "organization", "product"}
    assert write(expression) == 'entity:"Ada Brandt"'


def test_how_many_words_must_be_there_is_said_of_what_is_wanted_and_not_quoted():
    expression = read('a b -(c d) "e f" title:g', NOW, "most")

    assert expression.parts[0] == Words("a b", match="most")
    assert expression.parts[1] == Not(Words("c d"))
    assert match_of(expression) == "most"
    assert match_of(read('-(c d) "e f"', NOW, "most")) == "all"


@pytest.mark.parametrize(
    ("query", "position", "length", "reason"),
    [
        ('a "b c', 2, 1, "never closed"),
        ("a (b", 2, 1, "never closed"),
        ("a b)", 3, 1, "without an opening"),
        ("a OR", 2, 2, "both sides"),
        ("OR a", 0, 2, "both sides"),
        ("a (OR b)", 3, 2, "both sides"),
        ("a NOT", 2, 3, "on its right"),
        ("a () b", 2, 2, "nothing stands in parentheses"),
        ('a "" b', 2, 2, "between the quotation marks"),
        ("titel:x", 0, 7, "is title: meant"),
        ("a https://news.example/", 2, 21, "quotation marks"),
        ("person: ada", 0, 7, "right behind the colon"),
        ("person:(ada title:x)", 12, 6, "within the parentheses"),
        ("a after:yesterday", 2, 15, "no day like"),
        ("site:a@b", 0, 8, "no host"),
        ("(" * 20 + "a" + ")" * 20, 16, 1, "deep"),
        ("-(a -(b -(c -(d OR e))))", 13, 1, "too deep"),
        ("a " * (MAX_WORDS + 1), 2 * MAX_WORDS, 1, f"{MAX_WORDS} words"),
        ('"a" ' * (MAX_EXPRESSION_PARTS + 1), 4 * MAX_EXPRESSION_PARTS, 3, "phrases and conditions"),
        ("a" * (MAX_QUERY_CHARACTERS + 1), MAX_QUERY_CHARACTERS, 1, "characters"),
    ],
)
def test_a_mistake_is_pointed_at(query, position, length, reason):
    with pytest.raises(QueryMistake, match=reason) as raised:
        read(query, NOW)

    assert (raised.value.position, raised.value.length) == (position, length)
    line, carets = raised.value.excerpt.split("\n")
    assert carets.strip() == "^" * carets.count("^")
    assert len(carets) <= len(line) + 1


def test_the_excerpt_shows_the_mistake_within_a_long_query():
    query = "word " * 20 + "titel:x" + " word" * 20

    with pytest.raises(QueryMistake) as raised:
        read(query, NOW)

    line, carets = raised.value.excerpt.split("\n")
    assert line[carets.index("^") : carets.rindex("^") + 1] == "titel:x"
    assert line.startswith("…") and line.endswith("…")


@pytest.mark.parametrize(
    ("query", "as_read"),
    [
        ('a "b c', 'a "b c"'),
        ("a (b OR c", "a (b OR c)"),
        ("a OR", "a"),
        ("a) b", "a b"),
        ("titel:x", '"titel x"'),
        ("person: ada", "person:ada"),
        ("a before:yesterday", "a"),
        ("(" * 20 + "a OR b", "a b"),
    ],
)
def test_a_forgiving_reader_mends_what_it_can_and_says_so(query, as_read):
    reading = read_forgiving(query, NOW)

    assert write(reading.expression) == as_read
    assert reading.notes


def test_words_that_are_left_of_what_cannot_be_read_count_once():
    reading = read_forgiving('title:mill site:news.example "a weir" ' * 40, NOW)

    assert write(reading.expression) == "title mill site news example a weir"


def test_a_forgiving_reader_has_nothing_to_say_of_a_query_that_is_right():
    assert read_forgiving("(a OR b) -c", NOW).notes == ()


FRAGMENTS = (
    r'a|bc|R&D|-|--|(|)|"|“| | | OR | AND | NOT |\|:|title:|person:'
    r"|entity:|site:|after:|before:|7d|foo:|OR|电池|org:acme"
)
PIECES = st.sampled_from([*FRAGMENTS.split("|"), "\ud800", "\t", "2026-03-01"])


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=80))
def test_whatever_is_typed_is_read_or_is_a_mistake_within_it(query):
    try:
        expression = read(query, NOW)
    except QueryMistake as mistake:
        assert 0 <= mistake.position <= len(query)
        assert mistake.length >= 1
        expression = read_forgiving(query, NOW).expression

    assert read(write(expression), NOW) == expression


@pytest.mark.parametrize(
    ("query", "position", "mended"),
    [("steel batt*", 6, "steel batt"), ("title:batt*", 6, None), ("relation:buys", 0, None)],
)
def test_what_finds_nothing_for_certain_is_a_mistake_that_is_pointed_at(query, position, mended):
    with pytest.raises(QueryMistake) as caught:
        read(query, NOW)

    assert caught.value.position == position
    if mended:
        assert read_forgiving(query, NOW).expression == Words(mended)


@pytest.mark.parametrize("query", ["*", "steel * glass", '"M*A*S*H"'])
def test_an_asterisk_that_stands_for_nothing_or_in_quotes_is_no_mistake(query):
    assert read(query, NOW) == read_forgiving(query, NOW).expression

"""What a word is, and where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.article_store.bigrams import spread
from shared.article_store.words import _REMEMBERED_PIECES, lines, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Investors invested, investing!", ["investor", "invest", "invest"]),
        ("generous general", ["generous", "general"]),
        ("don't 3.5 3,500.50 U.S.A. a_b", ["don't", "3.5", "3,500.50", "u.s.a", "a_b"]),
        ("Zürich’s CAFÉS", ["zurich", "cafe"]),
        ("R&D e-mail", ["r", "d", "e", "mail"]),
        ("GPT-3.5 5G", ["gpt", "3.5", "5g"]),
        ("中国电池 AI", ["中国", "国电", "电池", "ai"]),
        ("", []),
        ("… & —", []),
    ],
)
def test_terms_are_split_folded_and_stemmed(text, expected):
    assert terms(text) == expected


def test_debris_longer_than_a_word_can_be_is_no_term():
    assert terms(f"before {'x' * 300} after") == ["befor", "after"]


def test_words_are_the_terms_with_their_places():
    text = "Über 中国电池 sagte “Müller’s” Team: กินน้ำ, 𠮷野家 end"

    found = list(words(text))

    assert [word.term for word in found] == terms(text)
    assert [text[word.start : word.end] for word in found] == [
        "Über", "中国", "国电", "电池", "sagte", "Müller’s", "Team", "กิน", "นน้", "น้ำ", "𠮷野", "野家", "end",
    ]  # fmt: skip


PIECES = st.one_of(
    st.sampled_from(
        ["running", "R&D", "(3.5)", "“Müller’s”", "a_b", "_", "&", "中国电池", "กินน้ำ", "x" * 255, "y-" + "x" * 254]
    ),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
)


@given(st.lists(PIECES, max_size=8).map(" ".join))
def test_the_terms_of_a_text_are_those_of_its_pieces_one_after_the_other(text):
    pieces = spread(text).split()

    line_of = lines(pieces)

    said = [term for piece in pieces for term in line_of[piece].split()]
    assert [term for term in said if term != "-"] == terms(text)


def test_a_word_that_is_too_long_keeps_its_place_in_a_line():
    long = "x" * 300

    found = lines([f"a-{long}-b", long, f"{long}/c", f"a_{'x' * 252}"])

    assert list(found.values()) == ["a - b", "-", "- c", f"a_{'x' * 252}"]


def test_pieces_are_told_alike_whether_they_are_known_or_new():
    first = lines(["“Plants,", "plants"])

    again = lines(["“Plants,", "plants", "opening"])

    assert first == {"“Plants,": "plant", "plants": "plant"}
    assert again == {**first, "opening": "open"}


def test_more_pieces_than_are_remembered_are_told_all_the_same():
    many = [f"w{number}" for number in range(_REMEMBERED_PIECES)]

    assert [lines([*many, "Plants"])["Plants"] for _ in range(2)] == ["plant", "plant"]

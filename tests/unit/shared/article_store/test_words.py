"""What a word is, and where it stands."""

import pytest

from shared.article_store.words import terms, words


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

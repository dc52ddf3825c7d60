import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.keyphrases import keyphrases

TEXT = (
    "The solid oxide cell runs hot. A solid oxide cell needs no platinum, and Tarnwell's engineers like that. "
    "Tarnwell said the solid oxide cell lasts for years. Platinum is dear. Tarnwell buys platinum in small amounts. "
)


@pytest.fixture
def phrases(knowledge, found_in):
    def phrases(title: str, text: str, language: str = "en") -> list[str]:
        return [phrase.text for phrase in keyphrases(ArticleText(title, text), found_in(language), knowledge)]

    return phrases


def test_what_comes_up_again_and_again_is_a_keyphrase_whole_and_without_its_parts(phrases):
    found = phrases("", TEXT)

    assert found[0] == "solid oxide cell"
    assert "oxide cell" not in found
    assert "Tarnwell" in found
    assert "platinum" in [phrase.lower() for phrase in found]


def test_little_words_and_fillers_are_no_keyphrases(phrases):
    assert phrases("", "They said that it would take years. They said it would take years and years.") == []


@pytest.mark.parametrize("mark", ["'", "’"])
def test_what_is_left_of_a_verb_after_its_mark_is_no_keyphrase(phrases, mark):
    text = "We're dry. They've sand. You'll dig. They're wet. We've clay. I'll dig. You're done. You've won. It'll do. "

    assert not {"re", "ve", "ll"} & set(phrases("", text.replace("'", mark)))


def test_words_of_two_lines_are_no_phrase(phrases):
    text = "Zequin & Morlat sell. Zequin & Morlat buy.\nZequin\nMorlat\nZequin\nMorlat\n"

    assert sorted(phrases("", text)) == ["Morlat", "Zequin"]


def test_a_mark_parts_two_phrases(phrases):
    assert "zinc air" not in phrases("", "They sell zinc, air and water. They buy zinc, air and water.")


def test_the_strongest_scores_one_and_the_others_less(knowledge, found_in):
    found = keyphrases(ArticleText("Tarnwell and platinum", TEXT), found_in("en"), knowledge)

    scores = [phrase.score for phrase in found]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)


def test_the_title_counts_for_more(phrases):
    without = phrases("", TEXT)
    titled = phrases("Tarnwell", TEXT)

    assert titled.index("Tarnwell") < without.index("Tarnwell")


def test_a_language_whose_little_words_are_unknown_has_none(phrases):
    assert phrases("", TEXT, "xx") == []


@pytest.mark.parametrize("text", ["", "'s", "’s ’s", "... ... ...", "a's b's a's b's"])
def test_marks_and_endings_alone_are_no_phrases(phrases, text):
    assert all(phrase.strip() for phrase in phrases("", text))


def test_a_german_text_has_keyphrases_too(phrases):
    text = "Die Wärmepumpe läuft. Eine Wärmepumpe spart Gas. Jede Wärmepumpe braucht Strom."

    assert phrases("", text, "de") == ["Wärmepumpe"]


def test_a_phrase_says_where_it_comes_up_first_and_what_found_it(knowledge, found_in):
    found = keyphrases(ArticleText("", TEXT), found_in("en"), knowledge)

    assert {phrase.text: (phrase.start, phrase.end) for phrase in found}["solid oxide cell"] == (4, 20)
    assert all(TEXT[phrase.start : phrase.end] == phrase.text for phrase in found)
    assert {phrase.origin for phrase in found} == {"rule:1"}

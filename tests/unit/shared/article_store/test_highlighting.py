"""How passages are chosen, cut and marked."""

from shared.article_store.highlighting import highlight
from shared.article_store.query import HIGHLIGHT_END, HIGHLIGHT_START, Words
from tests.builders import a_stored_article


def fragments(text: str, *asked: str) -> list[str]:
    found = highlight(a_stored_article(1, text=text), [Words(one, phrase=True) for one in asked])
    return [part.replace(HIGHLIGHT_START, "[").replace(HIGHLIGHT_END, "]") for part in found.text]


def test_matches_close_to_each_other_share_a_passage():
    assert fragments("alpha beta alpha", "alpha") == ["[alpha] beta [alpha]"]


def test_passages_are_cut_between_words():
    filler = "abcdefgh " * 40

    (passage,) = fragments(f"{filler}needle {filler}", "needle")

    assert set(passage.split()) == {"abcdefgh", "[needle]"}
    assert 120 <= len(passage) <= 170


def test_passages_do_not_repeat_each_other_and_everything_in_them_is_marked():
    text = "alpha " + "one " * 20 + "beta " + "two " * 6 + "gamma " + "three " * 40 + "beta end"

    found = fragments(text, "alpha", "beta", "gamma")

    assert len(found) == 2
    assert found[0].startswith("[alpha] one")
    assert "[beta]" in found[0]
    assert "[gamma]" in found[0]
    assert found[1].endswith("[beta] end")
    assert found[1].count("three") >= 5


def test_what_is_near_the_end_of_a_passage_begins_the_next_one_where_that_ends():
    text = "alpha " + "one " * 38 + "beta " + "two " * 60

    first, second = fragments(text, "alpha", "beta")

    shown = f"{first} {second}".replace("[", "").replace("]", "")
    assert " ".join(shown.split()) in " ".join(text.split())


def test_text_without_spaces_is_cut_where_it_must_be():
    (passage,) = fragments("国" * 300 + "电池" + "国" * 300, "电池")

    assert "[电池]" in passage
    assert len(passage) <= 170


def test_matches_that_overlap_are_marked_once():
    assert fragments("open source model", "open source", "source model") == ["[open source model]"]


def test_a_match_longer_than_a_passage_is_shown_whole():
    phrase = " ".join(f"word{number}" for number in range(40))

    assert fragments(phrase, phrase) == [f"[{phrase}]"]


def test_without_words_asked_for_nothing_is_highlighted():
    found = highlight(a_stored_article(1), [Words("&"), Words("absent")])

    assert (found.title, found.text) == (None, ())


def test_of_an_article_that_may_not_be_archived_only_the_snippet_is_quoted():
    text = "needle first. " + "filler words " * 60 + "needle last."
    reserved = a_stored_article(1, text=text, rights=("noarchive",))

    found = highlight(reserved, [Words("needle")])

    assert len(found.text) == 1
    assert found.text[0].startswith(f"{HIGHLIGHT_START}needle{HIGHLIGHT_END} first.")
    assert len(fragments(text, "needle")) == 2

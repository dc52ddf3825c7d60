import re

from hypothesis import given
from hypothesis import strategies as st

from services.search.highlighting import to_html, without_marks
from shared.article_store.query import HIGHLIGHT_END, HIGHLIGHT_START


def marked(word):
    return f"{HIGHLIGHT_START}{word}{HIGHLIGHT_END}"


def test_a_match_is_marked():
    assert to_html(f"a {marked('battery')} plant") == "a <mark>battery</mark> plant"


def test_markup_of_the_text_is_shown_and_not_obeyed():
    assert to_html(f"<script>{marked('a&b')}") == "&lt;script&gt;<mark>a&amp;b</mark>"


def test_markers_that_the_page_itself_contains_cannot_open_a_mark_without_closing_it():
    assert to_html(f"{HIGHLIGHT_START}{marked('a')}{HIGHLIGHT_END}{HIGHLIGHT_START}b") == "<mark>a</mark>b"


@given(st.text(alphabet=f"<>&\"'ab{HIGHLIGHT_START}{HIGHLIGHT_END}", max_size=40))
def test_nothing_but_balanced_marks_comes_out_as_markup(fragment):
    html = str(to_html(fragment))

    assert re.fullmatch(r"(?:[^<>]|<mark>[^<>]*</mark>)*", html)


def test_the_fragment_without_marks_is_the_text_itself():
    assert without_marks(f"a {marked('b')} c") == "a b c"

from hypothesis import given
from hypothesis import strategies as st

from services.search.ui.marking import Mark, paragraphs


def a_mark(start, end, kind="organization"):
    return Mark(start, end, kind, "")


def shape(text, *marks):
    """Each paragraph as a list of texts; those under a mark in brackets."""
    return [[f"[{piece.text}]" if piece.mark else piece.text for piece in pieces] for pieces in paragraphs(text, marks)]


def test_a_text_without_marks_is_its_lines():
    assert shape("One.\n\nTwo.\n") == [["One."], ["Two."]]


def test_a_span_is_marked_where_its_offsets_say():
    assert shape("Acme buys Bolt.", a_mark(0, 4), a_mark(10, 14)) == [["[Acme]", " buys ", "[Bolt]", "."]]


def test_offsets_count_from_the_start_of_the_text_not_of_the_paragraph():
    assert shape("One.\n\nAcme wins.", a_mark(6, 10)) == [["One."], ["[Acme]", " wins."]]


def test_offsets_count_characters_beyond_the_basic_plane_once():
    assert shape("🔋 Acme", a_mark(2, 6)) == [["🔋 ", "[Acme]"]]


def test_the_longer_of_two_marks_that_begin_together_counts():
    assert shape("Acme Bank", a_mark(0, 4), a_mark(0, 9)) == [["[Acme Bank]"]]


def test_a_mark_that_begins_within_another_is_left_out():
    assert shape("Acme Bank of", a_mark(0, 9), a_mark(5, 12)) == [["[Acme Bank]", " of"]]


def test_marks_that_do_not_fit_the_text_are_left_out():
    misfits = (a_mark(3, 3), a_mark(4, 2), a_mark(2, 6), a_mark(5, 99), a_mark(90, 99))

    assert shape("One.\nTwo.", *misfits) == [["One."], ["Two."]]


@given(
    st.text(alphabet="ab \n🔋", max_size=40),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=12),
)
def test_marks_never_change_the_text(text, spans):
    pieces = paragraphs(text, [a_mark(start, end) for start, end in spans])

    lines = ["".join(piece.text for piece in paragraph) for paragraph in pieces]
    assert lines == [line for line in text.split("\n") if line.strip()]
    assert all(piece.text == text[piece.mark.start : piece.mark.end] for p in pieces for piece in p if piece.mark)

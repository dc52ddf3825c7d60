from hypothesis import given
from hypothesis import strategies as st

from services.search.ui.marking import Mark, paragraphs, passages


def a_mark(start, end):
    return Mark(start, end, "organization", "")


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


def parted(text, evidence, *marks):
    """Each paragraph as (evidence, text) of its passages."""
    return [
        [(passage.evidence, "".join(piece.text for piece in passage.pieces)) for passage in line]
        for line in passages(text, marks, evidence)
    ]


def test_evidence_is_a_passage_of_its_own():
    text = "It rained. Acme buys Bolt. It rained."

    assert parted(text, [(11, 26, "first")]) == [
        [(None, "It rained. "), ("first", "Acme buys Bolt."), (None, " It rained.")]
    ]


def test_marks_stay_marked_within_evidence():
    line = passages("Acme buys Bolt.", [a_mark(0, 4)], [(0, 15, "first")])[0]

    assert [(piece.text, piece.mark is not None) for piece in line[0].pieces] == [
        ("Acme", True),
        (" buys Bolt.", False),
    ]


def test_evidence_that_runs_over_a_line_is_shown_in_both():
    assert parted("One two.\nThree.", [(4, 15, "first")]) == [
        [(None, "One "), ("first", "two.")],
        [("first", "Three.")],
    ]


def test_of_evidence_that_overlaps_the_first_counts():
    assert parted("abcdef", [(0, 4, "first"), (2, 6, "second")]) == [[("first", "abcd"), (None, "ef")]]


@given(
    st.text(alphabet="ab \n🔋", max_size=40),
    st.lists(st.tuples(st.integers(-2, 45), st.integers(-2, 45), st.sampled_from("xy")), max_size=6),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5),
)
def test_whatever_the_offsets_say_the_text_is_shown_once_and_whole(text, evidence, marks):
    shown = passages(text, [a_mark(start, end) for start, end in marks], evidence)

    assert ["".join(piece.text for passage in line for piece in passage.pieces) for line in shown] == [
        line for line in text.split("\n") if line.strip()
    ]

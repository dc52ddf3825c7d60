import pytest

from services.search.differences import MAX_CHANGES, MAX_CHARACTERS, MAX_SENTENCES, Change, difference, sentences


def changes(older, newer):
    return [(change.kind, change.text) for change in difference(older, newer).changes]


def test_texts_that_are_alike_differ_in_nothing():
    assert difference("One. Two.", "One. Two.") == difference("", "")
    assert difference("", "").complete


def test_only_the_sentences_that_changed_are_told_in_reading_order():
    older = "Acme buys Bolt. The price is $3 million. Both agreed on Monday.\n\nShares rose."
    newer = "Acme buys Bolt. The price is $4 million. Both agreed on Monday.\n\nShares rose. Then they fell."

    assert changes(older, newer) == [
        ("removed", "The price is $3 million."),
        ("added", "The price is $4 million."),
        ("added", "Then they fell."),
    ]


def test_a_text_that_was_set_in_other_lines_is_the_same():
    assert changes("One.\nTwo.", "One. Two.") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “stop.” Then he left!", ["He said “stop.”", "Then he left!"]),
        ("It cost 3.5 million. No more", ["It cost 3.5 million.", "No more"]),
        ("电池工厂明年投产。股价上涨！", ["电池工厂明年投产。", "股价上涨！"]),
        ("A heading\n\nA text.", ["A heading", "A text."]),
        (" \n ", []),
    ],
)
def test_sentences_end_at_their_signs_and_at_the_end_of_a_line(text, expected):
    assert sentences(text) == expected


def test_more_changes_than_are_shown_make_it_incomplete():
    found = difference("", " ".join(f"Sentence {n}." for n in range(MAX_CHANGES + 1)))

    assert len(found.changes) == MAX_CHANGES
    assert not found.complete


def test_a_sentence_without_end_is_cut():
    found = difference("", "x" * (MAX_CHARACTERS + 1))

    assert found.changes == (Change("added", "x" * MAX_CHARACTERS),)
    assert not found.complete


def test_a_late_change_of_a_very_long_text_is_found():
    same = [f"Sentence {n}." for n in range(10 * MAX_SENTENCES)]

    assert changes(" ".join([*same, "Old end."]), " ".join([*same, "New end."])) == [
        ("removed", "Old end."),
        ("added", "New end."),
    ]


def test_texts_that_share_little_are_compared_up_to_a_bound():
    older, newer = (" ".join(f"{who} {n}." for n in range(3 * MAX_SENTENCES)) for who in ("A", "B"))

    found = difference(f"{older} Both.", f"Both. {newer}")

    assert len(found.changes) == MAX_CHANGES
    assert not found.complete

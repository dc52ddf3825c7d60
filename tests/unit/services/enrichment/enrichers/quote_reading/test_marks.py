import time

import pytest

from services.enrichment.enrichers.quote_reading.marks import quoted_in


def words_in(text: str) -> list[str]:
    return [text[span.start : span.end] for span in quoted_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('She said "we go" and went.', ["we go"]),
        ("She said “we go” and went.", ["we go"]),
        ("Sie sagte: „Wir gehen.“", ["Wir gehen."]),
        ("Sie sagte: »Wir gehen.«", ["Wir gehen."]),
        ("Elle a dit : « On y va. »", ["On y va."]),
        ("‘We go,’ she said.", ["We go,"]),
        ("'The pilots' pay is fine,' she said.", ["The pilots' pay is fine,"]),
        ("“She said ‘go’ and went,” he said.", ["She said ‘go’ and went,"]),
    ],
)
def test_words_are_found_between_the_marks_of_each_language(text, expected):
    assert words_in(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'The 27" screen costs less than the 32" one.',
        "It's the '90s again, and rock 'n' roll is back.",
        "The pilots' union and the cooks' union met.",
        'A mark that is "never closed.',
        "No marks at all.",
    ],
)
def test_inches_apostrophes_and_marks_gone_astray_quote_nothing(text):
    assert words_in(text) == []


def test_a_quote_of_two_paragraphs_is_two_passages_of_which_the_first_goes_on():
    first, second = quoted_in("“We built it.\n\n“And we would again,” he said.")

    assert first.goes_on
    assert not second.goes_on


def test_the_marks_lie_outside_the_words():
    (span,) = quoted_in("Il a dit : « Non. »")

    assert "Il a dit : « Non. »"[span.opens : span.closes] == "« Non. »"


@pytest.mark.slow
@pytest.mark.parametrize("mark", ['"', " “", " ‘x", " 'x", "«", "»", "„", ' "'])
def test_a_text_of_marks_alone_is_read_in_linear_time(mark):
    started = time.process_time()

    quoted_in((mark + "a ") * 20_000)

    assert time.process_time() - started < 2

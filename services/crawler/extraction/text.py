"""The body text of a page, without what surrounds it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.html import HtmlElement

from services.crawler.extraction import blocks
from services.crawler.extraction.blocks import Block
from services.crawler.extraction.boilerplate import without_boilerplate
from services.crawler.extraction.container import article_blocks

# Above a headline stand at most a section and a date.
_LINES_OF_HEADING = 4
_LONGEST_KICKER = 60
# In characters; a link that says more is a title.
_LONGEST_LABEL = 15
# Characters of running text below which a page is read again, with all that was passed over.
_NEXT_TO_NOTHING = 300


@dataclass(frozen=True)
class Body:
    """The text of an article, and what of it speaks against its being one.

    Attributes:
        text: paragraphs, headings and list items, one to a line; "" where nothing was found.
        lines: how many lines stand where the text was found, with those that are no part of it.
        links: how many of those are nothing but the title of another page.
    """

    text: str
    lines: int
    links: int


def read(tree: HtmlElement) -> Body:
    """The body of the page; the tree is left as it is."""
    page = blocks.read(tree)
    if _weight(page.blocks) < _NEXT_TO_NOTHING:
        everything = blocks.read(tree, everything=True)
        page = everything if _weight(everything.blocks) > 2 * _NEXT_TO_NOTHING else page
    found = article_blocks(page)
    return Body(
        text="\n".join(block.text for block in without_boilerplate(found)),
        lines=len(found),
        links=sum(block.linked == len(block.text) > _LONGEST_LABEL for block in found),
    )


def after_headline(text: str, title: str) -> str:
    """The text without the headline that stands at its beginning, and what stands above that."""
    lines = text.split("\n")
    headline = _words(title)
    for number, line in enumerate(lines[:_LINES_OF_HEADING]):
        if headline and _words(line) == headline:
            return "\n".join(lines[number + 1 :]).strip()
        if len(line) > _LONGEST_KICKER:
            break
    return text


def _weight(found: Iterable[Block]) -> int:
    return sum(block.weight for block in found)


def _words(line: str) -> str:
    return " ".join(re.findall(r"\w+", line.casefold()))

"""A tree of elements to the blocks of text that readers see, and the regions of the page that they lie in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from services.crawler.characters import readable
from services.crawler.extraction.roles import roles_of

# Never text of an article, whatever it holds.
_SILENT = frozenset(
    "script style noscript head svg select textarea iframe template object embed audio video canvas map datalist "
    "title".split()
)
_SURROUNDINGS = _SILENT | frozenset("nav footer button dialog menu input option label".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q rp rt ruby s samp small span strike "
    "strong sub sup time tt u var wbr img picture source nobr math".split()
)
_NAMED = frozenset("p li h1 h2 h3 h4 h5 h6 td th blockquote pre dd dt".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_END_OF_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
# The longest pages of the evaluation sets have 5,000.
_MAX_ELEMENTS = 50_000
_PARAGRAPH_CHARACTERS = 80
_SENTENCE_CHARACTERS = 40


@dataclass(slots=True)
class Block:
    """Text between two breaks of a line.

    Attributes:
        text: one line, without blanks around it.
        linked: how many of its characters lie in links.
        tag: the closest of p, li, h1 to h6, td, th, blockquote, pre, dd, dt around it; else "div".
        weight: in characters, what it adds to the proof that an article is here; 0 for all but running text.
    """

    text: str
    linked: int
    tag: str
    weight: int = field(init=False)

    def __post_init__(self) -> None:
        size = len(self.text)
        long = size >= _PARAGRAPH_CHARACTERS or (size >= _SENTENCE_CHARACTERS and self.ends_a_sentence)
        self.weight = size - self.linked if long and 2 * self.linked < size and not self.is_heading else 0

    @property
    def is_heading(self) -> bool:
        return self.tag in _HEADINGS

    @property
    def ends_a_sentence(self) -> bool:
        return _END_OF_SENTENCE.search(self.text[-8:]) is not None


@dataclass(slots=True)
class Region:
    """An element that is more than a part of a line.

    Attributes:
        parent: number of the region around it; -1 for the root.
        noise: of roles.
        article: of roles.
        start: number of its first block.
        end: number of the first block behind it.
    """

    tag: str
    parent: int
    noise: int
    article: int
    start: int
    end: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Blocks in the order of the page; regions with the outer before the inner."""

    blocks: list[Block]
    regions: list[Region]


def read(tree: HtmlElement, *, everything: bool = False) -> Page:
    """The blocks of a tree, which is left as it is.

    Args:
        everything: read what lies in nav, footer and the like too: unclosed, they swallow whole pages.
    """
    reading = _Reading(_SILENT if everything else _SURROUNDINGS)
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in islice(walk, 2 * _MAX_ELEMENTS):
        if event == "end":
            reading.leave(element)
        elif not reading.enter(element):
            walk.skip_subtree()
    return reading.end()


class _Reading:
    def __init__(self, silent: frozenset[str]) -> None:
        self.blocks: list[Block] = []
        self.regions: list[Region] = []
        self._silent = silent
        self._pieces: list[str] = []
        self._linked = 0
        self._links = 0
        self._tags = ["div"]
        self._open = [-1]

    def enter(self, element: HtmlElement) -> bool:
        """Whether to read on inside."""
        tag = element.tag
        if not isinstance(tag, str) or tag in self._silent:
            return False
        if tag == "a":
            self._links += 1
        elif tag not in _INLINE:
            self.end_line()
            if tag != "br":
                self._enter_region(element, tag)
        if element.text:
            self._say(element.text)
        return True

    def leave(self, element: HtmlElement) -> None:
        tag = element.tag
        if isinstance(tag, str) and tag not in self._silent:
            if tag == "a":
                self._links -= 1
            elif tag not in _INLINE and tag != "br":
                self.end_line()
                self._tags.pop()
                self.regions[self._open.pop()].end = len(self.blocks)
        if element.tail and element.getparent() is not None:
            self._say(element.tail)

    def end_line(self) -> None:
        if not self._pieces:
            return
        text = " ".join(readable("".join(self._pieces)).split())
        if text:
            self.blocks.append(Block(text, min(self._linked, len(text)), self._tags[-1]))
        self._pieces.clear()
        self._linked = 0

    def end(self) -> Page:
        self.end_line()
        # Where the reading stopped short, regions are still open; at the bottom of the pile lies no region.
        for number in self._open[1:]:
            self.regions[number].end = len(self.blocks)
        return Page(self.blocks, self.regions)

    def _enter_region(self, element: HtmlElement, tag: str) -> None:
        noise, article = roles_of(element, tag)
        self._open.append(len(self.regions))
        self.regions.append(Region(tag, self._open[-2], noise, article, len(self.blocks)))
        self._tags.append(tag if tag in _NAMED else "div")

    def _say(self, text: str) -> None:
        self._pieces.append(text)
        if self._links:
            self._linked += len(text)


def children_first(page: Page) -> Iterator[tuple[int, Region]]:
    """Numbers and regions, each before the one around it."""
    return zip(range(len(page.regions) - 1, -1, -1), reversed(page.regions), strict=True)

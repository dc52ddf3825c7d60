"""A tree of elements to the blocks of text that readers see, and the regions of the page that they lie in."""

import re
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
_SILENT_KIND, _LINK_KIND, _INLINE_KIND, _BREAK_KIND, _REGION_KIND = range(5)
_INLINE_KINDS = dict.fromkeys(_INLINE, _INLINE_KIND) | {"a": _LINK_KIND, "br": _BREAK_KIND}
# What comes before a line and adds nothing to it; other blanks may stand for characters.
_BLANKS = " \n\t\r"
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
    """Blocks in the order of the page; regions with the outer before the inner, few of those that hold nothing."""

    blocks: list[Block]
    regions: list[Region]


def read(tree: HtmlElement, *, everything: bool = False) -> Page:
    """The blocks of a tree, which is left as it is.

    Args:
        everything: read what lies in nav, footer and the like too: unclosed, they swallow whole pages.
    """
    reading = _Reading(_SILENT if everything else _SURROUNDINGS)
    enter, leave = reading.enter, reading.leave
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in islice(walk, 2 * _MAX_ELEMENTS):
        if event == "end":
            leave(element)
        elif not enter(element):
            walk.skip_subtree()
    return reading.end()


class _Reading:
    def __init__(self, silent: frozenset[str]) -> None:
        self.blocks: list[Block] = []
        self.regions: list[Region] = []
        self._kinds = _INLINE_KINDS | dict.fromkeys(silent, _SILENT_KIND)
        self._pieces: list[str] = []
        self._linked = 0
        self._links = 0
        self._open = [-1]
        self._keeps_empty = False

    def enter(self, element: HtmlElement) -> bool:
        """Whether to read on inside."""
        tag = element.tag
        kind = self._kinds.get(tag, _REGION_KIND)
        if kind >= _BREAK_KIND:
            if not isinstance(tag, str):
                return False
            self.end_line()
            if kind == _REGION_KIND:
                self._enter_region(element, tag)
        elif kind == _LINK_KIND:
            self._links += 1
        elif kind == _SILENT_KIND:
            return False
        if text := element.text:
            self._say(text)
        return True

    def leave(self, element: HtmlElement) -> None:
        tag = element.tag
        kind = self._kinds.get(tag, _REGION_KIND)
        if kind == _REGION_KIND and isinstance(tag, str):
            self.end_line()
            self._leave_region()
        elif kind == _LINK_KIND:
            self._links -= 1
        if (tail := element.tail) and element.getparent() is not None:
            self._say(tail)

    def end_line(self) -> None:
        if self._pieces:
            text = " ".join(readable("".join(self._pieces)).split())
            if text:
                self.blocks.append(Block(text, min(self._linked, len(text)), self._tag()))
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
        regions = self.regions
        regions.append(Region(tag, self._open[-1], noise, article, len(self.blocks)))
        self._open.append(len(regions) - 1)

    def _leave_region(self) -> None:
        number, end = self._open.pop(), len(self.blocks)
        region = self.regions[number]
        region.end = end
        # A third of all: what holds nothing changes nothing, unless it quotes. One is kept: where nothing weighs
        # anything, the tightest region is one that holds nothing.
        if region.start == end and number == len(self.regions) - 1 and region.tag != "blockquote":
            if self._keeps_empty:
                self.regions.pop()
            self._keeps_empty = True

    def _tag(self) -> str:
        number = self._open[-1]
        tag = self.regions[number].tag if number >= 0 else ""
        return tag if tag in _NAMED else "div"

    def _say(self, text: str) -> None:
        if self._pieces or text.strip(_BLANKS):
            self._pieces.append(text)
        if self._links:
            self._linked += len(text)

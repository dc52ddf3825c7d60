"""Which lines inside an article are not of it: links, captions, dates, and what sites say between paragraphs."""

import re
from collections.abc import Iterable, Iterator

from services.crawler.extraction.blocks import Block

_LONGEST = 140
_SHORTEST_REPEATED = 100
_MOSTLY_LINK = 0.6
_ALL_LINK = 0.9
_SHORTEST_LINE = 20
# What may be one link without being a list of links.
_KEEPS_LINKS = frozenset("p h1 h2 h3 h4 blockquote".split())
_DATA = re.compile(r"[{\[<].{0,300}?(\":|=\")", re.DOTALL)
# Each is a whole line; what opens sentences too must not end one.
_SAID = re.compile(
    r"""\W*(?:
    ad|advertisements?|sponsored|print|email|facebook|twitter|linkedin|whatsapp|reddit|pinterest
    |share(?:\ this|\ on\ .*)?|read\ (?:more|also|next)\b.*|also\ read\b.*|see\ (?:also|more)\b.*
    |more\ from\b.*|don.t\ miss.*
    |related\b.{0,60}|related(?:\ (?:articles?|stories|posts?|content|reading))?\s*:.*|continue\ reading.*
    |follow\ us\b.*|subscribe\b.*|sign\ up\ for\ (?:our|the|free)\b.*|join\ our.{0,60}|advertise\ with\ us.*
    |(?:photo|image|picture)s?(?:\ credits?|\ by|\ courtesy)?\s*[:/].*|(?:show\ |hide\ )?captions?
    |©.*|copyright\b.*|all\ rights\ reserved.*|tags?:.*|filed\ under.*|by\b(?!.*[.!?]["”’)]*$).{0,60}
    |(?:last\ |first\ )?(?:updated|published|posted|modified)\b.{0,60}|date\ (?:last\ )?(?:reviewed|updated).{0,40}
    |(?:\w{2,9}day,?\s+)?(?:\w{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+|\d{1,2}\.?\s+\w{3,9}\.?,?\s+)
     (?:19|20)\d\d(?:[,\s|•·-]{1,4}(?:at\s+)?\d.{0,16})?
    |.{0,20}min(?:ute)?s?\ read
    |comments?|leave\ a\ (?:comment|reply)|\d{1,6}\ comments?
    |scroll\ to\ continue.*|story\ continues.*|loading.*|(?:watch|listen)\b(?!.*[.!?]["”’)]*$).{0,40}
    |table\ of\ contents|contents(?:\ hide)?|jump\ to.*
    |how\ useful\ was\ this.*|click\ on\ a\ star.*|was\ this\ .{0,20}(?:helpful|useful).*
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_CREDIT_AT_END = re.compile(
    r"\((?:image|photo|pic|picture|credit)s?:[^()]{0,60}\)\W*$"
    r"|\b(?:getty(?: images)?|ap photo|shutterstock|istock|unsplash)\W*$",
    re.IGNORECASE,
)


def without_boilerplate(blocks: Iterable[Block]) -> list[Block]:
    """The blocks that an article consists of: no list of links, no notice, nothing twice, no heading at the end."""
    kept = list(_once(block for block in blocks if not _is_boilerplate(block)))
    while kept and kept[-1].is_heading:
        kept.pop()
    return kept


def _once(blocks: Iterable[Block]) -> Iterator[Block]:
    seen = set()
    for block in blocks:
        if len(block.text) <= _SHORTEST_REPEATED or block.text not in seen:
            seen.add(block.text)
            yield block


def _is_boilerplate(block: Block) -> bool:
    if _is_link(block) or _DATA.match(block.text):
        return True
    return len(block.text) < _LONGEST and bool(_SAID.fullmatch(block.text) or _CREDIT_AT_END.search(block.text))


def _is_link(block: Block) -> bool:
    size = len(block.text)
    if block.linked >= _ALL_LINK * size:
        return size > _SHORTEST_LINE or block.tag not in _KEEPS_LINKS
    return size > _SHORTEST_LINE and block.linked > _MOSTLY_LINK * size and block.tag != "p"

"""Who wrote the article: names of persons, out of all that is written where authors should stand."""

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from services.crawler.characters import readable
from services.crawler.extraction.head import Head
from services.crawler.extraction.json_ld import LinkedData, text_of, types_of
from services.crawler.extraction.outline import Outline

_MAX_AUTHORS = 20
_MAX_CHARACTERS = 300
_MAX_ELEMENTS = 20
_MAX_WORDS = 6
_META = ("author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "dc.creator",
         "dcterms.creator", "byl", "citation_author", "twitter:creator")  # fmt: skip
_ADDRESSES = ".//address//a"
_ELEMENTS = (".//*[@rel='author']", ".//*[@itemprop='author']//*[@itemprop='name']", ".//*[@itemprop='author']")
# Most pages have none of the three: one look instead of three. Here and below, looks at attributes take half the time
# of looks at elements that have them.
_ANY_ELEMENT = XPath("boolean(descendant::*/@rel[. = 'author']) or boolean(descendant::*/@itemprop[. = 'author'])")
# Found by class name and by the word that opens a byline; in XPath, for it looks at every element of a page.
_WITHIN = "descendant::body/descendant::"
_NAMED = XPath(
    f"{_WITHIN}*/@class[contains(., 'uthor') or contains(., 'yline') or contains(., 'by-line')]/.."
    f" | {_WITHIN}*/@id[contains(., 'author')]/.."
    f" | {_WITHIN}*/@data-testid[contains(., 'author') or contains(., 'byline')]/.."
)
_TEXT = "normalize-space(text())"
_OPENINGS = (
    "By ", "by ", "BY ", "By:", "by:", "Written by", "Author:", "Authors:", "Posted by", "Words by", "Von ", "Par ",
)  # fmt: skip
_INITIALS = "".join(sorted({words[0] for words in _OPENINGS}))
_OPENED = XPath(
    # Of a long text only the beginning; where that is blank, this says nothing, and the text goes on.
    f"{_WITHIN}*[text()][contains('{_INITIALS}', substring(normalize-space(substring(text(), 1, 99)), 1, 1))]"
    "[" + " or ".join(f"starts-with({_TEXT}, '{words}')" for words in _OPENINGS) + "]"
)
# The words alone, with the name in an element beside them; a text without blanks around it holds no line break.
_LABELS = ("By", "by", "BY", "By:", "Written by", "Words by", "Author", "Author:")
_LINES = "\n".join(("", *_LABELS, ""))
_OPENED_BESIDE = XPath(f"{_WITHIN}*[text()][contains('{_LINES}', concat('\n', {_TEXT}, '\n'))]/..")
# Both are dear, and on most pages no text begins like that: reading all texts, each from a line of its own on, takes a
# fifth of the time. What is inside a text may look like a beginning; the paths above know better.
_TEXTS = XPath(f"{_WITHIN}text()", smart_strings=False)


def _at_a_beginning(words: Iterable[str], end: str = "") -> re.Pattern[str]:
    spelt = "|".join(words).replace(" ", r"\s+")
    return re.compile(rf"\n[ \t\r]*+(?:{spelt}){end}")


_MAY_OPEN, _MAY_LABEL = _at_a_beginning(_OPENINGS), _at_a_beginning(_LABELS, r"[ \t\r]*+(?:\n|\Z)")
_TO_AUTHOR = re.compile(r"/(?:authors?/|contributor|journalist|by/|staff/)")
_NAMES_AUTHOR = re.compile(
    r"author(?:[-_]{1,2}[a-z]{1,10})?[-_]{0,2}(?:name|link|list)|(?:^|[-_])by-?lines?(?:$|[-_]{1,2}(?:name|author|link|text|list)|__)"
    r"|(?:^|[-_])authors?(?:$|__)",
    re.IGNORECASE,
)
_LONGEST_BYLINE = 100
_FULL_NAME = re.compile(
    r"[^\W\d_][\w.'’-]*(?:\s(?:(?:de|la|von|van|der|den|di|da|du|al|bin|el|le)\s){0,2}[^\W\d_][\w.'’-]*){1,3}"
)
_PREFIX = re.compile(
    r"^\W*(((words|story|text|photos?|written|reported|posted|published|reviewed|edited|updated)\s+)?(by|von|par|por|di|door)\b"
    r"|(view|see) all posts by|(read )?more (about|by|from)\b|authors?\s*:|author\b)[\s:]*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:;|\||/|\n|•|·|\s&\s|\s(?:and|und|et|with)\s)\s*", re.IGNORECASE)
_MONTHS = (
    "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|"
    "dec(ember)?"
)
_AFTER_NAME = re.compile(
    r"\s+(?:[-–—]\s|in\s[A-Z]|for\s[A-Z]|is an?\b|@|on\s+[A-Z0-9]|\(|(?i:updated|published)\b"
    rf"|(?i:{_MONTHS})\.?\s+\d|(?i:(?!may|april|june)({_MONTHS}))\.?$).*$",
    re.DOTALL,
)
_NO_NAME_ALONE = re.compile(rf"({_MONTHS}|(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?)", re.IGNORECASE)
_NO_NAME = re.compile(r"https?:|www\.|[@#<>{}=_\d]|\.(com|org|net|co)\b", re.IGNORECASE)
# Words that only stand in the names of desks, agencies and roles.
_NO_PERSON = frozenset(
    "staff team desk newsroom editorial editors editor editor-in-chief admin administrator correspondent reporter "
    "writer contributor contributors columnist news agency press reuters afp bloomberg guest author unknown anonymous "
    "media magazine community association institute university foundation company inc ltd llc corp group office "
    "department ministry wire newswire service services contributing senior chief founder director manager "
    "articles expert reviewer learn webmaster root user wordpress none null undefined info support marketing content "
    "blog web seo sales owner".split()
)  # fmt: skip


def persons(outline: Outline, data: LinkedData, head: Head, site_name: str | None) -> tuple[str, ...]:
    """The names of the first source that gives any, distinct, in its order."""
    site = _site_without_a_person(data, site_name)
    said = (_linked(data), *(iter(head.all(name)) for name in _META))
    for source, is_said in (*((source, True) for source in said), (_shown(outline), False)):
        found: dict[str, str] = {}
        for name in (name for text in source for name in names_in(text, said=is_said)):
            if name.casefold() != site:
                found.setdefault(name.casefold(), name)
        if found:
            return tuple(found.values())[:_MAX_AUTHORS]
    return ()


def _site_without_a_person(data: LinkedData, site_name: str | None) -> str:
    """The name of the site in lower case, which is no author; "" where the page says that it is that of a person."""
    site = (site_name or "").casefold()
    publishers = [value for value in data.values("publisher") if isinstance(value, dict)]
    if any("Person" in types_of(value) for value in publishers):
        return ""
    # Many call their site an organization that has their own name.
    authors = [value for value in data.values("author") if isinstance(value, dict) and "Person" in types_of(value)]
    named = any((text_of(value) or "").casefold() == site for value in authors)
    return "" if named and _looks_like_a_name(site_name or "") else site


def names_in(byline: str, *, said: bool = False) -> Iterator[str]:
    """The names of persons in a byline: without "By", roles, addresses and what is no person.

    Args:
        said: the page says that this is an author, whose name may be a pseudonym in small letters then.
    """
    text = re.sub(r"[ \t\r\f]+", " ", readable(html.unescape(byline)[:_MAX_CHARACTERS])).strip()
    for part in _BETWEEN.split(_PREFIX.sub("", text)):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        if len(pieces) == 2 and all(len(piece.split()) == 1 for piece in pieces):
            pieces = [f"{pieces[1]} {pieces[0]}"]  # Doe, Jane
        for number, piece in enumerate(pieces):
            name = _AFTER_NAME.sub("", _PREFIX.sub("", piece)).strip(" .,-–—*\"'»›→")
            # After a full name single words are titles and degrees.
            if _is_person(name, said=said) and (number == 0 or " " in name):
                yield name


def _is_person(name: str, *, said: bool) -> bool:
    words = name.split()
    return (
        0 < len(words) <= _MAX_WORDS
        and len(name) > 1
        and not _NO_NAME.search(name)
        and not _NO_NAME_ALONE.fullmatch(name)
        and not {word.strip(".,'’").casefold() for word in words} & _NO_PERSON
        and (name[0].isupper() or not name.isascii() or said)
    )


def _linked(data: LinkedData) -> Iterator[str]:
    for value in data.values("author") or data.values("creator"):
        if isinstance(value, dict) and "Organization" in " ".join(types_of(value)):
            continue
        if isinstance(value, dict) and isinstance(value.get("name"), list):
            yield from (name for name in value["name"] if isinstance(name, str))
        elif name := text_of(value):
            yield name


def _shown(outline: Outline) -> Iterator[str]:
    tree = outline.tree
    addresses = (_ADDRESSES,) if outline.all("address") else ()
    for path in (*(_ELEMENTS if _ANY_ELEMENT(tree) else ()), *addresses):
        elements = (element for element in tree.iterfind(path) if not _is_in_a_comment(element))
        found = [element.text_content() for element in islice(elements, _MAX_ELEMENTS)]
        if any(any(names_in(text)) for text in found):
            yield from found
            return
    for guesses in _guesses(tree):
        for element in islice(guesses, _MAX_ELEMENTS):
            if names := _guessed(element):
                yield from names
                return


def _guessed(element: HtmlElement) -> list[str]:
    """The names in the line that an element holds; none where the first of them is hardly one."""
    line = " ".join(islice(element.itertext(), _MAX_ELEMENTS)).strip()
    names = list(names_in(line)) if len(line) <= _LONGEST_BYLINE else []
    return [name for name in names if _looks_like_a_name(name)] if names and _looks_like_a_name(names[0]) else []


def _is_in_a_comment(element: HtmlElement) -> bool:
    """Whether it stands in what a reader wrote below the article; the page as a whole may be open for comments."""
    return any(
        "comment" in f"{above.get('class')} {above.get('id')} {above.get('itemprop')} {above.get('itemtype')}".lower()
        for above in element.iterancestors("div", "li", "ol", "ul", "section", "aside")
    )


def _elements(path: XPath, tree: HtmlElement) -> list[HtmlElement]:
    return cast(list[HtmlElement], path(tree))


def _guesses(tree: HtmlElement) -> Iterator[Iterator[HtmlElement]]:
    """Elements that may hold a byline, the likeliest kind first."""
    yield _named(tree)
    yield _linking(tree)
    texts = "\n".join(("", *cast(list[str], _TEXTS(tree))))
    if _MAY_OPEN.search(texts):
        yield iter(_elements(_OPENED, tree))
    if _MAY_LABEL.search(texts):
        yield iter(_elements(_OPENED_BESIDE, tree))


def _linking(tree: HtmlElement) -> Iterator[HtmlElement]:
    for link in tree.iter("a"):
        if _TO_AUTHOR.search(link.get("href") or "") and next(link.iterancestors("body"), None) is not None:
            yield link


def _named(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in _elements(_NAMED, tree):
        names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-testid') or ''}"
        if "comment" not in names.lower() and any(_NAMES_AUTHOR.search(name) for name in names.split()[:_MAX_ELEMENTS]):
            yield element


def _looks_like_a_name(name: str) -> bool:
    """A guess must be a name in full, each word of it with a capital."""
    words = name.split()
    capitals = sum(word[0].isupper() or not word.isascii() for word in words)
    return _FULL_NAME.fullmatch(name) is not None and capitals >= max(2, len(words) - 2)

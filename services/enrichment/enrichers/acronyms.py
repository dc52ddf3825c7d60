"""Finds short names that an article introduces: "Long Name (LN)", "LN (Long Name)", "Long Name (Lona)"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_ACRONYM = r"[A-Z][A-Za-z&-]{0,8}[A-Z]s?"
_AFTER_NAME = re.compile(rf"\((?:the |or )?[\"“'‘]?(?P<acronym>{_ACRONYM})[\"”'’]?\)")
# It begins with one set of characters, which the search skips to.
_BEFORE_NAME = re.compile(r"(?P<acronym>[A-Z](?<!\w.)[A-Za-z&-]{0,8}[A-Z]s?) \((?:the )?(?P<name>[A-Z][^()]{5,90})\)")
# "Long Name (PQ)", the acronym of the name in another language, or a short name: "Long Name (Lona)".
_BRACKETED = re.compile(r"(?:['’]s)? \((?P<name>[A-Z][A-Za-z&-]{1,11})\)")
_WORD = re.compile(r"[^\W_][\w'’&]*")
# Words without a letter in the acronym.
_SMALL = frozenset("of and for the de del la le les des du da do das dos di & in on y e et to und".split())


class Introduced(NamedTuple):
    """An acronym with the name that it stands for: ``text[start:end]``."""

    acronym: str
    start: int
    end: int
    is_capitalised: bool


def introduced(text: str) -> Iterator[Introduced]:
    """Each acronym whose letters begin the words of the name beside it."""
    if "(" not in text:
        return
    for match in _AFTER_NAME.finditer(text):
        start = _start_of_name(text, max(0, match.start() - 120), match.start(), match["acronym"])
        if start is not None:
            yield _found(text, match["acronym"], start, _end_of_word(text, match.start()))
    for match in _BEFORE_NAME.finditer(text):
        if _start_of_name(text, match.start("name"), match.end("name"), match["acronym"]) == match.start("name"):
            yield _found(text, match["acronym"], match.start("name"), match.end("name"))


def bracketed(text: str, end: int) -> str | None:
    """The one word in brackets right after a name that ends at `end`; None where there is none."""
    match = _BRACKETED.match(text, end)
    return match["name"] if match else None


def _end_of_word(text: str, end: int) -> int:
    """Where the text ends that stands before a place, blanks left out."""
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _found(text: str, acronym: str, start: int, end: int) -> Introduced:
    initials = [word[0][0] for word in _WORD.finditer(text, start, end) if word[0].lower() not in _SMALL]
    return Introduced(acronym, start, end, all(initial.isupper() for initial in initials))


def _start_of_name(text: str, start: int, end: int, acronym: str) -> int | None:
    """Where the words begin that the letters of an acronym begin, read from their end; None where they do not."""
    letters = [character.lower() for character in acronym.removesuffix("s") if character.isalpha()]
    for word in reversed(list(_WORD.finditer(text, start, end))):
        initials = [part[0].lower() for part in re.split(r"[-&]", word[0]) if part]
        if letters[-len(initials) :] == initials:
            del letters[-len(initials) :]
        elif word[0].lower() not in _SMALL:
            return None
        if not letters:
            return word.start()
    return None

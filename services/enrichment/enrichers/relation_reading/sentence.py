"""A sentence as relations are read from it: words in lower case, a name or a list of names as one word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from services.enrichment.enrichers.relation_reading.frames import VERBS
from services.enrichment.enrichers.relation_reading.words import (
    ABBREVIATIONS,
    AND_WORDS,
    AUXILIARIES,
    CAPITALISED_WORDS,
    CLAUSE_STARTS,
    COMPANY_NOUNS,
    CONTROL,
    DETERMINERS,
    DROPPED,
    GO_ON,
    LIST_INTRODUCERS,
    NAME,
    NOT_ADVERBS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
)

PartyKind = Literal["organization", "person", "other"]


class Party(NamedTuple):
    """A name in a sentence: characters start to end (exclusive) of its text; `id` says whom it means."""

    id: str
    kind: PartyKind
    start: int
    end: int


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|March|April|May|June|July|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|"
    r"Dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d(?![\d.,]*\d|%)"
# Dates stand anywhere between a verb and its parties, and say nothing of who is who.
_DATE = re.compile(
    r"\b(?:(?i:on|in|by|since|until|till|from|during|as of|at the end of|around|circa|of)\s+)?"
    r"(?i:(?:the )?(?:early|mid|late|spring|summer|autumn|fall|winter|end|beginning|start)(?:\s+of|\s+in)?[\s-]+)?"
    rf"(?:{_WEEKDAY},?\s*)?"
    rf"(?:{_MONTH}\s+{_DAY}(?:\s*,?\s*{_YEAR})?|(?:{_DAY}\s+)?{_MONTH}(?:\s+of)?\s*,?\s+{_YEAR}|{_DAY}\s+{_MONTH}|{_YEAR})\b"
    rf"|\b(?i:on|last|next|this|since)\s+{_WEEKDAY}\b"
    rf"|\b(?i:in|last|next|this|since|by)\s+{_MONTH}(?!\w)"
)
# One of these is part of every date.
_DATE_PARTS = ("day", "19", "20", *"Jan Feb March April May June July Aug Sep Oct Nov Dec".split())
_TOKEN = re.compile(
    r"['’]s\b|(?<=s)['’](?=\s)|n['’]t\b|\.(?=\s|$)|[$€£¥%]|\d[\d.,]*(?<![.,])|"
    r"-?[^\W\d_][^\W_]*(?:[-.&+][^\W_]+|['’](?!s\b)[^\W_]+)*|[,;:()&/—–]|-(?=\s)"
)
_POSSESSIVE = re.compile(r"(?:['’]s|s['’])$|^(?:[Ii]ts|[Tt]heir)$")
_LOWER_WORD = re.compile(r"\s+([a-z][a-z-]*)")
_LAST_WORD = re.compile(r"\S*$")
_SIGNS = {"—": ",", "–": ",", "-": ",", "€": "$", "£": "$", "¥": "$"}
_WEIGHTY = 4
_SMALL_IN_HEADLINES = PREPOSITIONS | AND_WORDS
_ACTS_AFTER_NAME = (AUXILIARIES | CONTROL) - PREPOSITIONS | frozenset(VERBS)
_NEVER_NAMES = (
    CAPITALISED_WORDS | PREPOSITIONS | DETERMINERS | PRONOUNS | CLAUSE_STARTS | AUXILIARIES | RELATIVES | AND_WORDS
)
_BEFORE_NAME = COMPANY_NOUNS | DETERMINERS | GO_ON
_NOT_IN_LIST = PREPOSITIONS | AUXILIARIES | RELATIVES | POSSESSIVES
_LONGEST_DESCRIPTION = 4
_PAIR = 2
_AND_OTHERS = frozenset({("and", "others"), ("and", "other"), ("among", "others"), ("and", "several")})
_AMOUNT_STARTS = frozenset("$ #".split())
_BOUNDS = (("up", "to"), ("as", "much", "as"), ("as", "many", "as"), ("at", "least"))
_NOT = re.compile(r"(?P<verb>[a-z]+)n['’]t")
_SHORTENED = {"ca": "can", "wo": "will", "sha": "shall"}
# Three names and more between commas are a list even without "and".
_SURE_LIST = 4


@dataclass
class Reading:
    """The words of a sentence; where a word is NAME, `members` has the indices of its parties (none: an unknown name).

    `spans` are the places of the words in `text`.
    """

    text: str
    words: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    members: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def add(self, word: str, start: int, end: int) -> None:
        """Append a word."""
        self.words.append(word)
        self.spans.append((start, end))

    def add_name(self, start: int, end: int, parties: tuple[int, ...]) -> None:
        """Append a name, or make it one with an unknown name right before it."""
        last = len(self.words) - 1
        if last >= 0 and self.words[last] == NAME and not (parties and self.members[last]):
            self.spans[last] = (self.spans[last][0], end)
            self.members[last] += parties
        else:
            self.members[last + 1] = parties
            self.add(NAME, start, end)

    def replace(self, start: int, end: int, *, name: tuple[int, ...] | None = None) -> None:
        """Drop the words from start to end (exclusive), or put one name in their place."""
        kept = 0 if name is None else 1
        moved = end - start - kept
        span = (self.spans[start][0], self.spans[end - 1][1])
        self.words[start:end] = [NAME] * kept
        self.spans[start:end] = [span] * kept
        members = {at - moved if at >= end else at: held for at, held in self.members.items() if not start <= at < end}
        if name is not None:
            members[start] = name
        self.members = members


def read(text: str, parties: Sequence[Party]) -> Reading:
    """The reading of a sentence with its parties, which must be in order and must not overlap."""
    reading = Reading(text)
    blanked = _DATE.sub(_blank, text) if any(map(text.__contains__, _DATE_PARTS)) else text
    capitals_tell = not _is_headline(blanked)
    position = 0
    for index, party in enumerate(parties):
        _read_gap(reading, blanked, position, party.start, capitals_tell)
        reading.add_name(party.start, party.end, (index,))
        if _POSSESSIVE.search(text[party.start : party.end]):
            reading.add("'s", party.end, party.end)
        position = party.end
    _read_gap(reading, blanked, position, len(text), capitals_tell)
    _drop_false_possessives(reading)
    _drop_bounds(reading)
    _resolve_brackets(reading)
    _resolve_unknown_owners(reading)
    _join_lists(reading)
    return reading


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_headline(text: str) -> bool:
    """Whether capitals tell nothing, since every word of weight has them."""
    return not any(
        word.islower() and (len(word) >= _WEIGHTY or word in VERBS) and word not in _SMALL_IN_HEADLINES
        for word in text.split()
    )


def _read_gap(reading: Reading, text: str, start: int, end: int, capitals_tell: bool) -> None:
    """Read what stands between two parties."""
    for match in _TOKEN.finditer(text, start, end):
        token = match[0]
        lowered = token.lower()
        if token[0].isalpha() or (token[0] == "-" and len(token) > 1):
            if _is_dropped(lowered, token):
                continue
            if (denied := _NOT.fullmatch(lowered)) is not None:
                reading.add(_SHORTENED.get(denied["verb"], denied["verb"]), match.start(), match.end())
                lowered = "not"
            if capitals_tell and token[0].isupper() and _is_name(lowered, reading.words, text, match.end()):
                reading.add_name(match.start(), match.end(), ())
                continue
        elif token[0].isdigit():
            if _numbers_name(reading, match.start()):
                reading.add_name(match.start(), match.end(), ())
                continue
            lowered = "#"
        elif token[0] in "'’":
            lowered = "'s"
        elif _says_nothing(token, reading, text, match.start()):
            continue
        reading.add(_SIGNS.get(lowered, lowered.replace("’", "'")), match.start(), match.end())


def _numbers_name(reading: Reading, start: int) -> bool:
    """Whether a number is part of an unknown name: "Channel 4"."""
    last = len(reading.words) - 1
    return (
        last >= 0 and reading.words[last] == NAME and not reading.members[last] and reading.spans[last][1] == start - 1
    )


def _is_dropped(lowered: str, token: str) -> bool:
    if lowered in DROPPED:
        return True
    return lowered.endswith("ly") and lowered not in NOT_ADVERBS and not token[0].isupper()


def _says_nothing(mark: str, reading: Reading, text: str, start: int) -> bool:
    """Whether a mark neither ends a sentence nor parts anything: "Inc.", or a comma after an opening date."""
    words = reading.words
    if mark == ",":
        return not words or words[-1] == "."
    if mark != ".":
        return False
    if not words or words[-1] == "." or words[-1] in ABBREVIATIONS:
        return True
    last = _LAST_WORD.search(text, max(0, start - 12), start)
    return words[-1] == NAME and last is not None and last[0].lower() in ABBREVIATIONS


def _is_name(lowered: str, words: Sequence[str], text: str, end: int) -> bool:
    """Whether a capitalised word is a name: at the start of a sentence only one that acts or goes on in capitals."""
    if lowered in _NEVER_NAMES:
        return bool(words) and words[-1] == NAME and lowered in GO_ON
    if words and words[-1] != ".":
        return True
    following = _LOWER_WORD.match(text, end)
    return following is None or following[1] in _ACTS_AFTER_NAME


def _drop_false_possessives(reading: Reading) -> None:
    """Take the end of "Macy's has" for a part of the name."""
    for at in range(len(reading.words) - 2, 0, -1):
        if reading.words[at] == "'s" and reading.spans[at][0] == reading.spans[at][1]:
            following = reading.words[at + 1]
            if following in AUXILIARIES or following in VERBS or not following[0].isalpha():
                reading.replace(at, at + 1)


def _drop_bounds(reading: Reading) -> None:
    """Drop what only bounds an amount: "up to $5 million" is read as "$5 million"."""
    for at in range(len(reading.words) - 1, 0, -1):
        if reading.words[at] in _AMOUNT_STARTS:
            for bound in _BOUNDS:
                if tuple(reading.words[max(0, at - len(bound)) : at]) == bound:
                    reading.replace(at - len(bound), at)
                    break


def _resolve_brackets(reading: Reading) -> None:
    """A name in brackets is one more for the name before; an aside without names goes, any other stands in commas."""
    words = reading.words
    while "(" in words:
        start = words.index("(")
        if ")" not in words[start:]:
            words[start] = ","
            continue
        end = words.index(")", start)
        inside = words[start + 1 : end]
        if NAME not in inside:
            reading.replace(start, end + 1)
        elif inside == [NAME] and start > 0 and words[start - 1] == NAME:
            both = reading.members[start - 1] + reading.members[start + 1]
            reading.replace(start - 1, end + 1, name=both)
        else:
            words[start] = words[end] = ","


def _resolve_unknown_owners(reading: Reading) -> None:
    """Make "Unknown's A" one name, so that it can be part of a list."""
    words = reading.words
    for at in range(len(words) - 2, 0, -1):
        if words[at] == "'s" and words[at - 1] == words[at + 1] == NAME and not reading.members[at - 1]:
            reading.replace(at - 1, at + 2, name=reading.members[at + 1])


def _join_lists(reading: Reading) -> None:
    """Make each list of names ("A, B and C") one word."""
    at = 0
    while at < len(reading.words):
        if reading.words[at] == NAME:
            places = _list_from(reading.words, at)
            if len(places) > 1:
                held = tuple(index for place in places for index in reading.members[place])
                reading.replace(at, places[-1] + 1, name=held)
        at += 1


def _list_from(words: Sequence[str], start: int) -> list[int]:
    """The places of the names of the list that starts at a name; that name alone where there is no list."""
    places = [start]
    joined = False
    placed = start > 0 and words[start - 1] in ("in", "at")
    while True:
        at, conjunction = _after_separator(words, places[-1] + 1)
        if at < 0 or (placed and words[places[-1] + 1] == ","):
            break
        following = _next_name(words, at)
        if following < 0:
            break
        joined = joined or conjunction
        places.append(following)
    if len(places) == _PAIR and words[places[0] + 1] == ",":
        joined = False  # "by A, and B, its parent": the comma ends what A is part of
    joined = joined or tuple(words[places[-1] + 1 : places[-1] + 3]) in _AND_OTHERS
    introduced = start > 0 and (
        words[start - 1] in LIST_INTRODUCERS or list(words[max(0, start - 2) : start]) == ["such", "as"]
    )
    return places if joined or introduced or len(places) >= _SURE_LIST else [start]


def _after_separator(words: Sequence[str], at: int) -> tuple[int, bool]:
    """The place after what parts two items of a list, and whether that is more than a comma; -1 where there is none."""
    start = at
    at += words[at : at + 1] == [","]
    if at < len(words) and words[at] in AND_WORDS:
        return at + 1, True
    if list(words[at : at + 3]) == ["as", "well", "as"]:
        return at + 3, True
    if list(words[at : at + 2]) == ["along", "with"]:
        return at + 2, True
    return (at, False) if at > start else (-1, False)


def _next_name(words: Sequence[str], start: int) -> int:
    """The place of a name after an article and a short description; -1 where there is none."""
    for at in range(start, min(len(words), start + _LONGEST_DESCRIPTION + 1)):
        word = words[at]
        if word == NAME:
            return at if at == start or words[at - 1] in _BEFORE_NAME else -1
        if not word[0].isalpha() or word in _NOT_IN_LIST:
            return -1
    return -1

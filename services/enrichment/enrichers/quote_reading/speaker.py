"""Reads who is meant by the words that name a speaker: a person's name without the office, or a group as it stands."""

import re
from typing import Literal, NamedTuple

from services.enrichment.enrichers.quote_reading.speech import (
    IMPERSONAL,
    NO_SUBJECT,
    PARTICLES,
    PERSONAL_PRONOUNS,
    PRONOUNS,
    TITLE_ENDINGS,
    TITLES,
)

SpeakerKind = Literal["name", "group", "he or she", "it", "pronoun"]
_WORD = re.compile(r"[^\s,;]+")
_NAME_WORD = re.compile(r"[A-ZÀ-ÞĀ-Ž][\w'’.-]*$|[dl]['’][A-ZÀ-Þ]\w+$")
_POSSESSIVE = re.compile(r"['’]s$|s['’]$")
_MOST_WORDS = 12
_ENDS_OF_GROUPS = frozenset("of for at from in with de des du d' pour von für der".split())
_ROLE_BEFORE_NAME = re.compile(r"[a-zà-ÿ][\w-]{2,}$")
_DAYS = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December)$"
)
# What goes on after a name or a group that follows its verb: "said a lawyer for the family in court".
_GROUP_AFTER = re.compile(
    r"(?:(?:[Tt]he|[Aa]n?|[Oo]ne|[Tt]wo|[Tt]hree|[Ss]everal|[Ss]ome|[Mm]any|les?|la|une?|der|die|das|eine?|el|los) )?"
    r"(?:[\w'’&-]+ ){0,5}?(?:[\w'’&-]+)"
    r"(?= (?:in|on|at|as|by|to|during|after|before|when|while|who|that|from|with|for|of|last|this|am|auf|bei|le|lors|"
    r"dans)\b|[,.;:!?\n]|$)"
)
_OF_WHAT = re.compile(
    r" (?:of|for) (?:the |a )?(?:[\w'’&-]+)(?: [A-Z][\w'’&-]*)*"
    r"| (?:at|from|with|in) (?:the )?(?:[A-Z][\w'’&-]*)(?: [A-Z][\w'’&-]*)*"
)


class Speaker(NamedTuple):
    """Where a speaker is named: ``text[start:end]``, and as what."""

    start: int
    end: int
    kind: SpeakerKind


class _Token(NamedTuple):
    text: str
    start: int
    end: int


def speaker_of_phrase(text: str, start: int, end: int) -> Speaker | None:
    """The speaker named by a whole phrase before its verb: "Foreign Minister Lin Zhaoyu", "analysts at Corven Bank"."""
    tokens = [_Token(match[0], match.start(), match.end()) for match in _WORD.finditer(text, start, end)]
    if not 0 < len(tokens) <= _MOST_WORDS or "," in text[tokens[0].start : tokens[-1].end]:
        return None
    first = tokens[0].text.lower()
    if len(tokens) == 1 and first in PRONOUNS:
        return Speaker(tokens[0].start, tokens[0].end, _pronoun_kind(first))
    whole = text[tokens[0].start : tokens[-1].end]
    if IMPERSONAL.match(whole):
        return Speaker(tokens[0].start, tokens[-1].end, "it")
    if first in NO_SUBJECT or (first in PRONOUNS and first != "one"):
        return None
    name = _trailing_name(tokens)
    return Speaker(name[0].start, name[-1].end, "name") if name else Speaker(tokens[0].start, tokens[-1].end, "group")


def speaker_after_verb(text: str, start: int, end: int) -> Speaker | None:
    """The speaker named right after the verb, where the phrase ends before the rest of the sentence."""
    while start < end and text[start].isspace():
        start += 1
    name = _leading_name(text, start, end)
    if name is not None:
        return name
    match = _GROUP_AFTER.match(text, start, end)
    if match is None:
        return None
    stop = match.end()
    of_what = _OF_WHAT.match(text, stop, end)
    if of_what is not None and not _DAYS.search(of_what[0]):
        stop = of_what.end()
    speaker = speaker_of_phrase(text, start, stop)
    if speaker is not None and speaker.kind == "group" and text[stop : stop + 2] == ", ":
        named = _leading_name(text, stop + 2, end)
        if named is not None and " " in text[named.start : named.end] and text[named.end : named.end + 1] in ".,":
            return named
    return speaker


def _leading_name(text: str, start: int, end: int) -> Speaker | None:
    """A name at the start, after words that say what its bearer is: "Tarnwell chief executive Mara Linden"."""
    tokens: list[_Token] = []
    for match in _WORD.finditer(text, start, end):
        word = match[0]
        bare = word.rstrip(".!?:") if not _is_initial_or_title(word) else word
        if _DAYS.match(bare):
            break
        tokens.append(_Token(bare, match.start(), match.start() + len(bare)))
        ends = bare != word or text[match.end() : match.end() + 1] in (",", ";", "\n")
        if ends or len(tokens) > _MOST_WORDS:
            break
    while tokens and not _is_name_word(tokens[-1]):
        tokens.pop()
    if tokens and _POSSESSIVE.search(tokens[-1].text):
        return None
    for length in range(len(tokens), 0, -1):
        if length < len(tokens) and not _is_name_word(tokens[length - 1]):
            continue
        name = _trailing_name(tokens[:length])
        if name and all(_may_precede_name(token) for token in tokens[: length - len(name)]):
            return Speaker(name[0].start, name[-1].end, "name")
    return None


def _may_precede_name(token: _Token) -> bool:
    word = token.text.lower()
    if token.text[0].islower():
        return word in TITLES or word.endswith(TITLE_ENDINGS) or word in _ROLE_WORDS
    return True


_ROLE_WORDS = frozenset(
    "the le la l' der die das el a an vice prime foreign finance interior defence defense health fire police press "
    "research study lead senior former acting managing executive general chief operating financial party union "
    "opposition climate energy state deputy co-chief".split()
)


def _trailing_name(tokens: list[_Token]) -> list[_Token]:
    """The name that a phrase ends in, without offices and firms before it; none where it ends in a common noun."""
    length = 0
    for token in reversed(tokens):
        if not (_is_name_word(token) or (length and token.text in PARTICLES)):
            break
        length += 1
    name = tokens[len(tokens) - length :]
    while name and name[0].text in PARTICLES:
        name = name[1:]
    if not name:
        return []
    before = tokens[: len(tokens) - len(name)]
    name = _without_titles(name)
    if before and not _follows_role(before[-1], name):
        return []
    return name


def _without_titles(name: list[_Token]) -> list[_Token]:
    last = max((index for index, token in enumerate(name[:-1]) if _is_title(token)), default=-1)
    return name[last + 1 :]


def _follows_role(before: _Token, name: list[_Token]) -> bool:
    """Whether the word before a name says what its bearer is, not what the name belongs to: "fire chief Tess Auden"."""
    word = before.text.lower()
    if word in _ENDS_OF_GROUPS or word in ("the", "a", "an", "and", "le", "la", "les", "der", "die", "das"):
        return False
    return _is_title(before) or (len(name) > 1 and _ROLE_BEFORE_NAME.match(before.text) is not None)


def _is_title(token: _Token) -> bool:
    word = token.text.lower()
    return word in TITLES or word.endswith(TITLE_ENDINGS) or _POSSESSIVE.search(token.text) is not None


def _is_initial_or_title(word: str) -> bool:
    return word.lower() in TITLES or re.fullmatch(r"(?:[A-Z]\.)+", word) is not None


def _is_name_word(token: _Token) -> bool:
    return _NAME_WORD.match(token.text) is not None


def _pronoun_kind(word: str) -> SpeakerKind:
    if word in PERSONAL_PRONOUNS:
        return "he or she"
    return "it" if word == "it" else "pronoun"

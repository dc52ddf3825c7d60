"""Reads names off their capitals: runs of capitalised words, parted where two names meet, typed by what they say."""

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from services.enrichment.article_text import Passage
from services.enrichment.enrichers import name_words as words
from services.enrichment.knowledge_base.lexicon import Lexicon
from shared.events.enrichment import EntityType

# What a run of capitals names: an entity of a type, or something that is none ("other").
RunKind = EntityType | Literal["other", ""]
# By what the kind is known.
Ground = Literal["head", "title", "given", "place", ""]

_CAPITAL = r"[A-Z\u00c0-\u00de\u0100-\u024f\u0386-\u042f\u1e00-\u1eff]"
# What a hyphen adds to a name that is no part of it: "Nairobi-based", "US-led".
_COMPOUNDED = (
    "administered|affiliated|aligned|allied|area|backed|based|born|bound|bred|brokered|built|controlled|dominated|"
    "educated|era|friendly|funded|held|inspired|led|like|linked|listed|made|majority|mediated|native|occupied|only|"
    "owned|raised|registered|related|run|speaking|specific|sponsored|style|supported|trained|type|wide"
)
_ENDS_OF_ACTIVITIES = ("ing", "ion", "ment", "ness", "ity", "ance", "ence")
# It begins with one set of characters, which the search for it skips to.
_TOKEN = re.compile(
    rf"{_CAPITAL}(?:\.(?:(?:[A-Z]\.)+|(?= ?{_CAPITAL}))|(?:t|r|rs|s|rof|ev|en|ov|on|ol|gt|apt)\.(?= )"
    rf"|[\w&]*(?:[-'’](?!s\b|(?:{_COMPOUNDED}|[a-z]{{2,}}ed)\b)[\w&]+)*)"
)
_PARTICLE = re.compile(r"(?<!\w)(?:[Aa]l|[Ee]l|a[sdrnt]|ash|ul|d|[Dd]ell)[-'’]$")
_WITHIN_NAMES = frozenset(
    "& af al av bin bint da das de del dela den der des di do dos du e el ibn la las le les los ul ur van von wa "
    "y".split()
)
_GAP = re.compile(rf" (?:(?:of|for|on|and|the|in|{'|'.join(sorted(_WITHIN_NAMES))}) ){{0,3}}")
_TERM = rf"{_CAPITAL}\w+(?: {_CAPITAL}\w+)?"
_ENUMERATED = re.compile(
    rf"(?:Ministry|Department|Commission|Committee|Council|Secretariat|Directorate|Faculty|School|Office|Institute|"
    rf"Center|Centre|Authority|Bureau) (?:of|for|on)(?: the)? {_TERM}(?:, {_TERM}){{1,6}},? (?:and|&) {_TERM}"
)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|near|from|outside|around|across|at|to|toward|towards|of|between|throughout|into|via|(?:city|town|village|"
    r"province|district|region|island|port|municipality|capital|state|county)(?: of)?)(?: the)? $"
)
_MOST_WORDS = 8
# A row of more words is a table, a text in capitals or an attack: it is cut, since each word looks at the rest of it.
_LONGEST_ROW = 100
_LONGEST_GAP = 16
_PARTICLE_ENDS = "-'’"


class Run(NamedTuple):
    """A name by its capitals: ``text[start:end]``; `kind` is empty where nothing says what it names."""

    start: int
    end: int
    kind: RunKind
    ground: Ground


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    gap: str  # what parts it from the word before it


def runs(passage: Passage, lexicon: Lexicon, common_words: frozenset[str]) -> list[Run]:
    """The capitalised names of a passage in their order, none overlapping another."""
    text = passage.text
    enumerated = [
        Run(m.start(), m.end(), "organization", "head")
        for m in _ENUMERATED.finditer(text)
        if not text[m.start() - 1 : m.start()].isalnum()
    ]
    found: list[Run] = []
    for group in _groups(text):
        if len(group) > 1:
            found += _read_row(text, _words(text, group), lexicon, common_words)
        elif (run := _read_alone(text, *group[0], lexicon)) is not None:
            found.append(run)
    if enumerated:
        starts = [run.start for run in enumerated]
        found = [run for run in found if not _overlaps_one(run, enumerated, starts)]
    return sorted(found + enumerated)


def _overlaps_one(run: Run, others: Sequence[Run], starts: Sequence[int]) -> bool:
    """Whether a run shares characters with one of others, which are in order and do not overlap each other."""
    before = bisect.bisect_left(starts, run.end)
    return before > 0 and others[before - 1].end > run.start


def _read_alone(text: str, start: int, end: int, lexicon: Lexicon) -> Run | None:
    """The name of a word that stands alone, as most do: at most a place."""
    word = text[start:end]
    if word in words.FUNCTION_WORDS or word.rstrip(".") in words.TITLES:
        return None
    if _is_place_here(text, word, start, lexicon):
        return Run(start, end, "location", "place")
    return Run(start, end, "", "")


def _words(text: str, group: Sequence[tuple[int, int]]) -> list[_Word]:
    befores = [group[0][0], *(end for _, end in group)]
    return [_Word(text[s:e], s, e, text[before:s]) for before, (s, e) in zip(befores, group, strict=False)]


def _read_row(text: str, group: Sequence[_Word], lexicon: Lexicon, common_words: frozenset[str]) -> Iterator[Run]:
    for segment in _segments(group, lexicon, common_words):
        run = _read(text, segment, lexicon, common_words)
        if run is not None:
            yield run


def _is_place_here(text: str, spelled: str, start: int, lexicon: Lexicon) -> bool:
    return spelled in lexicon.places and _PLACE_BEFORE.search(text, max(0, start - 24), start) is not None


def _groups(text: str) -> Iterator[list[tuple[int, int]]]:
    """Words that stand in one row, with nothing but blanks and the small words of names between them."""
    group: list[tuple[int, int]] = []
    last = -1
    for start, end in _capitalised(text):
        if group and (len(group) == _LONGEST_ROW or not _is_gap(text, last, start)):
            yield group
            group = []
        group.append((start, end))
        last = end
    if group:
        yield group


def _is_gap(text: str, start: int, end: int) -> bool:
    if end - start > _LONGEST_GAP:
        return False
    return text[start:end] == " " or _GAP.fullmatch(text, start, end) is not None


def _capitalised(text: str) -> Iterator[tuple[int, int]]:
    """Each word that begins with a capital, or with a particle and a capital as "al-Fayed" does."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        before = text[start - 1 : start]
        if before in _PARTICLE_ENDS and before:
            particle = _PARTICLE.search(text, max(0, start - 5), start)
            if particle is None:
                continue
            start = particle.start()
        elif before.isalnum():
            continue
        yield start, end


def _segments(group: Sequence[_Word], lexicon: Lexicon, common_words: frozenset[str]) -> Iterator[list[_Word]]:
    """The parts of a row that are names of their own."""
    segment: list[_Word] = []
    for index, word in enumerate(group):
        rest = group[index:]
        goes_on = segment and _goes_on(segment, word, rest, lexicon, common_words)
        if segment and (not goes_on or _begins_person(segment, rest, lexicon, common_words)):
            yield segment
            segment = []
        if word.text in words.FUNCTION_WORDS and (not segment or word.text not in ("First", "One", "Second")):
            if segment:
                yield segment
            segment = []
            continue
        segment.append(word)
    if segment:
        yield segment


def _goes_on(
    segment: Sequence[_Word], word: _Word, rest: Sequence[_Word], lexicon: Lexicon, common_words: frozenset[str]
) -> bool:
    small = word.gap.split()
    if not small and _is_office_of_someone(segment, word, rest, common_words):
        return False
    if not small or all(s in _WITHIN_NAMES for s in small):
        return True
    left = segment[-1].text
    match small[0]:
        case "of":
            begins = left in words.HEADS_BEFORE_OF or left in words.LOCATION_BEFORE_OF or left in _OF_FOLLOWS
            return begins or _is_within_charge(segment, word, lexicon, common_words)
        case "for" | "on":
            return left in words.HEADS_BEFORE_OF or _is_within_charge(segment, word, lexicon, common_words)
        case "and":
            return "the" not in small and _and_joins(segment, rest, lexicon, common_words)
        case _:
            return False


def _is_within_charge(segment: Sequence[_Word], word: _Word, lexicon: Lexicon, common_words: frozenset[str]) -> bool:
    """Whether a word goes on with what a body is there for: "Society for the Defence of Consumers"."""
    left = segment[-1].text.lower()
    is_ordinary = left in common_words or left.endswith(_ENDS_OF_ACTIVITIES)
    return is_ordinary and _has_charge(segment) and word.text not in lexicon.places and word.text not in lexicon.given


def _has_charge(segment: Sequence[_Word]) -> bool:
    """Whether a body's head is followed by what it is there for: "Ministry of", "Centre for the"."""
    return any(
        word.gap.split()[:1] in (["of"], ["for"]) and before.text in words.HEADS_BEFORE_OF
        for before, word in itertools.pairwise(segment)
    )


def _is_office_of_someone(
    segment: Sequence[_Word], word: _Word, rest: Sequence[_Word], common_words: frozenset[str]
) -> bool:
    """Whether a title within a row begins another name: "Assembly Speaker Jane Doe", not "Assembly General Court"."""
    if word.text.rstrip(".") not in words.TITLES or segment[-1].text.rstrip(".") in words.TITLES:
        return False
    last = word
    for following in rest[1:]:
        if following.gap != " ":
            break
        last = following
    if last is word:
        return True
    return last.text not in words.ORGANIZATION_HEADS and last.text.lower() not in common_words


def _begins_person(
    segment: Sequence[_Word], rest: Sequence[_Word], lexicon: Lexicon, common_words: frozenset[str]
) -> bool:
    """Whether a full name follows something else: "Ambassador to Japan Jane Doe", "Translator Jane Doe"."""
    if len(rest) < 2 or rest[1].gap != " " or rest[0].text not in lexicon.given:
        return False
    if rest[0].gap == " y ":
        return len(segment) > 1
    name = list(itertools.takewhile(lambda word: word.gap == " ", rest))
    return (
        rest[0].gap == " "
        and _ends_before_person(segment, lexicon, common_words)
        and _may_be_person(name, common_words)
    )


def _ends_before_person(segment: Sequence[_Word], lexicon: Lexicon, common_words: frozenset[str]) -> bool:
    """Whether a segment ends with a place, an acronym or an ordinary word, and is no name or the front of one."""
    last = segment[-1].text
    if last in words.LOCATION_FRONTS or last in words.ORGANIZATION_FRONTS:
        return False
    if any(word.text in lexicon.given for word in segment):
        return False
    is_acronym = last.isupper() and last.isalpha() and len(last) > 1
    return is_acronym or last in lexicon.places or last.lower() in common_words


_OF_FOLLOWS = words.EVENT_HEADS | words.OTHER_HEADS | {"Battle", "House", "Kings", "Convention"}


def _and_joins(segment: Sequence[_Word], rest: Sequence[_Word], lexicon: Lexicon, common_words: frozenset[str]) -> bool:
    """Whether "and" stands within one name: "Ministry of Trade and Industry", "Food and Drug Administration"."""
    row = list(itertools.takewhile(lambda word: word is rest[0] or word.gap == " ", rest))
    ends_like_body = row[-1].text in words.ORGANIZATION_HEADS
    left, right = segment[-1].text, rest[0].text
    if _has_charge(segment):
        names_others = right in lexicon.given or right in lexicon.places or left in lexicon.places
        names_body = right in words.HEADS_BEFORE_OF or (ends_like_body and len(row) > 1)
        return not names_body and not names_others
    if left in words.ORGANIZATION_HEADS or not ends_like_body or len(row) < 2:
        return False
    return not any(w.text in lexicon.given or w.text in lexicon.places or w.text.isupper() for w in (*segment, *row))


def _read(text: str, segment: list[_Word], lexicon: Lexicon, common_words: frozenset[str]) -> Run | None:
    """The name of a segment without the forms of address before it."""
    titled = 0
    while titled < len(segment) and segment[titled].text.rstrip(".") in words.TITLES:
        titled += 1
    name = segment[titled:]
    if not name or len(name) > _MOST_WORDS:
        return None
    kind, ground = _kind(text, name, segment, lexicon, common_words)
    if kind not in ("person", "") and ground == "head":
        name = segment if segment[0].text not in ("Mr", "Mrs", "Ms", "Dr") else name
    elif titled and kind in ("", "location") and _may_be_person(name, common_words):
        kind, ground = "person", "title"
    return Run(name[0].start, name[-1].end, kind, ground)


def _kind(
    text: str, name: Sequence[_Word], segment: Sequence[_Word], lexicon: Lexicon, common_words: frozenset[str]
) -> tuple[RunKind, Ground]:
    by_head = _kind_by_head(segment, lexicon)
    if by_head:
        return by_head, "head"
    spelled = text[name[0].start : name[-1].end]
    if _is_place_here(text, spelled, name[0].start, lexicon):
        return "location", "place"
    if len(name) > 1 and name[0].text in lexicon.given and _may_be_person(name, common_words):
        return "person", "given"
    return "", ""


def _kind_by_head(name: Sequence[_Word], lexicon: Lexicon) -> RunKind:
    for index, word in enumerate(name[1:], start=1):
        small = word.gap.split()
        if small[:1] in (["of"], ["for"], ["on"]):
            return _kind_before_of(name[index - 1].text, small[0])
    if len(name) < 2:
        return ""
    first, last = name[0].text, name[-1].text
    if last in words.OTHER_HEADS:
        return "other"
    if last in words.EVENT_HEADS:
        return "event"
    if first in words.DIRECTIONS and " ".join(word.text for word in name[1:]) in lexicon.places:
        return "location"
    if last in words.ORGANIZATION_HEADS or first in words.ORGANIZATION_FRONTS:
        return "organization"
    if last in words.LOCATION_HEADS or first.rstrip(".") in words.LOCATION_FRONTS:
        return "location"
    return ""


def _kind_before_of(head: str, small: str) -> RunKind:
    if head in words.HEADS_BEFORE_OF:
        return "organization"
    if small == "of" and head in words.LOCATION_BEFORE_OF:
        return "location"
    if head in words.OTHER_HEADS:
        return "other"
    return "event" if head in _OF_FOLLOWS else ""


def _may_be_person(name: Sequence[_Word], common_words: frozenset[str]) -> bool:
    last = name[-1].text
    return (
        not any(word.gap.split()[:1] in (["of"], ["for"], ["on"], ["and"], ["in"], ["the"]) for word in name[1:])
        and last.lower() not in common_words
        and last not in words.ORGANIZATION_HEADS
        and not (len(name) == 1 and last.isupper())
        and not any(character.isdigit() for word in name for character in word.text)
    )

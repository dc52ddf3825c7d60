"""An article as its enrichers read it: folded text and sentences, each parsed once and with exact offsets."""

import bisect
import datetime as dt
import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

# What is no letter or digit becomes a blank, so that a name between blanks is a name between word boundaries.
_NO_WORD = re.compile(r"[^\w\u0300-\u036f]|_")
_ASCII = bytes(range(128))
_ASCII_FOLDED = bytes(
    code if code >= len(_ASCII) else ord(" " if _NO_WORD.match(chr(code)) else chr(code).lower()) for code in range(256)
)
_ASCII_LOWERED = bytes(range(256)).lower()
# So many different characters are replaced one after the other faster than all in one pass.
_FEW_CHARACTERS = 24
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
# It begins with one set of characters, which the search skips to; which of them it is decides what may follow. A row of
# marks is read once, from its first: at each of them anew, a page of dots would keep the process busy for minutes.
_SENTENCE_END = re.compile(
    r"[.!?…。！？\n](?:(?<=[.!?…])(?<![.!?…].)[.!?…]*+[\"'”’»)\]]*+(?=\s)|(?<=\n)\n*|(?<=[。！？])[。！？]*[」』”’）]*)"
)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st sen rep gov gen col lt sgt rev hon bros vs no vol fig jan feb mar apr jun jul aug sep sept "
    "oct nov dec approx est dept univ e.g i.e bzw z.b d.h ca evtl nr mme mlle mio mrd".split()
)
# These end a sentence where the next word looks like the start of one.
_ABBREVIATIONS_AT_ENDS = frozenset("inc corp co ltd jr sr etc a.m p.m u.s u.k u.n e.u d.c".split())
_SENTENCE_STARTERS = re.compile(
    r"[\"'“‘«(]*(?:The|A|An|In|It|Its|He|She|They|We|I|But|And|This|That|These|On|At|As|For|However|Meanwhile|After|"
    r"Der|Die|Das|Ein|Eine|Im|Es|Le|La|Les|Un|Une|Il|Elle)\b"
)
# A word of more letters than these have ends a sentence.
_LONGEST_ABBREVIATION = max(map(len, _ABBREVIATIONS | _ABBREVIATIONS_AT_ENDS))
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_UP_TO_LAST_WORD = re.compile(r".*[\s\"'“”‘’«»(\[]", re.DOTALL)


class Sentence(NamedTuple):
    """A sentence without the white space around it: ``text == field[start:end]``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A title or a text with its folded forms and its sentences, made when first asked for."""

    text: str

    @cached_property
    def folded(self) -> str:
        """Lower case, one blank for everything between words, one more at each end: offset i here is i - 1 in text."""
        return f" {by_character(self.text, _ASCII_FOLDED, _folded, self.foreign)} "

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, each character at its place."""
        return by_character(self.text, _ASCII_LOWERED, _lowered, self.foreign)

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The different characters that are not ASCII: few in most texts, so that a look at them is cheap."""
        return beyond_ascii(self.text)

    @cached_property
    def has_cjk(self) -> bool:
        """Whether any character is Chinese, Japanese or Korean."""
        return CJK.search("".join(self.foreign)) is not None

    @cached_property
    def folded_views(self) -> tuple[str, ...]:
        """`folded`, and where it holds Chinese, Japanese or Korean a second time with those characters blank.

        Such scripts do not part a foreign name from its neighbours; in the second view it stands between blanks.
        """
        if not self.has_cjk:
            return (self.folded,)
        return (self.folded, CJK.sub(" ", self.folded))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in order; a line break always ends one."""
        return tuple(_split(self.text))

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """The words of each of the `sentences`, in lower case."""
        # Offset i of the text is i + 1 in its folded form.
        return tuple(tuple(self.folded[s.start + 1 : s.end + 1].split()) for s in self.sentences)

    @cached_property
    def vocabularies(self) -> tuple[frozenset[str], ...]:
        """The different words of each of the `sentences`, in lower case."""
        return tuple(map(frozenset, self.words))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The different words of all sentences, in lower case."""
        return frozenset().union(*self.vocabularies)

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence that holds an offset of this passage; the offset must not lie before the first sentence."""
        return self.sentences[bisect.bisect_right(self._sentence_starts, offset) - 1]


@dataclass(frozen=True)
class ArticleText:
    """What enrichment is given of an article.

    Attributes:
        language_hint: an ISO 639-1 code that the page declares; trusted only where the text leaves it open.
        article_id: under which what a language model said of it can be forgotten; "" for none.
    """

    title: str
    text: str
    published_at: dt.datetime | None = None
    language_hint: str | None = None
    article_id: str = ""

    @cached_property
    def headline(self) -> Passage:
        """The title as a passage."""
        return Passage(self.title)

    @cached_property
    def body(self) -> Passage:
        """The text as a passage."""
        return Passage(self.text)


def beyond_ascii(text: str) -> frozenset[str]:
    """The different characters of a text that are not ASCII."""
    if text.isascii():
        return frozenset()
    return frozenset(text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass"))


def by_character(
    text: str, table: bytes, new: Callable[[str], str], foreign: Set[str] | None = None, *, without: bytes = b""
) -> str:
    """The text with each character replaced by itself, in a tenth of the time of a pattern.

    Args:
        table: the new byte of each byte below 128; those above stay, they are the bytes of other characters in UTF-8.
        new: what another character is replaced by.
        foreign: these other characters, where they are known already.
        without: bytes below 128 of characters that are left out.
    """
    # UTF-8 has no bytes below 128 but those of ASCII.
    replaced = text.encode("utf-8", "surrogatepass").translate(table, without).decode("utf-8", "surrogatepass")
    others = beyond_ascii(text) if foreign is None else foreign
    changed = {one: other for one in others if (other := new(one)) != one}
    if len(changed) > _FEW_CHARACTERS:
        return replaced.translate({ord(one): other for one, other in changed.items()})
    for one, other in changed.items():
        replaced = replaced.replace(one, other)
    return replaced


# The characters of an article are those of the articles before it.
@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    return " " if _NO_WORD.match(character) else _lowered(character)


def _lowered(character: str) -> str:
    """Lower case; what would grow ("İ") stays as it is."""
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def _split(text: str) -> list[Sentence]:
    sentences: list[Sentence] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        mark, end = match[0], match.end()
        if mark[0] in ".…" and _goes_on(text, start, mark, end):
            continue
        _append_stripped(sentences, text, start, end)
        start = end
    _append_stripped(sentences, text, start, len(text))
    return sentences


def _goes_on(text: str, start: int, mark: str, end: int) -> bool:
    """Whether a full stop ends an abbreviation, an initial or an ordinal number rather than a sentence."""
    following = text[end + 1 : end + 41]
    if following[:1].isspace():
        following = following.lstrip()
    if following[:1].islower():
        return True
    if mark != ".":
        return False
    stop = end - 1
    word = text[max(start, text.rfind(" ", start, stop) + 1) : stop]
    is_plain = word.isalpha()
    if is_plain and len(word) > _LONGEST_ABBREVIATION:
        return False
    if not is_plain:
        begin = max(start, stop - 24)
        before = _UP_TO_LAST_WORD.match(text, begin, stop)
        word = text[before.end() if before else begin : stop]
    last = word.lower()
    if not last:
        return False
    if last in _ABBREVIATIONS_AT_ENDS or (not is_plain and _INITIALS.fullmatch(last)):
        return _SENTENCE_STARTERS.match(following) is None
    if last == "no":
        return following[:1].isdigit()
    return last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()) or (last.isdigit() and len(last) <= 2)


def _append_stripped(sentences: list[Sentence], text: str, start: int, end: int) -> None:
    stripped = text[start:end].strip()
    if stripped:
        begin = text.index(stripped, start)
        sentences.append(Sentence(stripped, begin, begin + len(stripped)))

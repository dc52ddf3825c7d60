"""An article as its enrichers read it: folded text and sentences, each parsed once and with exact offsets."""

import bisect
import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

# What is no letter or digit becomes a blank, so that a name between blanks is a name between word boundaries.
# (Blanks match neither way: replacing each by itself took most of the time.)
_NO_WORD = re.compile(r"[^\w \u0300-\u036f]|_")
_ASCII_FOLDED = {code: " " for code in range(128) if _NO_WORD.match(chr(code))}
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”’）]*|\n+")
# What an end of a sentence begins with: a plain set of characters is found ten times as fast as the ends themselves.
_MAY_END = re.compile(r"[.!?…。！？\n]")
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
_LAST_WORD = re.compile(r"[^\s\"'“”‘’«»(\[]+$")


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
        if self.text.isascii():
            return f" {self.text.lower().translate(_ASCII_FOLDED)} "
        return f" {_NO_WORD.sub(' ', _lowered(self.text))} "

    @cached_property
    def folded_views(self) -> tuple[str, ...]:
        """`folded`, and where it holds Chinese, Japanese or Korean a second time with those characters blank.

        Such scripts do not part a foreign name from its neighbours; in the second view it stands between blanks.
        """
        if self.folded.isascii() or CJK.search(self.folded) is None:
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


def _lowered(text: str) -> str:
    """Lower case without a change of length: the few characters that would grow ("İ") stay as they are."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def _split(text: str) -> list[Sentence]:
    sentences: list[Sentence] = []
    start = place = 0
    while (mark := _MAY_END.search(text, place)) is not None:
        match = _SENTENCE_END.match(text, mark.start())
        place = match.end() if match is not None else mark.end()
        if match is None or (match[0][0] in ".…" and _goes_on(text, start, match)):
            continue
        _append_stripped(sentences, text, start, place)
        start = place
    _append_stripped(sentences, text, start, len(text))
    return sentences


def _goes_on(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a full stop ends an abbreviation, an initial or an ordinal number rather than a sentence."""
    end = match.end()
    following = text[end + 1 : end + 41]
    if following[:1].isspace():
        following = following.lstrip()
    if following[:1].islower():
        return True
    if match[0] != ".":
        return False
    letters = text[max(start, text.rfind(" ", start, match.start()) + 1) : match.start()]
    if len(letters) > _LONGEST_ABBREVIATION and letters.isalpha():
        return False
    word = _LAST_WORD.search(text, max(start, match.start() - 24), match.start())
    if word is None:
        return False
    last = word[0].lower()
    if last in _ABBREVIATIONS_AT_ENDS or _INITIALS.fullmatch(last):
        return _SENTENCE_STARTERS.match(following) is None
    if last == "no":
        return following[:1].isdigit()
    return last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()) or (last.isdigit() and len(last) <= 2)


def _append_stripped(sentences: list[Sentence], text: str, start: int, end: int) -> None:
    bare = text[start:end].rstrip()
    stripped = bare.lstrip()
    if stripped:
        begin = start + len(bare) - len(stripped)
        sentences.append(Sentence(stripped, begin, begin + len(stripped)))

"""Tells which of the quoted passages are words of someone, and where that speaker is named."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from services.enrichment.article_text import CJK, Passage
from services.enrichment.enrichers.quote_reading.marks import Quoted
from services.enrichment.enrichers.quote_reading.speaker import Speaker, speaker_after_verb, speaker_of_phrase
from services.enrichment.enrichers.quote_reading.speech import NAMING_BEFORE, SPEECH, Speech

_BESIDE, _WITHIN, _GOING_ON, _ABOUT = 0.95, 0.8, 0.8, 0.6
# A few quoted words within a sentence are scare quotes; from so many on they are what someone said.
_FEWEST_WORDS = 3
# So far from a passage its speaker is looked for, in characters.
_FAR = 400
_WORD = re.compile(r"[^\W_][\w'’-]*")
_SMALL_WORD = 4
# Short words that sentences have and titles, of a song or a report, hardly ever.
_OF_SENTENCES = frozenset("me you it he she we us him her is are was do did not".split())
_ENDS_AS_SPEECH = re.compile(r"[,?!…—–-]$")
_CLAUSE = re.compile(r"[,;:] | (?:while|but|whereas|because|although) ", re.IGNORECASE)
_CONJUNCTIONS = re.compile(r"[\s,]*(?:(?:and|but|while|as|yet|so|then) )*", re.IGNORECASE)
_CLAUSE_END = re.compile(r"(?:[\s,;:]|\b(?:while|but|whereas|because|although)$)+$")
# "Mara Linden: ", "Mara Linden, head of the union: ".
_COLON = re.compile(
    r"(?P<who>[^\W\d_a-z][\w'’.-]*(?: [^\W\d_a-z][\w'’.-]*){0,3})(?:, (?!wh)[a-z][^:;\"“”]{2,80})?:\s*$"
)
# "In her words, …" is said of what follows; "the words …" names it.
_IN_WORDS = re.compile(r"\b[Ii]n (?:his|her|their|its|my|our|the) (?:\w+ )?words?,? $")
_LEADING_NAME = re.compile(r"[^\W\d_a-z][\w'’.-]+(?: [^\W\d_a-z][\w'’.-]+){0,4}(?=,? [a-zà-ÿ])")
_BLANKS = re.compile(r"[^\S\n]*")


class Attributed(NamedTuple):
    """A quoted passage with its speaker, and how sure the attribution is."""

    quoted: Quoted
    speaker: Speaker
    confidence: float


class _Patterns:
    """The words of speech of one language, compiled."""

    def __init__(self, speech: Speech) -> None:
        verb = f"(?:{speech.verbs})"
        between = f"(?:{speech.between}){{0,2}}"
        self.subject_then_verb = re.compile(
            rf",?\s*(?P<who>[^\"“”«»;:]{{1,160}}?)(?<!\bwho)\s{between}{verb}\b(?! (?:that|que)\b)"
        )
        self.verb_then_subject = re.compile(rf",?\s*(?:{between}{verb}|{speech.sources})\s(?!that\b)")
        self.verb = re.compile(rf"\b(?:{between}(?:{verb}|{speech.judging})|put it|(?:was|were|is) quoted as saying)\b")
        self.introduction = re.compile(rf"(?:\b(?:{verb}|that|as saying))\s*$")
        self.participle = re.compile(rf"(?:,|\band) (?:{speech.participles})\b")
        self.named = re.compile(
            rf"(?:(?<![^\W\d_])(?:{speech.sources}) (?P<source>[^,;:\"“”]{{2,120}}?)(?:, [^,;:\"“”]{{2,80}})?,?\s*$"
            r"|\bquot(?:ed|es) (?P<quoted>[^,;:\"“”]{2,80}?) as saying\b)"
        )
        self.trailing = re.compile(
            rf",\s(?:{verb}\s(?P<after>.+)|(?P<who>[^,;:\"“”]{{2,100}}?)\s{between}{verb}"
            r"(?=[.,;]|\s(?:on|in|at|to|during|after|by|this|last|when|am)\b|$))"
        )


# Chinese: who speaks stands right before the verb, after what says who that is.
_CHINESE_LEAD = re.compile(
    r"(?P<who>[^，。；：“”！？\s]{2,40}?)(?:说|表示|指出|认为|称|强调|坦言|写道|回应)[：，]?\s*$"
)
_CHINESE_OFFICE = re.compile(
    r".*(?:的|负责人|总裁|董事长|首席执行官|创始人|发言人|分析师|教授|部长|主席|总统|总理|研究员|工程师|经理|主任|院长|行长)(?=.)"
)
_PATTERNS = {language: _Patterns(speech) for language, speech in SPEECH.items()}


def attributed(passage: Passage, spans: Sequence[Quoted], language: str) -> list[Attributed]:
    """The passages that are someone's words, in their order."""
    reader = _Reader(passage, spans, _PATTERNS.get(language, _PATTERNS["en"]))
    found: list[Attributed] = []
    waiting: list[Quoted] = []
    before: Attributed | None = None
    for index, quoted in enumerate(spans):
        before = reader.read(index, before)
        if before is None and quoted.goes_on:
            waiting.append(quoted)
        elif before is not None:
            # The paragraphs of one speech are attributed after its last.
            found += [Attributed(earlier, before.speaker, _GOING_ON) for earlier in waiting]
            found.append(before)
        if not quoted.goes_on:
            waiting.clear()
    return found


class _Reader:
    """Reads the sides of the quoted passages of one text."""

    def __init__(self, passage: Passage, spans: Sequence[Quoted], patterns: _Patterns) -> None:
        self._passage = passage
        self._text = passage.text
        self._spans = spans
        self._patterns = patterns

    def read(self, index: int, before: Attributed | None) -> Attributed | None:
        """Who says a passage: by what stands beside it, then by its sentence, then by what came before."""
        quoted = self._spans[index]
        words = self._text[quoted.start : quoted.end]
        left, right = self._left(index), self._right(index)
        if self._is_name(words, left):
            return None
        speaker, confidence = self._beside(words, left, right, before), _BESIDE
        if speaker is None and len(_WORD.findall(words)) >= _FEWEST_WORDS:
            speaker, confidence = self._within(left, right, before), _WITHIN
        if speaker is None and before is not None and self._follows(quoted, left, before):
            speaker, confidence = before.speaker, _GOING_ON
        if speaker is None and self._stands_alone(quoted, words, left, right):
            speaker, confidence = self._subject_before(quoted), _ABOUT
        return Attributed(quoted, speaker, confidence) if speaker else None

    def _left(self, index: int) -> tuple[int, int]:
        """The part of the sentence before a passage, back to the passage before."""
        opens = self._spans[index].opens
        start = max(self._passage.sentence_at(opens).start, self._spans[index - 1].closes if index else 0)
        return max(min(start, opens), opens - _FAR), opens

    def _right(self, index: int) -> tuple[int, int]:
        """The part of the sentence behind a passage, up to the next; nothing where the passage ends the sentence."""
        quoted = self._spans[index]
        closes = quoted.closes
        blanks = _BLANKS.match(self._text, closes)
        place = blanks.end() if blanks else closes
        ends_here = self._text[quoted.end - 1] == "." and self._text[closes : closes + 1] != ","
        if place >= len(self._text) or self._text[place] == "\n" or ends_here or quoted.goes_on:
            return closes, closes
        end = min(self._passage.sentence_at(place).end, closes + _FAR)
        if index + 1 < len(self._spans):
            end = min(end, self._spans[index + 1].opens)
        return closes, max(end, closes)

    def _is_name(self, words: str, left: tuple[int, int]) -> bool:
        """Whether the words are a title, a name or an inscription."""
        lead = self._text[max(left[0], left[1] - 40) : left[1]]
        if NAMING_BEFORE.search(lead) and not _IN_WORDS.search(lead):
            return True
        found = _WORD.findall(words)
        telling = [word for word in found if len(word) >= _SMALL_WORD or word[0].isupper() or word in _OF_SENTENCES]
        return len(telling) > 1 and all(word[0].isupper() for word in telling)

    def _beside(
        self, words: str, left: tuple[int, int], right: tuple[int, int], before: Attributed | None
    ) -> Speaker | None:
        lead = self._text[left[0] : left[1]].rstrip()
        if CJK.search(lead):
            return self._in_chinese(left)
        if lead.endswith(":") and (match := _COLON.search(self._text, *left)) and match.start() == left[0]:
            return speaker_of_phrase(self._text, *match.span("who"))
        is_introduced = lead.endswith((":", ",")) or (
            len(_WORD.findall(words)) >= _FEWEST_WORDS and self._patterns.introduction.search(lead) is not None
        )
        speaker = self._before(left) or self._by_participle(left, before) if is_introduced else None
        return speaker or self._after(words, right)

    def _in_chinese(self, left: tuple[int, int]) -> Speaker | None:
        match = _CHINESE_LEAD.search(self._text, *left)
        if match is None:
            return None
        start, end = match.span("who")
        office = _CHINESE_OFFICE.match(self._text, start, end)
        return Speaker(office.end() if office else start, end, "name")

    def _after(self, words: str, right: tuple[int, int]) -> Speaker | None:
        match = self._patterns.verb_then_subject.match(self._text, *right)
        if match is not None:
            return speaker_after_verb(self._text, match.end(), right[1])
        if not (self._text.startswith(",", right[0]) or _ENDS_AS_SPEECH.search(words)):
            return None
        match = self._patterns.subject_then_verb.match(self._text, *right)
        return self._subject(*match.span("who")) if match is not None else None

    def _before(self, left: tuple[int, int]) -> Speaker | None:
        """Who is named as the source before a passage, or is the subject of the last verb of speech there."""
        named = self._patterns.named.search(self._text, *left)
        if named is not None:
            return speaker_of_phrase(self._text, *named.span("source" if named["source"] else "quoted"))
        start, speaker = left[0], None
        for verb in self._patterns.verb.finditer(self._text, *left):
            subject = self._subject(start, verb.start())
            if subject is not None and (start == left[0] or subject.kind != "group"):
                speaker = subject
            start = verb.end()
        return speaker

    def _subject(self, start: int, end: int) -> Speaker | None:
        """The subject before its verb: the last phrase, or the one that it explains: "Mara Linden, the chairwoman,"."""
        edges = [match.span() for match in _CLAUSE.finditer(self._text, start, end)]
        begins, ends = [start, *(after for _, after in edges)], [*(edge for edge, _ in edges), end]
        phrases = [self._bare(begin, stop) for begin, stop in zip(begins, ends, strict=True)]
        speakers = [speaker for phrase in phrases if (speaker := speaker_of_phrase(self._text, *phrase)) is not None]
        if not speakers:
            return None
        names = [speaker for speaker in speakers if speaker.kind == "name"]
        is_set_off = self._text[start:end].rstrip().endswith(",")
        return names[0] if names and len(speakers) > 1 else speakers[0 if is_set_off else -1]

    def _bare(self, start: int, end: int) -> tuple[int, int]:
        """A phrase without the conjunctions and commas around it."""
        conjunctions = _CONJUNCTIONS.match(self._text, start, end)
        begin = conjunctions.end() if conjunctions else start
        match = _CLAUSE_END.search(self._text, begin, end)
        return begin, match.start() if match else end

    def _by_participle(self, left: tuple[int, int], before: Attributed | None) -> Speaker | None:
        """Whom "…, adding: " means: the subject of its sentence, or who speaks in the quote before."""
        if self._patterns.participle.search(self._text, *left) is None:
            return None
        if before is not None and before.quoted.closes == left[0]:
            return before.speaker
        return leading_name(self._text, *left)

    def _within(self, left: tuple[int, int], right: tuple[int, int], before: Attributed | None) -> Speaker | None:
        if (speaker := self._before(left)) is not None:
            return speaker
        if (speaker := self._by_participle(left, before)) is not None:
            return speaker
        match = self._patterns.trailing.search(self._text, *right)
        if match is None:
            return None
        if match["after"] is not None:
            return speaker_after_verb(self._text, match.start("after"), right[1])
        return speaker_of_phrase(self._text, *match.span("who"))

    def _follows(self, quoted: Quoted, left: tuple[int, int], before: Attributed) -> bool:
        """Whether a passage goes on with the one before: in its sentence, in the next one, or as the next paragraph."""
        earlier = before.quoted
        between = self._text[earlier.closes : quoted.opens]
        if earlier.goes_on:
            return not between.strip()
        if left[0] == earlier.closes:
            return between.rstrip().endswith(",")
        if left[0] < quoted.opens or len(between) > _FAR:
            return False
        if not between.strip():
            return True
        previous = self._passage.sentence_at(max(0, self._passage.sentence_at(quoted.opens).start - 1))
        return previous.start <= earlier.closes + 1

    def _stands_alone(self, quoted: Quoted, words: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
        """Whether a passage is a whole sentence of several words by itself."""
        is_sentence = words[-1] in ".?!…" and len(_WORD.findall(words)) >= _FEWEST_WORDS and left[0] == left[1]
        return is_sentence and not self._text[right[0] : right[1]].strip()

    def _subject_before(self, quoted: Quoted) -> Speaker | None:
        start = self._passage.sentence_at(quoted.opens).start
        previous = self._passage.sentence_at(max(start - 1, 0))
        return leading_name(self._text, previous.start, previous.end) if previous.end <= start else None


def leading_name(text: str, start: int, end: int, fewest_words: int = 2) -> Speaker | None:
    """The name that a sentence begins with, if it has so many words."""
    match = _LEADING_NAME.match(text, start, end)
    speaker = speaker_of_phrase(text, *match.span()) if match else None
    if speaker is None or speaker.kind != "name":
        return None
    return speaker if text.count(" ", speaker.start, speaker.end) + 1 >= fewest_words else None

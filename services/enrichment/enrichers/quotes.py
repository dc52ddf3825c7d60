"""What is said in an article word for word, and by whom."""

import bisect
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.quote_reading.attribution import Attributed, attributed, leading_name
from services.enrichment.enrichers.quote_reading.marks import quoted_in
from services.enrichment.enrichers.quote_reading.speaker import Speaker, speaker_of_phrase
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment, Entity, EntityType, Mention, Quote

ORIGIN = "rule:1"
# Past this many an article is a list of sayings, or an attack.
_MOST_QUOTES = 200
# So far back a pronoun refers, in characters.
_FAR = 700
# Characters of "the " before a name.
_ARTICLE = 4
_GIVEN_NAMES = r"(?<![\w.])(?:[^\W\d_a-z][\w'’.-]*\s)(?:(?:[^\W\d_a-z][\w'’.-]*|de|la|van|von|der|den|al)\s){0,3}"
_LONGEST_GIVEN_NAMES = 120
_TWO_CAPITALISED = re.compile(r"\b([^\W\d_a-z]\w+) [^\W\d_a-z][\w-]+")
_RESOLVED, _UNRESOLVED = 0.85, 0.5
_FOR_SOMEONE = re.compile(r"spokes(?:man|woman|person|people)|representative|sprecher|porte-parole", re.IGNORECASE)


def quotes(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> tuple[Quote, ...]:
    """All direct quotes in the text with their speakers, in their order."""
    spans = quoted_in(article.text)[:_MOST_QUOTES]
    if not spans:
        return ()
    people = _People(article, found.entities, knowledge)
    return tuple(people.quote(item) for item in attributed(article.body, spans, found.language.code))


class _People:
    """Those who are named in one article, to tell who is meant by a surname or a pronoun."""

    def __init__(self, article: ArticleText, entities: Iterable[Entity], knowledge: Knowledge) -> None:
        self._article = article
        self._text = article.text
        self._entities = {entity.id: entity for entity in entities}
        self._common_words = knowledge.common_words
        self._personal_names = knowledge.personal_names
        self._last_speaker: tuple[int, int] | None = None
        self._full_names: dict[str, tuple[str, tuple[int, int]] | None] = {}

    def quote(self, item: Attributed) -> Quote:
        """The quote with its speaker's full name and entity, as far as the article tells them."""
        name, entity, sureness = self._who(item)
        if item.speaker.kind == "name":
            self._last_speaker = item.speaker.start, item.speaker.end
        quoted = item.quoted
        return Quote(
            text=self._text[quoted.start : quoted.end],
            speaker=name,
            speaker_id=entity.id if entity else None,
            start=quoted.start,
            end=quoted.end,
            origin=ORIGIN,
            confidence=round(item.confidence * sureness, 2),
        )

    def _who(self, item: Attributed) -> tuple[str, Entity | None, float]:
        speaker = item.speaker
        written = self._text[speaker.start : speaker.end]
        match speaker.kind:
            case "he or she":
                return self._person_before(item) or (written, None, _UNRESOLVED)
            case "it":
                return self._organization_before(item) or (written, None, _UNRESOLVED)
            case "pronoun":
                return written, None, _UNRESOLVED
            case "group":
                return written, self._spoken_for(speaker, written), 1.0
            case "name":
                return *self._named(speaker.start, speaker.end), 1.0

    def _named(self, start: int, end: int) -> tuple[str, Entity | None]:
        """The full name that stands for a written one, and the entity mentioned there."""
        written = self._text[start:end]
        entity = self._entity_at(start, end)
        if " " in written:
            return written, entity
        if entity is not None and entity.type == "person":
            return self._fullest(entity), entity
        full = self._full_name_of(written) if entity is None else None
        return (full[0], self._entity_at(*full[1])) if full else (written, entity)

    def _entity_at(self, start: int, end: int) -> Entity | None:
        """The entity whose mention covers most of a span, the end of it counting first: the surname."""
        # Mentions do not overlap: their ends are in order as well.
        index = bisect.bisect_left(self._ends, max(start, end - 2))
        if index < len(self._mentions) and self._mentions[index][0].start < end:
            return self._entities[self._mentions[index][1]]
        return None

    @cached_property
    def _mentions(self) -> list[tuple[Mention, str]]:
        placed = [(m, entity.id) for entity in self._entities.values() for m in entity.mentions if m.field == "text"]
        return sorted(placed, key=lambda item: item[0].start)

    @cached_property
    def _starts(self) -> list[int]:
        return [mention.start for mention, _ in self._mentions]

    @cached_property
    def _ends(self) -> list[int]:
        return [mention.end for mention, _ in self._mentions]

    def _first_of(self, wanted: EntityType, start: int, end: int) -> tuple[Mention, Entity] | None:
        """The first mention of an entity of a type that begins within a span."""
        first, behind = bisect.bisect_left(self._starts, start), bisect.bisect_left(self._starts, end)
        for mention, entity_id in self._mentions[first:behind]:
            if self._entities[entity_id].type == wanted:
                return mention, self._entities[entity_id]
        return None

    @staticmethod
    def _fullest(entity: Entity) -> str:
        """How an article names someone in full; the known name where it uses the surname alone."""
        longest = max((mention.text for mention in entity.mentions), key=len)
        return longest if " " in longest else entity.name

    def _full_name_of(self, surname: str) -> tuple[str, tuple[int, int]] | None:
        """The one longer name in the article that ends in a surname, and its first place."""
        if surname in self._full_names:
            return self._full_names[surname]
        names: dict[str, tuple[int, int]] = {}
        pattern = re.compile(rf"{_GIVEN_NAMES}{re.escape(surname)}(?![\w-])")
        for start, end in self._before(surname):
            for match in pattern.finditer(self._text, start, end):
                name = speaker_of_phrase(self._text, *match.span())
                if name is not None and name.kind == "name" and " " in (full := self._text[name.start : name.end]):
                    names.setdefault(full, (name.start, name.end))
        self._full_names[surname] = next(iter(names.items())) if len(names) == 1 else None
        return self._full_names[surname]

    def _before(self, surname: str) -> list[tuple[int, int]]:
        """Where a name that ends in a surname may stand: up to each place of it, and a character on."""
        windows: list[tuple[int, int]] = []
        place = self._text.find(surname)
        while place >= 0:
            start, end = max(0, place - _LONGEST_GIVEN_NAMES), place + len(surname) + 1
            if windows and start <= windows[-1][1]:
                start = windows.pop()[0]
            windows.append((start, end))
            place = self._text.find(surname, end)
        return windows

    def _person_before(self, item: Attributed) -> tuple[str, Entity | None, float] | None:
        """Whom "he" or "she" means: who spoke last, or whom the nearest sentence with a person is about."""
        for start, end in self._sentences_before(item):
            place = self._subject_of(start, end, "person")
            if place is not None:
                return *self._named(*place), _RESOLVED
            if self._last_speaker and start <= self._last_speaker[1] <= end:
                return *self._named(*self._last_speaker), _RESOLVED
        return None

    def _organization_before(self, item: Attributed) -> tuple[str, Entity | None, float] | None:
        """Which body "it" or "the company" means: the one that the nearest sentence with one is about."""
        for start, end in self._sentences_before(item):
            place = self._subject_of(start, end, "organization")
            if place is not None:
                return self._text[place[0] : place[1]], self._entity_at(*place), _RESOLVED
        return None

    def _sentences_before(self, item: Attributed) -> Iterator[tuple[int, int]]:
        """The sentences before a quote and its speaker, the nearest first; the first may be the beginning of one."""
        place = min(item.quoted.opens, item.speaker.start)
        end = place
        while end > max(0, place - _FAR):
            start = min(self._article.body.sentence_at(end - 1).start, end - 1)
            yield start, end
            end = start

    def _subject_of(self, start: int, end: int, wanted: EntityType) -> tuple[int, int] | None:
        """The first entity of a type in a sentence, else a name that no entity bears: what the sentence begins with."""
        if (first := self._first_of(wanted, start, end)) is not None:
            return first[0].start, first[0].end
        subject = leading_name(self._text, start, end, fewest_words=2 if wanted == "person" else 1)
        if subject is None and wanted == "person":
            subject = self._given_and_surname(start, end)
        if subject is None:
            return None
        entity = self._entity_at(subject.start, subject.end)
        word = self._text[subject.start : subject.end].lower()
        return None if entity or word in self._common_words else (subject.start, subject.end)

    def _given_and_surname(self, start: int, end: int) -> Speaker | None:
        for match in _TWO_CAPITALISED.finditer(self._text, start, end):
            if match[1].lower() in self._personal_names:
                return Speaker(match.start(), match.end(), "name")
        return None

    def _spoken_for(self, speaker: Speaker, written: str) -> Entity | None:
        """The organisation that a spokesperson speaks for."""
        if _FOR_SOMEONE.search(written) is None:
            whole = self._entity_at(speaker.start, speaker.end)
            return whole if whole and whole.type == "organization" and self._covers(whole, speaker) else None
        first = self._first_of("organization", speaker.start, speaker.end)
        return first[1] if first else None

    @staticmethod
    def _covers(entity: Entity, speaker: Speaker) -> bool:
        """Whether a mention is all of a group's name but for an article: "the White House"."""
        return any(
            m.field == "text" and m.end == speaker.end and m.start - speaker.start <= _ARTICLE for m in entity.mentions
        )

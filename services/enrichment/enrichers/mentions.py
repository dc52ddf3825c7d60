"""Finds the mentions of known entities in an article: longest first, the unambiguous before the ambiguous."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import ahocorasick_rs

from services.enrichment.article_text import ArticleText, Passage
from services.enrichment.enrichers.coordination import Listed
from services.enrichment.enrichers.name_evidence import Evidence
from services.enrichment.knowledge_base.gazetteer import Candidate, Gazetteer
from services.enrichment.knowledge_base.knowledge import Knowledge
from services.enrichment.knowledge_base.known_entity import KnownEntity
from shared.events.enrichment import EntityType

_MONTHS = frozenset("April August June March May".split())
_DAY_OR_YEAR = re.compile(r",? \d{1,4}\b")
_BEFORE_MONTH = re.compile(
    r"(?:\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Ll]ast|[Nn]ext|[Ee]arly|[Ll]ate|mid|[Tt]his|of)[ -]|\d )$"
)
Field = Literal["title", "text"]
_Placed = tuple[Field, Passage, Candidate]
# So few are found one after the other before an automaton of them is made.
_FEW_NAMES = 24
_SURNAME_CONFIDENCE, _LISTED_CONFIDENCE = 0.9, 0.85


class Found(NamedTuple):
    """A mention with the entity it means, as far as the output needs it, and the confidence that it does.

    It stands at ``[start:end]`` of the field.
    """

    entity_id: str
    name: str
    type: EntityType
    country: str
    industry: str
    field: Field
    start: int
    end: int
    text: str
    confidence: float
    origin: str


class Ground:
    """Which characters of the article are part of a mention already."""

    def __init__(self, article: ArticleText) -> None:
        self._taken = {"title": bytearray(len(article.title)), "text": bytearray(len(article.text))}

    def is_free(self, field: Field, start: int, end: int) -> bool:
        """Whether no mention overlaps the span."""
        return self._taken[field].find(1, start, end) < 0

    def take(self, field: Field, start: int, end: int) -> None:
        """Make the span part of a mention."""
        self._taken[field][start:end] = b"\1" * (end - start)


def passages_of(article: ArticleText) -> tuple[tuple[Field, Passage], ...]:
    """The fields that mentions are looked for in."""
    return (("title", article.headline), ("text", article.body))


def known_mentions(article: ArticleText, language: str, knowledge: Knowledge) -> tuple[list[Found], Ground]:
    """All accepted mentions of known entities, none overlapping another, and the ground they take."""
    found: list[Found] = []
    ground = Ground(article)
    evidence = Evidence(article, language, knowledge.personal_names)
    sure, ambiguous = _by_kind(article, knowledge)

    for field, passage, candidate in sure:
        if ground.is_free(field, candidate.start, candidate.end):
            confidence = evidence.for_sure_name(passage, candidate)
            meant = _government(passage, candidate, evidence, knowledge.gazetteer)
            _accept(found, ground, field, passage, meant, confidence)
    settled = _with_parents({item.entity_id for item in found}, knowledge.gazetteer)
    for field, passage, candidate in ambiguous:
        if ground.is_free(field, candidate.start, candidate.end):
            confidence = evidence.for_ambiguous_name(passage, candidate, settled)
            meant = _government(passage, candidate, evidence, knowledge.gazetteer)
            _accept(found, ground, field, passage, meant, confidence)
    _accept_listed(found, ground, article, ambiguous, evidence)
    found += _surname_mentions(article, found, ground)
    return found, ground


def _accept_listed(
    found: list[Found], ground: Ground, article: ArticleText, ambiguous: Iterable[_Placed], evidence: Evidence
) -> None:
    """Accept companies that are known by the company they keep: "Visa and Mastercard"; each may speak for the next."""
    open_names = [
        placed
        for placed in ambiguous
        if placed[2].entity.type == "organization"
        and ground.is_free(placed[0], placed[2].start, placed[2].end)
        and evidence.may_be_listed(placed[1], placed[2])
    ]
    if not open_names:
        return
    listed = {field: Listed(passage.text) for field, passage in passages_of(article)}
    for item in found:
        listed[item.field].add(item.start, item.end, item.type, item.industry)
    open_names.sort(key=lambda placed: placed[2].start)
    # Once in each direction: more rounds would take a hostile list of thousands of names squared.
    for field, passage, candidate in (*open_names, *reversed(open_names)):
        start, end = candidate.start, candidate.end
        if ground.is_free(field, start, end) and listed[field].has_beside(start, end):
            _accept(found, ground, field, passage, candidate, _LISTED_CONFIDENCE)
            listed[field].add(start, end, candidate.entity.type, candidate.entity.industry)


def _with_parents(ids: set[str], gazetteer: Gazetteer) -> frozenset[str]:
    known = (gazetteer.get(entity_id) for entity_id in ids)
    return frozenset(ids | {entity.parent for entity in known if entity and entity.parent})


def _government(passage: Passage, candidate: Candidate, evidence: Evidence, gazetteer: Gazetteer) -> Candidate:
    """The candidate, or where a capital acts as a government the country, whose government it is."""
    country = gazetteer.get(candidate.entity.parent) if evidence.is_government(passage, candidate) else None
    return candidate._replace(entity=country) if country else candidate


def _by_kind(article: ArticleText, knowledge: Knowledge) -> tuple[list[_Placed], list[_Placed]]:
    placed = [(field, passage, c) for field, passage in passages_of(article) for c in knowledge.gazetteer.find(passage)]
    placed.sort(key=lambda item: (item[2].start - item[2].end, item[0] != "title", item[2].start, item[2].entity.id))
    return [p for p in placed if p[2].kind == "sure"], [p for p in placed if p[2].kind != "sure"]


def _accept(
    found: list[Found], ground: Ground, field: Field, passage: Passage, candidate: Candidate, confidence: float | None
) -> None:
    if confidence is not None:
        ground.take(field, candidate.start, candidate.end)
        found.append(found_in(field, passage, candidate.entity, candidate.start, candidate.end, confidence))


def found_in(
    field: Field,
    passage: Passage,
    entity: KnownEntity,
    start: int,
    end: int,
    confidence: float,
    origin: str = "gazetteer",
) -> Found:
    """The mention of a known entity at a span of a passage."""
    surface = passage.text[start:end]
    return Found(
        entity.id,
        entity.name,
        entity.type,
        entity.country,
        entity.industry,
        field,
        start,
        end,
        surface,
        confidence,
        origin,
    )


def _surname_mentions(article: ArticleText, found: Iterable[Found], ground: Ground) -> list[Found]:
    """Where someone who was named in full is called by the surname alone; a surname that two share means neither."""
    people: dict[str, dict[str, Found]] = {}
    for item in found:
        if item.type == "person" and " " in item.text:
            people.setdefault(item.text.rsplit(" ", 1)[1], {})[item.entity_id] = item
    mentions: list[Found] = []
    for surname, bearers in people.items():
        if len(bearers) > 1 or not surname[0].isupper():
            continue
        (bearer,) = bearers.values()
        mentions += _called_by(surname, bearer, article, ground)
    return mentions


def _called_by(surname: str, bearer: Found, article: ArticleText, ground: Ground) -> list[Found]:
    mentions: list[Found] = []
    for field, passage in passages_of(article):
        for start in places_of(surname, passage.text):
            end = start + len(surname)
            if ground.is_free(field, start, end) and not is_month(passage.text, start, end):
                ground.take(field, start, end)
                mentions.append(
                    bearer._replace(field=field, start=start, end=end, text=surname, confidence=_SURNAME_CONFIDENCE)
                )
    return mentions


def is_month(text: str, start: int, end: int) -> bool:
    """Whether what is also a surname stands for a month: "in May", "May 2019", "4 March"."""
    if text[start:end] not in _MONTHS:
        return False
    return _DAY_OR_YEAR.match(text, end) is not None or _BEFORE_MONTH.search(text, max(0, start - 8), start) is not None


def places_of(name: str, text: str) -> Iterator[int]:
    """Where a name stands as a word of its own."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if _is_apart(text, start, end):
            yield start
        start = text.find(name, end)


class Names:
    """Names that are looked for together: many in one pass, or a hostile page of thousands would take them squared."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._automaton: ahocorasick_rs.AhoCorasick | None = None
        if len(names) > _FEW_NAMES:
            # Made sooner than the kinds of automatons that find faster.
            self._automaton = ahocorasick_rs.AhoCorasick(
                names, store_patterns=False, implementation=ahocorasick_rs.Implementation.ContiguousNFA
            )

    def places_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand as words of their own: all places of the first name, then of the second, and so on."""
        if self._automaton is None:
            yield from ((place, place + len(name)) for name in self._names for place in places_of(name, text))
            return
        last, last_end = -1, 0
        for name, start, end in sorted(self._automaton.find_matches_as_indexes(text, overlapping=True)):
            if name == last and start < last_end:
                continue
            last, last_end = name, end
            if _is_apart(text, start, end):
                yield start, end


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether neither a letter nor a digit stands beside a span, nor a hyphen before it."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not (before.isalnum() or before == "-" or after.isalnum())

"""Mentions of people, organisations and places that only the statistical model finds."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from services.enrichment.article_text import ArticleText, Passage
from services.enrichment.enrichers.mentions import Field, Found, Ground, found_in, passages_of
from services.enrichment.knowledge_base.knowledge import Knowledge
from services.enrichment.knowledge_base.known_entity import KnownEntity
from services.enrichment.knowledge_base.named_entity_model import NamedEntityModel
from services.enrichment.knowledge_base.slugs import entity_id
from shared.events.enrichment import EntityType

# What the model takes into a name and is none of it.
_LEAD = re.compile(r"(?:the|mr|mrs|ms|dr|prof|sir|president|chancellor|sen|rep|gov|gen)\.?\s+", re.IGNORECASE)
_TAIL = re.compile(r"(?:['’]s|['’]|[\s.,;:!?\"”“()-])+$")
_CONFIDENCE = 0.6
# The model takes headlines written in capitals for one long name.
_MOST_WORDS = 8
# A name that ends in one of these is an organisation's, whatever the model takes it for.
_ORGANIZATION_HEADS = frozenset(
    "Inc Corp Ltd Co LLC Group Holdings Labs Laboratories Foundation University Institute Bank Association Ministry "
    "Partners Capital Ventures Technologies Systems Pharmaceuticals Airlines Motors Energy Party Council "
    "Committee".split()
)


class _Name(NamedTuple):
    type: EntityType
    field: Field
    passage: Passage
    start: int
    end: int

    @property
    def surface(self) -> str:
        return self.passage.text[self.start : self.end]


def with_unknown_mentions(
    article: ArticleText, known: list[Found], ground: Ground, model: NamedEntityModel, knowledge: Knowledge
) -> list[Found]:
    """The known mentions and those of the model; of two that overlap the known one, or the longer name around a place.

    A name has one type throughout an article; a surname, or a given name, is the one person's who bears it.
    """
    names = [name for name in _names(article, model) if _is_name(name, knowledge)]
    kept, added = _settled(names, known, ground)
    people = {item.mention.text: item.entity_id for item in kept if item.type == "person"}
    types = _types(added)
    people |= {s: made for s, kind in types.items() if kind == "person" and " " in s and (made := entity_id(kind, s))}
    bearers = _bearers(people)
    for name in added:
        entity = _entity(types[name.surface], name.surface, bearers, knowledge)
        if entity is not None:
            mention = found_in(name.field, name.passage, entity, name.start, name.end, _CONFIDENCE)
            kept.append(mention._replace(origin=model.origin))
    return kept


def _names(article: ArticleText, model: NamedEntityModel) -> list[_Name]:
    names: list[_Name] = []
    for field, passage in passages_of(article):
        for found in model.find(passage.text):
            start, end = _trimmed(passage.text, found.start, found.end)
            names.append(_Name(found.type, field, passage, start, end))
    return names


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while lead := _LEAD.match(text, start, end):
        start = lead.end()
    tail = _TAIL.search(text, start, end)
    return start, tail.start() if tail else end


def _is_name(name: _Name, knowledge: Knowledge) -> bool:
    surface = name.surface
    looks_like_one = (
        0 < len(surface.split()) <= _MOST_WORDS
        and len(surface) > 1
        and "\n" not in surface
        and any(character.isupper() for character in surface)
    )
    return looks_like_one and not _is_ordinary_word(name, knowledge)


def _is_ordinary_word(name: _Name, knowledge: Knowledge) -> bool:
    """Whether a name is a word such as "Government" that no known entity of its type bears."""
    surface = name.surface
    if surface.isupper() or surface.lower() not in knowledge.common_words:
        return False
    return knowledge.gazetteer.get(entity_id(name.type, surface) or "") is None


def _settled(names: list[_Name], known: list[Found], ground: Ground) -> tuple[list[Found], list[_Name]]:
    """The known mentions that stay, and the names on free ground or around the name of a place."""
    added: list[_Name] = []
    dropped: set[int] = set()
    for name in names:
        if not ground.is_free(name.field, name.start, name.end):
            inner = [index for index, item in enumerate(known) if index not in dropped and _overlap(name, item)]
            if not inner or not all(_is_place_within(known[index], name) for index in inner):
                continue
            dropped.update(inner)
        ground.take(name.field, name.start, name.end)
        added.append(name)
    return [item for index, item in enumerate(known) if index not in dropped], added


def _overlap(name: _Name, item: Found) -> bool:
    return item.mention.field == name.field and item.mention.start < name.end and name.start < item.mention.end


def _is_place_within(item: Found, name: _Name) -> bool:
    inside = name.start <= item.mention.start and item.mention.end <= name.end and item.mention.text != name.surface
    return inside and item.type in ("location", "norp") and name.type != "location"


def _types(names: Iterable[_Name]) -> dict[str, EntityType]:
    """The type of each name: what its last word says, else what the model calls it most often."""
    votes: dict[str, Counter[EntityType]] = {}
    for name in names:
        votes.setdefault(name.surface, Counter())[name.type] += 1
    return {
        surface: "organization" if surface.split()[-1] in _ORGANIZATION_HEADS else counts.most_common(1)[0][0]
        for surface, counts in votes.items()
    }


def _bearers(people: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Each part of a full name with the id and name of its bearer, where only one person bears it."""
    bearers: dict[str, dict[str, str]] = {}
    for name, person_id in people.items():
        for part in name.split()[:1] + name.split()[-1:]:
            bearers.setdefault(part, {}).setdefault(person_id, name)
    return {part: next(iter(ids.items())) for part, ids in bearers.items() if len(ids) == 1}


def _entity(
    entity_type: EntityType, surface: str, bearers: dict[str, tuple[str, str]], knowledge: Knowledge
) -> KnownEntity | None:
    """The entity of a name: the person who bears it, the one with the id that follows from it, else made of it."""
    if surface in bearers:
        person_id, name = bearers[surface]
        return knowledge.gazetteer.get(person_id) or KnownEntity(person_id, " ".join(name.split()), "person")
    made_id = entity_id(entity_type, surface)
    if made_id is None:
        return None
    return knowledge.gazetteer.get(made_id) or KnownEntity(made_id, " ".join(surface.split()), entity_type)

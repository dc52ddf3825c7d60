"""Mentions of people, organisations and places that only the statistical model finds."""

import re
from collections.abc import Iterable

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.mentions import Found, Ground, found_in, passages_of
from services.enrichment.knowledge_base.gazetteer import Gazetteer
from services.enrichment.knowledge_base.known_entity import KnownEntity
from services.enrichment.knowledge_base.named_entity_model import NamedEntityModel
from services.enrichment.knowledge_base.slugs import entity_id
from shared.events.enrichment import EntityType

# What the model takes into a name and is none of it.
_LEAD = re.compile(r"(?:the|mr|mrs|ms|dr|prof|sir|president|chancellor|sen|rep|gov)\.?\s+", re.IGNORECASE)
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


def unknown_mentions(
    article: ArticleText, known: Iterable[Found], ground: Ground, model: NamedEntityModel, gazetteer: Gazetteer
) -> list[Found]:
    """The model's mentions where no known entity is named; a surname joins the one person who bears it."""
    people = {item.mention.text: item.entity_id for item in known if item.type == "person"}
    found: list[Found] = []
    for field, passage in passages_of(article):
        for name in model.find(passage.text):
            start, end = _trimmed(passage.text, name.start, name.end)
            surface = passage.text[start:end]
            if not _is_name(surface) or not ground.is_free(field, start, end):
                continue
            entity_type = "organization" if surface.split()[-1] in _ORGANIZATION_HEADS else name.type
            entity = _entity(entity_type, surface, people, gazetteer)
            if entity is not None:
                ground.take(field, start, end)
                found.append(found_in(field, passage, entity, start, end, _CONFIDENCE)._replace(origin=model.origin))
    return _joined(found, people)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while lead := _LEAD.match(text, start, end):
        start = lead.end()
    tail = _TAIL.search(text, start, end)
    return start, tail.start() if tail else end


def _is_name(surface: str) -> bool:
    words = surface.split()
    return (
        0 < len(words) <= _MOST_WORDS
        and len(surface) > 1
        and "\n" not in surface
        and any(character.isupper() for character in surface)
    )


def _entity(entity_type: EntityType, surface: str, people: dict[str, str], gazetteer: Gazetteer) -> KnownEntity | None:
    """The entity of a name: known by the id that follows from it, else made of it."""
    made_id = entity_id(entity_type, surface)
    if made_id is None:
        return None
    if entity_type == "person":
        people.setdefault(surface, made_id)
    return gazetteer.get(made_id) or KnownEntity(made_id, " ".join(surface.split()), entity_type)


def _joined(found: list[Found], people: dict[str, str]) -> list[Found]:
    """The mentions, with those by surname given to the only person of that surname who is named in full."""
    bearers: dict[str, set[str]] = {}
    for name, person_id in people.items():
        if " " in name:
            bearers.setdefault(name.rsplit(" ", 1)[1], set()).add(person_id)
    full = {item.entity_id: item for item in found if item.type == "person"}
    joined: list[Found] = []
    for item in found:
        of_surname = bearers.get(item.mention.text, set()) if item.type == "person" else set()
        bearer = full.get(next(iter(of_surname))) if len(of_surname) == 1 else None
        joined.append(bearer._replace(mention=item.mention) if bearer else item)
    return joined

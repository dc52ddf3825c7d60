"""Who and what an article names, with the share of its attention that each gets."""

import math
from collections.abc import Iterable

from pydantic import TypeAdapter

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.mentions import Found, known_mentions
from services.enrichment.enrichers.unknown_mentions import with_unknown_mentions
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment, Entity

# Parts of an entity's salience: named in the title, named early, named often.
_TITLE, _EARLY, _OFTEN = 0.4, 0.3, 0.3
# Mentions beyond this many add nothing.
_MANY = 8
# Past this many a page is a table, or an attack: the event that carries all of them would be too large.
_MOST_MENTIONS = 10_000
_ENTITIES = TypeAdapter(list[Entity])
_SHARE_OF_MANY = tuple(math.log1p(count) / math.log1p(_MANY) for count in range(_MANY + 1))


def entities(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> tuple[Entity, ...]:
    """The entities named in title and text, the most salient first."""
    mentions, ground = known_mentions(article, found.language.code, knowledge)
    if found.language.code == "en":
        mentions = with_unknown_mentions(article, mentions, ground, knowledge)
    return assembled(mentions, len(article.text))


def assembled(mentions: Iterable[Found], text_length: int) -> tuple[Entity, ...]:
    """One entity for all mentions of an id, its mentions in the order of the article; at most its first 10,000."""
    by_id: dict[str, list[Found]] = {}
    placed = list(mentions)
    if len(placed) > _MOST_MENTIONS:
        placed = sorted(placed, key=_place)[:_MOST_MENTIONS]
    for item in placed:
        by_id.setdefault(item.entity_id, []).append(item)
    # All at once: made one by one, with their mentions, they take half as long again.
    built = _ENTITIES.validate_python([_entity(items, text_length) for items in by_id.values()])
    return tuple(sorted(built, key=lambda entity: (-entity.salience, entity.id)))


def _place(item: Found) -> tuple[bool, int]:
    return item.field != "title", item.start


def _entity(items: list[Found], text_length: int) -> dict[str, object]:
    """The fields of an entity."""
    if len(items) > 1:
        items.sort(key=_place)
    first = items[0]
    return {
        "id": first.entity_id,
        "name": first.name,
        "type": first.type,
        "salience": _salience(items, text_length),
        "mentions": [
            {
                "field": item.field,
                "start": item.start,
                "end": item.end,
                "text": item.text,
                "origin": item.origin,
                "confidence": item.confidence,
            }
            for item in items
        ],
        "country": first.country or None,
        "industry": first.industry or None,
        "origin": first.origin,
        "confidence": max([item.confidence for item in items]),
    }


def _salience(mentions: list[Found], text_length: int) -> float:
    """The salience of what is mentioned at these places, which must be in the order of the article."""
    in_title = mentions[0].field == "title"
    if not in_title:
        first = mentions[0].start
    else:
        first = next((mention.start for mention in mentions if mention.field == "text"), 0)
    early = 1 - first / text_length if text_length else 1.0
    often = _SHARE_OF_MANY[min(len(mentions), _MANY)]
    return round(_TITLE * in_title + _EARLY * early + _OFTEN * often, 3)

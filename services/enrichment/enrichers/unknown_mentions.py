"""Mentions of names that no list knows, each name with one type and one bearer throughout an article."""

import bisect
from collections.abc import Iterable, Iterator

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers import name_words as words
from services.enrichment.enrichers.acronyms import bracketed, introduced
from services.enrichment.enrichers.mentions import Found, Ground, Names, found_in, is_month, passages_of
from services.enrichment.enrichers.name_candidates import Name, candidates
from services.enrichment.enrichers.name_types import Kind, Named, kinds, weight_of
from services.enrichment.knowledge_base.knowledge import Knowledge
from services.enrichment.knowledge_base.known_entity import KnownEntity
from services.enrichment.knowledge_base.slugs import entity_id

_RULE_CONFIDENCE, _MODEL_CONFIDENCE = 0.75, 0.6


def with_unknown_mentions(
    article: ArticleText, known: list[Found], ground: Ground, knowledge: Knowledge
) -> list[Found]:
    """The known mentions and the unknown ones; of two that overlap the known one, or the longer name around it.

    A name has one type throughout an article; a surname, or a given name, is the one person's who bears it; an
    acronym is what it was introduced for.
    """
    kept, added = _settled(candidates(article, knowledge), known, ground)
    types = kinds(
        (Named(n.passage, n.start, n.end, n.kind, n.weight, n.origin != "rule") for n in added),
        knowledge.lexicon,
        lambda kind, surface: _known_as(kind, surface, knowledge) is not None,
        with_model=knowledge.model is not None,
    )
    meant = _entities(types, kept, knowledge)
    introduced_for: dict[str, set[str | None]] = {}
    for acronym, entity in _acronyms(article, kept, added, meant, knowledge):
        meant[acronym] = entity
        introduced_for.setdefault(acronym, set()).add(entity.id if entity else None)
    # Of an acronym that is introduced for several nothing stays.
    kept = [item for item in kept if introduced_for.get(item.text, {item.entity_id}) == {item.entity_id}]
    added += _repeated(article, meant, ground, knowledge)
    for name in added:
        entity = meant[name.surface]
        if entity is not None:
            confidence = _RULE_CONFIDENCE if name.origin == "rule" else _MODEL_CONFIDENCE
            kept.append(found_in(name.field, name.passage, entity, name.start, name.end, confidence, name.origin))
    return kept


def _settled(names: list[Name], known: list[Found], ground: Ground) -> tuple[list[Found], list[Name]]:
    """The known mentions that stay, and the names on free ground or around what is known."""
    added: list[Name] = []
    dropped: set[int] = set()
    places = {field: _Places(known, field) for field in ("title", "text")}
    for name in names:
        if not ground.is_free(name.field, name.start, name.end):
            inner = [i for i in places[name.field].within(name.start, name.end) if i not in dropped]
            if not inner or not all(_gives_way(known[index], name) for index in inner):
                continue
            dropped.update(inner)
        ground.take(name.field, name.start, name.end)
        added.append(name)
    return [item for index, item in enumerate(known) if index not in dropped], added


class _Places:
    """Which of the known mentions of a field overlap a span; none of them overlaps another."""

    def __init__(self, known: list[Found], field: str) -> None:
        placed = ((m.start, m.end, i) for i, m in enumerate(known) if m.field == field)
        self._placed = sorted(placed)
        self._ends = [end for _, end, _ in self._placed]

    def within(self, start: int, end: int) -> Iterator[int]:
        for index in range(bisect.bisect_right(self._ends, start), len(self._placed)):
            if self._placed[index][0] >= end:
                return
            yield self._placed[index][2]


def _gives_way(item: Found, name: Name) -> bool:
    """Whether a known name is a part of a longer one of another kind, as a place is in the name of a body."""
    inside = name.start <= item.start and item.end <= name.end and item.text != name.surface
    if not inside:
        return False
    if name.weight >= weight_of("head"):
        return item.type in ("location", "norp") or name.kind == "organization"
    return item.type in ("location", "norp") and name.kind != "location"


def _entities(types: dict[str, Kind], known: list[Found], knowledge: Knowledge) -> dict[str, KnownEntity | None]:
    """What each name means, the parts of a person's name included where one person alone bears them."""
    people = {item.text: item.entity_id for item in known if item.type == "person"}
    people |= {s: made for s, kind in types.items() if kind == "person" and " " in s and (made := entity_id(kind, s))}
    meant: dict[str, KnownEntity | None] = {s: _entity(kind, s, knowledge) for s, kind in types.items()}
    for part, bearers in _bearers(people).items():
        if len(bearers) > 1:
            # Someone of that name, but who of them cannot be said.
            if types.get(part) in ("location", "organization"):
                meant[part] = _entity("person", part, knowledge)
        elif part in types or len(part) > 2:
            ((person_id, name),) = bearers.items()
            meant[part] = knowledge.gazetteer.get(person_id) or KnownEntity(person_id, " ".join(name.split()), "person")
    return meant


def _bearers(people: dict[str, str]) -> dict[str, dict[str, str]]:
    """Each part of a full name with the ids of those who bear it, and their names."""
    bearers: dict[str, dict[str, str]] = {}
    for name, person_id in people.items():
        for part in name.split()[:1] + name.split()[-1:]:
            bearers.setdefault(part, {}).setdefault(person_id, name)
    return bearers


def _entity(kind: Kind, surface: str, knowledge: Knowledge) -> KnownEntity | None:
    """The entity with the id that follows from a name, else one made of it; None for what is none."""
    if kind == "" or kind == "other":
        return None
    made_id = entity_id(kind, surface)
    if made_id is None:
        return None
    country = knowledge.lexicon.places.get(surface, "") if kind == "location" else ""
    return _known_as(kind, surface, knowledge) or KnownEntity(made_id, " ".join(surface.split()), kind, country)


def _known_as(kind: Kind, surface: str, knowledge: Knowledge) -> KnownEntity | None:
    made_id = None if kind == "" or kind == "other" else entity_id(kind, surface)
    return knowledge.gazetteer.get(made_id) if made_id else None


def _acronyms(
    article: ArticleText,
    known: Iterable[Found],
    added: Iterable[Name],
    meant: dict[str, KnownEntity | None],
    knowledge: Knowledge,
) -> Iterator[tuple[str, KnownEntity | None]]:
    """What the acronyms mean that are introduced beside a name; None for those of common nouns."""
    if not any("(" in passage.text for _, passage in passages_of(article)):
        return
    ends: dict[tuple[str, int], KnownEntity | Found | None] = {(n.field, n.end): meant[n.surface] for n in added}
    ends |= {(item.field, item.end): item for item in known}
    for (field, end), entity in ends.items():
        if entity is not None and entity.type == "organization":
            short = bracketed(article.title if field == "title" else article.text, end)
            if short and _is_free_for_body(short, knowledge):
                yield short, _as_known(entity)
    for field, passage in passages_of(article):
        for acronym, _, end, is_capitalised in introduced(passage.text):
            if (field, end) in ends:
                entity = ends[field, end]
                if entity is None or entity.type != "location":
                    yield acronym, _as_known(entity)
            elif not is_capitalised:
                yield acronym, None


def _as_known(entity: KnownEntity | Found | None) -> KnownEntity | None:
    if not isinstance(entity, Found):
        return entity
    return KnownEntity(entity.entity_id, entity.name, entity.type, entity.country, entity.industry)


def _is_free_for_body(short: str, knowledge: Knowledge) -> bool:
    """Whether a word in brackets after a body's name may be the body's short name, and is not known as another's."""
    if short in words.NO_BODIES or knowledge.gazetteer.named(short):
        return False
    lexicon = knowledge.lexicon
    is_word = short.lower() in knowledge.common_words or short in lexicon.places or short in lexicon.given
    return short.isupper() or not (is_word or short in lexicon.surnames)


def _repeated(
    article: ArticleText, meant: dict[str, KnownEntity | None], ground: Ground, knowledge: Knowledge
) -> Iterator[Name]:
    """Where a name that is settled stands once more, on free ground."""
    surfaces = sorted(
        {surface for surface, entity in meant.items() if entity} - knowledge.common_words, key=lambda s: (-len(s), s)
    )
    names = Names(surfaces)
    for field, passage in passages_of(article):
        for start, end in names.places_in(passage.text):
            if ground.is_free(field, start, end) and not is_month(passage.text, start, end):
                ground.take(field, start, end)
                yield Name(field, passage, start, end, "", 1.0, "rule")

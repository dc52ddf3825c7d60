"""Builds the committed data files from our own lists, countries, cities and listed companies; run by hand.

    python -m services.enrichment.knowledge_base.build --companies companies.csv.gz [--media-topics iptc_mapping.json]
        [--sentiment vader_lexicon.txt]

Needs the packages of the development group. The same inputs give the same bytes.
"""

import argparse
import gzip
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from services.enrichment.knowledge_base import lexicon, lexicon_sources, sentiment_words, topic_rules, topic_sources
from services.enrichment.knowledge_base.ambiguity import Ambiguity, read_words
from services.enrichment.knowledge_base.gazetteer import pattern_of
from services.enrichment.knowledge_base.known_entity import KnownEntity, to_line
from services.enrichment.knowledge_base.naming import frequent_words, host, without_legal_form
from services.enrichment.knowledge_base.slugs import slug
from services.enrichment.knowledge_base.sources import (
    capitals,
    cities,
    company_entity,
    countries,
    curated,
    merged,
    read_companies,
    regions,
)

DATA = Path(__file__).parent / "data"
COUNTRY_NAMES = "country_names.yaml"
TOPICS = "topics.yaml"
# A word in this many company names ("global", "pacific") says of none of them which one is meant.
_FREQUENT_IN_COMPANIES = 4


class Collection:
    """Entities in the order of their claim to a name: who comes first keeps it."""

    def __init__(self) -> None:
        self._entities: dict[str, KnownEntity] = {}
        self._owners: dict[str, str] = {}
        self._hosts: dict[str, str] = {}

    def add(self, entity: KnownEntity) -> None:
        """Take an entity in, or what it adds to one that bears its name, or nothing if all its names are taken."""
        twin = self._twin_of(entity)
        if twin is not None:
            self._put(merged(twin, self._with_free_names(entity)))
            return
        free = self._with_free_names(entity)
        if free.names or free.words or free.weak:
            self._put(free._replace(id=self._free_id(free)))

    def join_capital(self, capital: str, code: str, country: str) -> None:
        """Make a country the parent of the place in it that bears the name of its capital."""
        place, whole = self.owner_of(capital), self.owner_of(country)
        if place is None or whole is None or place.id == whole.id:
            return
        if place.type == whole.type == "location" and place.country == whole.country == code:
            self._entities[place.id] = place._replace(parent=whole.id)

    def entities(self) -> list[KnownEntity]:
        """All entities, sorted by id."""
        return sorted(self._entities.values())

    def owner_of(self, name: str) -> KnownEntity | None:
        """The entity that has claimed a name."""
        owner = self._owners.get(pattern_of(name)[0])
        return self._entities.get(owner) if owner else None

    def _twin_of(self, entity: KnownEntity) -> KnownEntity | None:
        owner = self.owner_of(entity.name)
        if owner is None and host(entity.website):
            owner = self._entities.get(self._hosts.get(host(entity.website), ""))
        if owner is None or owner.type != entity.type:
            return None
        same_country = not owner.country or not entity.country or owner.country == entity.country
        return owner if same_country else None

    def _with_free_names(self, entity: KnownEntity) -> KnownEntity:
        def free(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name for name in names if pattern_of(name)[0] not in self._owners)

        return entity._replace(names=free(entity.names), words=free(entity.words), weak=free(entity.weak))

    def _free_id(self, entity: KnownEntity) -> str:
        candidates = [entity.id, f"{entity.id}-{entity.country.lower()}" if entity.country else entity.id]
        number = 2
        while candidates[0] in self._entities:
            candidates = candidates[1:] or [f"{entity.id}-{number}"]
            number += 1
        return candidates[0]

    def _put(self, entity: KnownEntity) -> None:
        self._entities[entity.id] = entity
        for name in (*entity.names, *entity.words, *entity.weak):
            self._owners.setdefault(pattern_of(name)[0], entity.id)
        if entity.type == "organization" and host(entity.website):
            self._hosts.setdefault(host(entity.website), entity.id)


def collect(companies: Path) -> list[KnownEntity]:
    """All entities: our own lists first, then countries, regions, cities by size, companies by market value."""
    ambiguity = Ambiguity(read_words(DATA / "common_words.txt"), read_words(DATA / "personal_names.txt"))
    collection = Collection()
    for entity in _curated_entities(DATA / "curated", ambiguity):
        collection.add(entity)
    country_names = yaml.load((DATA / "curated" / COUNTRY_NAMES).read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # builds nothing but strings
    for entity in (*countries(country_names, ambiguity), *regions(ambiguity), *cities(ambiguity)):
        collection.add(entity)
    for capital, code, country in capitals():
        collection.join_capital(capital, code, country)
    _add_companies(collection, companies, ambiguity)
    return collection.entities()


def _curated_entities(folder: Path, ambiguity: Ambiguity) -> Iterator[KnownEntity]:
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in (COUNTRY_NAMES, TOPICS):
            yield from curated(path, ambiguity)


def _add_companies(collection: Collection, path: Path, ambiguity: Ambiguity) -> None:
    rows = read_companies(path)
    frequent = frequent_words((without_legal_form(row.legal_name) for row in rows), _FREQUENT_IN_COMPANIES)
    places = frozenset(
        name.lower() for entity in collection.entities() if entity.type == "location" for name in entity.names
    )
    stricter = Ambiguity(ambiguity.common, ambiguity.personal, frequent | places)
    for row in rows:
        if slug(row.legal_name):
            collection.add(company_entity(row, stricter))


def write(entities: Iterable[KnownEntity], path: Path) -> None:
    """Write the data file; the same entities give the same bytes."""
    text = "".join(f"{to_line(entity)}\n" for entity in entities)
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def write_topics(media_topics: Path | None) -> int:
    """Write the topic rules, first the table of IPTC topics where its source is given; returns how many rules."""
    table = DATA / "media_topics.csv"
    if media_topics is not None:
        topic_sources.write_media_topics(topic_sources.from_iptc(media_topics), table)
    rules = topic_sources.topic_rules(DATA / "curated" / TOPICS, topic_sources.read_media_topics(table))
    lines = "".join(f"{topic_rules.to_line(rule)}\n" for rule in rules)
    (DATA / "topic_rules.tsv").write_text(lines, encoding="utf-8")
    return len(rules)


def write_sentiment(vader: Path) -> int:
    """Write the words with a tone from VADER's lexicon and our own list; returns how many."""
    ours = sentiment_words.read_sentiment_words(DATA / "curated" / "sentiment.tsv")
    return sentiment_words.write_sentiment_words(sentiment_words.from_vader(vader), ours, DATA / "sentiment_words.tsv")


def write_lexicon() -> None:
    """Write the lexicon of given names, surnames and places."""
    words = lexicon_sources.lexicon(read_words(DATA / "common_words.txt"))
    text = "".join(f"{line}\n" for line in lexicon.to_lines(words))
    (DATA / "lexicon.tsv.gz").write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def main(arguments: list[str] | None = None) -> None:
    """Build the data file from the command line."""
    parser = argparse.ArgumentParser(description="Build the knowledge base's data file.")
    parser.add_argument("--companies", type=Path, required=True, help="listed companies, gzipped CSV")
    parser.add_argument("--media-topics", type=Path, help="IPTC Media Topics as JSON, to renew the committed table")
    parser.add_argument("--sentiment", type=Path, help="VADER's lexicon, to renew the words with a tone")
    options = parser.parse_args(arguments)
    entities = collect(options.companies)
    write(entities, DATA / "entities.tsv.gz")
    write_lexicon()
    rules = write_topics(options.media_topics)
    if options.sentiment is not None:
        write_sentiment(options.sentiment)
    sys.stdout.write(f"{len(entities)} entities and {rules} topic rules in {DATA}\n")


if __name__ == "__main__":
    main()

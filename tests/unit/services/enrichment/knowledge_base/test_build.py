import csv
import gzip

import pytest

from services.enrichment.knowledge_base.build import Collection, collect, write
from services.enrichment.knowledge_base.known_entity import KnownEntity

COLUMNS = ("name", "symbol", "exchange", "country", "sector", "industry", "website", "market_cap", "isin")


def an_organization(name: str, **fields) -> KnownEntity:
    values = {"id": f"org:{name.lower()}", "name": name, "type": "organization", "names": (name,)}
    return KnownEntity(**{**values, **fields})


def test_who_comes_first_keeps_a_name():
    collection = Collection()
    collection.add(KnownEntity("place:zentro", "Zentro", "location", names=("Zentro",)))
    collection.add(an_organization("Zentro", names=("Zentro", "Zentro Corporation")))

    assert collection.owner_of("Zentro").id == "place:zentro"
    assert collection.owner_of("Zentro Corporation").id == "org:zentro"


def test_a_second_description_of_an_entity_adds_to_the_first():
    collection = Collection()
    collection.add(an_organization("Zentro", website="zentro.com"))
    collection.add(an_organization("Zentro Holding", website="http://www.zentro.com", ticker="ZEN", country="NL"))

    (entity,) = collection.entities()
    assert (entity.id, entity.ticker, entity.country) == ("org:zentro", "ZEN", "NL")
    assert entity.names == ("Zentro", "Zentro Holding")


def test_namesakes_get_ids_of_their_own():
    collection = Collection()
    collection.add(an_organization("Zentro", country="NL"))
    collection.add(an_organization("Zentro", country="BR", names=("Zentro", "Zentro do Brasil")))

    assert [entity.id for entity in collection.entities()] == ["org:zentro", "org:zentro-br"]


def test_a_capital_has_its_country_for_a_parent():
    collection = Collection()
    collection.add(KnownEntity("place:zentria", "Zentria", "location", "ZZ", names=("Zentria",)))
    collection.add(KnownEntity("place:zorbo", "Zorbo", "location", "ZZ", names=("Zorbo",)))
    collection.add(KnownEntity("place:quarrel", "Quarrel", "location", "QQ", names=("Quarrel",)))

    for capital in ("Zorbo", "Quarrel", "Zentria", "Nowhere"):
        collection.join_capital(capital, "ZZ", "Zentria")

    parents = {entity.id: entity.parent for entity in collection.entities()}
    assert parents == {"place:zentria": "", "place:zorbo": "place:zentria", "place:quarrel": ""}


def test_an_entity_whose_names_are_all_taken_is_left_out():
    collection = Collection()
    collection.add(KnownEntity("place:zentro", "Zentro", "location", names=("Zentro",)))
    collection.add(an_organization("Zentro"))

    assert [entity.id for entity in collection.entities()] == ["place:zentro"]


@pytest.fixture
def companies(tmp_path):
    path = tmp_path / "companies.csv.gz"
    rows = [
        ("Quxaflor Holding N.V.", "QXF", "", "Netherlands", "", "Chemicals", "www.quxaflor.com", "Large Cap", ""),
        ("NVIDIA Corporation", "NVD", "", "United States", "", "Chips", "http://www.nvidia.com", "Mega Cap", ""),
        ("Bristle Ltd", "BRS", "LSE", "United Kingdom", "", "Brushes", "", "Small Cap", ""),
    ]  # fmt: skip
    with gzip.open(path, "wt", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path


@pytest.mark.slow
def test_the_whole_base_is_collected_from_lists_countries_cities_and_companies(companies, tmp_path):
    entities = {entity.id: entity for entity in collect(companies)}

    assert entities["org:quxaflor"].country == "NL"
    assert "Quxaflor" in entities["org:quxaflor"].names
    assert entities["org:bristle"].words == ("Bristle",)
    assert entities["org:nvidia"].ticker == "NVDA"
    assert "Allemagne" in entities["place:germany"].names
    assert entities["place:hamburg"].country == "DE"
    write(entities.values(), tmp_path / "once")
    write(entities.values(), tmp_path / "again")
    assert (tmp_path / "once").read_bytes() == (tmp_path / "again").read_bytes()

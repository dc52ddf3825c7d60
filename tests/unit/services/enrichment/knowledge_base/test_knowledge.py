import re

import pytest

from services.enrichment.knowledge_base.gazetteer import pattern_of, read_entities
from services.enrichment.knowledge_base.knowledge import DATA, open_knowledge
from shared.errors import ConfigurationError
from shared.events.enrichment import ENTITY_ID_PATTERN


def test_every_entity_of_the_committed_base_has_an_id_of_its_own_and_a_name():
    entities = read_entities(DATA / "entities.tsv.gz")

    ids = [entity.id for entity in entities]
    assert len(ids) == len(set(ids)) > 15_000
    assert all(re.match(ENTITY_ID_PATTERN, entity_id) for entity_id in ids)
    assert all(entity.names or entity.words or entity.weak for entity in entities)


def test_every_parent_of_the_committed_base_is_an_entity_of_it():
    entities = {entity.id: entity for entity in read_entities(DATA / "entities.tsv.gz")}

    missing = {entity.parent for entity in entities.values() if entity.parent} - entities.keys()
    assert missing == set()


@pytest.mark.parametrize(
    ("entity_id", "parent"),
    [
        ("place:tokyo", "place:japan"),
        ("place:washington-d-c", "place:united-states"),
        ("place:osaka", ""),
        ("product:nemotron", "org:nvidia"),
        ("org:saft", "org:totalenergies"),
    ],
)
def test_capitals_have_their_country_and_products_their_maker_for_a_parent(entity_id, parent):
    entities = {entity.id: entity for entity in read_entities(DATA / "entities.tsv.gz")}

    assert entities[entity_id].parent == parent


def test_no_two_entities_of_the_committed_base_share_a_name_or_a_former_id():
    entities = read_entities(DATA / "entities.tsv.gz")
    owners: dict[str, set[str]] = {}
    for entity in entities:
        for name in entity.names:
            owners.setdefault(pattern_of(name)[0], set()).add(entity.id)

    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}
    ids = {entity.id for entity in entities}
    assert not [former for entity in entities for former in entity.formerly if former in ids]


def test_no_wikidata_id_is_carried_unverified():
    assert not [entity.id for entity in read_entities(DATA / "entities.tsv.gz") if entity.wikidata]


def test_a_missing_data_folder_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=re.escape(str(tmp_path))):
        open_knowledge(data=tmp_path)

import re

from hypothesis import given
from hypothesis import strategies as st

from services.enrichment.knowledge_base.slugs import entity_id, slug
from shared.events.enrichment import ENTITY_ID_PATTERN


def test_a_slug_spells_a_name_in_plain_letters():
    assert slug("Société Générale & Co's Größe") == "societe-generale-and-cos-grosse"


def test_an_id_names_the_kind_of_entity():
    assert entity_id("person", "Jane Doe") == "person:jane-doe"


def test_a_name_without_latin_letters_has_no_id():
    assert entity_id("location", "北京") is None


@given(st.text())
def test_every_id_fits_the_pattern_of_ids(name):
    made = entity_id("organization", name)

    assert made is None or re.match(ENTITY_ID_PATTERN, made)

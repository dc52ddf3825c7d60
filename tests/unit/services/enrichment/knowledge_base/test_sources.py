import pytest

from services.enrichment.knowledge_base.ambiguity import Ambiguity
from services.enrichment.knowledge_base.sources import Company, company_entity, countries, curated, place
from shared.errors import ConfigurationError

AMBIGUITY = Ambiguity(common=frozenset({"target"}), personal=frozenset())


def test_an_entry_of_our_lists_becomes_an_entity(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text(
        "- {type: organization, industry: Ships, entities: {Zëntro: {country: NO, names: [ZTR], words: [Zen]}}}\n"
    )

    (entity,) = curated(path, AMBIGUITY)

    assert (entity.id, entity.country, entity.industry) == ("org:zentro", "NO", "Ships")
    assert (entity.names, entity.words) == (("Zëntro", "Zentro", "ZTR"), ("Zen",))


def test_a_name_that_is_an_ordinary_word_needs_evidence(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("- {type: organization, entities: {Target: {names: [Target Corp]}}}\n")

    (entity,) = curated(path, AMBIGUITY)

    assert (entity.names, entity.words) == (("Target Corp",), ("Target",))


def test_a_country_that_is_called_as_an_ordinary_thing_needs_evidence_by_that_name_alone():
    by_code = {country.country: country for country in countries({}, Ambiguity(frozenset({"turkey"}), frozenset()))}

    assert by_code["TR"].words == ("Turkey",)
    assert "Türkiye" in by_code["TR"].names
    assert "Turkey" not in by_code["TR"].names
    assert (by_code["TD"].words, by_code["TD"].names[0]) == ((), "Chad")


def test_a_place_that_is_an_ordinary_word_without_its_accents_is_sure_with_them_only():
    entity = place("Targét", "SE", AMBIGUITY, ("塔盖特",))

    assert (entity.names, entity.weak) == (("Targét", "塔盖特"), ("Target",))
    assert place("Target", "SE", AMBIGUITY).weak == ("Target",)


def test_an_entry_that_is_an_ordinary_word_without_its_accents_is_sure_with_them_only(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("- {type: organization, entities: {Targét: {}}}\n")

    (entity,) = curated(path, AMBIGUITY)

    assert (entity.names, entity.words) == (("Targét",), ("Target",))


def test_a_misspelt_field_is_refused(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("- {type: organization, entities: {Zentro: {nmaes: [ZTR]}}}\n")

    with pytest.raises(ConfigurationError, match="nmaes"):
        list(curated(path, AMBIGUITY))


def test_the_one_word_name_of_a_small_company_needs_capitals_or_company():
    small = Company("Bristow Inc.", "BRS", "US", "Helicopters", "", "Small Cap")

    assert company_entity(small, AMBIGUITY).words == ("Bristow",)
    assert company_entity(small, AMBIGUITY).names == ("Bristow Inc.",)

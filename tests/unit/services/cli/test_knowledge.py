import pytest

from services.cli.knowledge import add_entity, check_file, file_or_default
from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import open_pipeline
from services.enrichment.settings import EnrichmentSettings, own_entities_file
from shared.errors import ConfigurationError


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "knowledge.yaml"


@pytest.mark.slow
def test_what_is_added_is_found_in_articles(file):
    status = add_entity(file, {"name": "Zorbolight Werke", "type": "organization", "aliases": ["Zorbolight"]})

    assert status == 0
    found = open_pipeline("fast", file).enrich(ArticleText("", "Yesterday the lamps of Zorbolight went out.")).entities
    assert [(entity.id, entity.origin) for entity in found] == [("org:zorbolight-werke", "gazetteer")]


def test_entities_are_appended_and_what_was_written_by_hand_stays(file):
    file.parent.mkdir()
    ours = "# Ours.\n- {name: Zorbolight, type: organization}"
    file.write_text(ours)

    add_entity(file, {"name": "Quixelpark", "type": "location"})

    assert file.read_text() == f"{ours}\n- name: Quixelpark\n  type: location\n"


@pytest.mark.slow
def test_an_entity_that_does_not_fit_leaves_the_file_as_it_was(file, capsys):
    add_entity(file, {"name": "Zorbolight", "type": "organization"})
    before = file.read_text()

    status = add_entity(file, {"name": "Zorbolight", "type": "organization"})

    assert status == 1
    assert file.read_text() == before
    assert "already" in capsys.readouterr().err


def test_what_is_wrong_is_listed_by_line_and_makes_the_status_1(file, capsys):
    file.parent.mkdir()
    file.write_text(
        "- name: Zorbolight\n  type: lamp\n- name: Nvidia Lamps\n  type: organization\n  aliases: [Nvidia]\n"
    )

    status = check_file(file)

    out = capsys.readouterr().out
    assert status == 1
    assert f"{file}:2: error: `type` 'lamp'" in out
    assert f"{file}:3: warning: the name 'Nvidia' is that of org:nvidia as well" in out


@pytest.mark.slow
def test_a_file_in_the_data_folder_is_used_unless_another_is_named(tmp_path, file):
    assert own_entities_file(EnrichmentSettings(), file.parent) is None

    add_entity(file, {"name": "Zorbolight", "type": "organization"})

    assert own_entities_file(EnrichmentSettings(), file.parent) == file
    assert own_entities_file(EnrichmentSettings(knowledge_file=tmp_path / "mine.yaml"), file.parent) == (
        tmp_path / "mine.yaml"
    )


def test_a_file_that_is_named_wins(tmp_path):
    assert file_or_default(tmp_path / "mine.yaml") == tmp_path / "mine.yaml"


def test_a_file_that_is_not_there_cannot_be_checked(file):
    with pytest.raises(ConfigurationError, match="knowledge add"):
        check_file(file)

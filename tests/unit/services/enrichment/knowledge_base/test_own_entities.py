import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrichment.knowledge_base.ambiguity import Ambiguity
from services.enrichment.knowledge_base.gazetteer import Gazetteer
from services.enrichment.knowledge_base.known_entity import KnownEntity
from services.enrichment.knowledge_base.own_entities import compared, load, merged_with, parse, read_file
from shared.errors import ConfigurationError

QUXA = KnownEntity("org:quxa", "Quxa", "organization", country="NL", names=("Quxa", "QX Labs"))
AMBIGUITY = Ambiguity(frozenset({"apex"}), frozenset())
WHOLE = """
- name: Zentro Robotics
  type: organization
  aliases: [Zentro, Zéntro]
  ambiguous: [Apex]
  country: DE
  industry: Robotics
  ticker: ZEN
  website: https://zentro.example
  formerly: [org:zentro-arms]
"""


def test_an_entity_is_read_with_all_its_fields():
    own = parse(WHOLE)

    assert own.findings == []
    ((line, entity),) = own.entities
    assert line == 2
    assert entity == KnownEntity(
        "org:zentro-robotics",
        "Zentro Robotics",
        "organization",
        country="DE",
        industry="Robotics",
        ticker="ZEN",
        website="https://zentro.example",
        names=("Zentro Robotics", "Zentro", "Zéntro"),
        words=("Apex",),
        formerly=("org:zentro-arms",),
    )


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("- name: A\n  type: organization\n  colour: red", 3, "no field `colour`"),
        ("- name: A\n  type: dragon", 2, "is none of"),
        ("- type: person", 1, "`name` is missing"),
        ("\n- name: A\n  type: person\n  country: Germany", 4, "does not look like"),
        ("- name: A\n  type: person\n  id: no id", 3, "does not look like"),
        ("- name: A\n  type: person\n  aliases: [[a]]", 3, "list of names"),
        ("- name: [A]\n  type: person", 1, "must be a text"),
        ("- 7", 1, "not an entity"),
        ("name: A", 1, "not a list"),
        ("- name: 'A", 1, "not YAML"),
        ("- name: 英伟达\n  type: organization", 1, "no Latin letter"),
        ("- {name: A, type: person}\n- {name: A, type: person}", 2, "in line 1 already"),
        ("- {name: A, type: person}\n- {name: B, type: person, aliases: [A]}", 2, "that of person:a in line 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, line, part):
    (finding,) = parse(text).findings

    assert (finding.line, finding.severity) == (line, "error")
    assert part in finding.message


@given(st.text(alphabet="-name: typorgiz[]{}&*!\n'\"|>", max_size=60))
def test_no_text_makes_reading_fail(text):
    parse(text)


@pytest.mark.parametrize(
    ("entry", "severity", "part"),
    [
        ("name: QX Labs", "warning", "that of org:quxa as well"),
        ("name: Apex", "warning", "ordinary word"),
        ("name: ZZ", "warning", "short"),
        ("name: Quxa", "warning", "known as 'Quxa'"),
        ("name: Zorbo\n  parent: org:nobody", "error", "no parent org:nobody"),
    ],
)
def test_what_the_built_in_base_knows_is_compared(entry, severity, part):
    own = parse(f"- {entry}\n  type: organization")

    (finding,) = compared(own, Gazetteer([QUXA]), AMBIGUITY)

    assert finding.severity == severity
    assert part in finding.message


def test_a_name_that_is_ambiguous_without_its_accents_is_sure_with_them_only():
    ((_, entity),) = parse("- name: Résumé\n  type: product\n  ambiguous: Resume").entities

    assert (entity.names, entity.words) == (("Résumé",), ("Resume",))


def test_a_name_of_an_own_entity_is_nobody_elses():
    ours = KnownEntity("org:zorbo", "Zorbo", "organization", names=("Zorbo", "QX Labs"))

    merged = {entity.id: entity.names for entity in merged_with([QUXA], [ours])}

    assert merged == {"org:quxa": ("Quxa",), "org:zorbo": ("Zorbo", "QX Labs")}


def test_an_own_entity_adds_to_the_built_in_one_of_its_id():
    ours = KnownEntity("org:quxa", "Quxa", "organization", industry="Lamps", names=("Quxa", "Quxa Light"))

    (entity,) = merged_with([QUXA], [ours])

    assert (entity.country, entity.industry, set(entity.names)) == ("NL", "Lamps", {"Quxa", "Quxa Light", "QX Labs"})


def test_a_file_that_is_wrong_is_not_used(tmp_path):
    path = tmp_path / "knowledge.yaml"
    path.write_text("- name: A\n  type: dragon\n")

    with pytest.raises(ConfigurationError, match="line 2"):
        load(path)


@pytest.mark.parametrize("content", [b"\xff", b"#" * 4_000_001])
def test_a_file_that_cannot_be_text_is_named(tmp_path, content):
    path = tmp_path / "knowledge.yaml"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"knowledge\.yaml"):
        read_file(path)

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrichment.article_text import Passage
from services.enrichment.knowledge_base.gazetteer import Gazetteer, read_entities
from services.enrichment.knowledge_base.known_entity import KnownEntity, to_line
from shared.errors import ConfigurationError

ZENTRO = KnownEntity("org:zentro", "Zentro", "organization", names=("Zentro", "Zentro Bank", "Zentro+"), words=("Zen",))
LAMP = KnownEntity("tech:plasma-lamp", "Plasma lamp", "technology", names=("Plasma lamp",))
AGENCY = KnownEntity("org:quxa", "QUXA", "organization", names=("QUXA", "Agency of Qux", "库萨"))
GAZETTEER = Gazetteer([ZENTRO, LAMP, AGENCY])


def spans(text: str) -> list[str]:
    return [text[c.start : c.end] for c in GAZETTEER.find(Passage(text))]


def test_a_name_is_found_with_its_offsets_and_its_kind():
    (candidate,) = GAZETTEER.find(Passage("A Zen garden"))

    assert (candidate.entity.id, candidate.kind, candidate.start, candidate.end) == ("org:zentro", "word", 2, 5)


def test_overlapping_names_are_all_found():
    assert spans("Zentro Bank") == ["Zentro", "Zentro Bank"]


@pytest.mark.parametrize("text", ["zentro grew", "Zentrobank", "xZentro", "zentro bank"])
def test_another_word_or_other_capitals_are_no_match(text):
    assert spans(text) == []


def test_names_in_capitals_and_acronyms_written_as_words_match():
    assert spans("ZENTRO and Quxa") == ["ZENTRO", "Quxa"]


def test_a_short_word_of_a_name_may_be_capitalised_in_a_headline():
    assert spans("Agency Of Qux") == ["Agency Of Qux"]


def test_a_sign_at_the_end_of_a_name_is_part_of_it():
    assert spans("Zentro, Inc") == ["Zentro"]
    assert spans("Zentro+ grew") == ["Zentro", "Zentro+"]


def test_a_technique_matches_in_any_capitals():
    assert spans("PLASMA LAMP, plasma lamp") == ["PLASMA LAMP", "plasma lamp"]


def test_names_in_han_need_no_blanks_around_them():
    assert spans("今天库萨和Zentro说") == ["库萨", "Zentro"]


@given(st.text(alphabet="Zen tro+库萨İ𝔘é\u0301\n,"))
def test_offsets_lie_within_any_text(text):
    assert all(0 <= c.start < c.end <= len(text) for c in GAZETTEER.find(Passage(text)))


def test_entities_are_read_back_as_they_were_written(tmp_path):
    path = tmp_path / "entities.tsv.gz"
    path.write_bytes(gzip.compress("".join(f"{to_line(entity)}\n" for entity in (ZENTRO, LAMP, AGENCY)).encode()))

    assert read_entities(path) == [ZENTRO, LAMP, AGENCY]


def test_a_broken_data_file_is_named(tmp_path):
    path = tmp_path / "entities.tsv.gz"
    path.write_bytes(b"no gzip")

    with pytest.raises(ConfigurationError, match=r"entities\.tsv\.gz"):
        read_entities(path)

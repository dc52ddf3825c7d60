import gzip
import re

import pytest

from services.enrichment.knowledge_base.knowledge import DATA
from services.enrichment.knowledge_base.lexicon import Lexicon, read_lexicon, to_lines
from shared.errors import ConfigurationError


def test_a_lexicon_is_read_as_it_was_written(tmp_path):
    lexicon = Lexicon(frozenset({"Ada"}), frozenset({"Zorbo"}), {"Quixel": "DE", "Asia": ""})
    path = tmp_path / "lexicon.tsv.gz"
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in to_lines(lexicon)).encode()))

    assert read_lexicon(path) == lexicon


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b"given\tAda\n"), gzip.compress(b"verb\tgo\t\n")],
    ids=["no gzip", "too few columns", "unknown kind"],
)
def test_a_broken_file_is_named(tmp_path, content):
    path = tmp_path / "lexicon.tsv.gz"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=re.escape(str(path))):
        read_lexicon(path)


def test_the_committed_lexicon_knows_names_of_many_countries():
    lexicon = read_lexicon(DATA / "lexicon.tsv.gz")

    assert {"Maria", "Yusuf", "Priya", "Siobhan"} <= lexicon.given
    assert {"Okafor", "Nguyen", "Garcia"} <= lexicon.surnames
    assert (lexicon.places["Nairobi"], lexicon.places["Bavaria" if "Bavaria" in lexicon.places else "Bayern"]) == (
        "KE",
        "DE",
    )

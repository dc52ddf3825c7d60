import pytest

from services.enrichment.knowledge_base.knowledge import DATA
from services.enrichment.knowledge_base.sentiment_words import (
    from_vader,
    read_sentiment_words,
    write_sentiment_words,
)
from shared.errors import ConfigurationError


def test_the_committed_words_have_tones_within_the_scale():
    words = read_sentiment_words(DATA / "sentiment_words.tsv")

    assert len(words) > 5_000
    assert all(-4 <= tone <= 4 and tone for tone in words.values())
    assert words["disaster"] < 0 < words["breakthrough"]
    assert not {"share", "interest", "united"} & words.keys()


def test_our_words_go_before_those_of_the_lexicon_and_zero_leaves_out(tmp_path):
    lexicon = tmp_path / "lexicon.txt"
    lexicon.write_text(":-)\t1.3\t0.5\t[1]\ngood\t1.9\t0.9\t[2]\nshare\t1.2\t0.4\t[1]\nmild\t0.1\t0.1\t[0]\n")
    target = tmp_path / "words.tsv"

    count = write_sentiment_words(from_vader(lexicon), {"share": 0.0, "outage": -1.4}, target)

    assert count == 2
    assert read_sentiment_words(target) == {"good": 1.9, "outage": -1.4}


@pytest.mark.parametrize("content", [None, "good\n", "good\tvery\n"])
def test_a_file_that_does_not_fit_is_named(tmp_path, content):
    path = tmp_path / "words.tsv"
    if content is not None:
        path.write_text(content)

    with pytest.raises(ConfigurationError, match=r"words\.tsv"):
        read_sentiment_words(path)

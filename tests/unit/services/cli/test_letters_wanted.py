import pytest

from services.cli.letters_wanted import Wanted
from shared.bus.dead_letters import LetterFilter
from shared.errors import InvalidInput

NOW = 1_772_452_800_000


def test_ages_are_bounds_of_the_time_of_burial():
    wanted = Wanted(older_than="1h", newer_than="2d").as_filter(NOW)

    assert wanted == LetterFilter(failed_before_ms=NOW - 3_600_000, failed_since_ms=NOW - 172_800_000)


def test_names_stage_error_and_url_are_taken_as_they_are():
    wanted = Wanted(("indexing/1764-0",), "indexing", "InvalidInput", "example.org").as_filter(NOW)

    assert wanted == LetterFilter(frozenset({"indexing/1764-0"}), "indexing", "InvalidInput", "example.org")


def test_options_that_are_empty_say_nothing():
    wanted = Wanted(stage="", error="", url="", older_than="", newer_than="")

    assert not wanted.narrows
    assert wanted.as_filter(NOW) == LetterFilter()


@pytest.mark.parametrize(
    "wanted",
    [Wanted(("indexing/1-0",)), Wanted(stage="a"), Wanted(error="a"), Wanted(url="a"), Wanted(older_than="1d")],
)
def test_every_option_says_which_letters_are_meant(wanted):
    assert wanted.narrows


def test_an_unknown_stage_is_answered_by_those_there_are():
    with pytest.raises(InvalidInput, match="--stage: no stage is called 'cooking': enrichment, indexing"):
        Wanted(stage="cooking").as_filter(NOW)


@pytest.mark.parametrize("name", ["1764-0", "enrichment/", "enrichment/1764", "cooking/1764-0", "enrichment/- +", "*"])
def test_what_is_no_name_of_a_letter_is_refused(name):
    with pytest.raises(InvalidInput, match="is no letter's name: `newsweir dead-letters list` shows them"):
        Wanted((name,)).as_filter(NOW)


def test_an_age_that_is_none_is_named_by_its_option():
    with pytest.raises(InvalidInput, match="--newer-than: 'soon'"):
        Wanted(newer_than="soon").as_filter(NOW)

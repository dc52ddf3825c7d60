from datetime import UTC, datetime

import pytest

from services.search.parameters.form import Form
from services.search.parameters.parameter import CURSOR, choice, flag, page_size, several, several_of, text, whole
from services.search.parameters.query_string import InvalidParameter

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
Q = text("q", "Words.", 10)
TAG = several("tag", "Labels.", aliases=("label",))
COLOUR = several_of("colour", "Some colours.", ("red", "blue"))
SORT = choice("sort", "The order.", ("newest", "oldest"), "newest")
DEPTH = whole("depth", "How deep.", 5, 2)
OPEN = flag("open", "Whether it is.", default=True)
SIZE = page_size("Things")
FORM = Form((Q, TAG, COLOUR, SORT, DEPTH, OPEN, SIZE, CURSOR))


def given(*pairs):
    return FORM.read(pairs, NOW)


def test_what_is_left_out_or_sent_empty_means_its_default():
    for nothing in (given(), given(("q", ""), ("sort", " "), ("tag", ""), ("depth", ""))):
        assert (nothing[Q], nothing[TAG], nothing[SORT], nothing[DEPTH]) == ("", (), "newest", 2)
        assert (nothing[OPEN], nothing[SIZE], nothing[CURSOR], nothing[COLOUR]) == (True, 20, None, ())


def test_values_are_read_under_every_name_each_once():
    asked = given(("tag", r"a,b\,c"), ("label", "a"), ("tag", "d"))

    assert asked[TAG] == ("a", "b,c", "d")


@pytest.mark.parametrize(
    ("pairs", "parameter", "reason"),
    [
        ([("q", "x" * 11)], Q, "longer than 10"),
        ([("q", "x"), ("q", "y")], Q, "given 2 times"),
        ([("colour", "red,green")], COLOUR, "'green' is none of red, blue"),
        ([("sort", "best")], SORT, "none of newest, oldest"),
        ([("depth", "6")], DEPTH, "no number from 1 to 5"),
        ([("open", "maybe")], OPEN, "neither true nor false"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(pairs, parameter, reason):
    with pytest.raises(InvalidParameter, match=reason) as caught:
        given(*pairs)[parameter]

    assert caught.value.parameter == parameter.name


@pytest.mark.parametrize(
    ("name", "meant"),
    [("srt", "sort"), ("tags", "tag"), ("page", "cursor"), ("limit", "size"), ("pageSize", "size"), ("query", "q")],
)
def test_of_an_unknown_name_the_nearest_is_named_or_what_others_call_so(name, meant):
    with pytest.raises(InvalidParameter, match=f"is {meant} meant") as caught:
        given((name, "1"))

    assert caught.value.parameter == name


def test_what_is_like_nothing_leads_to_the_documentation():
    with pytest.raises(InvalidParameter, match="see /docs"):
        given(("zzzzzz", "1"))


def test_a_form_around_another_takes_all_of_it_and_describes_less():
    around = FORM.with_own(flag("deep", "Whether.", default=False), silent=lambda parameter: parameter is SIZE)

    assert [parameter.name for parameter in around.parameters] == [
        "deep", "q", "tag", "colour", "sort", "depth", "open", "cursor",
    ]  # fmt: skip
    assert around.read([("size", "5")], NOW)[SIZE] == 5


def test_what_has_one_value_is_told_from_lists():
    assert FORM.one_value == {"q", "sort", "depth", "open", "size", "cursor"}

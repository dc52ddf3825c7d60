"""What the stores ask for, from what people write."""

import pytest

from shared.article_store.query import AllOf, AnyOf, HasValue, Not, OnSite, Words
from shared.article_store.wording import Bag, Either, Every, Without, asked, bag, needed


def written(words: Words) -> list[str]:
    found = bag(words)
    return [said.text for said in found.parts] if found else []


def test_a_bag_is_asked_for_word_by_word_and_a_phrase_as_a_whole():
    apart = bag(Words("solid states"))
    together = bag(Words("solid states", phrase=True))

    assert apart is not None
    assert together is not None
    assert [said.terms for said in apart.parts] == [("solid",), ("state",)]
    assert [said.terms for said in together.parts] == [("solid", "state")]


def test_what_is_written_without_a_space_stays_together():
    found = bag(Words("R&D 中国电池"))

    assert found is not None
    assert [said.terms for said in found.parts] == [("r", "d"), ("中国", "国电", "电池")]


def test_where_any_word_will_do_each_side_of_a_hyphen_or_slash_speaks_for_itself():
    assert written(Words("boundary-layer wind/wave", match="any")) == ["boundary", "layer", "wind", "wave"]
    assert written(Words("boundary-layer wind/wave", match="all")) == ["boundary-layer", "wind/wave"]


def test_a_sign_beside_a_figure_or_a_single_letter_joins_whatever_is_asked():
    assert written(Words("COVID-19 X-ray 3/4", match="any")) == ["COVID-19", "X-ray", "3/4"]


def test_two_forms_of_a_word_are_one_word_in_its_first_place():
    assert written(Words("market bank markets")) == ["market", "bank"]


def test_words_that_say_nothing_are_left_out_where_not_all_must_be_there():
    assert written(Words("where is the market", match="any")) == ["market"]
    assert written(Words("where is the market", match="all")) == ["where", "is", "the", "market"]
    assert written(Words("to be or not to be", match="most")) == ["to", "be", "or", "not"]


@pytest.mark.parametrize(("words", "most"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (6, 4), (10, 7)])
def test_most_is_two_thirds_and_never_less_than_two(words, most):
    assert needed("most", words) == most


def test_any_is_one():
    assert needed("any", 10) == 1


def test_the_field_decides_where_words_are_looked_for():
    found = bag(Words("duarte", field="author"))

    assert found is not None
    assert found.parts[0].fields == ("byline",)


@pytest.mark.parametrize("nothing", [Words("&"), Words(" _ "), AllOf(()), AnyOf((Words("…"), Not(AllOf(())))), None])
def test_what_has_no_word_in_it_asks_for_nothing(nothing):
    assert asked(nothing) is None


def test_the_tree_is_kept_without_its_empty_parts():
    acme = HasValue("organization", ("org:acme",))

    found = asked(AllOf((Words("&"), acme, AnyOf((OnSite("a.example"), Not(acme), AllOf(()))))))

    assert found == Every((acme, Either((OnSite("a.example"), Without(acme)))))


def test_words_are_a_bag_of_which_all_are_needed():
    found = asked(Words("solid state"))

    assert isinstance(found, Bag)
    assert found.needed == 2

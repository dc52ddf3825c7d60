import pytest

from services.crawler.discovery.link import Link
from services.crawler.visits import Seen, Visit, article_visit, door_visit, nested_visit, validator

DOOR = door_visit("sitemap", "http://a.example/index.xml", "a")


def test_a_link_keeps_what_its_door_says():
    link = Link("http://a.example/1", "half a pair: \ud83d", language="en", authors=("Ann Weir",), tags=("\ud83d", "b"))

    visit = article_visit(link, DOOR)

    assert Visit.model_validate_json(visit.model_dump_json(exclude_defaults=True)) == visit
    assert (visit.title, visit.language) == ("half a pair: ?", "en")
    assert (visit.authors, visit.tags) == (("Ann Weir",), ("?", "b"))
    assert (visit.source_id, visit.door, visit.found_by) == ("a", DOOR.url, "sitemap")
    assert (visit.is_door, DOOR.is_door) == (False, True)


def test_a_nested_sitemap_belongs_to_the_door_at_the_start_of_the_chain():
    nested = nested_visit("http://a.example/2.xml", nested_visit("http://a.example/1.xml", DOOR))

    assert (nested.url, nested.kind, nested.depth, nested.door) == ("http://a.example/2.xml", "sitemap", 2, DOOR.url)


def test_a_move_for_good_takes_every_step_to_be_permanent():
    moved = DOOR.moved("http://b.example/", permanent=True)
    moved_on = moved.moved("http://c.example/", permanent=False).moved("http://d.example/", permanent=True)

    assert (moved.host, moved.moved_for_good) == ("b.example", True)
    assert (moved_on.host, moved_on.moved_for_good, moved_on.moves) == ("d.example", False, 3)
    assert moved_on.id == DOOR.id


def test_a_failure_counts_and_starts_from_the_visits_own_address():
    failed = DOOR.moved("http://b.example/", permanent=False).failed()

    assert failed == DOOR.model_copy(update={"attempts": 1})
    assert failed.again(interval_s=60.0) == DOOR.model_copy(update={"interval_s": 60.0})


@pytest.mark.parametrize("seen", [Seen(2, 1), Seen(2, 1, "abc", 'W/"x"', "Mon, 02 Mar 2026 12:00:00 GMT")])
def test_what_is_remembered_of_a_page_survives_its_encoding(seen):
    assert Seen.decode(seen.encode()) == seen


@pytest.mark.parametrize("value", [None, "", '"a|b"', "x" * 257, '"caf\u00e9"', '"a\r\nX-Evil: 1"'])
def test_validators_that_could_not_be_sent_back_are_not_kept(value):
    assert validator(value) == ""


def test_usual_validators_are_kept():
    assert validator('W/"5f3-abc"') == 'W/"5f3-abc"'


def test_a_page_that_moves_for_good_again_and_again_is_known_by_the_url_that_its_door_names():
    visit = article_visit(Link("http://a.example/1"), DOOR)

    moved = visit.at("http://a.example/2").again().at("http://a.example/3")

    assert (moved.url, moved.linked_url) == ("http://a.example/3", "http://a.example/1")
    assert visit.at(visit.url) == visit

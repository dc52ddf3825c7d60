from services.search.parameters.query_string import pairs_of_query_string
from services.search.parameters.stories import STORY_FORM, asked_of_stories
from services.search.ui.story_chips import story_chips
from tests.builders import NOON


def chips(asked: str, names=None) -> dict[str, str]:
    query = asked_of_stories(STORY_FORM.read(pairs_of_query_string(asked), NOON))
    return {chip.label: chip.href for chip in story_chips("/stories", query, names or {})}


def test_entities_are_said_by_their_names_and_taken_off_one_by_one():
    said = chips("entity=org:acme,org:other&not_entity=org:gone&sort=largest", {"org:acme": "Acme Corp"})

    assert said == {
        "Who: Acme Corp": "/stories?entity=org:other&not_entity=org:gone&sort=largest",
        "Who: org:other": "/stories?entity=org:acme&not_entity=org:gone&sort=largest",
        "Who: not org:gone": "/stories?entity=org:acme,org:other&sort=largest",
    }


def test_bounds_of_size_and_time_are_taken_off_one_by_one():
    assert chips("articles_from=3&from=2026-03&to=2026-03") == {
        "Articles: at least 3": "/stories?from=2026-03-01&to=2026-03-31",
        "Published: from 1 March 2026": "/stories?to=2026-03-31&articles_from=3",
        "Published: until 31 March 2026": "/stories?from=2026-03-01&articles_from=3",
    }


def test_what_is_asked_for_without_a_filter_has_no_chip():
    assert chips("q=battery&sort=largest&size=5") == {}

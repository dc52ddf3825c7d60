from datetime import timedelta

from services.search.finding.story_outlets import Outlet, outlets
from shared.events.stories import StoryMember
from tests.builders import NOON, an_article


def a_member(number, source_id, copy_of=None):
    return StoryMember(
        article_id=an_article(number).article_id,
        copy_of=copy_of,
        published_at=NOON + timedelta(minutes=number),
        source_id=source_id,
        title=f"Title {number}",
    )


def test_whoever_came_first_stands_first_with_all_its_articles():
    first = an_article(1).article_id
    members = [a_member(3, "wire"), a_member(2, "paper", copy_of=first), a_member(1, "wire"), a_member(4, "paper")]

    assert outlets(members) == (
        Outlet("wire", "wire", 2, 0, NOON + timedelta(minutes=1)),
        Outlet("paper", "paper", 2, 1, NOON + timedelta(minutes=2)),
    )


def test_a_story_without_articles_has_no_outlet():
    assert outlets(()) == ()

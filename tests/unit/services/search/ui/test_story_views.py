from datetime import timedelta

from services.search.ui.rendering import Renderer
from services.search.ui.story_views import originals, revision_rows, stories_view, story_view
from shared.article_store.document import revision_of
from shared.article_store.query import Total
from shared.article_store.stories import StoredStory, StoryQuery, StoryResult
from shared.events.stories import StoryMember
from tests.builders import NOON, REVISION, a_stored_article

FIRST, COPY, SECOND, OWN_COPY = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)


def a_member(article_id, minutes, source, copy_of=None):
    return StoryMember(
        article_id=article_id,
        copy_of=copy_of,
        published_at=NOON + timedelta(minutes=minutes),
        source_id=source,
        site_name=source.title(),
        title=f"The dam of {source}",
    )


def a_story(*members, **fields):
    first, last = members[0].published_at, members[-1].published_at
    values = {
        "story_id": "0" * 16, "version": 1, "changed_at": NOON, "headline": "The dam", "original": FIRST,
        "size": len(members), "members": members, "first_at": first, "last_at": last,
    }  # fmt: skip
    return StoredStory.model_validate({**values, **fields})


STORY = a_story(
    a_member(FIRST, 0, "ledger"),
    a_member(COPY, 45, "gazette", copy_of=FIRST),
    a_member(SECOND, 60, "meridian"),
    a_member(OWN_COPY, 90, "ledger", copy_of=FIRST),
)


def test_a_story_says_with_whom_it_began_and_whose_text_others_have():
    page = story_view(STORY)

    assert page.begun_by == "Ledger"
    assert [member.first for member in page.members] == [True, False, False, False]
    assert [member.copy for member in page.members] == ["", "the text of Ledger", "", "the text of Ledger"]


def test_a_lone_article_is_no_first_one():
    assert [member.first for member in story_view(a_story(a_member(FIRST, 0, "ledger"))).members] == [False]


def test_an_outlet_says_how_many_of_its_articles_are_copies():
    page = story_view(STORY)

    assert [(row.link.label, row.said) for row in page.outlets] == [
        ("Ledger", "2 articles, 1 of them a copy"),
        ("Gazette", "1 copy"),
        ("Meridian", "1 article"),
    ]


def test_what_a_story_tells_is_asked_of_its_originals_the_earliest_first():
    assert originals(STORY) == (FIRST, SECOND)


def test_a_story_of_one_day_names_the_day_once():
    (row,) = stories_view(StoryQuery(), StoryResult(total=Total(1), stories=(STORY,))).rows

    assert (row.first.text, row.last.text) == ("2 March 2026, 12:00 UTC", "13:30 UTC")


def test_a_story_says_how_many_of_its_articles_are_not_listed():
    large = a_story(a_member(FIRST, 0, "ledger"), a_member(COPY, 45, "gazette"), size=702)

    assert (story_view(large).unlisted, story_view(STORY).unlisted) == (700, 0)
    assert "700 more are not listed here" in Renderer().page("story.html", page=story_view(large)).body.decode()


def test_revisions_are_told_newest_first_with_the_title_before_only_where_it_changed():
    said = (("Dam holds", "It holds."), ("Dam breaks", "It broke."), ("Dam breaks", "It broke at noon."))
    articles = [
        a_stored_article(1, title=title, text=text, revision=REVISION + n) for n, (title, text) in enumerate(said)
    ]

    rows = revision_rows([revision_of(stored) for stored in articles])

    assert [(row.number, row.title, row.title_before, row.first) for row in rows] == [
        (3, "Dam breaks", None, False),
        (2, "Dam breaks", "Dam holds", False),
        (1, "Dam holds", None, True),
    ]
    assert [change.text for change in rows[0].changes] == ["It broke.", "It broke at noon."]

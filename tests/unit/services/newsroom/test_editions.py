from services.newsroom.articles import published_ms
from services.newsroom.editions import Visits, current_editions, edition_of
from shared.clock import from_ms
from tests.unit.services.newsroom.newsroom_on_trial import OUTLETS_BY_ID, the_article

EPOCH_MS = 1_772_452_800_000
LEDGER = OUTLETS_BY_ID["morning-ledger"]


def test_a_story_comes_out_when_its_time_has_come():
    story = the_article(outlet="morning-ledger", published="+20s")

    before = current_editions([story], LEDGER, EPOCH_MS, EPOCH_MS + 19_999, {})
    after = current_editions([story], LEDGER, EPOCH_MS, EPOCH_MS + 20_000, {})

    assert before == ()
    assert [edition.article for edition in after] == [story]


def test_a_correction_is_made_after_the_first_visit():
    story = the_article(outlet="morning-ledger", slug="byd-szeged-suppliers")

    unread = edition_of(story, LEDGER, EPOCH_MS)
    read = edition_of(story, LEDGER, EPOCH_MS, Visits(count=1, first_ms=EPOCH_MS + 5_000))

    assert story.correction.wrong in unread.body
    assert unread.updated_at is None
    assert story.correction.wrong not in read.body
    assert story.correction.right in read.body
    assert read.updated_at == from_ms(EPOCH_MS + 5_000)
    assert read.correction_note == story.correction.note


def test_the_latest_story_comes_first():
    stories = [
        the_article(outlet="morning-ledger", published=when) for when in ("-12d 09:00", "-1d 08:40", "-6d 07:10")
    ]

    editions = current_editions(stories, LEDGER, EPOCH_MS, EPOCH_MS, {})

    times = [published_ms(edition.article.published, EPOCH_MS) for edition in editions]
    assert times == sorted(times, reverse=True)


def test_an_address_names_the_day_of_publication():
    story = the_article(outlet="morning-ledger", slug="catl-orsted-storage-deal")

    edition = edition_of(story, LEDGER, EPOCH_MS)

    assert edition.path == "/energy/2026/02/18/catl-orsted-storage-deal"

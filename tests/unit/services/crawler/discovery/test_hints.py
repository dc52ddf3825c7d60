import pytest

from services.crawler.discovery import feed, hints
from services.crawler.discovery.link import UpdateHints

URL = "https://news.example/feed.xml"
SYNDICATION = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


def hints_of(channel: str) -> UpdateHints:
    body = (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" {SYNDICATION}><channel>{channel}</channel></rss>'
    )
    return feed.links(body.encode(), URL, content_type=None).hints


def test_a_feed_that_says_nothing_gives_no_hints():
    assert hints_of("<title>News</title>") == UpdateHints()


@pytest.mark.parametrize(
    ("ttl", "seconds"),
    [("15", 900), (" 15 ", 900), ("0", None), ("-5", None), ("soon", None), ("99999", hints.MAX_TTL_S)],
)
def test_a_time_to_live_is_bounded(ttl, seconds):
    assert hints_of(f"<ttl>{ttl}</ttl>").ttl_s == seconds


@pytest.mark.parametrize(
    ("period", "frequency", "seconds"),
    [
        ("hourly", "2", 1800),
        (" Daily ", "4", 21_600),
        ("weekly", "1", hints.MAX_TTL_S),
        ("hourly", "0", 3600),
        ("hourly", "often", 3600),
        ("sometimes", "1", None),
    ],
)
def test_the_update_period_tells_how_long_a_feed_keeps(period, frequency, seconds):
    said = f"<sy:updatePeriod>{period}</sy:updatePeriod><sy:updateFrequency>{frequency}</sy:updateFrequency>"

    assert hints_of(said).ttl_s == seconds


def test_hours_and_days_without_news_are_all_read():
    said = hints_of(
        "<skipHours><hour>0</hour><hour> 7 </hour><hour>24</hour><hour>25</hour><hour>x</hour></skipHours>"
        "<skipDays><day>Saturday</day><day>sunday</day><day>Someday</day></skipDays><hour>9</hour><day>Monday</day>"
    )

    assert said.skip_hours == {0, 7}
    assert said.skip_days == {5, 6}


def test_a_list_of_hours_without_an_end_is_read_within_bounds():
    assert hints_of("<skipHours>" * 5000 + "<hour>3</hour>").skip_hours == set()


def test_the_hub_that_tells_of_news_and_its_topic_are_read():
    said = hints_of(
        '<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="/feed.xml"/>'
        '<atom:link rel="hub" href="javascript:x"/>'
    )

    assert (said.hub_url, said.self_url) == ("https://hub.example/", URL)


def test_an_atom_feed_has_its_hub_too():
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="https://hub.example/"/>
      <link rel="self" href="https://news.example/atom"/></feed>"""

    said = feed.links(body, URL, content_type=None).hints

    assert (said.hub_url, said.self_url) == ("https://hub.example/", "https://news.example/atom")

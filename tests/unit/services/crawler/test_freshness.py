import pytest

from services.crawler.freshness import fresh_for_s
from tests.fakes import FakeClock

NOW = FakeClock().now_ms()  # Monday, 2 March 2026, 12:00 UTC


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'public, MAX-AGE="600", must-revalidate'}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "7000"}, 0),
        ({"cache-control": "max-age=600", "age": "soon"}, 600),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": 'no-cache="set-cookie", max-age=60'}, 60),
        # What caches that many share may do is not for us.
        ({"cache-control": "s-maxage=900"}, 0),
        ({"cache-control": "max-age=-1"}, 0),
        ({"expires": "Mon, 02 Mar 2026 12:10:00 GMT"}, 600),
        ({"expires": "Mon, 02 Mar 2026 12:10:00 GMT", "cache-control": "max-age=60"}, 60),
        ({"expires": "Mon, 02 Mar 2026 11:10:00 GMT"}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "never"}, 0),
        ({"expires": "Mon, 02 Mar 99999999999 12:10:00 GMT"}, 0),
        # A clock that is an hour ahead.
        ({"expires": "Mon, 02 Mar 2026 13:10:00 GMT", "date": "Mon, 02 Mar 2026 13:00:00 GMT"}, 600),
    ],
)
def test_an_answer_says_for_how_long_it_is_fresh(headers, seconds):
    assert fresh_for_s(headers, NOW) == seconds

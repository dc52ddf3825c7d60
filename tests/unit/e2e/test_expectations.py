from collections import Counter

import pytest

from services.newsroom.articles import load_articles
from services.newsroom.settings import NewsroomSettings
from tests.e2e.expectations import expected_dispositions
from tests.unit.services.newsroom.newsroom_on_trial import NewsroomOnTrial

STATUSES = {"failed:missing": 404, "failed:gone": 410}


@pytest.fixture
def newsroom(tmp_path):
    newsroom = NewsroomOnTrial(tmp_path)
    newsroom.clock.advance(120)
    return newsroom


async def settled_response(newsroom, url):
    response = await newsroom.get(url)
    for _ in range(2):
        response = await newsroom.get(url) if response.status_code >= 500 else response
    return response


async def test_every_address_answers_as_the_front_matter_says(newsroom):
    expected = expected_dispositions(load_articles(), NewsroomSettings(), newsroom.memory.epoch_ms)

    answers = {url: await settled_response(newsroom, url) for url in expected}

    for url, disposition in expected.items():
        response = answers[url]
        if disposition == "redirected":
            assert response.status_code in (301, 302), url
            assert expected[response.headers["location"]] == "indexed"
        else:
            assert response.status_code == STATUSES.get(disposition, 200), url
            assert ('content="noindex' in response.text) == (disposition == "dropped:noindex"), url
            assert ("consent-dialog" in response.text) == (disposition == "dropped:consent"), url


def test_every_fate_that_a_page_can_have_occurs():
    fates = Counter(expected_dispositions(load_articles(), NewsroomSettings(), 1_772_452_800_000).values())

    assert fates["indexed"] >= 60
    assert set(fates) == {
        "indexed",
        "dropped:consent",
        "dropped:noindex",
        "refused:robots",
        "failed:missing",
        "failed:gone",
        "redirected",
    }

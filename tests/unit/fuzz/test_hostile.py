"""Documents made to harm, read in the crawler's own pool, within the limits of time and memory that it has."""

import pytest
import pytest_asyncio

from services.crawler.extraction.extract import extract
from services.crawler.extraction_pool import extraction_pool
from services.crawler.settings import CrawlerSettings
from shared.errors import InvalidInput, LimitExceeded
from tests.builders import NOON
from tests.fuzz.hostile import HOSTILE
from tests.fuzz.targets import TARGETS, URL

SETTINGS = CrawlerSettings()
SMALL_BYTES = 20_000
LARGE_BYTES = 300_000
LARGEST_BYTES = SETTINGS.max_page_bytes
READERS = {"page": ("extraction", "listing")}


def read(name: str, size: int) -> None:
    """Stands at the top of a module: a process of the pool calls it."""
    hostile = HOSTILE[name]
    for target in READERS.get(hostile.kind, (hostile.kind,)):
        TARGETS[target].check(hostile.of_size(size))


def text_of(name: str, size: int) -> str:
    hostile = HOSTILE[name]
    return extract(hostile.of_size(size), URL, content_type=hostile.content_type, fetched_at=NOON).text


# Starting a process takes a second, so all tests share one.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    async with extraction_pool(SETTINGS.model_copy(update={"extraction_workers": 1})) as opened:
        yield opened


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", [SMALL_BYTES, pytest.param(LARGE_BYTES, marks=pytest.mark.slow)])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_document_that_is_made_to_harm_is_read_or_refused_within_the_limits(pool, name, size):
    await pool.run(read, name, size)


# Some end only where their time does: ten minutes in all.
@pytest.mark.fuzz
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.asyncio(loop_scope="module")
async def test_the_largest_document_that_is_fetched_harms_no_other(pool, name):
    try:
        await pool.run(read, name, LARGEST_BYTES)
    except LimitExceeded as error:
        assert "took" in str(error)  # one of both outcomes

    assert "Residents told the council" in await pool.run(text_of, "bases of bases", SMALL_BYTES)


@pytest.mark.parametrize("name", [name for name, hostile in HOSTILE.items() if hostile.still_read])
def test_an_article_beside_what_harms_is_read_all_the_same(name):
    assert "Residents told the council" in text_of(name, SMALL_BYTES)


@pytest.mark.parametrize("name", ["entities in a page", "entities in a feed"])
def test_no_entity_of_a_document_is_expanded(name):
    try:
        assert "lol" not in text_of(name, SMALL_BYTES)
    except InvalidInput as refused:
        assert "no HTML page" in str(refused)  # one of both outcomes


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_about_as_long_as_asked(name):
    packed = HOSTILE[name].kind == "encoding" or "unpacks" in name

    assert packed or SMALL_BYTES / 3 < len(HOSTILE[name].of_size(SMALL_BYTES)) < 3 * SMALL_BYTES

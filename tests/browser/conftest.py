"""One browser and one demo for the whole session; for each test a fresh profile and an empty page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from services.newsroom.settings import OUTLET_COUNT
from services.search.settings import SearchSettings
from tests.browser.chromium import WIDE, executable, launched, listen_to
from tests.browser.serving import serving
from tests.e2e.running import Running, free_ports, newsweir

_DEMO_FILLED_S = 200
_ENOUGH_ARTICLES = 30


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> str:
    """The browser; skipped where there is none, unless --require-browser."""
    binary = request.config.getoption("--chromium") or executable()
    if binary is None:
        if request.config.getoption("--require-browser"):
            pytest.fail("no Chromium on the PATH: apt-get install chromium, or name one with --chromium")
        pytest.skip("no Chromium on the PATH")
    return binary


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with launched(chromium) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a service over the articles of the search tests, one of them hostile."""
    async with serving(tmp_path_factory.mktemp("site"), SearchSettings()) as address:
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def filling_demo(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A running `newsweir demo` that answers, and has found little yet."""
    settings = {"NEWSWEIR_NEWSROOM_PORT": str(free_ports(OUTLET_COUNT)), "ELASTICSEARCH_URL": ""}
    async with newsweir("demo", data_dir=tmp_path_factory.mktemp("demo"), settings=settings) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo(filling_demo: Running) -> Running:
    """A running `newsweir demo` that has articles, deals, quotes and stories already."""

    async def filled() -> bool:
        found = [await filling_demo.get(path) for path in ("/v1/relations", "/v1/quotes", "/v1/stories")]
        return all(page["total"]["value"] for page in found) and await filling_demo.total() >= _ENOUGH_ARTICLES

    await filling_demo.until(filled, _DEMO_FILLED_S, "the demo has articles, deals, quotes and stories")
    return filling_demo


def needs_the_demo(item: pytest.Item) -> bool:
    return item.path.parent == Path(__file__).parent and "demo" in getattr(item, "fixturenames", ())


# The demo takes most of a minute to fill: what does without it is tested meanwhile.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=needs_the_demo)


@pytest.fixture(scope="session", autouse=True)
def begun(request: pytest.FixtureRequest) -> None:
    """The demo is started before the first test, where any of them needs it."""
    if any(map(needs_the_demo, request.session.items)):
        request.getfixturevalue("filling_demo")


@pytest.fixture
def address(demo: Running) -> str:
    """Where the demo's pages are."""
    return str(demo.api.base_url).rstrip("/")


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; a test that expects some takes them out."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, complaints: list[str]) -> AsyncIterator[Page]:
    """An empty page at a desk; it fails the test when the browser complained, or a dialog opened."""
    context = await browser.new_context(viewport=WIDE, locale="en-US")
    opened = await context.new_page()
    listen_to(opened, complaints)
    yield opened
    await context.close()
    assert complaints == []

"""Pictures of the pages for README and docs, of a demo with the machine's Chromium: `make screenshots`.

Prints the size of each; ends with status 1 where there is no browser.
"""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, ViewportSize

from services.newsroom.settings import OUTLET_COUNT
from tests.browser.chromium import executable, launched
from tests.browser.places import Places, find_places
from tests.e2e.running import Running, free_ports, newsweir

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_FILLED_S = 240
# Of the articles that the newsroom has from the start: most of them, so that the charts have something to show.
_ENOUGH_ARTICLES = 55
_DESK: ViewportSize = {"width": 1280, "height": 860}
_PHONE: ViewportSize = {"width": 390, "height": 800}


@dataclass(frozen=True)
class Picture:
    """A file, the page it shows, and how it is looked at."""

    name: str
    path: str
    window: ViewportSize
    colours: Literal["light", "dark"] = "light"


def pictures(places: Places) -> tuple[Picture, ...]:
    """What is shown of Newsweir."""
    return (
        Picture("search", "/?q=battery+OR+grid+OR+chip", _DESK),
        Picture("article", places.article, _DESK),
        Picture("entity", places.entity, _DESK),
        Picture("deals", "/deals", _DESK),
        Picture("story", places.story, _DESK),
        Picture("live", "/live", _DESK),
        Picture("pipeline", "/pipeline", _DESK),
        Picture("dark", places.entity, _DESK, "dark"),
        Picture("phone", "/", _PHONE),
    )


async def filled(demo: Running) -> None:
    """Wait until there is something of everything."""

    async def enough() -> bool:
        kinds = [await demo.get(path) for path in ("/v1/relations", "/v1/quotes", "/v1/stories")]
        return all(page["total"]["value"] for page in kinds) and await demo.total() >= _ENOUGH_ARTICLES

    await demo.until(enough, _FILLED_S, "the demo is filled")


async def take(browser: Browser, address: str, picture: Picture) -> Path:
    """Save the picture."""
    context = await browser.new_context(viewport=picture.window, color_scheme=picture.colours, locale="en-GB")
    page = await context.new_page()
    # Not "networkidle": the page of live articles keeps listening.
    await page.goto(f"{address}{picture.path}", wait_until="load")
    file = IMAGES / f"{picture.name}.png"
    await page.screenshot(path=file)
    await context.close()
    return file


async def main() -> int:
    """Take them all; the exit status."""
    binary = executable()
    if binary is None:
        sys.stderr.write("no Chromium on the PATH: apt-get install chromium\n")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    settings = {"NEWSWEIR_NEWSROOM_PORT": str(free_ports(OUTLET_COUNT)), "ELASTICSEARCH_URL": ""}
    with tempfile.TemporaryDirectory() as folder:
        async with newsweir("demo", data_dir=Path(folder), settings=settings) as demo, launched(binary) as browser:
            await filled(demo)
            for picture in pictures(await find_places(demo)):
                file = await take(browser, str(demo.api.base_url).rstrip("/"), picture)
                sys.stdout.write(f"{file.relative_to(IMAGES.parents[1])} {file.stat().st_size // 1000} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

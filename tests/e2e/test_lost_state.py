"""A data folder whose broker is lost while its articles stay: said, rebuilt beside the run, nothing fetched twice."""

import shutil

import pytest
import yaml

from tests.e2e.running import Running, newsweir
from tests.integration.crawler.site import NewsSite, news_site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
PATHS = [f"/articles/{number}" for number in range(5)]
LIMIT_S = 60


async def test_a_run_that_lost_its_broker_says_so_and_goes_on_after_a_rebuild(tmp_path):
    async with news_site() as site:
        for path in PATHS:
            site.article(path, f"matter {path}")
        site.feed(*PATHS)
        sources = tmp_path / "sources.yaml"
        source = {"id": "weir-post", "name": "The Weir Post", "url": site.url, "feeds": [f"{site.url}/feed.xml"]}
        sources.write_text(yaml.safe_dump({"sources": [source]}), encoding="utf-8")
        settings = {"NEWSWEIR_ALLOW_LOOPBACK": "true", "NEWSWEIR_HOST_DELAY_S": "0.02", "ELASTICSEARCH_URL": ""}
        run = ("run", "--sources", str(sources))
        async with newsweir(*run, data_dir=tmp_path, settings=settings) as running:
            await running.until(lambda: holds(running, len(PATHS)), LIMIT_S, "all articles are found")
            # Without a date on the page, this is when an article was first seen.
            before = {article["id"]: article["published"] for article in await running.all_articles()}
        shutil.rmtree(tmp_path / "valkey")
        site.requests.clear()

        async with newsweir(*run, data_dir=tmp_path, settings=settings) as running:
            await running.until(lambda: paused_for(running, "state"), LIMIT_S, "the crawler says that it waits")
            said = (tmp_path / "output.log").read_text(encoding="utf-8")
            asked_before_the_rebuild = site.asked()
            await running.command("state", "rebuild")
            await running.until(lambda: asked_for_the_feed(site), LIMIT_S, "the feed is looked at")
            await running.until(lambda: paused_for(running, None), LIMIT_S, "the crawler goes on")
            after = {article["id"]: article["published"] for article in await running.all_articles()}

        assert "crawler: " in said
        assert "run `newsweir state rebuild`" in said
        assert asked_before_the_rebuild == []
        assert site.asked() == ["/feed.xml"]
        assert after == before


async def holds(running: Running, total: int) -> bool:
    return await running.total() == total


async def paused_for(running: Running, cause: str | None) -> bool:
    pause = (await running.status())["crawling_pauses"]
    return (pause["cause"] if pause else None) == cause


async def asked_for_the_feed(site: NewsSite) -> bool:
    return "/feed.xml" in site.asked()

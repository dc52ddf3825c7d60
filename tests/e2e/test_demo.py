"""The bundled newsroom as `newsweir demo` runs it: what becomes of each page, kills, a second start."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from services.newsroom.articles import load_articles
from services.newsroom.settings import OUTLET_COUNT, NewsroomSettings
from shared.urls import article_id, canonicalize
from tests.e2e.expectations import expected_dispositions
from tests.e2e.running import Running, free_ports, newsweir
from tests.processes import is_running, services_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SERVICES = {"crawler", "enrichment", "indexing", "search", "newsroom"}


class Newsroom:
    """A data folder, the ports of its demo, and what should become of each page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.ports = free_ports(OUTLET_COUNT)
        self.settings = {"NEWSWEIR_NEWSROOM_PORT": str(self.ports), "ELASTICSEARCH_URL": ""}

    def running(self):
        return newsweir("demo", data_dir=self.folder, settings=self.settings)

    def expected(self) -> dict[str, str]:
        memory = json.loads((self.folder / "demo" / "newsroom.json").read_text(encoding="utf-8"))
        settings = NewsroomSettings(newsroom_port=self.ports)
        return dict(expected_dispositions(load_articles(), settings, memory["epoch_ms"]))

    def output(self) -> str:
        return (self.folder / "output.log").read_text(encoding="utf-8")

    def ids(self, disposition: str) -> set[str]:
        return {article_id(canonicalize(url)) for url, said in self.expected().items() if said == disposition}


async def refused(name: str, running: Running) -> str:
    """What a second command of that name says on standard error before it ends with 2."""
    environment = {**running.settings, "NEWSWEIR_DATA_DIR": str(Path(running.settings["NEWSWEIR_DATA_DIR"]).parent)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli.main", name, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await process.communicate()
    assert process.returncode == 2
    return complaint.decode()


async def found(running: Running) -> set[str]:
    return {article["id"] for article in await running.all_articles()}


async def test_the_demo_from_first_page_to_second_start(tmp_path):
    newsroom = Newsroom(tmp_path / "a folder")
    running: Running

    async with newsroom.running() as running:
        services = services_of(running.process.pid)
        assert set(services) == SERVICES
        os.kill(services["enrichment"], signal.SIGKILL)
        os.kill(services["crawler"], signal.SIGKILL)

        async def all_indexed() -> bool:
            return await found(running) >= newsroom.ids("indexed")

        await running.until(all_indexed, 240, "every article of the newsroom is found")
        assert await found(running) == newsroom.ids("indexed")
        assert services_of(running.process.pid)["enrichment"] != services["enrichment"], "it came back by itself"

        corrected = next(article for article in load_articles() if article.correction)

        async def correction_is_shown() -> bool:
            page = await running.get("/v1/articles", q=f'"{corrected.correction.right}"', source=corrected.outlet)
            return page["total"]["value"] == 1

        await running.until(correction_is_shown, 120, "the corrected text is found")
        assert len((await running.command("export")).splitlines()) == await running.total(copies="hide")
        assert "is held by `newsweir demo`" in await refused("demo", running)
        status = await running.status()
        services = services_of(running.process.pid)

    assert "Traceback" not in newsroom.output()
    assert not any(is_running(pid) for pid in services.values()), "nothing is left running"
    assert {"dropped:consent", "dropped:noindex", "dropped:gone", "dropped:robots"} <= set(status["dispositions"])
    assert all(stage["dead"] == 0 for stage in status["stages"])

    async with newsroom.running() as running:
        assert await found(running) == newsroom.ids("indexed"), "yesterday's articles are there"
        again = await running.status()
        assert again["dispositions"]["indexed"] >= status["dispositions"]["indexed"]

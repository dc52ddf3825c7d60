"""A reader's desk: files that the pages speak of, a shell, a newsroom to read, and what there is for the names."""

import asyncio
import json
import os
import pty
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from services.newsroom.app import serve
from services.newsroom.outlets import FEED_PATHS, OUTLETS
from services.newsroom.settings import OUTLET_COUNT, NewsroomSettings
from shared.clock import SystemClock
from shared.settings import environment_for
from tests.builders import an_article
from tests.e2e.running import Running, bury, free_ports, newsweir
from tests.written_commands import ROOT

_LONGEST_S = 120
_PORTS_OF_THE_PAGES = range(8000, 8004)
# Who is asked whether they are sure says yes.
_YES = b"y\n"
PARAGRAPHS = (
    "The keeper of the old lighthouse hands its lamp to a museum on Friday. Ships have not needed it since 1994, when "
    "a buoy took over, and the town has talked of little else since the winter storms.",
    "Visitors may climb the 212 steps from May. The town pays for the paint, the state for the stairs, and nobody yet "
    "for the bird that nests behind the lens and comes back every spring.",
)


class Desk:
    """A folder to type in; what is typed has the settings of a small run over outlets of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.data_dir.mkdir()
        self._newsroom = NewsroomSettings(newsroom_port=free_ports(OUTLET_COUNT))
        self.outlet = OUTLETS[0].base_url(self._newsroom)
        self._first_port = free_ports(len(_PORTS_OF_THE_PAGES))
        self._settings = {
            "NEWSWEIR_HTTP_PORT": str(self._first_port),
            "NEWSWEIR_CONTACT": "you@your.example",
            "NEWSWEIR_ALLOW_LOOPBACK": "true",
            "NEWSWEIR_HOST_DELAY_S": "0.05",
            "NEWSWEIR_ARCHIVE_DIR": str(folder / "archive"),
            "NEWSWEIR_RETENTION_DAYS": "30",
            "ELASTICSEARCH_URL": "",
        }
        self._environment = {
            **environment_for({"data_dir": self.data_dir}),
            **self._settings,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # noqa: TID251 (a shell needs the machine's)
        }
        (folder / "deploy").symlink_to(ROOT / "deploy")
        self.write_files()

    def write_files(self) -> None:
        """Put the files there, as the pages have them; what was exported over them is gone."""
        for name, text in self._files().items():
            (self.folder / name).write_text(text, encoding="utf-8")

    @asynccontextmanager
    async def newsroom(self) -> AsyncIterator[None]:
        """The outlets, served for the block's duration."""
        stop = asyncio.Event()
        serving = asyncio.create_task(serve(self._newsroom, self.folder, SystemClock(), stop))
        yield
        stop.set()
        await serving

    @asynccontextmanager
    async def running(self, *arguments: str) -> AsyncIterator[Running]:
        """A `newsweir run` over the data folder, for the block's duration."""
        async with newsweir(*arguments, data_dir=self.data_dir, settings=self._settings) as running:
            yield running

    async def type(self, line: str, settings: Mapping[str, str] | None = None, file: str | None = None) -> str:
        """What a line prints in a shell; it must end with 0, and nothing may tell of a defect.

        Args:
            line: with the ports that the pages name.
            settings: variables beside those of the desk.
            file: of the folder, for standard input; else whoever is asked says yes.
        """
        for number, port in enumerate(_PORTS_OF_THE_PAGES):
            line = line.replace(f"127.0.0.1:{port}", f"127.0.0.1:{self._first_port + number}")
        with self._standard_input(file) as given:
            process = await asyncio.create_subprocess_exec(
                "bash", "-euo", "pipefail", "-c", line, cwd=self.folder, env={**self._environment, **(settings or {})},
                stdin=given, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            output, _ = await asyncio.wait_for(process.communicate(), _LONGEST_S)
        text = output.decode()
        assert process.returncode == 0, f"`{line}` ended with {process.returncode}:\n{text}"
        assert "Traceback" not in text, f"`{line}`:\n{text}"
        return text

    def _files(self) -> dict[str, str]:
        text = " ".join(PARAGRAPHS)
        # Two with the same words are a story.
        addresses = ["https://news.example/lamp", "https://other.example/lamp"]
        articles = [{"id": url, "title": "A lamp", "text": text, "url": url} for url in addresses]
        articles_jsonl = "".join(f"{json.dumps(article)}\n" for article in articles)
        body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
        page = {"url": addresses[0], "html": f"<article><h1>A lamp</h1>{body}</article>"}
        # Its doors are those that outlets have.
        sources = yaml_of("sources.md").replace("https://news.example/business/", f"{self.outlet}/companies/")
        sitemap = next(one for one in OUTLETS if one.feed == "sitemap").base_url(self._newsroom) + FEED_PATHS["sitemap"]
        sources = sources.replace("https://news.example/news.xml", sitemap)
        return {
            "sources.yaml": sources.replace("https://news.example/", f"{self.outlet}/"),
            "feeds.opml": f'<opml version="2.0"><body><outline xmlUrl="{self.outlet}/rss.xml"/></body></opml>',
            "articles.jsonl": articles_jsonl,
            "texts.jsonl": articles_jsonl,
            "pages.jsonl": f"{json.dumps(page)}\n",
            "data/knowledge.yaml": re.sub("acme", "umbra", yaml_of("knowledge.md"), flags=re.IGNORECASE),
        }

    @contextmanager
    def _standard_input(self, file: str | None) -> Iterator[int]:
        if file:
            with (self.folder / file).open("rb") as opened:
                yield opened.fileno()
            return
        # Commands ask nobody but a person at a terminal.
        keyboard, terminal = pty.openpty()
        os.write(keyboard, _YES)
        yield terminal
        os.close(terminal)
        os.close(keyboard)


class Names:
    """Puts what there is in the place of the names that a reader is to put in."""

    def __init__(self, written: Mapping[str, Mapping[str, str]], desk: Desk, running: Running | None = None) -> None:
        """Take the names by the command that they are written in, "" being any; "{url}" and the like stand for what
        the run has.
        """
        self._written = written
        self._desk = desk
        self._running = running
        self._articles: list[dict[str, str]] = []

    async def filled_in(self, arguments: str) -> str:
        """The arguments as they can be typed."""
        here = [names for command, names in self._written.items() if f"{arguments} ".startswith(f"{command} ")]
        meant = {**self._written[""], **(here[0] if here else {})}
        words = "|".join(map(re.escape, meant))
        pieces = re.split(rf"(?<![\w.-])({words})(?![\w…-])", arguments)
        return "".join([await self._present(meant[one]) if one in meant else one for one in pieces])

    async def _present(self, meant: str) -> str:
        """What a name in braces stands for; anything else stands for itself."""
        if "{outlet}" in meant:
            return meant.replace("{outlet}", self._desk.outlet)
        if meant == "{key}":
            return (await self._first("newsweir keys list --json"))["id"]
        if meant == "{source}":
            return (await self._first("newsweir sources list --json"))["id"]
        if meant == "{letter}":
            assert self._running is not None
            await bury(self._running, an_article(1))
            return (await self._first("newsweir dead-letters list --json"))["name"]
        if meant == "{story}":
            return str((await self._story())["id"])
        if meant == "{member}":
            return str((await self._story())["timeline"][0]["id"])
        if meant in ("{url}", "{article}"):
            # Another one each time: it may be taken out.
            return (await self._known()).pop()["url" if meant == "{url}" else "id"]
        return meant

    async def _first(self, line: str) -> dict[str, str]:
        return dict(json.loads((await self._desk.type(line)).splitlines()[0]))

    async def _story(self) -> dict[str, Any]:
        """One of more than one article, which the imported ones are."""
        assert self._running is not None
        running = self._running

        async def is_there() -> bool:
            return bool((await running.get("/v1/stories"))["stories"])

        await running.until(is_there, _LONGEST_S, "there is a story")
        return await running.get((await running.get("/v1/stories"))["stories"][0]["link"])

    async def _known(self) -> list[dict[str, str]]:
        if not self._articles:
            assert self._running is not None
            self._articles = await self._running.all_articles()
        return self._articles


def yaml_of(page: str) -> str:
    """The example of a YAML file in a page of docs/."""
    (example,) = re.findall(
        r"^```yaml\n(.*?)^```$", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return str(example)

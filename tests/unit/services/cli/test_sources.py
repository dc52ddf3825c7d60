import json

import pytest

from services.cli.add_sources import add_sources
from services.cli.sources import check_now, check_sources, list_sources, remove_sources
from shared.commands import answer
from shared.errors import ConfigurationError, DependencyUnavailable, InvalidInput
from shared.events.commands import CommandAnswer, CrawlerCommand, VisitsDue
from shared.source_health import SourceHealth
from shared.source_registry import SourceRegistry
from shared.sources import Source
from shared.topology import COMMANDS_CRAWLER
from tests.fakes import FakeClock

HOUR = 3_600_000
NOW = 1_772_452_800_000


def a_source(source_id: str = "example") -> Source:
    return Source(id=source_id, name="The Example", url="https://example.org/", feeds=("https://example.org/rss",))


async def test_sources_that_were_added_are_listed(connection, capsys):
    await add_sources(connection, (a_source("b"), a_source("a")))

    await list_sources(connection, NOW, as_json=True)

    assert [line[:9] for line in capsys.readouterr().out.splitlines()] == ['{"id":"a"', '{"id":"b"']


async def test_without_sources_it_is_said_how_to_add_one(connection, capsys):
    await list_sources(connection, NOW, as_json=False)

    assert "newsweir sources add" in capsys.readouterr().err


async def test_a_record_that_is_no_source_is_named_beside_the_list(connection, capsys):
    await add_sources(connection, (a_source("good"),))
    await connection.client.hset(connection.key("sources"), "bad", "{")

    await list_sources(connection, NOW, as_json=True)

    said = capsys.readouterr()
    assert '{"id":"good"' in said.out
    assert "newsweir: the record of source bad cannot be read" in said.err


async def test_an_unknown_source_cannot_be_checked(connection):
    with pytest.raises(InvalidInput, match="no source has the id 'nobody'"):
        await check_sources(connection, "nobody", FakeClock())


async def test_one_source_is_checked_in_detail(connection, clock, capsys):
    await add_sources(connection, (a_source("a"), a_source("b").model_copy(update={"exclude": ("/sport/*",)})))
    days = {"2026-02-26": 3, "2026-02-27": 4, "2026-02-28": 6, "2026-03-01": 5}
    health = SourceHealth(
        last_visit_ms=NOW,
        last_success_ms=NOW,
        last_new_article_ms=NOW,
        articles_found=18,
        new_by_day=days,
        reserved={"noarchive": NOW},
    )
    await SourceRegistry(connection).record_health({"b": lambda _: health})

    await check_sources(connection, "b", clock)

    out = " ".join(capsys.readouterr().out.split())
    assert "fine: last new article 0 s ago, 18 in all" in out
    assert "new articles 5.0 a day over the last 3 days" in out
    assert "robots.txt example.org was not asked yet" in out
    assert "feed https://example.org/rss" in out
    assert "not wanted /sport/*" in out
    assert "rights reserved noarchive" in out


async def test_all_sources_are_checked_with_a_line_for_each(connection, clock, capsys):
    await add_sources(connection, (a_source("a"), a_source("b")))

    await check_sources(connection, None, clock)

    assert capsys.readouterr().out.count("not visited yet") == 2


async def test_without_a_source_the_way_to_one_is_named(connection, clock, capsys):
    await check_sources(connection, None, clock)

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "no sources yet: `newsweir sources add URL`, or --file FILE\n")


async def test_the_list_has_one_line_for_each_source_however_narrow_the_terminal_is(connection, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    many = tuple(
        a_source(f"source-{n:03}").model_copy(update={"name": f"The {'Long ' * 20}Example", "tags": ("a", "b")})
        for n in range(300)
    )
    await SourceRegistry(connection).put(many)

    await list_sources(connection, NOW, as_json=False)

    lines = capsys.readouterr().out.rstrip().splitlines()
    assert len(lines) == 301
    assert max(map(len, lines)) <= 70
    assert all("  new  " in line and "  1 feed  " in line for line in lines[1:])
    assert [line.split()[0] for line in lines[1:]] == [source.id for source in many]


async def test_a_file_gets_the_list_uncut(connection, capsys):
    name = f"The {'Long ' * 20}Example"
    await SourceRegistry(connection).put([a_source().model_copy(update={"name": name, "sitemaps": ("https://a.b/x",)})])

    await list_sources(connection, NOW, as_json=False)

    [line] = capsys.readouterr().out.rstrip().splitlines()[1:]
    assert name in line
    assert "1 feed, 1 sitemap" in line
    assert "https://example.org/" in line


async def test_the_list_may_be_of_one_tag(connection, capsys):
    await SourceRegistry(connection).put([a_source("a"), a_source("b").model_copy(update={"tags": ("tech",)})])

    await list_sources(connection, NOW, "tech", as_json=True)
    await list_sources(connection, NOW, "sport", as_json=False)

    said = capsys.readouterr()
    assert [json.loads(line)["id"] for line in said.out.splitlines()] == ["b"]
    assert "no source has the tag 'sport'" in said.err


async def test_sources_that_are_removed_are_named_and_their_articles_stay(connection, capsys):
    await SourceRegistry(connection).put([a_source("a"), a_source("b"), a_source("c")])
    asked: list[str] = []

    status = await remove_sources(connection, ["b", "a", "b"], lambda question: asked.append(question) is None)

    assert status == 0
    assert asked == ["remove b (The Example), a (The Example)?"]
    assert [source.id for source in await SourceRegistry(connection).all()] == ["c"]
    assert "articles that were found stay" in capsys.readouterr().err


async def test_who_says_no_keeps_the_source(connection):
    await SourceRegistry(connection).put([a_source("a")])

    assert await remove_sources(connection, ["a"], lambda question: False) == 1
    assert await SourceRegistry(connection).get("a") is not None


async def test_a_mistyped_id_removes_nothing(connection):
    await SourceRegistry(connection).put([a_source("a")])

    with pytest.raises(InvalidInput, match="no source has the id x, y"):
        await remove_sources(connection, ["a", "x", "y"], None)

    assert await SourceRegistry(connection).get("a") is not None


async def test_a_record_that_nobody_can_read_can_be_removed(connection):
    await connection.client.hset(connection.key("sources"), "bad", "{")

    assert await remove_sources(connection, ["bad"], None) == 0
    assert (await SourceRegistry(connection).read()).unreadable == {}


class CrawlingClock(FakeClock):
    """Time in which a crawler answers commands, and visits what it was asked to."""

    def __init__(self, connection, health: SourceHealth | None) -> None:
        super().__init__(NOW)
        self._connection = connection
        self._health = health

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        for _, fields in await self._connection.client.xrange(self._connection.key(COMMANDS_CRAWLER.name)):
            command = CrawlerCommand.model_validate_json(fields["payload"])
            due = CommandAnswer(command_id=command.command_id, result=VisitsDue(doors=1))
            await answer(self._connection, due)
        if self._health:
            await SourceRegistry(self._connection).record_health({"a": lambda _: self._health})


async def test_a_source_is_checked_once_a_crawler_has_visited_it(connection, capsys):
    await SourceRegistry(connection).put([a_source("a")])
    visited = SourceHealth(last_visit_ms=NOW + 1, last_new_article_ms=NOW, articles_found=1)

    status = await check_now(connection, "a", CrawlingClock(connection, visited))

    said = capsys.readouterr()
    assert status == 0
    assert "asked a crawler to visit 1 door now" in said.err
    assert "fine: last new article" in said.out


async def test_a_visit_that_failed_or_never_came_is_a_status_of_its_own(connection, capsys):
    await SourceRegistry(connection).put([a_source("a")])
    failed = SourceHealth(last_visit_ms=NOW + 1, consecutive_failures=1, last_error="status 500")

    assert await check_now(connection, "a", CrawlingClock(connection, failed)) == 1
    assert "failing: status 500" in capsys.readouterr().out

    assert await check_now(connection, "a", CrawlingClock(connection, None)) == 1
    assert "not visited within 60 s" in capsys.readouterr().err


async def test_without_a_running_crawler_nothing_can_be_visited_now(connection, clock):
    await SourceRegistry(connection).put([a_source("a")])

    with pytest.raises(DependencyUnavailable, match="no answer from a crawler"):
        await check_now(connection, "a", clock)
    with pytest.raises(ConfigurationError, match="name it"):
        await check_now(connection, None, clock)

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from services.cli.fleet import SERVICES
from services.cli.status import ask_services, write_status
from services.crawler.pausing import Pausing
from shared.bus.lag import Pause
from shared.settings import HttpSettings
from shared.source_health import SourceHealth
from shared.source_registry import SourceRegistry
from shared.sources import Source
from shared.topology import STAGES
from tests.fakes import FakeClock

FAILING = {"service": "search", "status": "failing", "failing": {"store": "away"}}


class FailingService(BaseHTTPRequestHandler):
    """Answers each question as a service that is not ready."""

    def do_GET(self) -> None:
        self.send_response(503)
        self.end_headers()
        self.wfile.write(json.dumps(FAILING).encode())

    def log_message(self, template: str, *args: object) -> None:
        return None


@pytest.fixture
def http() -> Iterator[HttpSettings]:
    """Search does not feel well, and nobody is known to listen where the others should."""
    with HTTPServer(("127.0.0.1", 0), FailingService) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield HttpSettings(http_port=server.server_address[1])
        server.shutdown()


async def test_a_service_says_why_it_is_not_ready(http):
    health = {service.name: service for service in await ask_services(http)}

    assert set(health) == {service.name for service in SERVICES}
    assert (health["search"].status, health["search"].failing) == ("failing", {"store": "away"})


async def test_the_status_as_json_holds_everything_that_the_tables_show(connection, http, clock, capsysbinary):
    registry = SourceRegistry(connection)
    await registry.put([Source(id="a", name="A", url="https://a.example/")])
    await registry.record_health({"a": lambda _: SourceHealth(last_visit_ms=clock.now_ms(), articles_found=3)})

    await write_status(connection, http, clock, as_json=True)

    status = json.loads(capsysbinary.readouterr().out)
    assert set(status) == {
        "services",
        "stages",
        "fetched",
        "in_flight",
        "dispositions",
        "crawling_pauses",
        "sources",
    }
    stages = [stage["stage"] for stage in status["stages"]]
    assert stages == [stage.name for stage in STAGES]
    told = status["sources"]["a"]
    assert (told["articles_found"], told["state"], told["change"]) == (3, "empty", None)


async def test_the_tables_name_services_backlog_and_sources(connection, http, clock, capsys):
    await SourceRegistry(connection).put([Source(id="a-source", name="A", url="https://a.example/")])

    await write_status(connection, http, clock, as_json=False)

    out = capsys.readouterr().out
    assert "store: away" in out
    assert f"no answer at http://127.0.0.1:{http.http_port + 1}" in out
    assert "backlog: enrichment 0, indexing 0" in out
    assert "not visited yet" in out


async def test_a_crawler_that_pauses_says_why(connection, http, clock, capsysbinary):
    class Behind:
        async def pause(self) -> Pause:
            return Pause("high-water", "enrichment is 5000 events behind")

    await Pausing(connection, [Behind()], clock).allows()

    await write_status(connection, http, clock, as_json=False)
    await write_status(connection, http, clock, as_json=True)

    *table, line = capsysbinary.readouterr().out.splitlines()
    assert b"crawling pauses (high-water): enrichment is 5000 events behind" in table
    assert json.loads(line)["crawling_pauses"] == {"cause": "high-water", "reason": "enrichment is 5000 events behind"}


async def test_a_source_that_has_gone_quiet_is_flagged(connection, http, capsysbinary):
    noon = FakeClock(1_772_452_800_000)  # 2026-03-02
    days = {f"2026-02-{day:02}": 10 for day in range(1, 22)} | {"2026-02-28": 1}
    now_ms = noon.now_ms()
    health = SourceHealth(last_visit_ms=now_ms, last_new_article_ms=now_ms, new_by_day=days)
    registry = SourceRegistry(connection)
    await registry.put([Source(id="a", name="A", url="https://a.example/")])
    await registry.record_health({"a": lambda _: health})

    await write_status(connection, http, noon, as_json=False)
    await write_status(connection, http, noon, as_json=True)

    *table, line = capsysbinary.readouterr().out.decode().splitlines()
    assert "a has gone quiet 8 days ago: 0.1 a day since, 10.0 before" in table
    told = json.loads(line)["sources"]["a"]
    assert (told["state"], told["change"]["kind"], told["change"]["days"]) == ("quiet", "quiet", 8)

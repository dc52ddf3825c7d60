import io

import httpx
import pytest
from rich.console import Console

from services.cli.progress import Pace, Progress, as_line, as_table, is_ready
from services.cli.view import View
from shared.bus.lag import StageLag
from shared.dispositions import Ledger
from shared.errors import DependencyUnavailable
from shared.process import Probe, probe_app

LEDGER = Ledger(
    fetched=13,
    in_flight=2,
    by_disposition={
        "indexed": 4,
        "dropped:consent": 1,
        "dropped:noindex": 2,
        "dead-lettered": 1,
        "dropped:unchanged": 1,
        "dropped:not-modified": 2,
    },
    by_source={},
)
STAGES = (StageLag("enrichment", waiting=1, pending=1, retrying=1, dead=2, oldest_pending_s=0.5),)


async def away() -> None:
    raise DependencyUnavailable("the store is away")


async def there() -> None:
    pass


@pytest.mark.parametrize(("store", "ready"), [(there, True), (away, False)])
async def test_a_service_is_ready_when_it_says_so(store, ready):
    service = probe_app("search", liveness=[], readiness=[Probe("store", store)])

    async with httpx.AsyncClient(transport=httpx.ASGITransport(service)) as client:
        assert await is_ready(client, "http://127.0.0.1:8000") is ready


async def test_a_service_that_does_not_answer_is_not_ready(tmp_path):
    transport = httpx.AsyncHTTPTransport(uds=str(tmp_path / "nobody.sock"))

    async with httpx.AsyncClient(transport=transport) as client:
        assert not await is_ready(client, "http://127.0.0.1:8000")


def test_a_line_says_everything():
    assert as_line(Progress(True, LEDGER, STAGES)) == (
        "fetched 13 · indexed 4 · unchanged 3 · dropped 3 (noindex 2, consent 1) · dead 2 · backlog: enrichment 3"
    )


def test_a_broker_that_is_away_is_said_to_be():
    assert as_line(Progress(True, None)) == "the broker does not answer"


def test_a_table_says_where_to_look_once_search_answers():
    console = Console(width=80, record=True, file=io.StringIO())

    console.print(as_table(Progress(False, LEDGER, STAGES), "http://127.0.0.1:8000"))
    console.print(as_table(Progress(True, LEDGER, STAGES), "http://127.0.0.1:8000"))

    before, _, after = console.export_text().partition("http://127.0.0.1:8000/")
    assert "starting" in before
    assert "indexed" in after


def test_off_a_terminal_a_line_appears_when_something_changed_and_some_seconds_have_passed(capsys):
    some, more = Progress(True, LEDGER, ()), Progress(True, None)

    with View(Console(), "http://127.0.0.1:8000") as view:
        view.show(some, 0.0)
        view.show(more, 1.0)
        view.show(some, 6.0)
        view.show(more, 7.0)
        view.show(more, 12.0)

    assert capsys.readouterr().out.splitlines() == [as_line(some), as_line(more)]


def test_a_look_that_takes_long_is_taken_seldom():
    pace = Pace()
    assert pace.is_due(100.0)

    pace.looked(100.0, 101.0)

    assert not pace.is_due(119.9)
    assert pace.is_due(120.0)

    pace.looked(120.0, 140.0)

    assert pace.is_due(170.0)


def test_a_look_that_takes_no_time_is_taken_whenever_it_is_asked_for():
    pace = Pace()

    pace.looked(100.0, 100.02)

    assert pace.is_due(101.0)

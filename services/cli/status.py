"""`newsweir status`: health of the services, backlog of the stages, where fetches ended, how sources are doing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import httpx

from services.cli.fleet import SERVICES
from services.cli.output import write_json_line, write_table
from services.cli.progress import Progress, as_line
from services.cli.source_health import in_words, yield_in_words
from services.crawler.pausing import read_pause
from shared.bus.lag import read_lag
from shared.clock import Clock
from shared.dispositions import read_ledger
from shared.redis_client import RedisConnection
from shared.settings import HttpSettings
from shared.source_health import SourceHealth, change_of, state_of
from shared.source_registry import SourceRegistry
from shared.sources import Source
from shared.topology import STAGES

_TIMEOUT_S = 3.0


@dataclass(frozen=True)
class ServiceHealth:
    """What a service answers to /readyz: "ok", "failing" with the reasons by probe, or "down" for no answer."""

    name: str
    url: str
    status: str
    failing: dict[str, str]


async def ask_services(http: HttpSettings) -> list[ServiceHealth]:
    """The health of each of the four."""
    async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_S) as client:
        return [await _ask(client, service.name, service.url(http)) for service in SERVICES]


async def write_status(connection: RedisConnection, http: HttpSettings, clock: Clock, *, as_json: bool) -> None:
    """Ask everybody and write one JSON line, or tables for people."""
    now_ms = clock.now_ms()
    services = await ask_services(http)
    stages = tuple([await read_lag(connection, stage, now_ms) for stage in STAGES])
    ledger = await read_ledger(connection)
    pause = await read_pause(connection)
    registry = SourceRegistry(connection)
    sources, health = await registry.all(), await registry.all_health()
    changed = {source.id: change for source in sources if (change := change_of(_of(health, source), now_ms))}
    if as_json:
        write_json_line(
            {
                "services": [asdict(service) for service in services],
                "stages": [{**asdict(lag), "backlog": lag.backlog} for lag in stages],
                "fetched": ledger.fetched,
                "in_flight": ledger.in_flight,
                "crawling_pauses": pause and asdict(pause),
                "dispositions": ledger.by_disposition,
                "sources": {
                    source.id: {
                        **_of(health, source).model_dump(mode="json"),
                        "state": state_of(_of(health, source), now_ms),
                        "change": asdict(changed[source.id]) if source.id in changed else None,
                    }
                    for source in sources
                },
            }
        )
        return
    write_table(("service", "status", "why"), [(s.name, s.status, _why(s)) for s in services], wide="why")
    print(as_line(Progress(ready=False, ledger=ledger, stages=stages)))
    if pause:
        print(f"crawling pauses ({pause.cause}): {pause.reason}")
    if sources:
        words = [(source.id, in_words(_of(health, source), now_ms)) for source in sources]
        write_table(("source", "how it is doing"), words, wide="how it is doing")
    for source_id in changed:
        print(f"{source_id} has {yield_in_words(health[source_id], now_ms)}")


def _why(service: ServiceHealth) -> str:
    if service.status == "down":
        return f"no answer at {service.url}"
    return "; ".join(f"{probe}: {why}" for probe, why in service.failing.items())


def _of(health: Mapping[str, SourceHealth], source: Source) -> SourceHealth:
    return health.get(source.id, SourceHealth())


async def _ask(client: httpx.AsyncClient, name: str, url: str) -> ServiceHealth:
    try:
        answer = await client.get(f"{url}/readyz")
        body = answer.json()
    except (httpx.HTTPError, ValueError):
        return ServiceHealth(name, url, "down", {})
    known = body if isinstance(body, dict) else {}
    failing = known.get("failing")
    status = "ok" if answer.status_code == httpx.codes.OK else "failing"
    return ServiceHealth(name, url, status, failing if isinstance(failing, dict) else {})

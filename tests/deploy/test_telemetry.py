"""Real processes over a real Valkey, watched from outside: a trace followed, a scrape read, every log line looked at.

The newsroom is crawled by `newsweir run` until its articles are found; the collector of traces is a receiver of this
test, and what it and the services say is compared with what the store has.
"""

import asyncio
import json
import re
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml
from prometheus_client.parser import text_string_to_metric_families

from deploy.grafana_dashboards import DASHBOARDS, dashboard, every_metric, narrowed_to_all
from services.newsroom.settings import OUTLET_COUNT
from shared.urls import article_id
from tests.e2e.running import Running, free_ports, newsweir
from tests.otlp import ReceivedSpan, Receiver, receiving

pytestmark = [
    pytest.mark.deploy,
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="module"),
]
SERVICES = ("crawler", "enrichment", "indexing", "search")
SECRET = "hunter2hunter2"
ENOUGH = 40


class Watched:
    """A run that has crawled for a while, and where its logs are."""

    def __init__(self, running: Running, receiver: Receiver, folder: Path) -> None:
        self.running = running
        self.receiver = receiver
        self.logs = folder / "demo" / "logs"

    def lines(self, service: str) -> Iterator[dict[str, Any]]:
        for line in (self.logs / f"{service}.log").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)

    def port(self, service: str) -> int:
        first = int(self.running.settings["NEWSWEIR_HTTP_PORT"])
        return first + ("search", "crawler", "enrichment", "indexing").index(service)

    async def scrape(self, service: str) -> str:
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"http://127.0.0.1:{self.port(service)}/metrics")).raise_for_status().text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    with receiving() as receiver:
        settings = {
            "NEWSWEIR_NEWSROOM_PORT": str(free_ports(OUTLET_COUNT)),
            "ELASTICSEARCH_URL": "",
            "NEWSWEIR_LOG_LEVEL": "debug",
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer {SECRET}",
            # What nobody uses here, and nobody may tell.
            "NEWSWEIR_SMTP_PASSWORD": SECRET,
            "NEWSWEIR_KIBANA_API_KEY": SECRET,
            "NEWSWEIR_LLM_URL": f"http://user:{SECRET}@127.0.0.1:9/v1",
            "NEWSWEIR_LLM_MODEL": "none",
            "NEWSWEIR_LLM_KEY": SECRET,
        }
        async with newsweir("demo", data_dir=folder, settings=settings) as running:

            async def found() -> bool:
                return await running.total() >= ENOUGH

            await running.until(found, 240, f"{ENOUGH} articles are found")
            watched = Watched(running, receiver, folder)

            async def traced() -> bool:
                return len(_whole_traces(receiver)) >= ENOUGH // 2

            await running.until(traced, 60, "their traces arrive")
            yield watched


def _whole_traces(receiver: Receiver) -> list[str]:
    """Those that came to their end and of which no span is missing: each process sends its own every few seconds."""
    traces = [span.trace_id for span in receiver.named("process articles.indexed")]
    spans = {trace: receiver.trace(trace) for trace in traces}
    known = {trace: {"", *(span.span_id for span in found)} for trace, found in spans.items()}
    return [trace for trace in traces if all(span.parent in known[trace] for span in spans[trace])]


def checked(promtool: str, scrape: str) -> int:
    return subprocess.run([promtool, "check", "metrics"], input=scrape, capture_output=True, text=True).returncode


def path_of(span: ReceivedSpan, spans: list[ReceivedSpan]) -> list[str]:
    """The names from the first span of a trace down to this one."""
    by_id = {one.span_id: one for one in spans}
    names = [f"{span.service}: {span.name}"]
    while span.parent:
        span = by_id[span.parent]
        names.insert(0, f"{span.service}: {span.name}")
    return names


async def test_one_trace_leads_from_the_fetch_of_a_page_to_its_being_searchable(watched: Watched):
    known = {article["id"] for article in await watched.running.all_articles()}
    trace_id = _whole_traces(watched.receiver)[0]
    spans = watched.receiver.trace(trace_id)

    [last] = [span for span in spans if span.name == "process articles.indexed"]
    assert path_of(last, spans) == [
        "crawler: visit article",
        "crawler: publish articles.crawled",
        "enrichment: process articles.crawled",
        "enrichment: publish articles.enriched",
        "indexing: process articles.enriched",
        "indexing: publish articles.indexed",
        "search: process articles.indexed",
    ]
    parts = {tuple(path_of(span, spans)[-2:]) for span in spans}
    assert {
        ("crawler: visit article", "crawler: fetch"),
        ("crawler: visit article", "crawler: extract"),
        ("enrichment: process articles.crawled", "enrichment: enrich"),
        ("enrichment: process articles.crawled", "enrichment: place in stories"),
        ("indexing: process articles.enriched", "indexing: store put"),
    } <= parts
    assert last.attributes["newsweir.article_id"] in known
    assert [span.name for span in spans if span.failed] == []


async def test_every_article_has_a_trace_of_its_own(watched: Watched):
    ends = watched.receiver.named("process articles.indexed")

    fetches = {span.attributes["newsweir.fetch_id"] for span in ends}
    assert len({span.trace_id for span in ends}) == len(fetches) == len(ends)


async def test_a_request_to_the_search_service_is_traced_and_goes_on_with_the_callers_trace(watched: Watched):
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    await watched.running.api.get("/v1/articles", headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"})

    async def arrived() -> bool:
        return len(watched.receiver.trace(trace_id)) >= 2

    await watched.running.until(arrived, 30, "the trace of the request arrives")
    request, asked = watched.receiver.trace(trace_id)[:2]
    assert (request.name, request.attributes["http.response.status_code"]) == ("GET /v1/articles", 200)
    assert (asked.name, asked.parent) == ("ask store", request.span_id)


async def test_probes_and_scrapes_are_not_traced(watched: Watched):
    routes = {span.attributes.get("http.route") for span in watched.receiver.spans}

    assert routes.isdisjoint({"/healthz", "/readyz", "/metrics"})


@pytest.mark.parametrize("service", SERVICES)
async def test_a_live_scrape_is_what_prometheus_reads_and_holds_metrics_of_the_list_alone(
    watched: Watched, tool, service: str
):
    scrape = await watched.scrape(service)

    # Its lint (3) has opinions on names of the Python client's own metrics; what cannot be parsed is another status.
    assert checked(tool("promtool"), scrape) in (0, 3)
    listed = {described.name for metric in every_metric() for described in metric.describe()}
    told = {family.name for family in text_string_to_metric_families(scrape) if family.name.startswith("newsweir")}
    assert told <= listed


@asynccontextmanager
async def prometheus_over(binary: str, watched: Watched, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A real Prometheus with our rules that scrapes the services of the run each second."""
    rules = Path(__file__).parents[2] / "deploy" / "prometheus" / "rules.yml"
    scraped = {
        "job_name": "newsweir",
        "static_configs": [
            {"targets": [f"127.0.0.1:{watched.port(service)}"], "labels": {"service": service}} for service in SERVICES
        ],
    }
    timing = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration = {"global": timing, "rule_files": [str(rules)], "scrape_configs": [scraped]}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    address = f"127.0.0.1:{free_ports(1)}"
    process = await asyncio.create_subprocess_exec(
        binary, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(base_url=f"http://{address}/api/v1", trust_env=False) as client:
            yield client
    finally:
        process.terminate()
        await process.wait()


async def asked(prometheus: httpx.AsyncClient, query: str) -> list[dict[str, Any]]:
    answer = await prometheus.get("/query", params={"query": query})
    assert answer.status_code == 200, f"{query}: {answer.text}"
    return answer.json()["data"]["result"]


async def test_a_real_prometheus_scrapes_all_services_and_answers_rules_and_dashboards(
    watched: Watched, tool, tmp_path: Path
):
    async with prometheus_over(tool("prometheus"), watched, tmp_path) as prometheus:

        async def scraped_twice() -> bool:
            try:
                # It listens before it is ready to be asked.
                if (await prometheus.get("/query", params={"query": "up"})).status_code == 503:
                    return False
                seen = await asked(prometheus, "count_over_time(up[1m]) > 3 and up == 1")
            except httpx.TransportError:
                return False
            return len(seen) == len(SERVICES)

        await watched.running.until(scraped_twice, 60, "Prometheus has scraped all services")
        groups = (await prometheus.get("/rules")).json()["data"]["groups"]
        panels = [
            (name, panel["title"], narrowed_to_all(target["expr"]).replace("$__rate_interval", "1m"))
            for name in DASHBOARDS
            for panel in json.loads(dashboard(name))["panels"]
            for target in panel["targets"]
        ]
        answers = {(name, title): await asked(prometheus, expr) for name, title, expr in panels}

    said = {rule["name"]: (rule["health"], rule["state"]) for group in groups for rule in group["rules"]}
    # Of what it was watched for, a few seconds, some may think that nothing moves; none is sure.
    assert {name for name, (health, state) in said.items() if health != "ok" or state == "firing"} == set()
    empty = {title for (name, title), answer in answers.items() if not answer and name != "further"}
    # Nothing was dropped by a stage in this run; all else has something to show.
    assert empty <= {"Left out"}


async def test_what_was_measured_adds_up_to_what_is_found(watched: Watched):
    total = await watched.running.total()
    samples: Counter[tuple[str, ...]] = Counter()
    for service in SERVICES:
        for family in text_string_to_metric_families(await watched.scrape(service)):
            for sample in family.samples:
                samples[sample.name, *sorted(sample.labels.values())] += sample.value

    assert samples["newsweir_stage_consumed_total", "enrichment"] >= total
    assert samples["newsweir_stage_published_total", "articles.enriched", "enrichment"] >= total
    assert samples["newsweir_store_outcomes_total", "created", "put"] >= total
    assert samples["newsweir_fetch_to_searchable_seconds_count",] >= total
    assert samples["newsweir_stage_event_seconds_count", "indexing"] >= total
    assert samples["newsweir_crawler_responses_total", "2xx"] >= total
    assert ("newsweir_stage_in_flight_events", "indexing") in samples
    assert ("newsweir_crawler_hosts", "due") in samples
    assert any(name[0] == "newsweir_search_request_seconds_count" and "/v1/articles" in name for name in samples)


async def test_every_line_of_every_log_is_json_that_names_its_service(watched: Watched):
    for service in SERVICES:
        lines = list(watched.lines(service))

        assert {line["service"] for line in lines} <= {service}
        assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)


async def test_no_line_tells_a_secret(watched: Watched):
    texts = {path.name: path.read_text(encoding="utf-8") for path in watched.logs.iterdir()}

    assert {"crawler.log", "enrichment.log"} <= texts.keys()
    assert [name for name, text in texts.items() if SECRET in text] == []
    assert [name for name, text in texts.items() if re.search(r"://[^/\s:@]*:[^*/\s@]+@", text)] == []


async def test_every_service_says_when_it_starts_and_of_which_version_it_is(watched: Watched):
    for service in SERVICES:
        first = next(watched.lines(service))

        assert (first["event"], first["port"]) == ("starting", watched.port(service))
        assert first["version"] == version("newsweir")


async def test_the_way_of_an_article_can_be_read_from_the_logs_by_its_id(watched: Watched):
    done = [line for line in watched.lines("search") if line.get("stage") == "alerts"]
    article, fetch = done[0]["article_id"], done[0]["fetch_id"]

    said = {
        service: [line for line in watched.lines(service) if line.get("article_id") == article] for service in SERVICES
    }
    [visit] = [line for line in said["crawler"] if line["event"] == "a visit ended" and line["fetch_id"] == fetch]
    settled = {
        line["stage"]: (line["action"], line["disposition"])
        for service in SERVICES
        for line in said[service]
        if line["event"] == "an event is settled" and line["fetch_id"] == fetch
    }
    assert visit["outcome"] == "published"
    assert settled == {"enrichment": ("publish", ""), "indexing": ("publish", "indexed"), "alerts": ("none", "")}
    # The trace of the fetch bears its name.
    assert [span.name for span in watched.receiver.trace(fetch) if not span.parent] == ["visit article"]


async def test_no_line_of_any_service_speaks_of_an_article_without_naming_it(watched: Watched):
    """Whatever has the address of a page or the id of a fetch, or was settled, but for what concerns doors."""
    telling = [
        line
        for service in SERVICES
        for line in watched.lines(service)
        if line.get("kind", "article") == "article" and ("url" in line or line.get("fetch_id"))
    ]

    assert len(telling) > 4 * ENOUGH
    assert [line for line in telling if not re.fullmatch("[0-9a-f]{64}", line.get("article_id", ""))] == []


async def test_a_line_about_an_article_names_it(watched: Watched):
    """Those of the crawler that name a page, and those that say what the language model did not do."""
    of_pages = [line for line in watched.lines("crawler") if line["event"] in ("dropped", "trying again later")]
    unanswered = [line for line in watched.lines("enrichment") if "language model" in line["event"]]

    assert of_pages
    assert unanswered
    for line in of_pages + unanswered:
        assert re.fullmatch("[0-9a-f]{64}", line["article_id"]), line
    # Nothing but the URL is known of what was not fetched.
    unfetched = [line for line in of_pages if line.get("reason") == "robots"]
    assert all(line["article_id"] == article_id(line["url"]) for line in unfetched)

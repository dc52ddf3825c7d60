"""The Grafana dashboards, from the list of metrics: a panel for each question an operator asks."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client.metrics import MetricWrapperBase

from shared import metrics

_WIDTH, _HEIGHT, _COLUMNS = 8, 8, 3
_DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# What a reader may narrow a dashboard by, where its series have the label; all of it unless he does. A series without a
# namespace, as outside Kubernetes, is one of all.
_NARROWED_BY = ("namespace", "stage", "route", "kind")


@dataclass(frozen=True)
class Panel:
    """One graph: what it answers, what is asked of Prometheus, and the unit as Grafana names it."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    description: str


def name_of(metric: MetricWrapperBase, part: str = "") -> str:
    """As Prometheus has it; `part` names one of the series of a counter or a histogram."""
    described = next(iter(metric.describe()))
    return f"{described.name}_total" if described.type == "counter" else f"{described.name}{part}"


def _series(metric: MetricWrapperBase, part: str = "") -> str:
    """The series of a metric that a dashboard's variables leave."""
    labels = {"namespace", *metric._labelnames}
    chosen = ", ".join(f'{label}=~"${label}"' for label in _NARROWED_BY if label in labels)
    return f"{name_of(metric, part)}{{{chosen}}}"


def _rate(metric: MetricWrapperBase, by: str) -> tuple[str, str]:
    labels = ", ".join(by.split())
    return f"sum by ({labels}) (rate({_series(metric)}[$__rate_interval]))", " ".join(
        f"{{{{{b}}}}}" for b in by.split()
    )


def _most(metric: MetricWrapperBase, by: str) -> tuple[str, str]:
    """The largest that any replica says: of what lies in the broker every replica tells the same."""
    return f"max by ({by}) ({_series(metric)})", f"{{{{{by}}}}}"


def _quantiles(metric: MetricWrapperBase, by: str = "") -> tuple[tuple[str, str], ...]:
    grouping = f"le, {by}" if by else "le"
    series = f"sum by ({grouping}) (rate({_series(metric, '_bucket')}[$__rate_interval]))"
    label = f" {{{{{by}}}}}" if by else ""
    return tuple((f"histogram_quantile({q}, {series})", f"p{round(q * 100)}{label}") for q in (0.5, 0.95, 0.99))


def _panel(title: str, unit: str, metric: MetricWrapperBase, *queries: tuple[str, str]) -> Panel:
    return Panel(title, unit, queries, next(iter(metric.describe())).documentation)


_NAMED: dict[str, tuple[str, tuple[Panel, ...]]] = {
    "pipeline": (
        "Newsweir: pipeline",
        (
            _panel("Fetch to searchable", "s", metrics.SEARCHABLE_SECONDS, *_quantiles(metrics.SEARCHABLE_SECONDS)),
            _panel("Events by outcome", "ops", metrics.STAGE_EVENTS, _rate(metrics.STAGE_EVENTS, "stage outcome")),
            _panel("Events taken in hand", "ops", metrics.STAGE_CONSUMED, _rate(metrics.STAGE_CONSUMED, "stage")),
            _panel(
                "Events published", "ops", metrics.STAGE_PUBLISHED, _rate(metrics.STAGE_PUBLISHED, "stage stream")
            ),
            _panel("Left out", "ops", metrics.STAGE_DROPPED, _rate(metrics.STAGE_DROPPED, "stage reason")),
            _panel("Lag", "short", metrics.STAGE_LAG, _most(metrics.STAGE_LAG, "stage")),
            _panel("In hand", "short", metrics.STAGE_IN_FLIGHT, _most(metrics.STAGE_IN_FLIGHT, "stage")),
            _panel("Waiting for a retry", "short", metrics.STAGE_RETRYING, _most(metrics.STAGE_RETRYING, "stage")),
            _panel(
                "Event to settled", "s", metrics.STAGE_EVENT_SECONDS, *_quantiles(metrics.STAGE_EVENT_SECONDS, "stage")
            ),
            _panel(
                "What the store did", "ops", metrics.STORE_OUTCOMES, _rate(metrics.STORE_OUTCOMES, "operation outcome")
            ),
            _panel(
                "Oldest event in hand", "s", metrics.STAGE_OLDEST_PENDING_SECONDS,
                _most(metrics.STAGE_OLDEST_PENDING_SECONDS, "stage"),
            ),
            _panel(
                "Batch time", "s", metrics.STAGE_BATCH_SECONDS, *_quantiles(metrics.STAGE_BATCH_SECONDS, "stage")
            ),
            _panel("Dead letters", "short", metrics.DEAD_LETTERS, _most(metrics.DEAD_LETTERS, "stage")),
            _panel("Waiting for a dependency", "bool", metrics.STAGE_WAITING, _most(metrics.STAGE_WAITING, "stage")),
            _panel("Pausing", "bool", metrics.STAGE_PAUSED, _most(metrics.STAGE_PAUSED, "stage")),
        ),
    ),
    "crawler": (
        "Newsweir: crawler",
        (
            _panel("Requests by outcome", "reqps", metrics.FETCHES, _rate(metrics.FETCHES, "outcome")),
            _panel("Requests by kind", "reqps", metrics.FETCHES, _rate(metrics.FETCHES, "kind")),
            _panel("Answers by status", "reqps", metrics.RESPONSES, _rate(metrics.RESPONSES, "status")),
            _panel("Hosts", "short", metrics.HOSTS, _most(metrics.HOSTS, "state")),
            _panel(
                "Visits under way", "short", metrics.VISITS_UNDER_WAY,
                (f"sum({_series(metrics.VISITS_UNDER_WAY)})", "visits"),
            ),
            _panel("Time of a request", "s", metrics.FETCH_SECONDS, *_quantiles(metrics.FETCH_SECONDS)),
            _panel("Time of an extraction", "s", metrics.EXTRACTION_SECONDS, *_quantiles(metrics.EXTRACTION_SECONDS)),
            _panel(
                "Visits that wait", "short", metrics.FRONTIER_VISITS,
                (f"max({_series(metrics.FRONTIER_VISITS)})", "visits"),
            ),
            _panel("Pauses", "bool", metrics.CRAWLER_PAUSED, _most(metrics.CRAWLER_PAUSED, "reason")),
        ),
    ),
    "search": (
        "Newsweir: search",
        (
            _panel("Requests", "reqps", metrics.REQUEST_SECONDS, (
                f"sum by (route) (rate({_series(metrics.REQUEST_SECONDS, '_count')}[$__rate_interval]))", "{{route}}",
            )),
            _panel("Time by route", "s", metrics.REQUEST_SECONDS, *_quantiles(metrics.REQUEST_SECONDS, "route")),
            _panel("Answers by status", "reqps", metrics.REQUEST_SECONDS, (
                f"sum by (status) (rate({_series(metrics.REQUEST_SECONDS, '_count')}[$__rate_interval]))", "{{status}}",
            )),
        ),
    ),
}  # fmt: skip


def every_metric() -> list[MetricWrapperBase]:
    """All that a service tells of itself."""
    return [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)]


def _further(metric: MetricWrapperBase) -> Panel:
    """A graph of a metric that no dashboard asks about by name."""
    labels = " ".join(metric._labelnames)
    kind = next(iter(metric.describe())).type
    title = name_of(metric).removeprefix("newsweir_").replace("_", " ")
    if kind == "histogram":
        return _panel(title, "s" if title.endswith("seconds") else "short", metric, *_quantiles(metric))
    if kind == "counter":
        alone = (f"sum(rate({_series(metric)}[$__rate_interval]))", "")
        return _panel(title, "ops", metric, _rate(metric, labels) if labels else alone)
    return _panel(title, "short", metric, (_series(metric), ""))


def _is_asked_for(metric: MetricWrapperBase) -> bool:
    name = next(iter(metric.describe())).name
    return any(name in query for _, panels in _NAMED.values() for panel in panels for query, _ in panel.queries)


DASHBOARDS = {
    **_NAMED,
    "further": ("Newsweir: further", tuple(_further(m) for m in every_metric() if not _is_asked_for(m))),
}


def dashboard(name: str) -> str:
    """The JSON of a dashboard, as Grafana's provisioning reads it."""
    title, panels = DASHBOARDS[name]
    model = {
        "uid": f"newsweir-{name}",
        "title": title,
        "tags": ["newsweir"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_DATASOURCE_VARIABLE, *_variables(panels)]},
        "panels": list(_placed(panels)),
    }
    return json.dumps(model, indent=2) + "\n"


def narrowed_to_all(query: str) -> str:
    """A query as it is asked while nobody has narrowed anything."""
    return re.sub(rf'=~"\$({"|".join(_NARROWED_BY)})"', '=~".*"', query)


_DATASOURCE_VARIABLE = {
    "name": "datasource",
    "label": "Prometheus",
    "type": "datasource",
    "query": "prometheus",
    "current": {"text": "Prometheus", "value": "newsweir-prometheus"},
}


def _variables(panels: Sequence[Panel]) -> Iterator[dict[str, Any]]:
    """What the panels can be narrowed by: values as the series have them."""
    queries = [query for panel in panels for query, _ in panel.queries]
    for label in _NARROWED_BY:
        asked = [query for query in queries if f'"${label}"' in query]
        if not asked:
            continue
        named = re.search(r"newsweir_\w+", asked[0])
        assert named is not None, "every query names a metric"
        yield {
            "name": label,
            "type": "query",
            "datasource": _DATASOURCE,
            "query": {"query": f"label_values({named[0]}, {label})", "refId": label},
            "refresh": 2,
            "sort": 1,
            "multi": True,
            "includeAll": True,
            "allValue": ".*",
            "current": {"text": ["All"], "value": ["$__all"]},
        }


def _placed(panels: Sequence[Panel]) -> Iterator[dict[str, Any]]:
    for number, panel in enumerate(panels):
        yield {
            "id": number + 1,
            "type": "timeseries",
            "title": panel.title,
            "description": panel.description,
            "datasource": _DATASOURCE,
            "gridPos": {
                "x": number % _COLUMNS * _WIDTH, "y": number // _COLUMNS * _HEIGHT, "w": _WIDTH, "h": _HEIGHT,
            },
            "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
            "targets": [
                {"refId": chr(ord("A") + at), "expr": query, "legendFormat": legend, "datasource": _DATASOURCE}
                for at, (query, legend) in enumerate(panel.queries)
            ],
        }  # fmt: skip

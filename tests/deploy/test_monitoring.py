"""Alert rules and dashboards: valid by Prometheus's own tool, over metrics that exist, and firing when they should."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

from deploy.grafana_dashboards import DASHBOARDS, dashboard, every_metric, narrowed_to_all
from tests.unit.test_docs_commands import parsed

pytestmark = pytest.mark.deploy
PROMETHEUS = Path(__file__).parents[2] / "deploy" / "prometheus"
_METRIC = re.compile(r"\bnewsweir_[a-z_]+")


def series() -> set[str]:
    """Every name that a scrape can hold."""
    ends = ("", "_total", "_bucket", "_count", "_sum")
    return {f"{described.name}{end}" for metric in every_metric() for described in metric.describe() for end in ends}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((PROMETHEUS / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_prometheus_accepts_the_configuration_and_its_rules(tool):
    done = subprocess.run([tool("promtool"), "check", "config", PROMETHEUS / "prometheus.yml"], capture_output=True)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_looks_at_metrics_that_exist_and_says_what_to_do(rule: dict[str, Any]):
    named = set(_METRIC.findall(rule["expr"]))

    assert named <= series()
    assert rule["annotations"].keys() == {"summary", "action", "runbook"}
    assert rule["labels"]["severity"] in ("critical", "warning")


def runbook() -> dict[str, str]:
    """What OPERATING.md says of each alert, by the alert's name."""
    page = (PROMETHEUS.parents[1] / "OPERATING.md").read_text(encoding="utf-8")
    [section] = re.findall(r"^## Alerts\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", section, re.MULTILINE | re.DOTALL))


def test_the_runbook_has_each_alert_and_no_other():
    assert list(runbook()) == [rule["alert"] for rule in rules()]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_leads_to_words_and_commands_that_can_be_used(rule: dict[str, Any]):
    entry = runbook()[rule["alert"]]
    words, _, block = entry.strip().partition("\n\n")
    commands = [shlex.split(line.strip()) for line in block.splitlines()]

    assert rule["annotations"]["runbook"] == f"OPERATING.md#{rule['alert'].lower()}"
    assert len(words) > 80
    assert commands
    for program, *arguments in commands:
        if program == "newsweir":
            assert parsed(arguments).command.name
        else:
            # What machines have that run the stack; the broker's own where it runs.
            assert shutil.which(program), f"{program} is no program"
    probes = {address.rpartition("/")[2] for command in commands for address in command if "127.0.0.1" in address}
    assert probes <= {"healthz", "readyz", "metrics"}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_what_an_alert_says_to_run_can_be_run(rule: dict[str, Any]):
    named = re.findall(r"`newsweir ([^`]+)`", rule["annotations"]["action"] + runbook()[rule["alert"]])

    for command in named:
        assert parsed(shlex.split(command)).command.name


def test_alerts_fire_for_what_is_wrong_and_keep_quiet_otherwise(tool, tmp_path: Path):
    """Prometheus evaluates the rules over series of our own: fifteen minutes of growing lag, letters, a pause."""
    # Without what they say: the test is about when.
    bare = [{key: value for key, value in rule.items() if key != "annotations"} for rule in rules()]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "newsweir", "rules": bare}]}))
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(_EXPECTED))
    command = [tool("promtool"), "test", "rules", "tests.yml"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_asks_for_metrics_that_exist(name: str):
    panels = json.loads(dashboard(name))["panels"]
    asked = {metric for panel in panels for target in panel["targets"] for metric in _METRIC.findall(target["expr"])}

    assert asked
    assert asked <= series()


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_can_be_narrowed_by_what_its_series_are_told_apart_by(name: str):
    model = json.loads(dashboard(name))
    queries = [target["expr"] for panel in model["panels"] for target in panel["targets"]]
    used = {variable for query in queries for variable in re.findall(r'=~"\$(\w+)"', query)}

    variables = {variable["name"]: variable for variable in model["templating"]["list"]}
    assert variables.keys() == used | {"datasource"}
    assert "namespace" in used
    assert {panel["datasource"]["uid"] for panel in model["panels"]} == {"${datasource}"}
    for label in used:
        named, by = re.fullmatch(r"label_values\((\w+), (\w+)\)", variables[label]["query"]["query"]).groups()
        assert named in series()
        assert by == label
        assert (variables[label]["allValue"], variables[label]["includeAll"]) == (".*", True)
    assert not [query for query in map(narrowed_to_all, queries) if re.search(r'=~"\$', query)]


def test_every_metric_is_on_a_dashboard():
    shown = {metric for name in DASHBOARDS for metric in _METRIC.findall(dashboard(name))}
    bare = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in shown}

    assert {described.name for metric in every_metric() for described in metric.describe()} - bare == set()


def test_prometheus_accepts_a_scrape(tool):
    scrape = generate_latest()

    done = subprocess.run([tool("promtool"), "check", "metrics"], input=scrape, capture_output=True)

    # Its lint (3) has opinions on names of the Python client's own metrics; what cannot be parsed is another status.
    assert done.returncode in (0, 3), done.stderr


def _alert(name: str, minutes: int, *labels: dict[str, str]) -> dict[str, Any]:
    severities = {rule["alert"]: rule["labels"]["severity"] for rule in rules()}
    return {
        "eval_time": f"{minutes}m",
        "alertname": name,
        "exp_alerts": [{"exp_labels": {"severity": severities[name], **each}} for each in labels],
    }


_EXPECTED = {
    "rule_files": ["rules.yml"],
    "evaluation_interval": "1m",
    "tests": [
        {
            "interval": "1m",
            "input_series": [
                {"series": 'newsweir_stage_lag_events{stage="enrichment"}', "values": "0+200x60"},
                {"series": 'newsweir_stage_lag_events{stage="indexing"}', "values": "40x60"},
                {"series": 'newsweir_stage_paused{stage="indexing"}', "values": "0x9 1x50"},
                {"series": 'newsweir_dead_letters{stage="enrichment"}', "values": "0x9 3x50"},
                {"series": 'newsweir_crawler_paused{reason="high-water"}', "values": "1x20 0x40"},
                {"series": 'newsweir_crawler_paused{reason="memory"}', "values": "0x9 1x50"},
                {"series": 'newsweir_stage_retrying_events{stage="indexing"}', "values": "0x9 2000x50"},
                {"series": 'newsweir_stage_retrying_events{stage="enrichment"}', "values": "20x60"},
                {"series": 'up{job="newsweir", service="search"}', "values": "1x60"},
            ],
            "alert_rule_test": [
                _alert("NewsweirStageLagGrows", 30, {"stage": "enrichment"}),
                _alert("NewsweirStagePauses", 8),
                _alert("NewsweirStagePauses", 12, {"stage": "indexing"}),
                _alert("NewsweirDeadLetters", 12, {"stage": "enrichment"}),
                _alert("NewsweirRetriesPileUp", 20),
                _alert("NewsweirRetriesPileUp", 30, {"stage": "indexing"}),
                _alert("NewsweirCrawlingPauses", 20, {"reason": "memory"}),
                _alert("NewsweirServiceDown", 20),
            ],
        },
        {
            "interval": "1m",
            "input_series": [
                {"series": f'newsweir_store_outcomes_total{{operation="put", outcome="{name}"}}', "values": values}
                for name, values in (("created", "0+60x200"), ("failed", "0x60 0+10x140"))
            ]
            + [
                {"series": f'newsweir_crawler_responses_total{{status="{name}"}}', "values": values}
                for name, values in (("2xx", "0+10x200"), ("4xx", "0x30 0+40x170"))
            ],
            "alert_rule_test": [
                _alert("NewsweirStoreRefusesArticles", 60),
                _alert("NewsweirStoreRefusesArticles", 100, {}),
                _alert("NewsweirSitesShutUsOut", 60),
                _alert("NewsweirSitesShutUsOut", 160, {}),
            ],
        },
        {
            "interval": "1m",
            "input_series": [
                # Two crawlers, each of which tells of all sources.
                {"series": f'newsweir_source_changed{{source="a", change="quiet", instance="{i}"}}', "values": "1x600"}
                for i in (1, 2)
            ]
            + [
                {"series": 'newsweir_source_changed{source="b", change="loud"}', "values": "1x600"},
                {"series": 'newsweir_sources{state="failing", instance="1"}', "values": "1x180 3x420"},
                {"series": 'newsweir_sources{state="failing", instance="2"}', "values": "1x180 3x420"},
                {"series": 'newsweir_sources{state="fine", instance="1"}', "values": "5x600"},
                {"series": 'newsweir_crawler_paused{reason="disk", instance="1"}', "values": "0x60 1x540"},
                {"series": 'newsweir_crawler_paused{reason="disk", instance="2"}', "values": "0x600"},
            ],
            "alert_rule_test": [
                _alert("NewsweirSourceIsQuiet", 300),
                _alert("NewsweirSourceIsQuiet", 420, {"source": "a"}),
                _alert("NewsweirManySourcesFail", 120),
                _alert("NewsweirManySourcesFail", 300, {}),
                _alert("NewsweirDiskIsFull", 50),
                _alert("NewsweirDiskIsFull", 90, {}),
                # It has an alert of its own.
                _alert("NewsweirCrawlingPauses", 120),
            ],
        },
    ],
}

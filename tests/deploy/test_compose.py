"""The compose file is valid, keeps its secrets out of itself, and comes up in an order that its health checks gate."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.deploy
ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose"
OURS = ("crawler", "enrichment", "indexing", "search")


@pytest.fixture(scope="module")
def reader(tool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reads a compose file as `docker compose config` does."""
    go, binary = tool("go"), tmp_path_factory.mktemp("compose") / "compose_config"
    subprocess.run([go, "build", "-o", binary, "."], cwd=Path(__file__).parent / "compose_config", check=True)
    return binary


@pytest.fixture(scope="module")
def stack(reader: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of deploy/ with secrets of its own."""
    copy = tmp_path_factory.mktemp("stack") / "deploy"
    shutil.copytree(ROOT / "deploy", copy, ignore=shutil.ignore_patterns("secrets"))
    subprocess.run([copy / "compose" / "make-secrets"], check=True, capture_output=True)
    return copy / "compose"


def read(reader: Path, stack: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [reader, "compose.yaml"], cwd=stack, env={"PATH": os.defpath, **environment}, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def services(reader: Path, stack: Path) -> dict[str, Any]:
    done = read(reader, stack, NEWSWEIR_CONTACT="you@your.example")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["services"]


def test_without_a_contact_it_does_not_come_up_and_says_why(reader: Path, stack: Path):
    done = read(reader, stack)

    assert done.returncode == 1
    assert "publishers must be able to reach you" in done.stderr


def test_a_small_machine_leaves_out_what_nobody_needs(reader: Path, stack: Path):
    done = read(reader, stack, NEWSWEIR_CONTACT="you@your.example", COMPOSE_PROFILES="")

    assert set(json.loads(done.stdout)["services"]) == {"redis", "elasticsearch", *OURS}


def test_our_services_wait_until_broker_and_store_are_healthy(services: dict[str, Any]):
    for name in OURS:
        waits = {on: how["condition"] for on, how in services[name]["depends_on"].items()}
        assert waits == {"redis": "service_healthy", "elasticsearch": "service_healthy"}


def test_our_services_run_without_privileges_over_a_read_only_root(services: dict[str, Any]):
    for name in OURS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]


def test_traces_go_where_the_operator_says_and_nowhere_unless_he_does(
    reader: Path, stack: Path, services: dict[str, Any]
):
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://jaeger:4318", "COMPOSE_PROFILES": "tracing"}
    done = read(reader, stack, NEWSWEIR_CONTACT="you@your.example", **told)
    tracing = json.loads(done.stdout)["services"]

    assert set(tracing) == {"redis", "elasticsearch", "jaeger", *OURS}
    for name in OURS:
        assert tracing[name]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://jaeger:4318"
        assert not services[name]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"]


def test_no_password_stands_in_the_file_and_none_in_an_environment(services: dict[str, Any], stack: Path):
    passwords = {file.read_text() for file in (stack / "secrets").iterdir()}
    text = json.dumps(services) + (stack / "compose.yaml").read_text()

    assert len(passwords) == 6
    assert [password for password in passwords if password in text] == []


def test_everything_that_is_published_listens_on_loopback_only(services: dict[str, Any]):
    published = [port for service in services.values() for port in service.get("ports", [])]

    assert {port["host_ip"] for port in published} == {"127.0.0.1"}


def test_secrets_that_exist_are_kept(stack: Path):
    before = {file.name: file.read_text() for file in (stack / "secrets").iterdir()}

    subprocess.run([stack / "make-secrets"], check=True, capture_output=True)

    assert {file.name: file.read_text() for file in (stack / "secrets").iterdir()} == before


def test_the_broker_keeps_what_it_acknowledged_and_deletes_nothing(stack: Path):
    lines = (stack / "redis.conf").read_text().splitlines()

    assert {"appendonly yes", "maxmemory-policy noeviction"} <= set(lines)

"""The compose file is valid, keeps its secrets out of itself, and comes up in an order that its health checks gate."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from tests.e2e.running import free_ports

pytestmark = pytest.mark.deploy
ROOT = Path(__file__).parents[2]
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


def test_nothing_starts_before_what_it_needs_is_there(services: dict[str, Any]):
    """Whoever is waited for until healthy can say so: by the file, or ours by their image."""
    waits = {
        (name, on): how["condition"] for name, one in services.items() for on, how in one.get("depends_on", {}).items()
    }

    assert waits["kibana", "kibana-password"] == "service_completed_successfully"
    assert waits["kibana-password", "elasticsearch"] == waits["kibana", "elasticsearch"] == "service_healthy"
    assert waits["kibana-dashboards", "kibana"] == waits["grafana", "prometheus"] == "service_healthy"
    asked = {on for (_, on), condition in waits.items() if condition == "service_healthy"}
    assert [name for name in asked if not services[name].get("healthcheck")] == []


def test_the_broker_has_a_limit_that_a_small_machine_lowers(reader: Path, stack: Path, services: dict[str, Any]):
    small = read(reader, stack, NEWSWEIR_CONTACT="you@your.example", REDIS_MAXMEMORY="256mb", ELASTICSEARCH_HEAP="512m")

    lowered = json.loads(small.stdout)["services"]
    assert "maxmemory $REDIS_MAXMEMORY" in services["redis"]["entrypoint"][2].replace("$$", "$")
    assert services["redis"]["environment"]["REDIS_MAXMEMORY"] == "1gb"
    assert lowered["redis"]["environment"]["REDIS_MAXMEMORY"] == "256mb"
    assert lowered["elasticsearch"]["environment"]["ES_JAVA_OPTS"] == "-Xms512m -Xmx512m"


def test_nobody_asks_the_store_without_a_password(services: dict[str, Any], stack: Path):
    url = (stack / "secrets" / "elasticsearch-url").read_text()

    assert services["elasticsearch"]["environment"]["xpack.security.enabled"] == "true"
    assert f":{(stack / 'secrets' / 'elastic-password').read_text()}@elasticsearch:9200" in url
    for name in OURS:
        assert {secret["source"] for secret in services[name]["secrets"]} == {"redis-url", "elasticsearch-url"}


def test_the_broker_really_takes_the_configuration(redis_server_binary: Path, stack: Path, services: dict[str, Any]):
    """The command of the file, run by the shell that it names, over a Redis of this machine."""
    [shell, flag, script] = services["redis"]["entrypoint"]
    work = stack.parent / "broker"
    work.mkdir()
    conf = (stack / "redis.conf").read_text().replace("dir /data", f"dir {work}")
    (work / "conf").write_text(conf)
    here = (
        script.replace("$$", "$").replace("/etc/redis.conf", f"{work}/conf").replace("/tmp/redis.conf", f"{work}/all")
    )
    here = here.replace("/run/secrets", str(stack / "secrets")).replace(
        "exec redis-server", f"exec {redis_server_binary}"
    )
    port = str(free_ports(1))
    environment = {"PATH": os.defpath, "REDIS_MAXMEMORY": "64mb"}
    server = subprocess.Popen([shell, flag, f"{here} --port {port}"], env=environment, stdout=subprocess.DEVNULL)
    try:
        password = (stack / "secrets" / "redis-password").read_text()
        asked = redis.Redis(port=int(port), password=password, decode_responses=True, retry=redis_retry())

        assert asked.config_get("maxmemory") == {"maxmemory": str(64 * 1024 * 1024)}
        assert asked.config_get("appendonly") == {"appendonly": "yes"}
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=int(port)).ping()
    finally:
        server.terminate()
        server.wait(20)


def redis_retry() -> Retry:
    """Until it listens."""
    return Retry(ConstantBackoff(0.1), 100, (redis.ConnectionError,))


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

"""What an operator chooses by the values of the chart, and what becomes of it."""

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.deploy.chart import (
    CHART,
    CHOICES,
    KEDA,
    KUBERNETES,
    NEEDED,
    SENTINEL,
    SERVICES,
    SHARED_VOLUME,
    WITH_KEDA,
    Render,
    attempted,
    container,
    of_kind,
)
from tests.unit.test_docs_commands import parsed

# The first of them may have to build helm.
pytestmark = [pytest.mark.deploy, pytest.mark.timeout(450)]


def test_without_keda_all_services_follow_their_cpu(render: Render):
    """Also where the broker's address is known; and nothing follows anything where scaling is off."""
    documents = render(NEEDED | KEDA)
    fixed = render(NEEDED | {"autoscaling.enabled": "false"})

    assert set(of_kind(documents, "HorizontalPodAutoscaler")) == SERVICES
    assert of_kind(documents, "ScaledObject") == {}
    assert of_kind(fixed, "HorizontalPodAutoscaler") == of_kind(fixed, "ScaledObject") == {}
    assert {d["spec"]["replicas"] for d in of_kind(fixed, "Deployment").values()} == {1, 2}


def test_with_sentinels_keda_asks_them_for_the_primary(render: Render):
    documents = render(NEEDED | SENTINEL, *WITH_KEDA)

    triggers = [trigger for d in of_kind(documents, "ScaledObject").values() for trigger in d["spec"]["triggers"]]
    access = of_kind(documents, "TriggerAuthentication")["redis"]["spec"]["secretTargetRef"]
    assert len(triggers) == 2
    for trigger in triggers:
        said = trigger["metadata"]
        assert trigger["type"] == "redis-sentinel-streams"
        assert (said["addresses"], said["sentinelMaster"]) == ("one:26379,two:26380", "main")
        assert "address" not in said
        assert trigger["authenticationRef"] == {"name": "news-redis"}
    assert {(a["parameter"], a["name"], a["key"]) for a in access} == {
        ("password", "news-broker", "password"),
        ("sentinelPassword", "news-broker", "password-of-sentinels"),
    }


def test_a_network_policy_lets_the_ports_of_all_sentinels_through(render: Render):
    for name, policy in of_kind(render(NEEDED | SENTINEL), "NetworkPolicy").items():
        ports = {port["port"] for rule in policy["spec"]["egress"] for port in rule.get("ports", [])}
        assert ({26379, 26380} <= ports) == (name in SERVICES)


def test_keda_believes_the_brokers_authority(render: Render):
    """Without an authority of its own, TLS is said in the trigger, where KEDA takes it from."""
    public = render(NEEDED | KEDA | {"redis.tls": "true"}, *WITH_KEDA)
    private = render(NEEDED | KEDA | {"redis.tls": "true", "redis.caSecret": "redis-ca"}, *WITH_KEDA)

    for trigger in (d["spec"]["triggers"][0] for d in of_kind(public, "ScaledObject").values()):
        assert trigger["metadata"]["enableTLS"] == "true"
    for trigger in (d["spec"]["triggers"][0] for d in of_kind(private, "ScaledObject").values()):
        assert "enableTLS" not in trigger["metadata"]
    access = {a["parameter"]: a for a in of_kind(private, "TriggerAuthentication")["redis"]["spec"]["secretTargetRef"]}
    assert (access["ca"]["name"], access["ca"]["key"]) == ("redis-ca", "ca.crt")
    assert of_kind(private, "Secret")[access["tls"]["name"].removeprefix("news-")]["stringData"] == {"tls": "enable"}


def test_the_archive_is_on_its_volume_which_one_node_mounts(render: Render):
    persistent = {"services.crawler.persistence.enabled": "true"}
    one, many = (render(NEEDED | persistent | more) for more in ({}, SHARED_VOLUME))

    crawler, shared = (of_kind(documents, "Deployment")["crawler"] for documents in (one, many))
    environment = {variable["name"]: variable.get("value") for variable in container(crawler)["env"]}
    mounted = {mount["name"]: mount["mountPath"] for mount in container(crawler)["volumeMounts"]}
    assert environment["NEWSWEIR_ARCHIVE_DIR"].startswith(mounted["data"] + "/")
    assert crawler["spec"]["strategy"] == {"type": "Recreate"}
    assert of_kind(one, "HorizontalPodAutoscaler")["crawler"]["spec"]["maxReplicas"] == 1
    claim = of_kind(one, "PersistentVolumeClaim")["crawler"]
    assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert shared["spec"]["strategy"]["type"] == "RollingUpdate"
    assert of_kind(many, "HorizontalPodAutoscaler")["crawler"]["spec"]["maxReplicas"] == 4


@pytest.mark.parametrize("mode", ["ReadWriteOnce", "ReadWriteOncePod"])
def test_a_volume_for_one_holds_the_crawler_at_one_however_many_are_asked_for(render: Render, mode: str):
    one = {"services.crawler.persistence.enabled": "true", "services.crawler.persistence.accessMode": mode}
    asked = NEEDED | one | {"services.crawler.replicas": "3"}

    scaled, fixed = render(asked), render(asked | {"autoscaling.enabled": "false"})

    bounds = of_kind(scaled, "HorizontalPodAutoscaler")["crawler"]["spec"]
    assert (bounds["minReplicas"], bounds["maxReplicas"]) == (1, 1)
    crawler = of_kind(fixed, "Deployment")["crawler"]["spec"]
    assert (crawler["replicas"], crawler["strategy"]) == (1, {"type": "Recreate"})


def test_a_volume_that_is_there_is_used_instead_of_a_new_one(render: Render):
    there = {"services.crawler.persistence.enabled": "true", "services.crawler.persistence.existingClaim": "pages"}

    documents = render(NEEDED | there)

    volumes = {v["name"]: v for v in of_kind(documents, "Deployment")["crawler"]["spec"]["template"]["spec"]["volumes"]}
    assert volumes["data"]["persistentVolumeClaim"] == {"claimName": "pages"}
    assert of_kind(documents, "PersistentVolumeClaim") == {}


def test_a_job_makes_the_indices_unless_it_is_not_wanted(render: Render):
    job = container(of_kind(render(NEEDED | CHOICES), "Job")["indices"])

    asked = {v["name"]: v["valueFrom"]["secretKeyRef"]["key"] for v in job["env"] if "valueFrom" in v}
    assert job["args"] == ["reindex", "--prepare"]
    assert parsed(job["args"]).params["prepare"] is True
    assert asked == {"ELASTICSEARCH_URL": "elasticsearch-url", "NEWSWEIR_ELASTICSEARCH_API_KEY": "api-key"}
    assert of_kind(render(NEEDED | {"indices.job": "false"}), "Job") == {}


def test_what_is_scraped_has_the_labels_that_the_alerts_speak_of(render: Render):
    monitor = of_kind(render(NEEDED | CHOICES), "PodMonitor")["news"]["spec"]
    [rule] = of_kind(render(NEEDED | CHOICES), "PrometheusRule").values()
    rules = [one for group in rule["spec"]["groups"] for one in group["rules"]]
    [down] = [one for one in rules if one["alert"] == "NewsweirServiceDown"]

    [endpoint] = monitor["podMetricsEndpoints"]
    pod = of_kind(render(NEEDED), "Deployment")["search"]["spec"]["template"]["metadata"]["labels"]
    assert 'job="newsweir"' in down["expr"]
    assert pod[monitor["jobLabel"]] == "newsweir"
    assert "$labels.service" in down["annotations"]["summary"]
    assert [each["targetLabel"] for each in endpoint["relabelings"]] == ["service"]


def test_grafana_finds_the_dashboards_that_it_is_given_elsewhere(render: Render):
    folder = CHART.parents[1] / "grafana" / "dashboards"

    found = {
        file: json.loads(text)
        for config in of_kind(render(NEEDED | CHOICES), "ConfigMap").values()
        if config["metadata"]["labels"].get("grafana_dashboard") == "1"
        for file, text in config["data"].items()
    }

    assert found == {f"newsweir-{path.name}": json.loads(path.read_text()) for path in folder.glob("*.json")}
    assert of_kind(render(NEEDED), "ConfigMap") == {}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("redis.adress=broker:6379", "adress"),
        ("settings.NEWSWEIR_LOG_LEVELS=info", "NEWSWEIR_LOG_LEVELS"),
        ("settings.NEWSWEIR_SMTP_PASSWORD=hunter2", "NEWSWEIR_SMTP_PASSWORD"),
        ("services.search.env.REDIS_URL=redis://elsewhere", "REDIS_URL"),
        ("services.crawler.replicas=many", "replicas"),
        ("autoscaling.keda=perhaps", "keda"),
        ("image.digest=sha256:short", "digest"),
        ("redis.sentinel.addresses={one}", "addresses"),
        ("redis.sentinel.addresses={one:26379}", "redis.sentinel.master"),
        ("autoscaling.keda=true", "redis.address"),
    ],
)
def test_a_wrong_value_is_refused_by_name(tool, value: str, said: str):
    name, _, text = value.partition("=")

    done = attempted(tool("helm"), NEEDED | {name: text})

    assert done.returncode != 0
    assert said in done.stderr


@pytest.fixture
def noted(tool, tmp_path: Path) -> Callable[[dict[str, str]], str]:
    """What helm says after an installation; without a cluster it would not, so the text is rendered as a template."""
    shutil.copytree(CHART, tmp_path / "newsweir")
    (tmp_path / "newsweir" / "templates" / "NOTES.txt").rename(tmp_path / "newsweir" / "said.txt")
    template = 'apiVersion: v1\nkind: Said\ntext: {{ tpl (.Files.Get "said.txt") . | quote }}\n'
    (tmp_path / "newsweir" / "templates" / "said.yaml").write_text(template)

    def said(values: dict[str, str]) -> str:
        given = ",".join(f"{name}={value}" for name, value in values.items())
        chart = tmp_path / "newsweir"
        command = [tool("helm"), "template", "news", chart, *KUBERNETES, "-s", "templates/said.yaml", "--set", given]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return str(yaml.safe_load(done.stdout)["text"])

    return said


def test_whoever_installs_is_told_what_will_not_arrive(noted: Callable[[dict[str, str]], str]):
    """Commands that exist, and who is kept out by the network policy."""
    ingress = {"services.search.ingress.enabled": "true", "services.search.ingress.host": "news.your.example"}
    peers = {f"networkPolicy.{who}Peers[0].namespaceSelector.matchLabels.team": "web" for who in ("search", "metrics")}

    usual, kept_out, let_in = (noted(NEEDED | more) for more in ({}, ingress, ingress | peers))

    commands = re.findall(r" -- newsweir (.+)$", usual, re.MULTILINE)
    assert [parsed(command.split()).command.name for command in commands] == ["add", "create"]
    assert "nobody scrape metrics" in usual
    assert "news.your.example" in kept_out
    assert "networkPolicy" not in let_in


def test_the_release_can_be_asked_whether_it_is_ready(render: Render):
    [test] = of_kind(render(NEEDED), "Pod").values()
    [service] = of_kind(render(NEEDED), "Service").values()

    assert test["metadata"]["annotations"]["helm.sh/hook"] == "test"
    assert f"http://{service['metadata']['name']}/readyz" in container({"spec": {"template": test}})["command"][2]


def test_with_keda_the_stages_follow_the_lag_of_their_streams(render: Render):
    from shared.topology import ENRICHMENT, INDEXING

    documents = render(NEEDED | KEDA, "--api-versions", "keda.sh/v1alpha1")

    scaled = of_kind(documents, "ScaledObject")
    followed = {name: d["spec"]["triggers"][0]["metadata"] for name, d in scaled.items()}
    assert {name: (m["stream"], m["consumerGroup"]) for name, m in followed.items()} == {
        stage.name: (f"newsweir:{stage.reads.name}", stage.group) for stage in (ENRICHMENT, INDEXING)
    }
    assert set(of_kind(documents, "HorizontalPodAutoscaler")) == {"crawler", "search"}


def test_every_service_sends_traces_where_an_endpoint_is_named_and_may_reach_it(render: Render):
    documents, without = render(NEEDED | CHOICES), render(NEEDED)

    for name, deployment in of_kind(documents, "Deployment").items():
        environment = {variable["name"]: variable for variable in container(deployment)["env"]}
        assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"]["value"] == "http://collector:4318"
        assert environment["NEWSWEIR_TRACE_SHARE"]["value"] == "1"
        assert environment["OTEL_EXPORTER_OTLP_HEADERS"]["valueFrom"]["secretKeyRef"]["name"] == "collector"
        outward = of_kind(documents, "NetworkPolicy")[name]["spec"]["egress"]
        assert {"ports": [{"port": 4318}]} in outward
    assert "OTEL" not in json.dumps(without)
    assert "4318" not in json.dumps(without)


def test_dashboards_are_imported_where_a_kibana_is_named_and_only_there(render: Render):
    from services.cli.settings_groups import settings_groups
    from shared.settings import variable_of

    documents = render(NEEDED | CHOICES)

    job = container(of_kind(documents, "Job")["dashboards"])
    packed = of_kind(documents, "ConfigMap")["dashboards"]["binaryData"]["newsweir.ndjson"]
    known = {variable_of(name) for group in settings_groups() for name in group.model_fields}
    assert base64.b64decode(packed) == (CHART.parents[1] / "kibana" / "newsweir.ndjson").read_bytes()
    assert job["args"] == ["kibana", "import", "/dashboards/newsweir.ndjson"]
    assert {variable["name"] for variable in job["env"]} <= known
    assert set(of_kind(render(NEEDED), "Job")) == {"indices"}


@pytest.mark.parametrize("missing", NEEDED)
def test_what_only_the_operator_knows_must_be_said(tool, missing: str):
    given = {name: value for name, value in NEEDED.items() if name != missing}

    done = attempted(tool("helm"), given)

    assert done.returncode != 0
    assert missing.split(".")[0] in done.stderr

"""The chart renders, for every choice that it offers, what Kubernetes accepts."""

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

pytestmark = pytest.mark.deploy
CHART = Path(__file__).parents[2] / "deploy" / "helm" / "newsweir"
VERSION = "1.31"
NEEDED = {"contact": "you@your.example", "redis.url": "redis://broker:6379/0", "elasticsearch.url": "http://store:9200"}
CHOICES = {
    "redis.caSecret": "redis-ca",
    "elasticsearch.caSecret": "store-ca",
    "elasticsearch.apiKeySecretKey": "api-key",
    "services.crawler.persistence.enabled": "true",
    "services.search.ingress.enabled": "true",
    "services.search.ingress.host": "news.your.example",
    "services.search.ingress.tlsSecret": "news-tls",
    "monitoring.podMonitor": "true",
    "monitoring.rules": "true",
    "dashboards.kibanaUrl": "http://kibana:5601",
    "settings.NEWSWEIR_LOG_LEVEL": "warning",
    "tracing.endpoint": "http://collector:4318",
    "tracing.headersSecret": "collector",
}
KEDA = {"redis.address": "broker:6379", "redis.passwordSecretKey": "password"}
SERVICES = {"crawler", "enrichment", "indexing", "search"}
Render = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def render(tool) -> Render:
    helm = tool("helm")

    def rendered(values: dict[str, str], *options: str) -> list[dict[str, Any]]:
        given = ",".join(f"{name}={value}" for name, value in values.items())
        done = subprocess.run(
            [helm, "template", "news", CHART, "--kube-version", f"{VERSION}.0", "--set", given, *options],
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [document for document in yaml.safe_load_all(done.stdout) if document]

    return rendered


def of_kind(documents: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """By the name without that of the release."""
    return {d["metadata"]["name"].removeprefix("news-"): d for d in documents if d["kind"] == kind}


def container(deployment: dict[str, Any]) -> dict[str, Any]:
    return deployment["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize(
    ("values", "options"),
    [(NEEDED, ()), (NEEDED | CHOICES, ()), (NEEDED | KEDA, ("--api-versions", "keda.sh/v1alpha1"))],
    ids=["as it comes", "with every choice", "with KEDA"],
)
def test_kubernetes_accepts_what_is_rendered(render: Render, values: dict[str, str], options: tuple[str, ...]):
    for document in render(values, *options):
        # Kubernetes itself knows no operators' kinds; they are looked at below.
        if not document["apiVersion"].startswith(("keda.sh", "monitoring.coreos.com")):
            kubernetes_validate.validate(document, VERSION, strict=True)


def test_each_service_has_its_deployment_budget_scaling_and_network_policy(render: Render):
    documents = render(NEEDED)

    for kind in ("Deployment", "PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy"):
        assert set(of_kind(documents, kind)) == SERVICES


def test_with_keda_the_stages_follow_the_lag_of_their_streams(render: Render):
    from shared.topology import ENRICHMENT, INDEXING

    documents = render(NEEDED | KEDA, "--api-versions", "keda.sh/v1alpha1")

    scaled = of_kind(documents, "ScaledObject")
    followed = {name: d["spec"]["triggers"][0]["metadata"] for name, d in scaled.items()}
    assert {name: (m["stream"], m["consumerGroup"]) for name, m in followed.items()} == {
        stage.name: (f"newsweir:{stage.reads.name}", stage.group) for stage in (ENRICHMENT, INDEXING)
    }
    assert set(of_kind(documents, "HorizontalPodAutoscaler")) == {"crawler", "search"}


def test_a_pod_has_no_privilege_and_asks_nothing_of_the_cluster(render: Render):
    for deployment in of_kind(render(NEEDED), "Deployment").values():
        pod = deployment["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        assert container(deployment)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_no_password_stands_in_a_deployment(render: Render):
    documents = render(NEEDED | {"redis.url": "redis://:secret@broker:6379/0"})

    assert "secret@" not in json.dumps(list(of_kind(documents, "Deployment").values()))


def test_only_the_crawler_and_who_delivers_alerts_reach_the_internet(render: Render):
    policies = of_kind(render(NEEDED), "NetworkPolicy")
    silent = of_kind(render(NEEDED | {"services.search.deliversAlerts": "false"}), "NetworkPolicy")

    assert {name for name, policy in policies.items() if "0.0.0.0/0" in json.dumps(policy)} == {"crawler", "search"}
    assert {name for name, policy in silent.items() if "0.0.0.0/0" in json.dumps(policy)} == {"crawler"}


def test_enrichment_alone_reaches_a_language_model_where_one_is_named(render: Render):
    named = {"services.enrichment.llm.peers[0].ipBlock.cidr": "192.0.2.7/32", "services.enrichment.llm.port": "8080"}

    policies = of_kind(render(NEEDED | named), "NetworkPolicy")

    wanted = {"ports": [{"port": 8080}], "to": [{"ipBlock": {"cidr": "192.0.2.7/32"}}]}
    assert {name for name, policy in policies.items() if wanted in policy["spec"]["egress"]} == {"enrichment"}


def test_sentinels_are_reached_where_they_are_asked(render: Render):
    sentinels = {"redis.url": "redis+sentinel://sentinel:26379/main", "networkPolicy.sentinelPort": "26379"}

    for policy in of_kind(render(NEEDED | sentinels), "NetworkPolicy").values():
        assert {"ports": [{"port": 6379}, {"port": 26379}]} in policy["spec"]["egress"]
    assert "26379" not in json.dumps(render(NEEDED))


def test_broker_and_store_are_reached_by_the_certificates_of_their_own_authorities(render: Render):
    for deployment in of_kind(render(NEEDED | CHOICES), "Deployment").values():
        mounted = {mount["name"]: mount["mountPath"] for mount in container(deployment)["volumeMounts"]}
        environment = {variable["name"]: variable for variable in container(deployment)["env"]}
        assert mounted["redis-ca"] == "/etc/newsweir/redis"
        assert environment["NEWSWEIR_ELASTICSEARCH_CA_FILE"]["value"].startswith(mounted["elasticsearch-ca"])
        assert "secretKeyRef" in environment["NEWSWEIR_ELASTICSEARCH_API_KEY"]["valueFrom"]


def test_every_variable_is_a_setting(render: Render):
    from services.cli.settings_groups import settings_groups
    from shared.settings import variable_of

    known = {variable_of(name) for group in settings_groups() for name in group.model_fields}

    for deployment in of_kind(render(NEEDED | CHOICES), "Deployment").values():
        assert {variable["name"] for variable in container(deployment)["env"]} <= known


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
    assert job["command"][-3:] == ["kibana", "import", "/dashboards/newsweir.ndjson"]
    assert {variable["name"] for variable in job["env"]} <= known
    assert of_kind(render(NEEDED), "Job") == {}


@pytest.mark.parametrize("missing", NEEDED)
def test_what_only_the_operator_knows_must_be_said(tool, missing: str):
    given = ",".join(f"{name}={value}" for name, value in NEEDED.items() if name != missing)

    done = subprocess.run(
        [tool("helm"), "template", "news", CHART, "--kube-version", f"{VERSION}.0", "--set", given],
        capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode != 0
    assert missing.split(".")[0] in done.stderr

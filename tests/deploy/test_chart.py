"""The chart renders, for every choice that it offers, what Kubernetes accepts, and what it renders is harmless."""

import json
import subprocess
from typing import Any

import kubernetes_validate
import pytest

from shared.process import DRAIN_S
from tests.deploy.chart import (
    CHART,
    CHOICES,
    KEDA,
    NAMED_AFTER_THE_RELEASE,
    NEEDED,
    SENTINEL,
    SERVICES,
    VERSION,
    WITH_KEDA,
    Render,
    container,
    of_kind,
)

# The first of them may have to build helm.
pytestmark = [pytest.mark.deploy, pytest.mark.timeout(450)]


@pytest.mark.parametrize(
    ("values", "options"),
    [(NEEDED, ()), (NEEDED | CHOICES, ()), (NEEDED | KEDA, WITH_KEDA), (NEEDED | CHOICES | SENTINEL, WITH_KEDA)],
    ids=["as it comes", "with every choice", "with KEDA", "with KEDA and sentinels"],
)
def test_kubernetes_accepts_what_is_rendered(render: Render, values: dict[str, str], options: tuple[str, ...]):
    for document in render(values, *options):
        assert document["metadata"]["name"].startswith("news-") or document["kind"] in NAMED_AFTER_THE_RELEASE
        # Kubernetes itself knows no operators' kinds; they are looked at below.
        if not document["apiVersion"].startswith(("keda.sh", "monitoring.coreos.com")):
            kubernetes_validate.validate(document, VERSION, strict=True)


def test_each_service_has_its_deployment_budget_scaling_and_network_policy(render: Render):
    documents = render(NEEDED)

    for kind in ("Deployment", "PodDisruptionBudget", "HorizontalPodAutoscaler"):
        assert set(of_kind(documents, kind)) == SERVICES
    assert set(of_kind(documents, "NetworkPolicy")) == SERVICES | {"indices"}


def test_a_budget_lets_nodes_be_drained_of_what_only_waits(render: Render):
    for budget in of_kind(render(NEEDED), "PodDisruptionBudget").values():
        assert budget["spec"]["maxUnavailable"] == 1
        assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_the_grace_of_a_pod_is_longer_than_a_service_takes_to_end(render: Render):
    for name, deployment in of_kind(render(NEEDED), "Deployment").items():
        pod, hook = deployment["spec"]["template"]["spec"], container(deployment).get("lifecycle")
        before = float(hook["preStop"]["exec"]["command"][1]) if hook else 0.0
        # What is left of the traces is sent after the drain, for three seconds at most.
        assert pod["terminationGracePeriodSeconds"] > before + DRAIN_S + 3 + 5
        # Only search is led to by a Service, which takes a while to hear of its end.
        assert (before > 0) == (name == "search")


def test_replicas_keep_to_different_nodes_and_zones_where_they_can(render: Render):
    for name, deployment in of_kind(render(NEEDED), "Deployment").items():
        spread = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert [each["topologyKey"] for each in spread] == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
        assert {each["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] for each in spread} == {name}


def test_a_crawler_takes_no_more_processes_than_its_memory_allows(render: Render):
    """By itself it would take one for each core of the node."""
    environment = {
        v["name"]: v.get("value") for v in container(of_kind(render(NEEDED), "Deployment")["crawler"])["env"]
    }

    assert environment["NEWSWEIR_EXTRACTION_WORKERS"] == "2"


def test_secrets_of_settings_come_from_secrets(render: Render):
    from_secrets = {
        name: [source["secretRef"]["name"] for source in container(deployment).get("envFrom", [])]
        for name, deployment in of_kind(render(NEEDED | CHOICES), "Deployment").items()
    }

    assert from_secrets["search"] == ["secrets-of-all", "secrets-of-search"]
    assert from_secrets["crawler"] == ["secrets-of-all"]


def test_a_service_may_be_let_out_further(render: Render):
    opened = {
        "services.search.extraEgress[0].ports[0].port": "587",
        "services.search.extraEgress[0].to[0].ipBlock.cidr": "192.0.2.8/32",
    }
    wanted = {"ports": [{"port": 587}], "to": [{"ipBlock": {"cidr": "192.0.2.8/32"}}]}

    policies = of_kind(render(NEEDED | opened), "NetworkPolicy")

    assert {name for name, policy in policies.items() if wanted in policy["spec"]["egress"]} == {"search"}


def test_a_job_reaches_what_it_works_on_and_nothing_else(render: Render):
    policies = of_kind(render(NEEDED | CHOICES), "NetworkPolicy")

    for name, port in (("indices", 9200), ("dashboards", 5601)):
        assert policies[name]["spec"]["ingress"] == []
        ports = [each["port"] for rule in policies[name]["spec"]["egress"] for each in rule["ports"]]
        assert ports == [53, 53, port]
        assert policies[name]["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == name


def test_helm_finds_nothing_to_complain_of(tool):
    given = ",".join(f"{name}={value}" for name, value in NEEDED.items())

    done = subprocess.run([tool("helm"), "lint", "--strict", CHART, "--set", given], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_a_pod_has_no_privilege_and_asks_nothing_of_the_cluster(render: Render):
    for deployment in of_kind(render(NEEDED), "Deployment").values():
        assert_harmless(deployment["spec"]["template"]["spec"])


def test_jobs_and_the_test_have_none_either(render: Render):
    documents = render(NEEDED | CHOICES)
    jobs = [job["spec"]["template"]["spec"] for job in of_kind(documents, "Job").values()]
    tests = [pod["spec"] for pod in of_kind(documents, "Pod").values()]

    assert len(jobs + tests) == 3
    for pod in jobs + tests:
        assert_harmless(pod)


def assert_harmless(pod: dict[str, Any]) -> None:
    """As the restricted standard of Kubernetes has it, and over a read-only root file system."""
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    for one in pod["containers"]:
        assert {"requests", "limits"} <= one["resources"].keys()
        assert one["securityContext"] == {
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

    policies = of_kind(render(NEEDED | sentinels), "NetworkPolicy")

    for name in SERVICES:
        assert {"ports": [{"port": 6379}, {"port": 26379}]} in policies[name]["spec"]["egress"]
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

"""The chart as helm renders it, for the tests of it: values that a test changes, and what came of them."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "newsweir"
VERSION = "1.31"
KUBERNETES = ("--kube-version", f"{VERSION}.0")
NEEDED = {"contact": "you@your.example", "redis.url": "redis://broker:6379/0", "elasticsearch.url": "http://store:9200"}
NODES = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]"
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
    "monitoring.grafana": "true",
    "settingsSecret": "secrets-of-all",
    "services.search.settingsSecret": "secrets-of-search",
    "priorityClassName": "news",
    f"{NODES}.key": "kubernetes.io/arch",
    f"{NODES}.operator": "Exists",
}
SENTINEL = {
    "redis.existingSecret": "news-broker",
    "redis.sentinel.addresses": "{one:26379,two:26380}",
    "redis.sentinel.master": "main",
    "redis.passwordSecretKey": "password",
    "redis.sentinel.passwordSecretKey": "password-of-sentinels",
}
SHARED_VOLUME = {"services.crawler.persistence.accessMode": "ReadWriteMany"}
WITH_KEDA = ("--api-versions", "keda.sh/v1alpha1")
KEDA = {"redis.address": "broker:6379", "redis.passwordSecretKey": "password"}
NAMED_AFTER_THE_RELEASE = {"ServiceAccount", "PodMonitor", "PrometheusRule"}
SERVICES = {"crawler", "enrichment", "indexing", "search"}
Render = Callable[..., list[dict[str, Any]]]


def rendered(helm: str, values: dict[str, str], *options: str) -> list[dict[str, Any]]:
    """What helm makes of the chart with these values."""
    done = attempted(helm, values, *options)
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def attempted(helm: str, values: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """What helm says to these values."""
    given = ",".join(f"{name}={value}" for name, value in values.items())
    command = [helm, "template", "news", str(CHART), *KUBERNETES, "--set", given, *options]
    return subprocess.run(command, capture_output=True, text=True)


def of_kind(documents: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """By the name without that of the release."""
    return {d["metadata"]["name"].removeprefix("news-"): d for d in documents if d["kind"] == kind}


def container(deployment: dict[str, Any]) -> dict[str, Any]:
    return deployment["spec"]["template"]["spec"]["containers"][0]

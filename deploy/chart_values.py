"""What the chart's values.yaml says, made into its schema and into the table of its README.

The schema refuses names that are no value, and variables that are no setting; types are those of the defaults.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from services.cli.settings_groups import settings_groups
from shared.settings import is_secret, variable_of

VALUES = Path(__file__).parent / "helm" / "newsweir" / "values.yaml"
# What a default cannot say of what is allowed.
_SAID: dict[str, dict[str, Any]] = {
    "autoscaling.keda": {"enum": ["auto", True, False]},
    "image.digest": {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
    "image.pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
    "redis.sentinel.addresses": {"type": "array", "items": {"type": "string", "pattern": "^[^:/]+:[0-9]+$"}},
    "tracing.share": {"type": "number", "minimum": 0, "maximum": 1},
    "services.crawler.persistence.accessMode": {"enum": ["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"]},
}
# What Kubernetes gives a form to: any of it is let through.
_OPEN = re.compile(r"(affinity|nodeSelector|annotations|Annotations|podLabels|grafanaLabels|resources)$")
_ENVIRONMENT = re.compile(r"(^settings|\.env)$")
# Values of their own say these.
_OF_THE_CHART = {
    "REDIS_URL", "ELASTICSEARCH_URL", "NEWSWEIR_KEY_PREFIX", "NEWSWEIR_INDEX_PREFIX", "NEWSWEIR_HTTP_PORT",
    "NEWSWEIR_CONTACT", "NEWSWEIR_REQUIRE_KEYS", "NEWSWEIR_ALLOWED_HOSTS", "OTEL_EXPORTER_OTLP_ENDPOINT",
    "NEWSWEIR_TRACE_SHARE", "NEWSWEIR_ELASTICSEARCH_CA_FILE",
}  # fmt: skip
_ENTRY = re.compile(r"^( *)([A-Za-z]+):(?: +(.*))?$")
_COMMENT = re.compile(r" +# (.*)$")


class Value(NamedTuple):
    """One value: its path with dots, its default as it is written, and what is said of it."""

    path: str
    default: str
    meaning: str


def values_schema() -> str:
    """The JSON schema that helm checks values by."""
    root = _schema_of("", yaml.safe_load(VALUES.read_text(encoding="utf-8")))
    definitions = {"settings": {"type": "object", "propertyNames": {"enum": _settable()}}}
    whole = {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": definitions, **root}
    return json.dumps(whole, indent=2) + "\n"


def values_table_rows() -> Iterator[tuple[str, str, str]]:
    """Path, default and meaning of each value."""
    for value in described_values():
        yield f"`{value.path}`", f"`{value.default}`" if value.default else "", value.meaning


def described_values() -> Iterator[Value]:
    """Every value with a default; what is said above it or behind it is its meaning."""
    path: list[tuple[int, str]] = []
    above: list[str] = []
    for line in VALUES.read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("#"):
            above.append(line.strip().removeprefix("#").strip())
            continue
        if (entry := _ENTRY.match(line)) is None:
            above = []
            continue
        indent, name, rest = len(entry[1]), entry[2], entry[3] or ""
        path = [part for part in path if part[0] < indent] + [(indent, name)]
        behind = _COMMENT.search(" " + rest)
        meaning = " ".join([*above, *([behind[1].strip()] if behind else [])])
        above = []
        default = _COMMENT.sub("", " " + rest).strip()
        if default:
            yield Value(".".join(part for _, part in path), default, meaning)


def _schema_of(path: str, default: object) -> dict[str, Any]:
    if path in _SAID:
        return _SAID[path]
    if isinstance(default, dict):
        return _object(path, default)
    if isinstance(default, bool):
        return {"type": "boolean"}
    if isinstance(default, int):
        return {"type": "integer", "minimum": 0}
    return {"type": "array" if isinstance(default, list) else "string"}


def _object(path: str, default: dict[str, Any]) -> dict[str, Any]:
    if _ENVIRONMENT.search(path):
        return {"$ref": "#/definitions/settings"}
    if _OPEN.search(path):
        return {"type": "object"}
    parts = {name: _schema_of(f"{path}.{name}".removeprefix("."), value) for name, value in default.items()}
    # Of the chart as a dependency, helm says "global", too.
    further = {} if path else {"global": {"type": "object"}}
    return {"type": "object", "additionalProperties": False, "properties": {**parts, **further}}


def _settable() -> list[str]:
    """Variables that may stand in the open and are left to the operator."""
    open_ones = {
        variable_of(name)
        for group in settings_groups()
        for name, field in group.model_fields.items()
        if not is_secret(field)
    }
    return sorted(open_ones - _OF_THE_CHART)

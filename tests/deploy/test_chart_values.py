"""Schema and table of the chart's values say what values.yaml does."""

import json
from importlib.metadata import version

import jsonschema
import pytest
import yaml

from deploy.chart_values import VALUES, described_values, values_schema

pytestmark = pytest.mark.deploy


def leaves(value: object, path: str = "") -> set[str]:
    """Paths of all that is no block of further values."""
    if isinstance(value, dict) and value and path.count(".") < 3:
        return {leaf for name, part in value.items() for leaf in leaves(part, f"{path}.{name}".removeprefix("."))}
    return {path}


def test_the_chart_is_of_the_version_that_it_starts():
    chart = yaml.safe_load((VALUES.parent / "Chart.yaml").read_text())

    assert chart["appVersion"] == version("newsweir")


def test_the_defaults_keep_to_the_schema():
    jsonschema.Draft7Validator.check_schema(json.loads(values_schema()))

    jsonschema.validate(yaml.safe_load(VALUES.read_text()), json.loads(values_schema()))


def test_every_value_is_in_the_table():
    listed = {value.path for value in described_values()}

    # What is written in one line is one row.
    missing = {leaf for leaf in leaves(yaml.safe_load(VALUES.read_text())) if leaf not in listed}
    assert {leaf for leaf in missing if leaf.rpartition(".")[0] not in listed} == set()
    assert len(listed) > 80


def test_what_is_said_above_a_value_or_behind_it_is_its_meaning():
    said = {value.path: (value.default, value.meaning) for value in described_values()}

    assert said["image.digest"] == ('""', "sha256:…, wins over the tag")
    assert said["redis.sentinel.master"] == ('""', "What the sentinels call the primary.")
    assert said["services.search.replicas"] == ("2", "")
    assert said["monitoring.grafanaLabels"][0] == '{grafana_dashboard: "1"}'


@pytest.mark.parametrize(
    "wrong",
    [
        {"imag": {}},
        {"services": {"crawler": {"replica": 1}}},
        {"settings": {"NEWSWEIR_LLM_KEY": "hunter2"}},
        {"settings": {"NEWSWEIR_NO_SUCH_THING": "1"}},
        {"tracing": {"share": 2}},
    ],
)
def test_what_is_no_value_or_may_not_stand_in_the_open_is_refused(wrong: dict[str, object]):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json.loads(values_schema()))


def test_settings_and_what_kubernetes_gives_a_form_to_are_let_through():
    fits = {
        "settings": {"NEWSWEIR_LOG_LEVEL": "debug", "NEWSWEIR_HOST_DELAY_S": 2},
        "affinity": {"podAntiAffinity": {}},
        "services": {"search": {"resources": {"limits": {"memory": "2Gi"}}}},
        "global": {"anything": True},
    }

    jsonschema.validate(fits, json.loads(values_schema()))

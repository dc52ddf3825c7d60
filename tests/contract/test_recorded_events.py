"""Recorded payloads parse for ever: a file here is never edited, a new version of an event gets a new folder."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from shared.events import alerts, articles, commands, stories

RECORDED = Path(__file__).parents[1] / "fixtures" / "events"
PAYLOADS = sorted(path for path in RECORDED.glob("v*/*.json") if not path.name.endswith(".expected.json"))


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_event_is_read_as_it_was_meant(path: Path):
    [event] = {vars(module)[path.stem] for module in (alerts, articles, commands, stories) if path.stem in vars(module)}
    assert issubclass(event, BaseModel)

    read = event.model_validate_json(path.read_text(encoding="utf-8"))

    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    # What was said then still says the same; fields that came later have their defaults.
    assert at_least(json.loads(read.model_dump_json()), expected)


def test_every_event_on_the_bus_was_recorded():
    from shared.topology import STREAMS

    assert {stream.event.__name__ for stream in STREAMS} <= {path.stem for path in PAYLOADS}


def at_least(value: object, expected: object) -> bool:
    if isinstance(expected, dict) and isinstance(value, dict):
        return all(at_least(value[key], part) for key, part in expected.items())
    if isinstance(expected, list) and isinstance(value, list):
        return len(value) == len(expected) and all(map(at_least, value, expected))
    return value == expected

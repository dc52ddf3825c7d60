import json

import pytest

from services.enrichment.knowledge_base.topic_sources import (
    MediaTopic,
    from_iptc,
    read_media_topics,
    topic_rules,
    write_media_topics,
)
from shared.errors import ConfigurationError

SEA = MediaTopic("medtop:1", "", "sea")
SHIPS = MediaTopic("medtop:2", "medtop:1", "ships")


def an_entry(label: str, *levels: str) -> dict[str, object]:
    codes = {f"Level{number}/NewsCode": level for number, level in enumerate(levels, start=1)}
    return {"Name (en-GB)": label, "RetiredDate": float("nan"), **codes}


def test_parents_come_from_the_levels_and_retired_topics_are_left_out(tmp_path):
    path = tmp_path / "iptc.json"
    path.write_text(
        json.dumps(
            {
                "medtop:2": an_entry("ships", "medtop:1", "medtop:2"),
                "medtop:1": an_entry("sea", "medtop:1"),
                "medtop:3": an_entry("rafts", "medtop:3") | {"RetiredDate": "2020-01-01"},
            }
        )
    )

    assert from_iptc(path) == [SEA, SHIPS]


def test_the_table_is_read_back_as_it_was_written(tmp_path):
    write_media_topics([SEA, SHIPS], tmp_path / "topics.csv")

    assert read_media_topics(tmp_path / "topics.csv") == {SEA.id: SEA, SHIPS.id: SHIPS}


def test_our_topics_take_their_place_in_the_hierarchy_and_their_terms_are_spelled_out(tmp_path):
    path = tmp_path / "topics.yaml"
    path.write_text("topic:ferries: {label: ferries, parent: 'medtop:2', strong: [große* fähre*], usual: [car deck]}\n")

    (rule,) = topic_rules(path, {SEA.id: SEA, SHIPS.id: SHIPS})

    assert [step for step, _ in rule.path] == ["medtop:1", "medtop:2", "topic:ferries"]
    assert "großen fähre*" in rule.strong


def test_a_topic_below_none_is_refused(tmp_path):
    path = tmp_path / "topics.yaml"
    path.write_text("topic:ferries: {label: ferries, parent: 'medtop:9', strong: [ferry]}\n")

    with pytest.raises(ConfigurationError, match="medtop:9"):
        topic_rules(path, {})

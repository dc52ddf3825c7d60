"""Reads what the topic rules are made from: the IPTC Media Topics and our own list of topics and terms."""

import csv
import json
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from services.enrichment.knowledge_base.topic_rules import TopicRule
from shared.errors import ConfigurationError

# The endings that a star inside a term stands for: "erneuerbare* energie*" in German, "jumeau* numérique*" in French.
_INNER_ENDINGS = ("", "e", "en", "er", "es", "n", "s", "x")
_LEVELS = 6


class MediaTopic(NamedTuple):
    """A topic of the IPTC vocabulary; the parent of a root is empty."""

    id: str
    parent: str
    label: str


def from_iptc(path: Path) -> list[MediaTopic]:
    """The topics in use, by id, of the vocabulary as IPTC's spreadsheet says it in JSON."""
    entries: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    topics = [
        MediaTopic(topic_id, _parent(topic_id, entry), entry["Name (en-GB)"])
        for topic_id, entry in entries.items()
        if not isinstance(entry.get("RetiredDate"), str)
    ]
    return sorted(topics)


def _parent(topic_id: str, entry: dict[str, Any]) -> str:
    levels = [entry.get(f"Level{level}/NewsCode") for level in range(1, _LEVELS + 1)]
    chain = [level for level in levels if isinstance(level, str) and level != topic_id]
    return chain[-1] if chain else ""


def read_media_topics(path: Path) -> dict[str, MediaTopic]:
    """The committed table of IPTC topics by id."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: MediaTopic(row["id"], row["parent"], row["label"]) for row in csv.DictReader(file)}


def write_media_topics(topics: list[MediaTopic], path: Path) -> None:
    """Write the table that `read_media_topics` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(MediaTopic._fields)
        writer.writerows(topics)


def topic_rules(path: Path, media_topics: dict[str, MediaTopic]) -> list[TopicRule]:
    """The rules of our list of topics, with the labels and parents that IPTC gives to its own.

    Raises:
        ConfigurationError: an id or a parent is neither in the list nor an IPTC topic.
    """
    entries: dict[str, dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # builds nothing but strings
    own = [
        MediaTopic(topic_id, entry.get("parent", ""), entry["label"])
        for topic_id, entry in entries.items()
        if "label" in entry
    ]
    known = media_topics | {topic.id: topic for topic in own}
    return [_rule(topic_id, entry, known) for topic_id, entry in sorted(entries.items())]


def _rule(topic_id: str, entry: dict[str, Any], known: dict[str, MediaTopic]) -> TopicRule:
    path: list[tuple[str, str]] = []
    step = topic_id
    while step:
        if step not in known:
            raise ConfigurationError(f"topic {topic_id}: {step} is no topic of ours and none of the IPTC Media Topics")
        path.insert(0, (step, known[step].label))
        step = known[step].parent
    strong, usual = (_expanded(entry.get(field, ())) for field in ("strong", "usual"))
    return TopicRule(topic_id, known[topic_id].label, tuple(path), strong, tuple(t for t in usual if t not in strong))


def _expanded(terms: list[str]) -> tuple[str, ...]:
    return tuple(sorted({variant for term in terms for variant in _variants(term.lower())}))


def _variants(term: str) -> list[str]:
    *inner, last = term.split(" ")
    choices = [
        [word.rstrip("*") + ending for ending in _INNER_ENDINGS] if word.endswith("*") else [word] for word in inner
    ]
    return [" ".join((*words, last)) for words in product(*choices)]

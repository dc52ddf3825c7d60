"""Topics with the terms that speak for them, found in a passage in one pass."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs

from services.enrichment.article_text import CJK, Passage
from shared.errors import ConfigurationError

_COLUMNS = 5


class TopicRule(NamedTuple):
    """A topic, its place below its root, and its terms in the notation of our list of topics."""

    id: str
    label: str
    path: tuple[tuple[str, str], ...]
    strong: tuple[str, ...]
    usual: tuple[str, ...]


# Where a term matches in folded text (start, end), whether it is a strong one, and whether it is of a script that does
# not part words. `whole_words` gives the words there: for most topics that are touched upon nobody asks.
Place = tuple[int, int, bool, bool]


class TopicRules:
    """All terms of all topics in one automaton over folded text."""

    def __init__(self, rules: Iterable[TopicRule]) -> None:
        by_pattern: dict[str, list[tuple[str, bool, bool]]] = {}
        self._rules: dict[str, TopicRule] = {}
        for rule in rules:
            self._rules[rule.id] = rule
            for terms, is_strong in ((rule.strong, True), (rule.usual, False)):
                for term in terms:
                    anywhere = CJK.search(term) is not None
                    by_pattern.setdefault(_pattern_of(term), []).append((rule.id, is_strong, anywhere))
        self._by_pattern = list(by_pattern.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_pattern), store_patterns=False)

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, topic_id: str) -> TopicRule:
        return self._rules[topic_id]

    def find(self, passage: Passage) -> dict[str, list[Place]]:
        """All places of the terms of each topic that has any, by its id; overlapping ones included, in no order."""
        matches = self._automaton.find_matches_as_indexes(passage.folded, overlapping=True)
        for view in passage.folded_views[1:]:
            matches = [*{*matches, *self._automaton.find_matches_as_indexes(view, overlapping=True)}]
        places: dict[str, list[Place]] = {}
        for pattern, start, end in matches:
            for topic_id, is_strong, anywhere in self._by_pattern[pattern]:
                places.setdefault(topic_id, []).append((start, end, is_strong, anywhere))
        return places


def to_line(rule: TopicRule) -> str:
    """One line of the data file: columns separated by tabs, items by bars, id and label by equals signs."""
    path = "|".join(f"{topic_id}={label}" for topic_id, label in rule.path)
    return "\t".join((rule.id, rule.label, path, "|".join(rule.strong), "|".join(rule.usual)))


def read_topic_rules(path: Path) -> TopicRules:
    """The rules of a data file.

    Raises:
        ConfigurationError: the file is missing or broken.
    """
    try:
        return TopicRules(_from_line(line) for line in path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(f"topics {path}: {error}; build the knowledge base again") from error


def _from_line(line: str) -> TopicRule:
    columns = line.split("\t")
    if len(columns) != _COLUMNS:
        raise ValueError(f"no topic in line {line[:80]!r}")
    topic_id, label, path, strong, usual = columns
    steps = tuple((step_id, name) for step_id, _, name in (step.partition("=") for step in path.split("|")))
    return TopicRule(topic_id, label, steps, _items(strong), _items(usual))


def _items(column: str) -> tuple[str, ...]:
    return tuple(column.split("|")) if column else ()


def whole_words(passage: Passage, place: Place) -> tuple[int, int]:
    """The span in folded text of a match without what parts it from others, and to the ends of a word it is part of."""
    start, end, _, anywhere = place
    if anywhere:
        return start, end
    # Where Chinese stands beside it as well as blanks: "用AI技术".
    folded = passage.folded_views[-1]
    start = start + 1 if folded[start] == " " else folded.rfind(" ", 0, start) + 1
    return start, end - 1 if folded[end - 1] == " " else folded.index(" ", end - 1)


def _pattern_of(term: str) -> str:
    """A term as it stands in folded text; blanks at its ends make it whole words, a star lets a word go on."""
    if CJK.search(term):
        return Passage(term).folded[1:-1]
    words = Passage(term.replace("*", "")).folded[1:-1]
    return f"{'' if term.startswith('*') else ' '}{words}{'' if term.endswith('*') else ' '}"

import pytest

from services.enrichment.article_text import Passage
from services.enrichment.knowledge_base.topic_rules import (
    TopicRule,
    TopicRules,
    read_topic_rules,
    to_line,
    whole_words,
)
from shared.errors import ConfigurationError

SHIPS = TopicRule(
    "topic:ships",
    "ships",
    (("topic:sea", "sea"), ("topic:ships", "ships")),
    ("ship*", "container vessel"),
    ("*hafen*", "船"),
)
RULES = TopicRules([SHIPS])


def words(text: str) -> list[str]:
    passage = Passage(text)
    spans = [whole_words(passage, place) for place in RULES.find(passage).get(SHIPS.id, [])]
    return [passage.folded[start:end] for start, end in spans]


def test_a_star_at_the_end_lets_the_word_go_on():
    assert words("Shipping and ships.") == ["shipping", "ships"]


def test_without_a_star_only_the_whole_words_count():
    assert words("A container vessel; container vessels.") == ["container vessel"]


def test_a_star_at_the_start_finds_the_end_of_a_compound():
    assert words("Der Überseehafens.") == ["überseehafens"]


def test_a_word_within_another_does_not_count():
    assert words("hardship, membership") == []


def test_chinese_terms_stand_anywhere():
    assert words("大船来了") == ["船"]


def test_a_term_in_other_letters_ends_where_chinese_begins():
    assert sorted(words("这艘container vessel在hafen里，ships船")) == ["container vessel", "hafen", "ships", "船"]


def test_rules_are_read_back_as_they_were_written(tmp_path):
    path = tmp_path / "rules.tsv"
    path.write_text(f"{to_line(SHIPS)}\n")

    rules = read_topic_rules(path)

    assert rules[SHIPS.id] == SHIPS
    assert list(rules.find(Passage("a ship"))) == [SHIPS.id]


def test_a_broken_file_of_rules_is_named(tmp_path):
    path = tmp_path / "rules.tsv"
    path.write_text("half a line\n")

    with pytest.raises(ConfigurationError, match=r"rules\.tsv"):
        read_topic_rules(path)

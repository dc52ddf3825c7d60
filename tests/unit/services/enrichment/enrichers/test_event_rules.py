import re

import pytest

from services.enrichment.enrichers.event_rules import OF_RELATIONS, RULES
from shared.events.enrichment import Relation

TYPES = [rule.type for rule in RULES]


def test_each_type_has_one_rule():
    assert len(TYPES) == len(set(TYPES)) >= 16


@pytest.mark.parametrize("rule", RULES, ids=TYPES)
def test_cues_are_single_lower_case_words(rule):
    assert all(re.fullmatch(r"[a-z-]+", cue) for cue in rule.cues)


def test_relations_that_are_events_exist():
    known = set(Relation.model_fields["type"].annotation.__args__)

    assert set(OF_RELATIONS) <= known

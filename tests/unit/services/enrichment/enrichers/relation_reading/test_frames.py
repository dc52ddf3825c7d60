import pytest

from services.enrichment.enrichers.relation_reading.frames import EVENTS, ROLES, VERBS


@pytest.mark.parametrize(
    ("form", "kinds"),
    [
        ("supplies", {"finite"}),
        ("acquired", {"finite", "participle"}),
        ("merging", {"gerund"}),
        ("taken", {"participle"}),
        ("sell", {"base"}),
    ],
)
def test_every_form_of_a_verb_is_known_as_what_it_is(form, kinds):
    assert {kind for _, kind in VERBS[form]} == kinds


def test_a_verb_may_make_several_claims():
    claims = {(frame.claim.type, frame.particles) for frame, _ in VERBS["joined"]}

    assert claims == {("partners_with", ("forces",)), ("appoints", ())}


def test_every_claim_says_how_sure_it_is():
    claims = [frame.claim for frames in VERBS.values() for frame, _ in frames]
    claims += [frame.claim for table in (ROLES, EVENTS) for frame in table.values()]

    assert all(0.5 <= claim.confidence <= 1 for claim in claims)

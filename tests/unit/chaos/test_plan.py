import random
from itertools import pairwise

import pytest

from tests.chaos.plan import LONG, LONG_OUTAGE_VISIBILITIES, SHORT, schedule

FORMS = pytest.mark.parametrize("form", [SHORT, LONG], ids=lambda form: form.name)


def planned(form, store="elasticsearch", seed=1):
    return schedule(form, store, random.Random(seed))


@FORMS
def test_the_same_seed_plans_the_same_faults_and_another_seed_others(form):
    assert planned(form) == planned(form)
    assert planned(form) != planned(form, seed=2)


@FORMS
@pytest.mark.parametrize("seed", range(20))
def test_every_fault_happens_as_often_as_the_form_says(form, seed):
    plan = planned(form, seed=seed)
    kinds = [fault.kind for fault in (*plan.places, *plan.processes)]

    assert {kind: kinds.count(kind) for kind in form.faults} == form.faults


@FORMS
@pytest.mark.parametrize("seed", range(20))
def test_broker_and_store_suffer_one_fault_at_a_time(form, seed):
    places = planned(form, seed=seed).places

    assert all(one.at_s + one.lasts_s < other.at_s for one, other in pairwise(places))


@FORMS
def test_the_embedded_store_has_no_proxy_that_could_refuse_or_lose_requests(form):
    kinds = {fault.kind for fault in planned(form, "tantivy").places}

    assert kinds == {"broker killed", "broker terminated", "store away", "store long away"}


@FORMS
@pytest.mark.parametrize("seed", range(20))
def test_a_freeze_outlasts_the_visibility_timeout_and_a_pause_does_not(form, seed):
    faults = planned(form, seed=seed).processes

    assert all(fault.lasts_s > form.visibility_s for fault in faults if fault.kind == "freeze")
    assert all(fault.lasts_s < form.visibility_s for fault in faults if fault.kind == "pause")


@FORMS
def test_the_long_outage_lasts_three_visibility_timeouts(form):
    [outage] = [fault for fault in planned(form).places if fault.kind == "store long away"]

    assert outage.lasts_s == LONG_OUTAGE_VISIBILITIES * form.visibility_s


@FORMS
@pytest.mark.parametrize("seed", range(20))
def test_no_service_is_spared_by_kills(form, seed):
    killed = {fault.process[0] for fault in planned(form, seed=seed).processes if fault.kind == "kill"}

    assert killed == {"crawler", "enrichment", "indexing"}

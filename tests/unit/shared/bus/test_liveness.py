from dataclasses import replace

import pytest

from shared.bus.liveness import GRACE_S, Patience, Signs, complaint

WELL = Signs(excused=False, busy_s=0, idle_s=3600, waiting=0, silence_s=0)


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        (replace(WELL, waiting=7), "although 7 events wait"),
        (replace(WELL, busy_s=301, idle_s=0), "one batch in hand for 301 s"),
        (replace(WELL, silence_s=151), "abandoned event pending for 151 s"),
    ],
)
def test_a_worker_that_is_stuck_is_complained_about_unless_it_has_an_excuse(signs, words):
    assert words in complaint(signs, visibility_s=30)
    assert complaint(replace(signs, excused=True), visibility_s=30) is None


@pytest.mark.parametrize(
    "signs",
    [
        WELL,
        replace(WELL, idle_s=59, waiting=100_000),
        replace(WELL, busy_s=299, idle_s=0, waiting=100_000, silence_s=10),
        replace(WELL, silence_s=149),
    ],
)
def test_a_worker_that_works_or_has_nothing_to_do_is_not(signs):
    assert complaint(signs, visibility_s=30) is None


def test_a_complaint_counts_once_it_has_held_for_long_enough():
    patience = Patience()
    patience.hear("is stuck", 100.0)

    assert patience.lost(100.0 + GRACE_S - 1) is None
    assert patience.lost(100.0 + GRACE_S) == "is stuck"


def test_a_complaint_that_went_away_begins_anew():
    patience = Patience()
    patience.hear("is stuck", 100.0)
    patience.hear(None, 110.0)
    patience.hear("is stuck", 119.0)

    assert patience.lost(125.0) is None

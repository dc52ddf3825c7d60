import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.failure_policy import FIRST_RETRY_S, LONGEST_RETRY_S, PUT_OFF_S, Bury, PutOff, Retry, decide
from shared.errors import (
    AddressRefused,
    ConfigurationError,
    FetchFailed,
    InvalidInput,
    LimitExceeded,
    PermanentFailure,
    TemporaryFailure,
)
from shared.topology import ENRICHMENT

NOW_MS = 1_000_000
SEEDS = st.randoms(use_true_random=False)
ATTEMPTS = st.integers(min_value=1, max_value=30)
FAILED_BEFORE = st.integers(min_value=0, max_value=40)
ASKED_S = st.none() | st.floats(min_value=0, max_value=1e6)
TEMPORARY = st.builds(
    lambda kind, asked_s: kind("busy", retry_after_s=asked_s), st.sampled_from([TemporaryFailure, FetchFailed]), ASKED_S
)
UNFORESEEN = st.sampled_from([KeyError("bug"), ValueError("bug"), OSError("bug"), AssertionError("bug")])
PERMANENT = st.sampled_from(
    [kind("no") for kind in (PermanentFailure, InvalidInput, AddressRefused, LimitExceeded, ConfigurationError)]
)


@pytest.fixture
def rng():
    return random.Random(7)


def test_a_permanent_failure_is_buried_at_once(rng):
    assert decide(InvalidInput("no article"), 0, ENRICHMENT, NOW_MS, rng) == Bury()


def test_a_temporary_failure_is_retried_later_but_not_later_than_the_ceiling(rng):
    decisions = [decide(TemporaryFailure("busy"), n, ENRICHMENT, NOW_MS, rng) for n in range(4)]

    waits = [decision.at_ms - NOW_MS for decision in decisions if isinstance(decision, Retry)]
    assert len(waits) == 4
    assert all(0 <= wait <= min(LONGEST_RETRY_S, 2 * 2**n) * 1000 for n, wait in enumerate(waits))


def test_the_other_sides_retry_after_is_the_least_to_wait(rng):
    decision = decide(TemporaryFailure("busy", retry_after_s=90), 0, ENRICHMENT, NOW_MS, rng)

    assert decision == Retry(NOW_MS + 90_000)


def test_the_last_attempt_is_followed_by_burial(rng):
    assert decide(TemporaryFailure("busy"), ENRICHMENT.max_attempts - 1, ENRICHMENT, NOW_MS, rng) == Bury()


def test_an_error_that_nobody_foresaw_is_retried_first(rng):
    assert isinstance(decide(KeyError("bug"), 0, ENRICHMENT, NOW_MS, rng), Retry)


@given(error=TEMPORARY | UNFORESEEN, failed_before=FAILED_BEFORE, attempts=ATTEMPTS, rng=SEEDS)
def test_what_may_heal_is_retried_until_its_attempts_are_spent_and_not_once_more(error, failed_before, attempts, rng):
    decision = decide(error, failed_before, replace(ENRICHMENT, max_attempts=attempts), NOW_MS, rng)

    assert isinstance(decision, Retry) == (failed_before + 1 < attempts)
    assert isinstance(decision, Bury) == (failed_before + 1 >= attempts)


@given(error=TEMPORARY | UNFORESEEN, failed_before=st.integers(min_value=0, max_value=28), rng=SEEDS)
def test_a_retry_waits_at_least_as_long_as_asked_and_at_most_as_long_as_the_ceiling_or_that(error, failed_before, rng):
    decision = decide(error, failed_before, replace(ENRICHMENT, max_attempts=30), NOW_MS, rng)

    asked_s = getattr(error, "retry_after_s", None) or 0.0
    ceiling_s = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2**failed_before)
    assert isinstance(decision, Retry)
    assert round(1000 * asked_s) <= decision.at_ms - NOW_MS <= round(1000 * max(asked_s, ceiling_s))


@given(error=PERMANENT, failed_before=FAILED_BEFORE, attempts=ATTEMPTS, rng=SEEDS)
def test_what_cannot_heal_is_buried_whatever_came_before(error, failed_before, attempts, rng):
    assert decide(error, failed_before, replace(ENRICHMENT, max_attempts=attempts), NOW_MS, rng) == Bury()


@given(error=TEMPORARY | UNFORESEEN | PERMANENT, failed_before=FAILED_BEFORE, rng=SEEDS)
def test_while_the_breaker_is_open_nothing_is_buried_and_nothing_comes_back_soon(error, failed_before, rng):
    decision = decide(error, failed_before, ENRICHMENT, NOW_MS, rng, breaker_open=True)

    assert isinstance(decision, PutOff)
    assert PUT_OFF_S <= (decision.at_ms - NOW_MS) / 1000 <= 2 * PUT_OFF_S

import random

import pytest

from shared.bus.failure_policy import LONGEST_RETRY_S, Bury, Retry, decide
from shared.errors import InvalidInput, TemporaryFailure
from shared.topology import ENRICHMENT

NOW_MS = 1_000_000


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

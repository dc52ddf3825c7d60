"""What the simulation of large rates says, and what it must not say."""

from dataclasses import replace

import pytest

from tests.bench.scale.simulation import Assumptions, Cost, primaries_for, replicas_for, simulate

COST = Cost(cpu_ms=10.0, broker_ms=1.0, waiting_bytes=4_000.0)
CALM = Assumptions(peak=1.0, bursts_per_hour=0, deaths_per_hour=0.0)


def test_replicas_carry_the_busiest_hour_with_a_part_of_their_cores():
    assert replicas_for(1_000, COST, replace(CALM, busy=0.5)) == 20
    assert replicas_for(1_000, COST, replace(CALM, busy=0.5, peak=2.0)) == 40
    assert replicas_for(0.001, COST, CALM) == 1


def test_a_primary_carries_what_all_stages_ask_of_it():
    assert primaries_for(1_000, [COST, COST], replace(CALM, busy=0.5)) == 4
    assert primaries_for(10, [COST, COST], CALM) == 1


def test_on_a_calm_day_with_room_hardly_anything_waits():
    need = simulate(100, COST, replicas_for(100, COST, CALM), CALM)

    assert need.delay_s[1.0] < 1.0
    assert need.waiting < 200


def test_too_few_replicas_fall_behind_all_day():
    behind = simulate(200, COST, replicas=1, assumed=CALM)

    assert behind.waiting == pytest.approx(100 * 86_400, rel=0.01)
    assert behind.waiting_bytes == pytest.approx(behind.waiting * COST.waiting_bytes, rel=0.01)


def test_a_burst_is_worked_off_and_its_articles_wait_longest():
    bursts = replace(CALM, burst=4.0, bursts_per_hour=1)

    need = simulate(100, COST, replicas_for(100, COST, bursts), bursts)

    assert need.delay_s[0.5] < 1.0 < need.delay_s[0.99] <= need.delay_s[1.0] < 240


def test_deaths_hold_articles_back_and_lose_none():
    deadly = replace(CALM, deaths_per_hour=1000.0)
    replicas = replicas_for(100, COST, CALM)

    need = simulate(100, COST, replicas, deadly)

    assert need.waiting > simulate(100, COST, replicas, CALM).waiting
    assert need.delay_s[0.5] < 2.0


def test_the_same_seed_gives_the_same_day():
    assert simulate(100, COST, 3, Assumptions(), seed=7) == simulate(100, COST, 3, Assumptions(), seed=7)

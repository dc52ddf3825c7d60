from prometheus_client import REGISTRY

from shared.bus.counting import begin_at_zero, count_settled
from shared.bus.settle import Settlement
from shared.dispositions import INDEXED, dropped
from shared.topology import ARTICLES_ENRICHED, ARTICLES_INDEXED, STORIES_CHANGED, Stage

NOW = 1_772_452_800_000
SETTLED = (
    Settlement(f"{NOW - 500}-0", "publish", stream=ARTICLES_ENRICHED, also=((STORIES_CHANGED, {}),) * 2),
    Settlement(f"{NOW - 500}-1", "publish", stream=ARTICLES_INDEXED, disposition=INDEXED),
    Settlement(f"{NOW - 500}-2", disposition=dropped("duplicate")),
    Settlement(f"{NOW - 500}-3", disposition=dropped("duplicate")),
    Settlement(f"{NOW - 500}-4", "retry"),
    Settlement(f"{NOW - 500}-5", "bury"),
    # By the clock of a broker that is ahead.
    Settlement(f"{NOW + 500}-0"),
)


def counted(name: str, stage: Stage, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"newsweir_stage_{name}", {"stage": stage.name, **labels}) or 0


def test_every_settlement_counts_once_under_what_became_of_it():
    stage = Stage("counted", ARTICLES_ENRICHED, ())

    count_settled(stage, SETTLED, NOW)

    outcomes = ("published", "done", "dropped", "retried", "buried")
    assert [counted("events_total", stage, outcome=name) for name in outcomes] == [2, 1, 2, 1, 1]
    assert counted("dropped_total", stage, reason="duplicate") == 2


def test_what_leaves_together_is_counted_by_stream():
    stage = Stage("publishing", ARTICLES_ENRICHED, ())

    count_settled(stage, SETTLED, NOW)

    streams = (ARTICLES_ENRICHED, ARTICLES_INDEXED, STORIES_CHANGED)
    assert [counted("published_total", stage, stream=stream.name) for stream in streams] == [1, 1, 2]


def test_an_event_is_timed_from_its_coming_into_the_stream_and_never_below_zero():
    stage = Stage("timed", ARTICLES_ENRICHED, ())

    count_settled(stage, SETTLED, NOW)

    assert (counted("event_seconds_count", stage), counted("event_seconds_sum", stage)) == (7, 3.0)


def test_what_has_not_happened_yet_is_told_as_zero():
    stage = Stage("idle", ARTICLES_ENRICHED, ())

    begin_at_zero(stage)

    labels = [
        {"stage": "idle", "outcome": outcome} for outcome in ("published", "done", "dropped", "retried", "buried")
    ]
    assert [REGISTRY.get_sample_value("newsweir_stage_events_total", told) for told in labels] == [0] * 5
    states = ("newsweir_stage_waiting", "newsweir_stage_paused", "newsweir_stage_consumed_total")
    assert [REGISTRY.get_sample_value(name, {"stage": "idle"}) for name in states] == [0] * 3

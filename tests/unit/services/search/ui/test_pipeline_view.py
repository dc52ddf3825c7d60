from datetime import UTC, datetime, timedelta

import pytest

from services.search.pipeline import PipelineState
from services.search.throughput import MOST_COUNTED, Throughput
from services.search.ui.pipeline_view import pipeline_view
from shared.bus.lag import StageLag
from shared.dispositions import Ledger

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
IDLE = StageLag("indexing", 0, 0, 0, 0, 0.0)
PACE = Throughput(last_hour=60, last_at=NOW - timedelta(minutes=3), median_s=1.25)
LEDGER = Ledger(10, 1, {"dropped:not-modified": 2, "indexed": 6, "dead-lettered": 1}, {})


def a_page(*stages, pace=PACE):
    return pipeline_view(PipelineState(stages or (IDLE,), pace, LEDGER, (), more=False), NOW)


def test_where_nobody_need_do_anything_the_page_says_so():
    page = a_page()

    assert page.well
    assert page.verdict == "All stages keep up, and nothing was given up."


@pytest.mark.parametrize(
    ("stage", "state", "said"),
    [
        (StageLag("enrichment", 0, 0, 0, 2, 0.0), "failing", "enrichment gave up 2 events"),
        (StageLag("enrichment", 0, 1, 0, 0, 90.0), "failing", "enrichment has held an event for 90 s"),
    ],
)
def test_what_needs_somebody_is_said_first(stage, state, said):
    page = a_page(IDLE, stage)

    assert not page.well
    assert said in page.verdict
    assert page.stages[1].state == state


def test_a_stage_that_works_is_neither_idle_nor_in_need():
    page = a_page(StageLag("enrichment", 12, 3, 0, 0, 2.0))

    assert (page.well, page.stages[0].said) == (True, "working")
    assert page.figures[2].value == "15"


def test_the_pace_is_told_with_the_last_article():
    figures = {figure.label: figure for figure in a_page().figures}

    assert figures["Indexed in the last hour"].value == "60"
    assert figures["Indexed in the last hour"].remark == "the last one 3 minutes ago"
    assert figures["From fetched to searchable"].value == "1.2 s"


def test_more_than_is_counted_is_at_least_so_many():
    page = a_page(pace=Throughput(MOST_COUNTED, None, None))

    assert [figure.value for figure in page.figures[:2]] == ["10,000+", "none lately"]


def test_where_fetches_ended_is_said_in_words_the_most_frequent_first():
    assert [(end.label, end.value) for end in a_page().ends] == [
        ("fetched", "10"), ("under way", "1"), ("indexed", "6"), ("left out: not modified", "2"), ("given up", "1"),
    ]  # fmt: skip

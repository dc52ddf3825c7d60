from shared.topology import STAGES, STREAMS, stages_reading


def test_every_stage_reads_and_writes_streams_that_are_declared():
    used = {stream for stage in STAGES for stream in (stage.reads, *stage.writes)}

    assert used <= set(STREAMS)


def test_a_stage_writes_at_most_one_stream_of_a_type():
    """The type of what a handler publishes decides where it goes."""
    assert all(len({stream.event for stream in stage.writes}) == len(stage.writes) for stage in STAGES)


def test_what_nobody_must_read_is_bounded():
    assert all(stream.max_entries for stream in STREAMS if not stages_reading(stream))


def test_every_name_is_given_once():
    names = [stage.name for stage in STAGES] + [stage.retry_set for stage in STAGES]
    names += [stage.dead_letters for stage in STAGES] + [stream.name for stream in STREAMS]

    assert len(set(names)) == len(names)


def test_a_stage_waits_longer_for_a_silent_worker_than_two_renewals_take():
    assert all(stage.visibility_s >= 3 for stage in STAGES)

import pytest

from shared.bus.envelope import Entry, Readable, Unreadable, decode
from shared.topology import STAGES
from tests.chaos.poison import HEALABLE, UNREADABLE, Poison, poison_of, stream_of, unreadable

BY_STAGE = pytest.mark.parametrize("stage", ["enrichment", "indexing"])


@BY_STAGE
@pytest.mark.parametrize("kind", UNREADABLE)
def test_the_stage_cannot_read_the_entry_and_can_say_whose_it_is(kind, stage):
    poison = Poison(kind, stage)
    entry = Entry("1-0", unreadable(poison, 7, "fetch-7"))
    [reader] = [known for known in STAGES if known.name == stage]

    assert stream_of(poison) == reader.reads
    assert isinstance(decode(entry, reader.reads.event), Unreadable)
    assert not isinstance(decode(entry, reader.reads.event), Readable)
    assert entry.fetch_id == "fetch-7"


@BY_STAGE
@pytest.mark.parametrize("kind", HEALABLE)
def test_a_healable_article_is_recognised_by_its_title(kind, stage):
    poison = Poison(kind, stage)

    assert poison_of(f"Council discusses {poison.mark}") == poison


def test_an_article_without_a_mark_is_sound():
    assert poison_of("Council discusses a killer by the river") is None

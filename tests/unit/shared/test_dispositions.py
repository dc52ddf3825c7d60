from shared import dispositions
from shared.dispositions import counts_key, day_of, dropped, inflight_key, read_ledger


async def test_a_fetch_is_counted_once_however_often_it_is_opened_and_closed(connection):
    keys = [inflight_key(connection), counts_key(connection)]
    opening = connection.script(
        dispositions.LUA + "ledger_open(KEYS[1], KEYS[2], ARGV[1], ARGV[2], '2026-03-02', 'a', '0')"
    )
    closing = connection.script(dispositions.LUA + "return ledger_close(KEYS[1], KEYS[2], ARGV[1], ARGV[2])")

    for fetch_id, source_id in (("1", "north"), ("1", "north"), ("2", "south"), ("3", "south")):
        await opening(keys, [fetch_id, source_id])
    for _ in range(2):
        await closing(keys, ["1", "indexed"])
    await closing(keys, ["2", dropped("noindex")])

    ledger = await read_ledger(connection)
    assert (ledger.fetched, ledger.settled, ledger.in_flight) == (3, 2, 1)
    assert ledger.by_disposition == {"indexed": 1, "dropped:noindex": 1}
    assert ledger.by_source["south"] == {"fetched": 2, "dropped:noindex": 1}


def test_fetches_are_counted_under_the_day_in_utc():
    assert day_of(1_772_495_999_999) == "2026-03-02"
    assert day_of(1_772_496_000_000) == "2026-03-03"

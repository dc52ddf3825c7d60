import pytest

from services.crawler.caps import Admitted, Caps, admit

ROOMY = Caps(per_look=100, per_host=100, per_source=100)
URLS = tuple(f"https://{host}.example/{number}" for number in range(2) for host in ("a", "b"))


def test_where_there_is_room_all_are_admitted_in_their_order():
    assert admit(URLS, 0, {}, ROOMY) == Admitted(URLS)


def test_a_look_takes_only_so_many():
    assert admit(URLS, 0, {}, Caps(3, 100, 100)) == Admitted(URLS[:3], {"look": 1})


def test_what_waits_already_takes_room_of_the_source():
    assert admit(URLS, 98, {}, ROOMY) == Admitted(URLS[:2], {"source": 2})


def test_a_full_host_leaves_room_for_the_others():
    assert admit(URLS, 0, {"a.example": 99, "b.example": 7}, ROOMY) == Admitted(
        ("https://a.example/0", "https://b.example/0", "https://b.example/1"), {"host": 1}
    )


@pytest.mark.parametrize("full", [10_000, 101])
def test_more_than_the_cap_admits_nothing(full):
    assert admit(URLS, full, {}, ROOMY) == Admitted((), {"source": 4})

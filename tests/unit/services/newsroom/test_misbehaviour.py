import zlib

import pytest

from services.newsroom.misbehaviour import SETTLED_AFTER_VISITS, conduct, hostile_answer


@pytest.mark.parametrize(
    ("behaviour", "statuses"),
    [
        ("ordinary", [200, 200, 200]),
        ("broken-at-first", [500, 500, 200]),
        ("busy-at-first", [503, 200, 200]),
        ("missing", [404, 404, 404]),
        ("gone", [410, 410, 410]),
        ("consent-wall", [200, 200, 200]),
    ],
)
def test_what_a_visit_meets_follows_from_the_visits_before_it(behaviour, statuses):
    assert [conduct(behaviour, visits).status for visits in range(3)] == statuses


@pytest.mark.parametrize("behaviour", ["broken-at-first", "busy-at-first"])
def test_no_page_changes_after_the_visits_that_are_counted(behaviour):
    assert conduct(behaviour, SETTLED_AFTER_VISITS) == conduct(behaviour, 1000)


@pytest.mark.parametrize(("name", "most_bytes"), [("endless", 220 << 20), ("gzip-bomb", 1 << 20), ("drip", 1000)])
def test_hostile_bodies_end_somewhere(name, most_bytes):
    total = sum(len(chunk) for chunk in hostile_answer(f"/hostile/{name}").chunks())

    assert 0 < total < most_bytes


def test_the_bomb_is_small_on_the_wire_and_large_behind_it():
    reader, sent, unpacked = zlib.decompressobj(wbits=31), 0, 0
    for chunk in hostile_answer("/hostile/gzip-bomb").chunks():
        sent += len(chunk)
        unpacked += len(reader.decompress(chunk))

    assert reader.eof
    assert unpacked == 256 << 20
    assert unpacked > 500 * sent


def test_a_redirect_leads_in_a_circle_and_another_to_a_private_address():
    first = hostile_answer("/hostile/redirect-loop").headers["location"]
    second = hostile_answer(first).headers["location"]

    assert second == "/hostile/redirect-loop"
    assert hostile_answer("/hostile/redirect-private").headers["location"].startswith("http://169.254.169.254/")


def test_other_addresses_are_not_hostile():
    assert hostile_answer("/about") is None
    assert hostile_answer("/hostile/unheard-of") is None

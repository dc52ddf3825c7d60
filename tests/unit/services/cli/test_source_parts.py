from collections import Counter

import pytest

from services.cli.source_parts import Part, parse_part, part_of
from shared.errors import ConfigurationError
from shared.sources import Source


def a_source(host: str) -> Source:
    return Source(id="s", name="S", url=f"https://{host}/")


SITES = [a_source(f"site-{number}.example") for number in range(400)]


def test_every_source_of_a_site_belongs_to_the_same_part():
    hosts = ("news.example.org", "www.example.org", "example.org", "feeds.example.org")

    assert len({part_of(a_source(host), 8) for host in hosts}) == 1


def test_sites_are_spread_evenly():
    shares = Counter(part_of(source, 4) for source in SITES)

    assert sorted(shares) == [1, 2, 3, 4]
    assert min(shares.values()) > 70


def test_one_part_more_takes_from_all_and_moves_nothing_between_the_others():
    moved = [(before, after) for s in SITES if (before := part_of(s, 4)) != (after := part_of(s, 5))]

    assert {after for _, after in moved} == {5}
    assert {before for before, _ in moved} == {1, 2, 3, 4}


def test_one_part_has_everything():
    assert {part_of(source, 1) for source in SITES} == {1}


def test_a_part_is_read_as_it_is_written():
    assert parse_part("2/4") == Part(2, 4)


@pytest.mark.parametrize("written", ["", "2", "0/4", "5/4", "1/0", "2/4/6", "-1/4", "1/1001", "a/b", "2 / 4"])
def test_what_is_no_part_is_refused_with_an_example(written):
    with pytest.raises(ConfigurationError, match="as in 2/4"):
        parse_part(written)

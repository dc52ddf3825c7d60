"""What a page takes is what was spent between two looks, by part."""

from tests.bench.crawl.parts import Spent


def test_what_pages_took_is_what_was_spent_since_shared_among_them() -> None:
    start = Spent(own=1_000, extraction=500, broker=20)

    each = Spent(own=1_400, extraction=1_100, broker=70).since(start, 100)

    assert each == Spent(own=4, extraction=6, broker=0.5)
    assert str(each) == "own process 4.00, extraction processes 6.00, broker 0.50, together 10.50"

from tests.fuzz.__main__ import Tally, turn
from tests.fuzz.documents import PAGES
from tests.fuzz.targets import Target


def test_what_falls_is_told_with_what_is_left_of_the_document():
    def check(document: bytes) -> None:
        assert b"\x00" not in document

    tally = Tally()

    turn(Target(check, PAGES), tally, documents=500)

    assert len(tally.falls) == 1
    assert "AssertionError" in tally.falls[0]
    assert "document=" in tally.falls[0]


def test_what_holds_is_counted():
    tally = Tally()

    turn(Target(lambda document: None, PAGES), tally, documents=20)

    assert tally.documents >= 20
    assert tally.falls == []

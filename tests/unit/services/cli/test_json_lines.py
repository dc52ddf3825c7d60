import io

import pytest
from pydantic import BaseModel

from services.cli.json_lines import Line, name_of, open_input, parse_line, read_lines
from shared.errors import ConfigurationError, InvalidInput


class Item(BaseModel):
    id: int


def read(content: bytes, limit: int = 20) -> list[Line]:
    return list(read_lines(io.BytesIO(content), limit))


def test_empty_lines_are_skipped_and_counted():
    assert read(b"a\n\n  \nb") == [Line(1, b"a"), Line(4, b"b")]


def test_a_line_ends_as_windows_ends_it():
    assert read(b"a\r\nb\r\n") == [Line(1, b"a"), Line(2, b"b")]


def test_a_line_that_is_too_long_is_skipped_whole_and_the_next_is_read():
    assert read(b"x" * 5000 + b"\nb\n", limit=20) == [Line(1, None), Line(2, b"b")]


def test_a_line_of_exactly_the_limit_is_read():
    assert read(b"x" * 20 + b"\n" + b"y" * 20, limit=20) == [Line(1, b"x" * 20), Line(2, b"y" * 20)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line(3, b"{"), "line 3 is not JSON"),
        (Line(3, b"\xff"), "line 3 is not JSON"),
        (Line(3, b"[" * 100_000), "line 3 is not JSON"),
        (Line(3, b"9" * 5000), "line 3 is not JSON"),
        (Line(3, b'{"id":"x"}'), "line 3: id: "),
        (Line(3, b"[]"), "line 3: value: "),
        (Line(3, None), "line 3 is longer than 20 bytes"),
    ],
)
def test_a_bad_line_is_named_with_its_fault(line, reason):
    with pytest.raises(InvalidInput, match=f"^{reason}"):
        parse_line(line, Item, 20)


def test_the_error_of_a_line_carries_the_name_where_it_can_be_read():
    assert name_of(Line(1, b'{"id": 7, "text": 1}'), "id") == 7
    assert name_of(Line(1, b'{"id": [1]}'), "id") is None
    assert name_of(Line(1, b'"id"'), "id") is None
    assert name_of(Line(1, None), "id") is None


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"cannot read .*nowhere"), open_input(str(tmp_path / "nowhere")):
        pass

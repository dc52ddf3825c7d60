import io
import json

import pytest
import structlog

from services.cli.log_files import Warnings, last_lines, read_line, rotate


def test_a_log_that_has_grown_is_put_aside(tmp_path):
    log = tmp_path / "a.log"
    log.write_bytes(b"x" * 5_000_001)

    rotate(log)

    assert not log.exists()
    assert (tmp_path / "a.log.1").stat().st_size == 5_000_001


def test_a_small_log_goes_on(tmp_path):
    log = tmp_path / "a.log"
    log.write_bytes(b"x")

    rotate(log)

    assert log.exists()


def test_the_last_lines_of_a_long_log_are_found_without_reading_all_of_it(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("".join(f"line {number}\n\n" for number in range(10_000)))

    assert last_lines(log, 2) == ["line 9998", "line 9999"]
    assert last_lines(tmp_path / "none.log", 2) == []


def test_new_warnings_are_picked_out_once(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("2026-03-02 [error    ] of yesterday\n")
    warnings = Warnings(log)

    with log.open("a") as file:
        file.write('2026-03-02 [info     ] fine\n2026-03-02 [warning  ] slow\n{"level": "error", "event": "x"}\n')
        file.write("2026-03-02 [error    ] half a li")

    assert warnings.new() == ["2026-03-02 [warning  ] slow", "[error] x"]
    assert warnings.new() == []
    with log.open("a") as file:
        file.write("ne\n")
    assert warnings.new() == ["2026-03-02 [error    ] half a line"]


def test_a_log_that_was_put_aside_is_followed_from_its_new_beginning(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("x" * 100 + "\n")
    warnings = Warnings(log)

    log.write_text("[warning] again\n")

    assert warnings.new() == ["[warning] again"]


@pytest.mark.parametrize("colours", [True, False])
@pytest.mark.parametrize("level", ["info", "warning", "error"])
def test_the_level_of_a_line_for_people_is_read_as_it_is_written(level: str, colours: bool):
    written = io.StringIO()
    renderer = structlog.dev.ConsoleRenderer(colors=colours)
    stamped = structlog.processors.TimeStamper(fmt="iso", utc=True)
    log = structlog.wrap_logger(
        structlog.PrintLogger(written), processors=[structlog.processors.add_log_level, stamped, renderer]
    )

    getattr(log, level)("an event is [error] given up", stage="indexing")

    said, text = read_line(written.getvalue().rstrip())
    assert said == level
    assert "given up" in text
    assert "\x1b" not in text


def test_a_line_for_machines_is_put_into_words():
    line = json.dumps(
        {
            "url": "https://news.example/a", "service": "crawler", "level": "error", "event": "cannot archive",
            "timestamp": "2026-03-02T08:00:00Z", "exception": "Traceback …\nOSError: no room\n",
        }
    )  # fmt: skip

    said = "2026-03-02T08:00:00Z [error] cannot archive url=https://news.example/a OSError: no room"
    assert read_line(line) == ("error", said)


@pytest.mark.parametrize("line", ['{"level": "error"}', "{half a li", "[1, 2]", '    raise KeyError("[error]")', ""])
def test_what_is_no_line_of_ours_has_no_level(line: str):
    assert read_line(line) == ("", line)


def test_the_last_lines_of_a_log_for_machines_are_put_into_words(tmp_path):
    log = tmp_path / "a.log"
    log.write_text('{"event": "ended by an error", "level": "error", "error": "no room"}\n')

    assert last_lines(log, 2) == ["[error] ended by an error error=no room"]

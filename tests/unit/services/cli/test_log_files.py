from services.cli.log_files import Warnings, last_lines, rotate


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

    assert warnings.new() == ["2026-03-02 [warning  ] slow", '{"level": "error", "event": "x"}']
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

import os

import pytest

from services.cli.child_process import spawn


def run(tmp_path, script, **options):
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = spawn(("/bin/sh", "-c", script), output=output, **options)
    return process.wait(), log.read_text()


def test_both_outputs_go_to_one_file(tmp_path):
    assert run(tmp_path, "echo out; echo err >&2; exit 3") == (3, "out\nerr\n")


def test_there_is_no_standard_input_to_wait_for(tmp_path):
    assert run(tmp_path, "cat") == (0, "")


def test_a_child_has_the_environment_and_the_folder_that_it_is_given(tmp_path):
    status, said = run(tmp_path, 'echo "$NAME $PWD"', environment={"NAME": "value"}, cwd=tmp_path)

    assert (status, said) == (0, f"value {tmp_path}\n")


def test_a_child_shares_the_descriptors_that_are_kept_open_and_no_others(tmp_path):
    reading, writing = os.pipe()
    try:
        shared, _ = run(tmp_path, f"test -e /dev/fd/{writing}", keep_open=[writing])
        closed, _ = run(tmp_path, f"test -e /dev/fd/{writing}")
    finally:
        os.close(writing)
        os.close(reading)

    assert shared == 0
    assert closed != 0


def test_a_command_that_is_not_there_is_an_error(tmp_path):
    with (tmp_path / "log").open("wb") as output, pytest.raises(OSError, match="nowhere"):
        spawn(("/nowhere",), output=output)

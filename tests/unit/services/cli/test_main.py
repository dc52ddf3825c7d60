import io
import os
import subprocess
import sys

import pytest

from services.cli.main import main
from shared.settings import environment_for


@pytest.fixture
def ended(monkeypatch, tmp_path, capsys):
    """Runs a command line in this process: its exit status and what it says on standard error."""

    def run(*arguments: str, **environment: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["newsweir", *arguments])
        for name, value in {"NEWSWEIR_DATA_DIR": str(tmp_path / "data"), **environment}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), capsys.readouterr().err

    return run


def test_a_wrong_setting_is_one_line_that_names_it(ended):
    status, said = ended("run", NEWSWEIR_HTTP_PORT="many")

    assert status == 2
    assert said.startswith("newsweir: settings that do not fit: NEWSWEIR_HTTP_PORT")
    assert "Traceback" not in said


def test_a_sources_file_is_read_before_anything_starts(ended, tmp_path):
    (tmp_path / "sources.yaml").write_text("sources:\n- id: X\n")

    status, said = ended("run", "--sources", str(tmp_path / "sources.yaml"))

    assert status == 2
    assert "source X: id" in said
    assert not (tmp_path / "data").exists()


def test_a_service_without_a_broker_says_what_to_do(ended):
    status, said = ended("service", "enrichment", REDIS_URL="")

    assert status == 2
    assert said == "newsweir: REDIS_URL is not set: start everything with `newsweir run`, or point it at a broker\n"


def test_nothing_to_add_is_an_error(ended):
    assert ended("sources", "add") == (2, "newsweir: nothing to add: give URLs, or --file FILE\n")


def test_dead_letters_are_not_touched_before_it_is_said_which(ended):
    status, said = ended("dead-letters", "discard", "--yes")

    assert status == 2
    assert said.startswith("newsweir: which letters?")


def test_pruning_needs_a_file_that_says_what_stays(ended):
    status, said = ended("run", "--prune")

    assert status == 2
    assert "--sources FILE" in said


def test_sources_are_not_removed_when_nobody_can_be_asked(ended, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())

    status, said = ended("sources", "remove", "a")

    assert status == 2
    assert "say --yes" in said


def test_a_reader_that_has_had_enough_ends_an_export_quietly(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)

    command = subprocess.run(
        [sys.executable, "-m", "services.cli.main", "export", "--format", "csv"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment_for({"data_dir": tmp_path}),
    )

    assert command.stderr == b""

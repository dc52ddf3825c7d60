from pathlib import Path

import pytest

from services.cli.data_folder import Holder, read_note, try_to_hold
from shared.errors import ConfigurationError


def test_a_folder_that_is_not_there_is_made_for_its_owner_alone(tmp_path):
    folder = tmp_path / "share" / "newsweir"

    with try_to_hold(folder) as held:
        assert held is not None

    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_is_held_by_one_at_a_time(tmp_path):
    with try_to_hold(tmp_path) as first, try_to_hold(tmp_path) as second:
        assert first is not None
        assert second is None

    with try_to_hold(tmp_path) as third:
        assert third is not None


def test_who_could_not_have_the_folder_leaves_the_note_of_its_holder(tmp_path):
    with try_to_hold(tmp_path) as first:
        assert first is not None
        first.write_note(Holder(pid=7, command="newsweir run"))

        with try_to_hold(tmp_path) as second:
            assert second is None

        assert read_note(tmp_path) == Holder(pid=7, command="newsweir run")


def test_the_note_goes_with_its_holder(tmp_path):
    with try_to_hold(tmp_path) as held:
        assert held is not None
        held.write_note(Holder(pid=7, command="newsweir run", shares=True, socket=Path("/tmp/a b/valkey.sock")))

    assert read_note(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x", "command": 1}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path, content):
    (tmp_path / "holder.json").write_text(content)

    assert read_note(tmp_path) is None


def test_a_folder_that_is_a_file_names_the_setting(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match="set NEWSWEIR_DATA_DIR"), try_to_hold(tmp_path / "file"):
        pass


def test_a_holder_is_described_as_a_person_would_look_for_it():
    assert str(Holder(pid=7, command="newsweir run")) == "`newsweir run` (process 7)"

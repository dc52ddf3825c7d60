import pytest

from services.newsroom.editions import Visits
from services.newsroom.memory import FILE_NAME, open_memory
from shared.errors import ConfigurationError


def test_the_first_start_is_remembered_for_ever(tmp_path):
    open_memory(tmp_path / "new" / "folder", 1_000)

    again = open_memory(tmp_path / "new" / "folder", 9_000)

    assert again.epoch_ms == 1_000


def test_visits_are_remembered_with_the_moment_of_the_first(tmp_path):
    memory = open_memory(tmp_path, 1_000)
    memory.count("outlet/story", 2_000)
    memory.count("outlet/story", 3_000)

    again = open_memory(tmp_path, 9_000)

    assert again.visits == {"outlet/story": Visits(count=2, first_ms=2_000)}


def test_visits_that_change_nothing_are_not_written(tmp_path):
    memory = open_memory(tmp_path, 1_000)
    memory.count("outlet/story", 2_000)
    memory.count("outlet/story", 3_000)
    (tmp_path / FILE_NAME).unlink()

    memory.count("outlet/story", 4_000)

    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize("content", ["", "[]", '{"epoch_ms": 0}', "\x00"])
def test_a_damaged_file_is_named_with_the_remedy(tmp_path, content):
    (tmp_path / FILE_NAME).write_text(content)

    with pytest.raises(ConfigurationError, match=r"newsroom.json is damaged: delete it"):
        open_memory(tmp_path, 1_000)


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(ConfigurationError, match="cannot keep the newsroom's memory"):
        open_memory(tmp_path / "file", 1_000)

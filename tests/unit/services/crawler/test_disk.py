from pathlib import Path

import pytest

from services.crawler.disk import shortage, shortage_of

GB = 10**9


@pytest.mark.parametrize(("free", "total"), [(2 * GB, 20 * GB), (60 * GB, 1000 * GB), (3 * GB, 3 * GB)])
def test_a_disk_with_room_is_written_to(free, total):
    assert shortage_of(free, total, Path("data")) is None


@pytest.mark.parametrize(("free", "total"), [(GB, 10 * GB), (49 * GB, 1000 * GB), (0, GB)])
def test_a_disk_with_little_room_is_spared_and_the_reason_said(free, total):
    reason = shortage_of(free, total, Path("data"))

    assert reason is not None
    assert "the disk of data has" in reason
    assert "make room" in reason


def test_a_folder_that_is_not_there_yet_is_judged_by_the_disk_that_it_will_be_on(tmp_path):
    assert (shortage(tmp_path / "not" / "there" / "yet") is None) == (shortage(tmp_path) is None)

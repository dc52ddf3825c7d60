from dataclasses import dataclass
from pathlib import Path

import pytest

from services.crawler.disk import DiskGuard, shortage, shortage_of

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


@dataclass
class Disk:
    """A disk that fills and empties when told, and counts how often it is asked."""

    free: int
    total: int = 100 * GB
    asked: int = 0

    def usage(self, path: Path) -> "Disk":
        self.asked += 1
        return self


async def test_crawling_pauses_while_the_disk_is_nearly_full_and_goes_on_by_itself(clock, tmp_path):
    disk = Disk(free=4 * GB)
    guard = DiskGuard([tmp_path], clock, disk.usage)

    paused = await guard.pause()
    disk.free = 50 * GB
    clock.advance(10)
    going = await guard.pause()

    assert paused is not None
    assert paused.cause == "disk"
    assert f"the disk of {tmp_path} has 4.0 GB of 100 GB left" in paused.reason
    assert going is None


async def test_the_disk_is_not_asked_before_every_page(clock, tmp_path):
    disk = Disk(free=50 * GB)
    guard = DiskGuard([tmp_path], clock, disk.usage)

    for _ in range(10):
        await guard.pause()

    assert disk.asked == 1


async def test_each_folder_must_have_room(clock, tmp_path):
    disks = {tmp_path: Disk(free=50 * GB), tmp_path / "archive": Disk(free=GB)}
    (tmp_path / "archive").mkdir()

    pause = await DiskGuard(list(disks), clock, disks.__getitem__).pause()

    assert pause is not None
    assert "archive" in pause.reason

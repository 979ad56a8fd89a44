"""What is known of the disk, where there is little room, and where nobody can tell (F-04, F-09)."""

import errno
import os

import pytest

from coi.errors import DiskFailed, DiskFull
from coi.services.disk import RESERVE, Disk

LITTLE = os.statvfs_result((4096, 4096, 9000, 2000, 2000, 100, 100, 100, 0, 255))
"""Not eight mebibytes are free."""

UNTOLD = os.statvfs_result((4096, 4096, 0, 0, 0, 0, 0, 0, 0, 255))
"""So answers a file system that does not say how large it is."""


@pytest.fixture
def disk(tmp_path):
    """A folder without a reserve, as an older program left it."""
    return Disk(tmp_path, tmp_path / "reserve", tmp_path / "disk-failed")


def test_a_start_with_little_room_stops_nobody(disk, monkeypatch):
    """No reserve can be made, and none is begun: the disk was never found full."""
    monkeypatch.setattr(os, "statvfs", lambda _path: LITTLE)

    assert not disk.keep_reserve()
    assert disk.stands_in_the_way() is None


def test_a_reserve_that_cannot_be_taken_is_not_there(disk, monkeypatch):
    """An empty file would say that the disk is full."""

    def refuse(*_asked):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(os, "posix_fallocate", refuse)

    assert not disk.keep_reserve()
    assert disk.stands_in_the_way() is None


def test_a_disk_found_full_stays_full_with_little_room(disk, monkeypatch):
    """It takes room for the reserve, and as much again."""
    assert disk.keep_reserve()
    disk.spend_reserve()
    monkeypatch.setattr(os, "statvfs", lambda _path: LITTLE)

    assert isinstance(disk.stands_in_the_way(), DiskFull)


def test_a_file_system_of_unknown_size_is_not_full(disk, monkeypatch):
    """It says that nothing of nothing is free."""
    monkeypatch.setattr(os, "statvfs", lambda _path: UNTOLD)

    assert (disk.keep_reserve(), disk.has_no_room()) == (True, False)
    assert disk.reserve.stat().st_size == RESERVE


def test_a_mark_that_nobody_can_look_for_is_there(disk, tmp_path):
    """A disk that does not even say that is in doubt; no page breaks of it."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    disk.mark = loop / "disk-failed"

    assert isinstance(disk.stands_in_the_way(), DiskFailed)


def test_a_mark_that_cannot_be_made_is_told(disk, tmp_path, caplog):
    """A key is often mounted where nothing can be written: then a new start knows nothing."""
    disk.mark = tmp_path / "nowhere" / "disk-failed"
    disk.fail()

    assert isinstance(disk.stands_in_the_way(), DiskFailed)
    assert "Nothing keeps that over a new start" in caplog.text


def test_a_mark_that_cannot_be_taken_away_is_still_believed(disk, caplog):
    """The verification was whole, and the log says what is left to do."""
    disk.mark.mkdir()
    disk.doubted = True

    assert disk.trust_again() is False
    assert isinstance(disk.stands_in_the_way(), DiskFailed)
    assert "cannot be taken away" in caplog.text

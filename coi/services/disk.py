"""The disk that a record lies on: how full it is, what is kept in reserve, and whether it failed.

A file of eight mebibytes stands beside the database and holds nothing. When the disk is full it is
emptied: then there is room to put the alarm on record and to sign in, and nothing else is written.
As long as it is empty every process knows, and the first that finds room fills it again (F-04).

When the disk did not confirm what was written, asking it again proves nothing: it may have
forgotten. A mark beside the vault key keeps that, until the record was read anew from the disk and
verified; a process that saw it writes nothing more as long as it lives (F-09).
"""

import errno
import logging
import math
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coi.errors import DiskFailed, DiskFull, NotWritten
from coi.settings import Settings

RESERVE = 8 * 1024 * 1024
LEAST = 64 * 1024
"""Bytes that the index of a write-ahead log takes, and some more."""

ALARMS = (95, 90, 80)
"""Percent of the disk that are used; at each there is an alarm."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Disk:
    """What is known of a record's disk; of a server's disk nothing is but how full our own is."""

    folder: Path | None = None
    reserve: Path | None = None
    mark: Path | None = None
    failed: bool = False  # while this process lived
    doubted: bool = False  # it had failed before this process began
    full: bool = False
    told: int = 0  # the highest alarm that the log has
    noted: bool = False  # it is on record that the disk is full

    def stands_in_the_way(self) -> NotWritten | None:
        """Why nothing may be written to it now; None when everything may."""
        if self.has_failed():
            return DiskFailed()
        if not self._is_spent():
            self.full = False
            return None
        return None if self.keep_reserve() else DiskFull()

    def has_failed(self) -> bool:
        """It failed while this process lived, or before and nobody has verified since."""
        marked = _is_there(self.mark)
        self.failed = self.failed or (marked and not self.doubted)
        self.doubted = self.doubted and marked
        return self.failed or marked

    def keep_reserve(self) -> bool:
        """Fill the reserve, if there is room for it twice; returns whether it is there."""
        if self.reserve is None or not self.reserve.parent.is_dir():
            return True
        try:
            _fill(self.reserve)
        except OSError as error:
            # A folder that cannot be written keeps no reserve, and stops nobody.
            if error.errno not in _NO_ROOM:
                _log.warning("No reserve can be kept in %s: %s", self.reserve, error.strerror)
            return error.errno not in _NO_ROOM
        self.full = False
        return True

    def spend_reserve(self) -> None:
        """The disk was full: make room for what must still be recorded, and for nothing else."""
        self.full = self.reserve is not None
        _log.critical("The disk is full: the record in %s is read and not written.", self.folder)
        if self.reserve is not None:
            with suppress(OSError):
                os.close(os.open(self.reserve, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))

    def fail(self) -> None:
        """The disk did not do what it was told: write nothing more, here and after a start."""
        self.failed = True
        _log.critical("The disk failed: the record in %s is read and not written.", self.folder)
        if self.mark is None:
            return
        try:
            self.mark.touch(0o600)
        except OSError as error:
            _log.critical(
                "Nothing keeps that over a new start: %s cannot be made (%s). Stop every program"
                " that writes the record, and run `coi verify`.",
                *(self.mark, error.strerror),
            )

    def trust_again(self) -> bool:
        """The record was verified as the disk has it; returns whether that had been in doubt."""
        if self.mark is None or not self.doubted:
            return False
        try:
            self.mark.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be taken away: %s", self.mark, error.strerror)
            return False
        return True

    def used(self) -> int:
        """How many percent of it are used; 0 when nobody can tell."""
        try:
            room = os.statvfs(self.folder or "")
        except OSError:
            return 0
        taken = room.f_blocks - room.f_bfree
        return -(-100 * taken // max(1, taken + room.f_bavail))

    def has_no_room(self) -> bool:
        """There is not enough of it left to read the record."""
        try:
            room = os.statvfs(self.folder or "")
        except OSError:
            return False
        return _free(room) < LEAST

    def alarm(self) -> int:
        """The highest alarm that it is at; 0 for none."""
        used = self.used()
        return next((level for level in ALARMS if used >= level), 0)

    def _is_spent(self) -> bool:
        if self.reserve is None:
            return False
        try:
            return os.stat(self.reserve).st_size < RESERVE  # noqa: PTH116 - asked before each step
        except OSError:
            return self.full


def disk_of(settings: Settings) -> Disk:
    """The disk of an installation; for a database elsewhere no reserve is kept here."""
    file = settings.database_path
    mark = settings.vault_key_file.with_name("disk-failed")
    if file is None:
        return Disk(settings.home, None, mark, doubted=_is_there(mark))
    return Disk(file.parent, file.with_name("reserve"), mark, doubted=_is_there(mark))


def forget_what_was_read(settings: Settings) -> None:
    """Let the next reading come from the disk: after a failure memory may hold what it lost.

    Nobody in this process has the database open: closing a file would let go of its locks.
    """
    for end in ("", "-wal", "-journal"):
        with suppress(OSError):
            descriptor = os.open(f"{settings.database_path}{end}", os.O_RDONLY)
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)


def _is_there(mark: Path | None) -> bool:
    """The mark is there; where nobody can tell, the disk is in doubt, and no page breaks."""
    try:
        return mark is not None and bool(mark.stat())
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def _free(room: os.statvfs_result) -> float:
    """How many bytes are free; of a file system that does not say how large it is, any number."""
    return room.f_bavail * room.f_frsize if room.f_blocks else math.inf


def _fill(file: Path) -> None:
    """Make a file that takes its room on the disk.

    Raises:
        OSError: there is no room for it and as much again; then none is made.
    """
    was_there = file.exists()
    if was_there and file.stat().st_size >= RESERVE:
        return
    # Asked before: an empty file says that the disk was found full, and it only was nearly.
    if _free(os.statvfs(file.parent)) < 2 * RESERVE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, RESERVE)
    except OSError:
        # Nor is an empty one left behind where none was.
        if not was_there:
            file.unlink()
        raise
    finally:
        os.close(descriptor)

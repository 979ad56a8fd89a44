"""An anchor that is a text file on another mount: each checkpoint is appended to it (TL-09).

The file is never made here. Where its mount is away its name leads to nothing, and what waits is
written once it is back: the checkpoints in the database are the queue.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from coi.ledger.checkpoint import SignedCheckpoint, read_checkpoint, read_checkpoints
from coi.services.anchor import EACH, AnchorAway
from coi.services.installation import Installation
from coi.services.signed_before import HistoryChanged, differs_from, reached_by
from coi.store import tree
from coi.store.transactions import Transaction

AT_ONCE = 500
_END = 64 * 1024  # so much of the file is read to find its last note


@dataclass(frozen=True, slots=True)
class FileAnchor:
    """One file, to which somebody else's machine holds what was written."""

    file: Path
    name: str = "file"
    every: timedelta = EACH

    @property
    def place(self) -> str:
        """Where it is, as it was set."""
        return str(self.file)

    def notes(self) -> tuple[SignedCheckpoint, ...]:
        """Everything that is kept there.

        Raises:
            AnchorAway: it cannot be read.
        """
        with self._opened(os.O_RDONLY) as descriptor:
            return _notes_from(descriptor, 0)

    def newest(self) -> SignedCheckpoint | None:
        """What was written last.

        Raises:
            AnchorAway: it cannot be read.
        """
        with self._opened(os.O_RDONLY) as descriptor:
            return _newest(descriptor)

    def keep(self, installation: Installation) -> int:
        """Append the checkpoints that are not there yet; returns how many there were.

        Raises:
            AnchorAway: it cannot be written.
            HistoryChanged: the record does not go on from what is kept there.
        """
        found = 0
        with self._opened(os.O_RDWR | os.O_APPEND) as descriptor:
            # Several processes may do it; who comes second finds it done.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            newest = _newest(descriptor)
            while waiting := _waiting(installation, newest):
                _append(descriptor, waiting)
                # Not read again: what a mount gives back may not be what was written to it.
                newest = read_checkpoint(waiting[-1].encode())
                found += len(waiting)
        return found

    @contextmanager
    def _opened(self, how: int) -> Iterator[int]:
        try:
            descriptor = os.open(self.file, how)
            try:
                yield descriptor
            finally:
                os.close(descriptor)
        except OSError as error:
            raise AnchorAway(self.place, str(error.strerror)) from error


def _waiting(installation: Installation, newest: SignedCheckpoint | None) -> Sequence[str]:
    """The next checkpoints behind this one."""

    def look(tx: Transaction) -> Sequence[str]:
        if newest is not None and (what := differs_from(tx, newest)):
            raise HistoryChanged(what)
        return tree.notes_after(tx, reached_by(tx, newest), AT_ONCE)

    return installation.read(look)


def _newest(descriptor: int) -> SignedCheckpoint | None:
    end = os.fstat(descriptor).st_size
    for begin in (max(0, end - _END), 0):
        if found := _notes_from(descriptor, begin):
            return found[-1]
    return None


def _notes_from(descriptor: int, begin: int) -> tuple[SignedCheckpoint, ...]:
    parts, at = [], begin
    while part := os.pread(descriptor, 1 << 20, at):
        parts.append(part)
        at += len(part)
    return read_checkpoints(b"".join(parts))


def _append(descriptor: int, notes: Sequence[str]) -> None:
    """Write these behind what is there, and have them on the disk before this returns."""
    end = os.fstat(descriptor).st_size
    is_torn = end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
    left = ("\n" * is_torn + "".join(f"{note}\n" for note in notes)).encode()
    while left:
        left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)

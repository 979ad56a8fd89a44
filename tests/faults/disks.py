"""A disk as a power cut leaves it: what was synced is there, of the rest anything may be.

Since the last sync of a file each sector that was written may have reached the disk or not, in
whatever order; so may its new length. A file that was made or removed is surely so from the next
sync of its folder on. What a sector held beside the bytes that were written stays, as SQLite takes
for granted of every disk.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

from tests.faults.recorded import Asked, Call

SECTOR = 512


class Fate(StrEnum):
    """What becomes of that which was not synced."""

    LOST = "none of it"
    KEPT = "all of it"
    BROKEN_OFF = "what was asked first"
    TORN = "any of its sectors"


@dataclass
class File:
    """What a file surely holds, and what was asked of it since."""

    durable: bytearray
    pending: list[Asked] = field(default_factory=list)
    is_named: bool = False  # its folder was synced since it was made

    def sync(self) -> None:
        """Everything that was asked is there from now on."""
        for asked in self.pending:
            _apply(self.durable, asked)
        self.pending = []

    def left(self, fate: Fate, dice: Random) -> bytes:
        """The content after a cut."""
        content = bytearray(self.durable)
        last = dice.randint(0, len(self.pending)) if fate is Fate.BROKEN_OFF else None
        for asked in self.pending[:last]:
            for piece in _sectors(asked):
                if fate is not Fate.LOST and (fate is not Fate.TORN or dice.random() < 0.5):
                    _apply(content, piece)
        return bytes(content)


class Disk:
    """The files of one folder, while a program's calls are done one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder.resolve())
        self.files = {
            str(file.resolve()): File(bytearray(file.read_bytes()), is_named=True)
            for file in folder.iterdir()
        }
        self.removed: dict[str, File] = {}  # and may still be there
        self.said: list[bytes] = []

    def do(self, asked: Asked) -> None:
        """One call more."""
        if asked.call is Call.SAID:
            self.said.append(asked.content)
        elif asked.call is Call.UNLINK:
            # A call in vain removes nothing.
            gone = self.files.pop(asked.path, None)
            if gone and gone.is_named:
                self.removed[asked.path] = gone
        elif asked.path == self.folder:
            self.removed = {}
            for file in self.files.values():
                file.is_named = True
        elif asked.call is Call.SYNC:
            self.files[asked.path].sync()
        else:
            self.files.setdefault(asked.path, File(bytearray())).pending.append(asked)

    def cut(self, into: Path, fate: Fate, dice: Random) -> None:
        """Write what is left after a power cut at this moment into an empty folder."""
        for path in {*self.files, *self.removed}:
            file = self._named(path, fate, dice)
            if file is not None:
                (into / Path(path).name).write_bytes(file.left(fate, dice))

    def _named(self, path: str, fate: Fate, dice: Random) -> File | None:
        """The file that is found under a name; None for none."""
        now, before = self.files.get(path), self.removed.get(path)
        if now is not None and now.is_named:
            return now
        new_one = fate is Fate.KEPT or (fate is not Fate.LOST and dice.random() < 0.5)
        return now if new_one else before


def _sectors(asked: Asked) -> Iterator[Asked]:
    """A call, as the disk does it: sector by sector."""
    if asked.call is not Call.WRITE:
        yield asked
        return
    at, end = asked.at, asked.at + len(asked.content)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        content = asked.content[at - asked.at : until - asked.at]
        yield Asked(Call.WRITE, asked.path, at, content)
        at = until


def _apply(content: bytearray, asked: Asked) -> None:
    end = asked.at + len(asked.content)
    if asked.call is Call.SIZE:
        del content[asked.at :]
    content.extend(bytes(max(0, end - len(content))))
    content[asked.at : end] = asked.content

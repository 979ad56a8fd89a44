"""What is laid down in any order and taken up by key: what is much lies on the disk meanwhile.

A whole verification gathers what all entries registered, which is more than fits into memory where
the record is large. A pile holds so many sheets in memory and no more; each time that it is full
they are sorted and laid into a drawer, which is a file, and read back they are merged. So it takes
as little memory of a large record as of a small one. Where several processes gather, each hands
over its piles, and one goes through all of them at once.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from heapq import merge
from io import SEEK_END
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any, NamedTuple, TypeAlias

from coi.ledger.source import Row, Unreadable

MOST = 3_000  # sheets of a pile that are in memory
TOGETHER = 30  # sheets that are read back at once, of each time that it was full

When: TypeAlias = tuple[str, str, int]
ALWAYS: When = ("", "", 0)
_WHEN = (str, str, int)
_NEXT = b"\n"  # no sheet has one in it: JSON writes it otherwise


class Sheet(NamedTuple):
    """What was said of a key, and when."""

    key: Row
    when: When
    number: int  # in the order in which the sheets were laid down
    what: Any


class Drawer:
    """A file for what finds no room in memory; it is there from the first heap until it is closed.

    In a folder that is named it has a name, and can be handed to another process, which takes the
    name away; otherwise it has none.
    """

    __slots__ = ("_file", "_folder")

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None

    def lay(self, sheets: Iterator[Sheet]) -> int:
        """Lay down one heap of sorted sheets; returns where it begins.

        Raises:
            Unreadable: there is no room on the disk.
        """
        try:
            if self._file is None:
                self._file = self._opened()
            start = self._file.seek(0, SEEK_END)
            while some := [*islice(sheets, TOGETHER)]:
                self._file.write(json.dumps(some).encode() + _NEXT)
            self._file.write(_NEXT)
            self._file.flush()
        except OSError as error:
            raise Unreadable("entry", f"there is no room to sort what it says: {error}") from error
        return start

    def heap(self, start: int) -> Iterator[Sheet]:
        """What was laid down at once, a few sheets in memory."""
        file, at = self._file, start
        # The other heaps are read from the same file meanwhile.
        while file is not None and file.seek(at) == at and (line := file.readline()) != _NEXT:
            at += len(line)
            for key, when, number, what in json.loads(line):
                told = tuple(what) if isinstance(what, list) else what
                yield Sheet(tuple(key), tuple(when), number, told)

    def close(self) -> None:
        """Give back what it took of the disk."""
        if self._file is not None:
            # What found no room before finds none now, and is wanted no more.
            with suppress(OSError):
                self._file.close()

    def _opened(self) -> IO[bytes]:
        if self._folder is None:
            return TemporaryFile()
        return NamedTemporaryFile(dir=self._folder, delete=False)

    def __getstate__(self) -> tuple[str | None]:
        """Its name, for another process; whoever hands it over lays nothing down any more."""
        return (None if self._file is None else self._file.name,)

    def __setstate__(self, handed: tuple[str | None]) -> None:
        self._folder, self._file = None, None
        (name,) = handed
        if name is not None:
            self._file = Path(name).open("rb")  # noqa: SIM115 - closed with the drawer
            Path(name).unlink()


class Pile:
    """Sheets by key; of those that have one key the newest counts, of one moment the last.

    `first` is the number of its first sheet: where several piles are gone through together, the
    sheets of a pile with a greater one were laid down later.
    """

    __slots__ = ("_beside", "_drawer", "_kinds", "_laid", "_number", "_starts")

    def __init__(self, *kinds: type, drawer: Drawer | None = None, first: int = 0) -> None:
        self._kinds = kinds
        self._laid: dict[Row, Sheet] = {}
        self._number = first
        self._drawer = drawer or Drawer()
        self._starts: list[int] = []
        self._beside: list[Pile] = []

    def add(self, key: Row, what: object = None, when: When = ALWAYS) -> None:
        """Lay down one sheet.

        Raises:
            TypeError: the key, or the moment, is none that could be sorted among the others.
            Unreadable: there is no room on the disk.
        """
        if not (_are(key, self._kinds) and _are(when, _WHEN)):
            raise TypeError(f"{key!r} at {when!r} has no place among the others")
        self._number += 1
        known = self._laid.get(key)
        if known is None or known.when <= when:
            self._laid[key] = Sheet(key, when, self._number, what)
        if len(self._laid) >= MOST:
            self._put_away()

    def taken_up(self) -> Iterator[Sheet]:
        """The sheet that counts of each key, in the order of the keys by code point."""
        heaps = (heap for pile in (self, *self._beside) for heap in pile.heaps())
        for _key, sheets in groupby(merge(*heaps), itemgetter(0)):
            *_, last = sheets
            yield last

    def heaps(self) -> Iterator[Iterable[Sheet]]:
        """Each heap of sheets that lies here, sorted."""
        yield from map(self._drawer.heap, self._starts)
        yield sorted(self._laid.values())

    def put_beside(self, other: "Pile") -> None:
        """Go through another one together with this one, when they are taken up."""
        self._beside.append(other)

    def close(self) -> None:
        """Give back what it took of the disk."""
        self._drawer.close()
        for pile in self._beside:
            pile.close()

    def _put_away(self) -> None:
        """Sort what is in memory, and lay it on the disk."""
        self._starts.append(self._drawer.lay(iter(sorted(self._laid.values()))))
        self._laid.clear()


def _are(parts: Row, kinds: tuple[type, ...]) -> bool:
    return len(parts) == len(kinds) and all(map(isinstance, parts, kinds))


def beside(rows: Iterator[Row], width: int, pile: Pile) -> Iterator[tuple[Row, Row, Sheet | None]]:
    """Each key that is stored or was said: its row, empty where there is none, and its sheet.

    The rows are sorted by their first `width` columns, which are their key.
    """
    sheets = pile.taken_up()
    sheet = next(sheets, None)
    for row in rows:
        key = row[:width]
        while sheet is not None and _comes_before(sheet.key, key):
            yield sheet.key, (), sheet
            sheet = next(sheets, None)
        if sheet is not None and sheet.key == key:
            yield key, row, sheet
            sheet = next(sheets, None)
        else:
            yield key, row, None
    while sheet is not None:
        yield sheet.key, (), sheet
        sheet = next(sheets, None)


def _comes_before(one: Row, other: Row) -> bool:
    try:
        return one < other
    except TypeError:
        # A damaged key has no place in the order, and no sheet is its.
        return False

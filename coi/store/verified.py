"""How far the record was verified, kept outside it: a small file of its own, for either database.

It is a memory and no proof: what stands in it was true when it was written, and is compared with
the record each time. A row that does not fit its own digest is not gone on from. Whoever can write
both this file and the record can make them agree; heads that are kept elsewhere find that.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from coi.ledger.findings import Head, Heads, heads_digest
from coi.store.engine import open_engine, read, write

_HEADS = """
CREATE TABLE IF NOT EXISTS head (chain TEXT PRIMARY KEY, seq INTEGER, hash TEXT, digest TEXT)
WITHOUT ROWID
"""
_REACHED = """
CREATE TABLE IF NOT EXISTS reached
(one INTEGER PRIMARY KEY, moment TEXT, chain TEXT, known TEXT, size INTEGER, root TEXT, digest TEXT)
"""
"""Where each verified chain ended; until when, until which chain, and how far in the tree."""

_LAST = "SELECT moment, chain, known, size, root, digest FROM reached"
_HEAD = "SELECT chain, seq, hash, digest FROM head WHERE chain = ?"
_NEXT = "SELECT chain, seq, hash, digest FROM head WHERE chain > ? ORDER BY chain LIMIT ?"
_KEPT = "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?)"
_KEPT_REACHED = "INSERT OR REPLACE INTO reached VALUES (?, ?, ?, ?, ?, ?, ?)"
_AT_ONCE = 500  # heads, of which a large record has very many


class NotRemembered(Exception):
    """Nothing is kept of an earlier verification, or what is kept was damaged."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the last verification came."""

    moment: str  # what was recorded until then was looked at
    chain: str = ""  # the last chain of the record that was looked at anew
    known: str = ""  # the last one of those remembered that was looked up
    size: int = 0  # so many leaves of the tree were compared with their entries
    root: str = ""  # and this was the hash over them

    @property
    def digest(self) -> str:
        """What the row is to fit."""
        told = f"{self.moment} {self.chain} {self.known} {self.size} {self.root}\n"
        return sha256(told.encode()).hexdigest()


class Remembered:
    """What is kept, as one look at the file finds it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reached(self) -> Reached:
        """How far the last verification came.

        Raises:
            NotRemembered: it was damaged, or there was none.
        """
        for *told, digest in self._found(_LAST):
            reached = Reached(*told)
            if digest == reached.digest:
                return reached
        raise NotRemembered

    def heads_of(self, chains: Iterable[str]) -> Heads:
        """Where these chains ended, those of them that were verified.

        Raises:
            NotRemembered: a row was damaged.
        """
        return dict(_trusted(row for chain in chains for row in self._found(_HEAD, chain)))

    def heads_after(self, chain: str, number: int) -> Heads:
        """The next so many chains in the order of their names; after the last comes the first.

        Raises:
            NotRemembered: a row was damaged.
        """
        rows: list[Sequence[Any]] = []
        for after in (chain, ""):
            rows += self._found(_NEXT, after, number - len(rows))
        return dict(_trusted(rows))

    def _found(self, asked: str, *values: object) -> Sequence[Sequence[Any]]:
        try:
            return self._connection.exec_driver_sql(asked, values).all()
        except DBAPIError as error:
            raise NotRemembered(str(error)) from error


def _trusted(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, Head]]:
    """The heads in these rows, each as it was written."""
    for chain, seq, hash_, digest in rows:
        head = Head(seq, hash_)
        if digest != heads_digest({chain: head}):
            raise NotRemembered
        yield chain, head


@contextmanager
def remembered(file: Path) -> Iterator[Remembered]:
    """Look at what is kept.

    Raises:
        NotRemembered: there is no file, or it is no such memory.
    """
    if not file.exists():
        raise NotRemembered
    with _opened(file) as engine, ExitStack() as look:
        try:
            connection = look.enter_context(read(engine))
        except DBAPIError as error:
            raise NotRemembered(str(error)) from error
        yield Remembered(connection)


@contextmanager
def _opened(file: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    try:
        yield engine
    finally:
        engine.dispose()


def remember(file: Path, heads: Heads, reached: Reached, *, whole: bool = False) -> None:
    """Keep where these chains end; a `whole` verification takes the place of all that was kept.

    Raises:
        NotRemembered: the file cannot be written.
    """
    told = ((chain, *head, heads_digest({chain: head})) for chain, head in heads.items())
    row = (1, *astuple(reached), reached.digest)
    try:
        if whole:
            # Not emptied but made anew: the old one may be damaged.
            _remove(file)
        with _opened(file) as engine, write(engine) as connection:
            connection.exec_driver_sql(_HEADS)
            connection.exec_driver_sql(_REACHED)
            while some := [*islice(told, _AT_ONCE)]:
                connection.exec_driver_sql(_KEPT, some)
            connection.exec_driver_sql(_KEPT_REACHED, row)
    except (DBAPIError, OSError) as error:
        raise NotRemembered(str(error)) from error


def _remove(file: Path) -> None:
    for end in ("", "-wal", "-shm"):
        file.with_name(f"{file.name}{end}").unlink(missing_ok=True)

"""What nobody is faster than on this machine: a durable commit, a hash, an empty answer."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from hashlib import sha256
from itertools import count, cycle
from pathlib import Path

import psycopg
from pysqlite3 import dbapi2

from benchmarks.beside.environments import ROOT
from benchmarks.beside.figures import Case, Measured
from benchmarks.beside.load import Line, Work
from benchmarks.beside.rounds import Contender, Inside, Runs, at_each
from benchmarks.beside.serving import Place, granian, serving
from benchmarks.beside.words import HELLO
from tests.postgres import OWNER, Server

_BLOCK = bytes(4096)
_TEXT = b'{"action":"release_custody","actor":"01J00000000000000000000000","unit":"north-lab"}'
_ROWS = 500
_TABLE = "CREATE TABLE event (id INTEGER PRIMARY KEY, item INTEGER, body TEXT, hash TEXT)"
_PATH = "a physical limit"


@contextmanager
def limits(folder: Path, server: Server | None) -> Iterator[list[Runs]]:
    """Each of them, for as long as its file, its connection or its server is open."""
    with ExitStack() as stack:
        running = [
            _limit("4 KiB to the disk (fdatasync)", stack.enter_context(_synced(folder))),
            _limit("one row committed, SQLite", stack.enter_context(_sqlite(folder))),
            _limit("one link of a SHA-256 chain", _chained()),
            _limit(f"{_ROWS} rows read and hashed, SQLite", stack.enter_context(_read(folder))),
        ]
        if server:
            work = stack.enter_context(_postgresql(server))
            running.append(_limit("one row committed, PostgreSQL", work, [server.pid]))
        running += stack.enter_context(_hello(folder))
        yield running


def _limit(what: str, work: Work, roots: Sequence[int] = ()) -> Runs:
    return Inside(Measured(Case(what, ""), _PATH), work, roots)


@contextmanager
def _synced(folder: Path) -> Iterator[Work]:
    """A block that is on the disk."""
    file = os.open(folder / "block", os.O_RDWR | os.O_CREAT)
    os.pwrite(file, _BLOCK, 0)

    def one() -> None:
        os.pwrite(file, _BLOCK, 0)
        os.fdatasync(file)

    yield one
    os.close(file)


@contextmanager
def _sqlite(folder: Path) -> Iterator[Work]:
    """One indexed row, as durable as ours."""
    with closing(dbapi2.connect(folder / "limit.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_TABLE)
        connection.execute("CREATE INDEX of_item ON event (item)")
        numbers = count()

        def one() -> None:
            connection.execute("BEGIN IMMEDIATE")
            row = (next(numbers) % 500, _TEXT.decode(), "0" * 64)
            connection.execute("INSERT INTO event (item, body, hash) VALUES (?, ?, ?)", row)
            connection.execute("COMMIT")

        yield one


@contextmanager
def _postgresql(server: Server) -> Iterator[Work]:
    """The same there."""
    name = server.new_database("template1")
    address = f"host=127.0.0.1 port={server.port} user={OWNER} dbname={name}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE event (id bigserial, item int, body text, hash text)")
        connection.execute("CREATE INDEX of_item ON event (item)")
        numbers = count()

        def one() -> None:
            row = (next(numbers) % 500, _TEXT.decode(), "0" * 64)
            connection.execute("INSERT INTO event (item, body, hash) VALUES (%s, %s, %s)", row)

        yield one


def _chained() -> Work:
    """Each hash over the one before and a text."""
    head = bytes(32)

    def one() -> None:
        nonlocal head
        head = sha256(head + _TEXT).digest()

    return one


@contextmanager
def _read(folder: Path) -> Iterator[Work]:
    """Rows read in order, each with the hash of the one before."""
    with closing(dbapi2.connect(folder / "rows.db")) as connection:
        connection.execute(_TABLE)
        rows = [(number, _TEXT.decode(), "0" * 64) for number in range(20 * _ROWS)]
        connection.executemany("INSERT INTO event (item, body, hash) VALUES (?, ?, ?)", rows)
        connection.commit()
        starts = cycle(range(0, 20 * _ROWS, _ROWS))

        def one() -> None:
            head, start = b"", next(starts)
            asked = "SELECT body FROM event WHERE id > ? AND id <= ? ORDER BY id"
            for (body,) in connection.execute(asked, (start, start + _ROWS)):
                head = sha256(head + body.encode()).digest()

        yield one


@contextmanager
def _hello(folder: Path) -> Iterator[list[Runs]]:
    """An answer of Flask behind granian, to nobody, about nothing."""
    command = granian(Path(sys.executable), "benchmarks.beside.hello:application", 1)
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with serving(command, Place(ROOT, environ, folder / "hello.log")) as (pid, port):
        lines: dict[int, Line] = {}

        def ready(client: int, number: int) -> list[Work]:
            line = lines.setdefault(client, Line(port))
            return [lambda: line.must(200, "GET", "/")] * number

        one = Contender(_PATH, [pid], {HELLO: ready})
        yield at_each([Case(HELLO, "", 1), Case(HELLO, "", 8)], [one])
        for line in lines.values():
            line.close()

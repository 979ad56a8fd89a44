"""Connections that keep what they were told: durable, with keys on, one writer at a time.

SQLite comes from `pysqlite3`, which holds its own. The standard library's may lie in the range with
the WAL-reset bug; then the rollback journal is used, which is slower and right (F-03).
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from select import POLLIN, poll
from threading import Lock
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from coi.errors import Busy, CoiError, DiskFailed, DiskFull, SettingError
from coi.events import tell
from coi.store.statements import command

try:
    from pysqlite3 import dbapi2 as _sqlite
except ImportError:
    import sqlite3 as _sqlite

_DURABLE = {"FULL": 2, "EXTRA": 3}  # as SQLite itself numbers them
_TURN = "coi_turn"
_CACHE_KIB = 65_536  # of pages; the default of 2 MiB holds the indexes of some hundred therapies
_TOLD_WHEN_LOST = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""How soon, in seconds and tries, the system itself finds out that a server is out of reach."""
_STATEMENTS = 1000  # kept ready: when a driver has no place left, it prepares new ones every time
_OF_POSTGRESQL: Mapping[str, Callable[[], CoiError]] = {
    "53100": DiskFull,
    "55P03": Busy,  # a lock that was not got in time
    "58030": DiskFailed,  # the server could not read or write a file
}
_OF_SQLITE: Mapping[int, Callable[[], CoiError]] = {10: DiskFailed, 13: DiskFull}
"""What is said of SQLite's errors, by their kind: each of those of reading and writing is one."""

_NO_ROOM_FOR_INDEX = 4874  # of the write-ahead log, which SQLite calls an error of writing
_NO_MEMORY = 3082  # which it calls the same, and of which no disk is to blame
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is to write on SQLite, and how long one waits for it."""

    lock: Lock
    seconds: float


def open_engine(
    url: str,
    *,
    busy_timeout_ms: int = 5000,
    synchronous: str = "FULL",
    sqlite: ModuleType = _sqlite,
) -> Engine:
    """Open the database; nothing is connected yet.

    Raises:
        SettingError: `synchronous` would let SQLite lose commits on power loss (F-02).
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url, busy_timeout_ms, synchronous, sqlite)
    engine = create_engine(
        url,
        # Whoever waited for a lock must see what the other has committed meanwhile; a snapshot
        # would be older than the lock.
        isolation_level="READ COMMITTED",
        # After a restart of the server every connection in the pool is dead (F-06).
        pool_pre_ping=True,
        # The one that was used last has its statements planned, and waits in the machine's caches.
        pool_use_lifo=True,
        pool_timeout=busy_timeout_ms / 1000,
        connect_args=_TOLD_WHEN_LOST,
        hide_parameters=True,  # an error's text goes into logs, and a parameter may be a name
    )
    event.listen(engine, "connect", _made_ready(busy_timeout_ms))
    is_there = _asked_if_not_quiet(engine.dialect.do_ping)
    engine.dialect.do_ping = is_there  # type: ignore[method-assign, assignment]
    return engine


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """Look at one consistent state of the record; nothing done inside is kept.

    Raises:
        Busy: the database did not get to it in time.
    """
    with _told_in_words(), engine.connect() as connection:
        only_reads = engine.dialect.name == "postgresql"
        if only_reads:
            connection.execution_options(
                # Several statements see one moment; under READ COMMITTED each would see its own.
                isolation_level="REPEATABLE READ",
                postgresql_readonly=True,
            )
        connection.begin()  # what goes past SQLAlchemy begins nothing by itself
        yield connection
        if only_reads:
            # There is nothing to keep. But with each rollback its driver forgets every statement
            # that the server has planned, and planning takes longer than looking.
            connection.commit()


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """Do everything inside or nothing; on SQLite nobody else writes meanwhile.

    Raises:
        Busy: the database did not get to it in time; nothing was saved (F-05).
        DiskFull: there was no room; nothing was saved (F-04).
        DiskFailed: the disk did not confirm it; whether it was saved is not known (F-09).
    """
    turn: Turn | None = engine.get_execution_options().get(_TURN)
    if turn is None:
        with _told_in_words(), engine.begin() as connection:
            yield connection
        return
    with _told_in_words(), _only_writer(turn), engine.connect() as connection:
        # At once, and not with the first row: who first reads and then writes can be refused.
        command(connection, "BEGIN IMMEDIATE")
        with connection.begin():
            yield connection


def may_use_wal(version: tuple[int, ...]) -> bool:
    """Say whether this SQLite is outside the range in which a WAL file can be reset wrongly."""
    # Mended in 3.51.3, and carried back into the branches 3.50 and 3.44.
    return version >= (3, 51, 3) or any(
        first <= version < above for first, above in (((3, 50, 7), (3, 51)), ((3, 44, 6), (3, 45)))
    )


def _open_sqlite(url: str, busy_timeout_ms: int, synchronous: str, module: ModuleType) -> Engine:
    if synchronous not in _DURABLE:
        raise SettingError(
            "COI_SQLITE_SYNCHRONOUS",
            f"is {synchronous}, in which SQLite may lose commits on power loss.",
            "Write FULL or EXTRA.",
        )
    engine = create_engine(
        url,
        module=module,
        pool_timeout=busy_timeout_ms / 1000,
        connect_args={"cached_statements": _STATEMENTS},
        hide_parameters=True,
    )
    journal = "WAL" if may_use_wal(module.sqlite_version_info) else "DELETE"
    if journal == "DELETE":
        _log.warning(
            "SQLite %s may reset its write-ahead log wrongly; the rollback journal is used.",
            module.sqlite_version,
        )

    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - two modules' class
        connection.isolation_level = None  # transactions begin when we say so
        try:
            _set_pragmas(connection, busy_timeout_ms, journal, synchronous)
        # What SQLite says of a damaged schema holds the damaged name, which may be no text (F-16).
        except UnicodeDecodeError as error:
            raise module.DatabaseError("malformed database schema, in no readable words") from error

    event.listen(engine, "connect", prepare)
    # A listener could do the same: but an engine that has one looks for others at every turn, which
    # costs each transaction as much as one more statement.
    engine.dialect.do_begin = _begin  # type: ignore[method-assign]
    engine.update_execution_options(**{_TURN: Turn(Lock(), busy_timeout_ms / 1000)})
    return engine


def _set_pragmas(connection: Any, busy_ms: int, journal: str, synchronous: str) -> None:  # noqa: ANN401
    # Before all others, since changing the journal may already find the file locked.
    connection.execute(f"PRAGMA busy_timeout = {busy_ms}")
    # SQLite answers with the mode that it is in, which need not be the one that was asked for.
    (mode,) = connection.execute(f"PRAGMA journal_mode = {journal}").fetchone()
    # With a rollback journal, FULL leaves the folder unsynced after the journal was deleted: a
    # power cut can bring the journal back, and with it undo what was committed (F-02).
    level = synchronous if mode == "wal" else "EXTRA"
    for pragma in (
        f"synchronous = {level}",
        # Off in each new connection, unless it is asked for.
        "foreign_keys = ON",
        # Without it INSERT OR REPLACE removes a row and no delete trigger hears of it (TL-16).
        "recursive_triggers = ON",
        # A file that was tampered with must not have functions called from its own schema.
        "trusted_schema = OFF",
        f"cache_size = -{_CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # A library that was built otherwise takes a pragma without a word, and does nothing.
    (found,) = connection.execute("PRAGMA synchronous").fetchone()
    if found != _DURABLE[level]:
        raise SettingError(
            "COI_SQLITE_SYNCHRONOUS",
            f"is {level}, and this SQLite goes on with {found}: it may lose commits on power loss.",
            "Use the SQLite that comes with the product.",
        )


def _begin(dbapi_connection: Any) -> None:  # noqa: ANN401 - two modules' class
    """Begin a transaction, unless whoever writes has begun it before."""
    if not dbapi_connection.in_transaction:
        dbapi_connection.execute("BEGIN")


def _made_ready(busy_ms: int) -> Any:  # noqa: ANN401 - a listener
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg's class
        # Its default is 100, and whoever sends more kinds of statement than fit plans them anew.
        connection.prepared_max = _STATEMENTS
        # SET belongs to a transaction: without the commit the first rollback would undo it.
        connection.execute(f"SET lock_timeout = {busy_ms}")
        connection.commit()

    return prepare


def _asked_if_not_quiet(ask: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether a waiting connection still stands; its server is asked only where it has told us.

    A server that ends says so, and a lost one is told by the system: either can be read. Nothing to
    read is the rule, and to ask each time would cost as much as three statements.
    """

    def is_there(connection: Any) -> bool:  # noqa: ANN401 - psycopg's class
        waiting = poll()
        waiting.register(connection.fileno(), POLLIN)
        return bool(ask(connection)) if waiting.poll(0) else True

    return is_there


@contextmanager
def _only_writer(turn: Turn) -> Iterator[None]:
    # SQLite has no queue: who waits for its lock asks again and again, and others may come first.
    if not turn.lock.acquire(timeout=turn.seconds):
        tell("database_busy", why="turn")
        raise Busy
    try:
        yield
    finally:
        turn.lock.release()


@contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except NoFreeConnection as error:
        tell("database_busy", why="connection")
        raise Busy from error
    except DBAPIError as error:
        told = _in_words(error.orig)
        if told is None:
            raise
        if told is Busy:
            tell("database_busy", why="lock")
        elif told is DiskFailed:
            _log.critical("The database could not read or write: %s.", _called(error.orig))
        raise told() from error


def _called(error: BaseException | None) -> str:
    """What the database calls an error: its name on SQLite, five characters on PostgreSQL."""
    told = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)
    return str(told or type(error).__name__)


def _in_words(error: BaseException | None) -> Callable[[], CoiError] | None:
    """What people are told of an error of the database; None where nobody is to blame but us."""
    if (state := getattr(error, "sqlstate", None)) is not None:
        return _OF_POSTGRESQL.get(state)
    if "database is locked" in str(error):
        return Busy
    code = getattr(error, "sqlite_errorcode", 0)
    if code == _NO_MEMORY:
        return None
    return DiskFull if code == _NO_ROOM_FOR_INDEX else _OF_SQLITE.get(code & 0xFF)

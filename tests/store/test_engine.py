"""Connections are durable, watchful and patient, and tell when they were not served."""

import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread
from types import ModuleType

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from coi.errors import Busy, DiskFailed, SettingError
from coi.store.engine import may_use_wal, open_engine, read, write

INSERT = "INSERT INTO erasable (commitment, salt, text) VALUES ('{}', 's', 't')"
PARTIES = "SELECT count(*) FROM erasable"


@pytest.fixture
def impatient(engine: Engine) -> Iterator[Engine]:
    """The same database through an engine that waits for 200 ms only."""
    url = engine.url.render_as_string(hide_password=False)
    other = open_engine(url, busy_timeout_ms=200)
    yield other
    other.dispose()


def an_old_sqlite() -> ModuleType:
    """A module of SQLite that says that it is of the version with the WAL-reset bug."""
    module = ModuleType("old_sqlite")
    module.__dict__.update(vars(dbapi2))
    module.__dict__.update(sqlite_version="3.40.1", sqlite_version_info=(3, 40, 1))
    return module


def pragmas(engine: Engine, *names: str) -> list[object]:
    """What a connection is set to."""
    with read(engine) as connection:
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]


def count(engine: Engine) -> int:
    """How many rows of erasable text there are."""
    with read(engine) as connection:
        return int(connection.exec_driver_sql(PARTIES).scalar_one())


def test_every_connection_to_sqlite_is_watchful(sqlite_engine):
    """Keys are on, replaced rows are noticed, the schema is not trusted (TL-16)."""
    watchful = ("foreign_keys", "recursive_triggers", "trusted_schema", "busy_timeout")

    with read(sqlite_engine):
        second = pragmas(sqlite_engine, *watchful)

    assert second == [1, 1, 0, 5000]


def test_commits_to_sqlite_outlive_a_power_loss(sqlite_engine):
    """A write-ahead log that is synced at every commit (F-02)."""
    assert pragmas(sqlite_engine, "journal_mode", "synchronous") == ["wal", 2]


@pytest.mark.parametrize("careless", ["NORMAL", "OFF", "0", "full"])
def test_a_careless_mode_is_refused(tmp_path, careless):
    """In NORMAL and OFF a commit may be lost; the engine is not opened (F-02)."""
    with pytest.raises(SettingError, match="COI_SQLITE_SYNCHRONOUS"):
        open_engine(f"sqlite+pysqlite:///{tmp_path}/x.sqlite3", synchronous=careless)


def test_a_more_careful_mode_is_kept(tmp_path):
    """EXTRA is set where it is asked for (F-02)."""
    engine = open_engine(f"sqlite+pysqlite:///{tmp_path}/x.sqlite3", synchronous="EXTRA")

    assert pragmas(engine, "journal_mode", "synchronous") == ["wal", 3]
    engine.dispose()


def test_an_sqlite_that_does_not_do_what_it_is_told_is_refused(tmp_path):
    """One that keeps another mode without a word may lose commits: no connection is opened."""

    class Deaf(dbapi2.Connection):
        def execute(self, sql, *more):
            return super().execute(sql.replace("synchronous = FULL", "synchronous = NORMAL"), *more)

    deaf = ModuleType("deaf_sqlite")
    deaf.__dict__.update(vars(dbapi2))
    deaf.connect = lambda *told, **named: dbapi2.connect(*told, **named, factory=Deaf)
    engine = open_engine(f"sqlite+pysqlite:///{tmp_path}/x.sqlite3", sqlite=deaf)

    with pytest.raises(SettingError, match="goes on with 1"), read(engine):
        pass
    engine.dispose()


def test_an_old_sqlite_gets_the_rollback_journal(tmp_path, caplog):
    """An SQLite that may reset its log wrongly uses none, and the log says so (F-03)."""
    with caplog.at_level(logging.WARNING):
        engine = open_engine(f"sqlite+pysqlite:///{tmp_path}/x.sqlite3", sqlite=an_old_sqlite())

    assert pragmas(engine, "journal_mode", "synchronous") == ["delete", 3]
    assert "3.40.1" in caplog.text
    engine.dispose()


def test_the_standard_librarys_sqlite_works_too(tmp_path):
    """Where pysqlite3 is missing, Python's own is used, in the mode that its version allows."""
    engine = open_engine(f"sqlite+pysqlite:///{tmp_path}/x.sqlite3", sqlite=sqlite3)

    mode = "wal" if may_use_wal(sqlite3.sqlite_version_info) else "delete"
    assert pragmas(engine, "journal_mode", "foreign_keys") == [mode, 1]
    engine.dispose()


@pytest.mark.parametrize(
    ("version", "allowed"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_which_versions_may_use_wal(version, allowed):
    """The bug is mended in 3.51.3, and in the branches 3.44 and 3.50 (F-03)."""
    assert may_use_wal(version) is allowed


def test_what_was_written_is_there(engine):
    """A write that ended well is seen by the next reader."""
    with write(engine) as connection:
        connection.exec_driver_sql(INSERT.format("a"))

    assert count(engine) == 1


def test_a_write_that_fails_leaves_nothing(engine):
    """Everything inside a write is kept, or nothing."""
    with suppress(ZeroDivisionError), write(engine) as connection:
        connection.exec_driver_sql(INSERT.format("a"))
        raise ZeroDivisionError

    assert count(engine) == 0


def test_a_reader_sees_one_state(engine):
    """What another commits meanwhile does not appear in the middle of a reading."""
    with read(engine) as connection:
        before = connection.exec_driver_sql(PARTIES).scalar_one()
        with write(engine) as other:
            other.exec_driver_sql(INSERT.format("a"))
        after = connection.exec_driver_sql(PARTIES).scalar_one()

    assert (before, after, count(engine)) == (0, 0, 1)


def test_a_connection_that_read_can_write_again(engine):
    """A reading leaves no trace on the connection that it used."""
    for _ in range(7):
        assert count(engine) == 0
    with write(engine) as connection:
        connection.exec_driver_sql(INSERT.format("a"))

    assert count(engine) == 1


def test_a_locked_sqlite_is_told_as_busy(sqlite_engine):
    """Another process writes: the wait is bounded, the answer is Busy, nothing is saved (F-05)."""
    url = sqlite_engine.url.render_as_string()
    impatient = open_engine(url, busy_timeout_ms=200)
    other = dbapi2.connect(str(sqlite_engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Busy), write(impatient) as connection:
        connection.exec_driver_sql(INSERT.format("a"))

    other.close()
    assert count(sqlite_engine) == 0
    impatient.dispose()


def test_a_locked_row_of_postgresql_is_told_as_busy(postgres_engine):
    """Another session holds the row: the wait is bounded and the answer is Busy (F-05)."""
    impatient = open_engine(postgres_engine.url.render_as_string(), busy_timeout_ms=200)
    with write(postgres_engine) as first:
        first.exec_driver_sql(INSERT.format("a"))

        with pytest.raises(Busy), write(impatient) as second:
            second.exec_driver_sql(INSERT.format("a"))

    assert count(postgres_engine) == 1
    impatient.dispose()


def test_a_writer_that_waits_too_long_for_its_turn_is_told_as_busy(sqlite_engine):
    """Writers of one process take turns; who waits too long is told so (F-05)."""
    engine = open_engine(sqlite_engine.url.render_as_string(), busy_timeout_ms=200)
    entered, leave = Event(), Event()

    def hold() -> None:
        with write(engine):
            entered.set()
            leave.wait(60)

    holder = Thread(target=hold)
    holder.start()
    entered.wait(60)
    with pytest.raises(Busy), write(engine):
        pass
    leave.set()
    holder.join()
    engine.dispose()


def test_too_many_at_once_are_told_as_busy(impatient):
    """When every connection is taken, the next one is told so in time (F-05)."""
    taken = [impatient.connect() for _ in range(15)]

    with pytest.raises(Busy), read(impatient):
        pass

    for connection in taken:
        connection.close()


def test_a_refused_row_is_not_told_as_busy(engine):
    """Only a database that did not get to it is busy; what is refused is refused."""
    with write(engine) as connection:
        connection.exec_driver_sql(INSERT.format("a"))

    with pytest.raises(IntegrityError), write(engine) as connection:
        connection.exec_driver_sql(INSERT.format("a"))


def test_without_memory_no_disk_is_blamed(engine):
    """SQLite calls it an error of reading or writing; the record is not stopped for that."""
    error = dbapi2.OperationalError("disk I/O error")
    error.sqlite_errorcode = 3082

    with pytest.raises(DBAPIError), write(engine):
        raise DBAPIError("", None, error)


@pytest.mark.parametrize(
    ("attribute", "told"), [("sqlite_errorname", "SQLITE_IOERR_FSYNC"), ("sqlstate", "58030")]
)
def test_the_log_says_what_the_database_calls_a_failed_disk(engine, caplog, attribute, told):
    """Whoever looks after the machine is told which call it was that failed (F-09)."""
    error = dbapi2.OperationalError("disk I/O error")
    error.sqlite_errorcode = 1034
    setattr(error, attribute, told)

    with pytest.raises(DiskFailed), write(engine):
        raise DBAPIError("", None, error)

    assert f"could not read or write: {told}." in caplog.text


def test_many_writers_take_turns(engine):
    """Eight threads write as fast as they can; nothing is lost and nobody is refused."""

    def add(number: int) -> None:
        with write(engine) as connection:
            connection.exec_driver_sql(INSERT.format(number))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(80)))

    assert count(engine) == 80

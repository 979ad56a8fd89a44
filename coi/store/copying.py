"""A copy of the whole record in one file, of one moment, and a record made from such a copy.

On SQLite the copy is made by the driver's online backup: others go on reading and, with a
write-ahead log, writing. On PostgreSQL it is made by PostgreSQL's own programs.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, make_url

from coi.errors import CoiError
from coi.store import postgresql_programs as programs
from coi.store.postgresql_programs import CannotCopy

__all__ = [
    "CannotCopy",
    "NotEmpty",
    "copy_record",
    "place_record",
    "require_empty",
    "trial_place",
]

_BESIDE = ("", "-wal", "-journal")
"""What belongs to an SQLite database: an old log beside a new file would be written into it."""


class NotEmpty(CoiError):
    """There is a record already; it was left as it is."""

    code = "NOT_EMPTY"

    def __init__(self, place: str) -> None:
        super().__init__(
            f"There is a record already in {place}. It was left as it is.",
            "Restore into a fresh place: let COI_HOME, or COI_DATABASE_URL, name another one.",
        )


def copy_record(connection: Connection, url: str, file: Path) -> None:
    """Copy what this transaction sees into a new file, readable by its owner alone.

    `url` is the address by which all tables can be read.

    Raises:
        CannotCopy: the disk is full, a program is missing or gave up; the file may be there.
    """
    os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
    if connection.dialect.name == "sqlite":
        _copy_sqlite(connection, file)
    else:
        programs.dump(connection, url, file)
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _copy_sqlite(connection: Connection, file: Path) -> None:
    module = connection.dialect.loaded_dbapi
    driver = connection.connection.driver_connection
    try:
        with closing(module.connect(file)) as target:
            # All pages in one go: done bit by bit it would begin anew with each write of others.
            driver.backup(target)  # type: ignore[union-attr]
            # A copy is one file: with a write-ahead log it would be three.
            target.execute("PRAGMA journal_mode = DELETE")
    except module.Error as error:
        raise CannotCopy(
            f"The database could not be copied: {error}.",
            "Make room, or choose another place, and try again.",
        ) from error


def require_empty(url: str) -> None:
    """There is no record at this address, and a copy can be placed there.

    Raises:
        NotEmpty: there is one.
        CannotCopy: the database server does not answer.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        if programs.holds_tables(url):
            raise NotEmpty(f"the database {address.database}")
        return
    for end in _BESIDE:
        if Path(f"{address.database}{end}").exists():
            raise NotEmpty(f"{address.database}{end}")


def place_record(url: str, file: Path) -> None:
    """Make a record from a copy, where there was none; `url` is that of the tables' owner.

    Raises:
        CannotCopy: the disk is full, a program is missing or gave up; nothing is there then.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        programs.restore(url, file)
        return
    place = Path(str(address.database))
    beside = place.with_name(f".{place.name}.restoring")
    try:
        shutil.copyfile(file, beside)
        beside.chmod(0o600)
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.rename(place)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CannotCopy(
            f"The database could not be written to {place}: {error.strerror}.",
            "Make room, or choose another place, and try again.",
        ) from error


@contextmanager
def trial_place(url: str, folder: Path) -> Iterator[Callable[[str], str]]:
    """A place for a record that is gone afterwards: in the folder, or a database of its own.

    Gives what leads from an address of the record to the same one there.

    Raises:
        CannotCopy: on PostgreSQL, the role of `url` may create no database.
    """
    if make_url(url).get_backend_name() == "sqlite":
        yield lambda _url: f"sqlite+pysqlite:///{folder / 'coi.sqlite3'}"
        return
    name = f"coi_drill_{secrets.token_hex(6)}"
    programs.create_database(url, name)
    try:
        yield partial(programs.in_database, name=name)
    finally:
        programs.drop_database(url, name)

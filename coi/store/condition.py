"""How the database itself is: what it is, how it writes, and what our role may do to it.

Nothing here is asked on the way of a request.
"""

import os
from collections.abc import Mapping

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from coi.store import engine as opened
from coi.store.tables import RECORD, metadata

_NOT_TO_BE = ("UPDATE", "DELETE", "TRUNCATE")
_POSITION = "position"  # the one table whose rows go on
_SAFE: Mapping[str, str] = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}
_FIRST = 20  # so many damages are named: of a page that is gone there are hundreds
_DAMAGE = ("Could not decode to UTF-8", "malformed", "not a database", "invalid byte sequence")
"""What the drivers say of what nobody can read."""

_MORE = ("data_checksums", "max_connections", "server_version_num", "server_encoding")
_STRICTER = frozenset({"remote_apply", "on"})


def is_damage(error: Exception) -> bool:
    """The database gave what nobody can read, which does not pass by itself."""
    return isinstance(error, DBAPIError) and any(one in str(error.orig) for one in _DAMAGE)


def may_be_written(connection: Connection) -> bool:
    """The database takes writes: it is no replica, and no file that we may only read."""
    if connection.dialect.name == "postgresql":
        asked = (
            "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool"
        )
        return not connection.exec_driver_sql(asked).scalar()
    file = connection.engine.url.database or ""
    return os.access(file, os.W_OK) and os.access(os.path.dirname(file), os.W_OK)  # noqa: PTH120


def pragmas(connection: Connection) -> Mapping[str, str]:
    """How SQLite is and writes: its version, its journal, how carefully, with which keys."""
    named = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
    found = {
        name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()).lower() for name in named
    }
    version = str(connection.exec_driver_sql("SELECT sqlite_version()").scalar())
    return {**found, "version": version}


def damages(connection: Connection) -> list[str]:
    """What SQLite finds wrong with its own file, indexes too; nothing on PostgreSQL, as it is.

    It reads the whole file. Where something is wrong, each table is asked once more by its name: of
    the whole, SQLite tells a number, or nothing but that it gave up. PostgreSQL looks at each page
    that it reads, where checksums are on.
    """
    if connection.dialect.name == "postgresql":
        return []
    told = _checked(connection, str(_FIRST))
    if not told:
        return []
    by_name = [
        f"{name}: {what}" for name in metadata.tables for what in _checked(connection, name)[:1]
    ]
    return by_name or told


def _checked(connection: Connection, what: str) -> list[str]:
    """What is wrong with so much of the file, or with a table and its indexes."""
    try:
        told = connection.exec_driver_sql(f"PRAGMA integrity_check({what})").scalars().all()
    except DBAPIError as error:
        return [str(error.orig)]
    return [one for one in told if one != "ok"]


def has_wal_bug(version: str) -> bool:
    """This SQLite may reset a write-ahead log wrongly (F-03)."""
    return not opened.may_use_wal(tuple(int(part) for part in version.split(".")))


def server_settings(connection: Connection) -> Mapping[str, str]:
    """How PostgreSQL writes, and how many it lets in."""
    names = (*_SAFE, *_MORE)
    return {
        name: str(connection.exec_driver_sql(f"SELECT current_setting('{name}')").scalar())
        for name in names
    }


def unsafe(settings: Mapping[str, str]) -> list[str]:
    """The settings of a server that may lose what it confirmed (F-02), as people set them."""
    return [
        f"{name} = {settings[name]}"
        for name, right in _SAFE.items()
        if settings[name] != right and settings[name] not in _STRICTER
    ]


def rights_too_many(connection: Connection) -> list[str]:
    """What the role of every day may do to the record, and must not; nothing where all is well."""
    found = [
        f"{right} on {table.name}"
        for table in RECORD
        for right in _NOT_TO_BE
        if not (table.name == _POSITION and right == "UPDATE")
        and _has(connection, table.name, right)
    ]
    return [*(["it is a superuser"] if _is_superuser(connection) else []), *found]


def _has(connection: Connection, table: str, right: str) -> bool:
    asked = f"SELECT has_table_privilege(current_user, 'public.{table}', '{right}')"
    return bool(connection.exec_driver_sql(asked).scalar())


def _is_superuser(connection: Connection) -> bool:
    asked = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    return bool(connection.exec_driver_sql(asked).scalar())

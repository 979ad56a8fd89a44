"""PostgreSQL's own programs, `pg_dump` and `pg_restore`, as children of ours.

What they are told stands in a list of arguments, never in a shell's line; the password stands in
their environment alone, where the list of processes does not show it.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from psycopg import Error, connect, sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, make_url

from coi.errors import CoiError
from coi.store.words import POSTGRESQL

_HOLDS_TABLES = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
_INSTALL = "Install PostgreSQL's client programs of the server's version, and try again."


class CannotCopy(CoiError):
    """A copy could not be made, or no record made from it."""

    code = "CANNOT_COPY"


def dump(connection: Connection, url: str, file: Path) -> None:
    """Write what this transaction sees into a file, in PostgreSQL's custom format.

    Raises:
        CannotCopy: the program is missing, older than the server, or gave up.
    """
    program = _program("pg_dump")
    server = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    _require_version(program, int(server) // 10_000)
    # Both see the very same moment: what is counted here is what stands in the file.
    snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    _run(program, url, "--format=custom", f"--snapshot={snapshot}", f"--file={file}")


def restore(url: str, file: Path) -> None:
    """Make the tables and their rows from such a file, all of them or none.

    Raises:
        CannotCopy: the program is missing, or gave up.
    """
    # The owner is whoever restores, and rights are given anew: roles differ between servers.
    whole = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run(_program("pg_restore"), url, *whole, str(file))


def holds_tables(url: str) -> bool:
    """There is something in the database already.

    Raises:
        CannotCopy: it cannot be reached.
    """
    try:
        with connect(make_conninfo(**_parameters(url))) as connection:
            row = connection.execute(_HOLDS_TABLES).fetchone()
    except Error as error:
        raise CannotCopy(
            "The database does not answer, or there is none of this name.",
            "Create it empty, as the role that is to own the tables, and try again.",
        ) from error
    return row is None or bool(row[0])


def create_database(url: str, name: str) -> None:
    """Create a database on the same server.

    Raises:
        CannotCopy: the role may not.
    """
    try:
        _command(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except Error as error:
        raise CannotCopy(
            f"No database for a trial can be created: {_first_line(str(error))}.",
            "Give the role that owns the tables the right to create databases (CREATEDB).",
        ) from error


def drop_database(url: str, name: str) -> None:
    """Remove a database that `create_database` made."""
    _command(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def in_database(url: str, name: str) -> str:
    """The address of another database of the same server, by the same role."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _command(url: str, statement: sql.Composed) -> None:
    """Send what cannot stand in a transaction."""
    with connect(make_conninfo(**_parameters(url)), autocommit=True) as connection:
        connection.execute(statement)


def _parameters(url: str) -> MutableMapping[str, Any]:
    """The address in the words of PostgreSQL's own library."""
    _none, parameters = POSTGRESQL.create_connect_args(make_url(url))
    return parameters


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CannotCopy(f"The program {name} is not there.", _INSTALL)
    return found


def _require_version(program: str, server: int) -> None:
    said = _said_by([program, "--version"], os.environ)
    version = re.search(r" (\d+)", said)
    if version is None or int(version[1]) < server:
        raise CannotCopy(f"{said.strip()} is older than the server ({server}).", _INSTALL)


def _run(program: str, url: str, *arguments: str) -> None:
    parameters = _parameters(url)
    password = parameters.pop("password", "")
    secret = {"PGPASSWORD": password} if password else {}
    # Of our own settings the program gets none: some of them hold passwords too.
    environ = {name: text for name, text in os.environ.items() if not name.startswith("COI_")}
    address = f"--dbname={make_conninfo(**parameters)}"
    _said_by([program, "--no-password", address, *arguments], {**environ, **secret})


def _said_by(words: list[str], environ: Mapping[str, str]) -> str:
    """What the program printed.

    Raises:
        CannotCopy: it gave up; its first line says why.
    """
    try:
        # A list, without a shell: nothing in an address can be taken for a command.
        done = subprocess.run(words, env=environ, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        raise CannotCopy(f"{words[0]} cannot be run: {error.strerror}.", _INSTALL) from error
    if done.returncode != 0:
        why = _first_line(done.stderr.decode("utf-8", "replace")) or f"status {done.returncode}"
        raise CannotCopy(f"{Path(words[0]).name} gave up: {why}.", "Mend that, and try again.")
    return done.stdout.decode("utf-8", "replace")


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].rstrip(".")

"""A fence between versions: the database says which one it is for, and others stop (F-25).

The newest migration is a part of every entry's own statement, and of the look for a session, so
that an older program that still runs after an upgrade writes no entry more and shows no page; it
costs no statement. What changes no table but must not be mixed with an older version gets a
migration too, with nothing in it.
"""

from sqlalchemy import Connection, String, column, inspect, literal_column, select, table

from coi.errors import CoiError, OldProgram
from coi.store.statements import Statement

REVISION = "0001"
"""The newest migration that this version knows; migrations are numbered, so that texts compare."""

_told = select(column("version_num", String())).select_from(table("alembic_version"))

is_ours = _told.scalar_subquery() == literal_column(f"'{REVISION}'")
"""The condition that the database is for this version."""

_revision = Statement(_told)


class NotUpgraded(CoiError):
    """The tables are those of an older version, or there are none."""

    code = "NOT_UPGRADED"

    def __init__(self, found: str) -> None:
        has = f"those of version {found}" if found else "not there"
        super().__init__(
            f"The tables of the record are {has}, and this program needs version {REVISION}.",
            "For a new record, `coi init`. Otherwise stop every program that writes it, back it up"
            " with the version that wrote it, and then migrate it with"
            " `coi upgrade --backup FOLDER`.",
        )
        self.found = found


def revision_of(connection: Connection) -> str:
    """The newest migration that the database has; '' for none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    row = _revision.row(connection)
    return str(row[0]) if row else ""


def require_revision(connection: Connection) -> None:
    """The database is for this version.

    Raises:
        NotUpgraded: it is for an older one, or has no tables.
        OldProgram: it is for a newer one.
    """
    found = revision_of(connection)
    if found < REVISION:
        raise NotUpgraded(found)
    if found > REVISION:
        raise OldProgram

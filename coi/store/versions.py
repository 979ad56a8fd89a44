"""Reads by which versions therapies run, and which versions are installed."""

from sqlalchemy import Connection, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement

_migrations = Statement(
    select(t.entry.c.seq, t.entry.c.prev_version, t.entry.c.recorded_at)
    .where(t.entry.c.chain == bindparam("coi"), t.entry.c.kind == "migrate")
    .order_by(t.entry.c.seq)
)
_installed = Statement(
    select(t.workflow.c.version)
    .where(t.workflow.c.name == bindparam("name"))
    .order_by(t.workflow.c.version)
)


def migrations(connection: Connection, coi: str) -> list[tuple[int, int, str]]:
    """Each move of a therapy to a newer version: its entry, the version before, and when."""
    return [(row[0], row[1], row[2]) for row in _migrations.rows(connection, coi=coi)]


def installed_versions(connection: Connection, name: str) -> list[int]:
    """The versions of a workflow that are installed, oldest first."""
    return [row[0] for row in _installed.rows(connection, name=name)]

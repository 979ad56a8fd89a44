"""What keeps the record as it was written, on each database, generated from the tables themselves.

SQLite knows no rights, and a bare prompt has its foreign keys switched off. So triggers refuse
every update and delete, and repeat every key before an insert; each refusal says the name of the
key. Whoever owns the file can still drop a trigger, or switch triggers and checks off for a while:
the schema's hash, compared at every start, finds the first, and the verifier what came of either.

On PostgreSQL the role that works every day has no right to update or delete.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Constraint, ForeignKeyConstraint, Table, UniqueConstraint

from coi.store.tables import APART, PASSING, RECORD, position
from coi.store.words import POSTGRESQL, SQLITE

_MAY_FOLLOW = ("turn", "version", "state", "holder", "consignee", "stops", "inside")
"""The columns of `position` that change when a move leads on."""


def sqlite_locks() -> list[str]:
    """The triggers of every table of the record."""
    locks = [lock for table in RECORD if table is not position for lock in _locks_of(table)]
    return [*locks, *_locks_of_position()]


def postgres_rights(role: str) -> list[str]:
    """What the role of every day may do: read and append; move positions on; keep what is apart.

    That a position only goes to a later turn cannot be said as a right; on PostgreSQL the verifier
    finds one that went back.
    """
    preparer = POSTGRESQL.identifier_preparer
    to = preparer.quote_identifier(role)
    quoted = {table: preparer.format_table(table) for table in (*RECORD, *APART, *PASSING)}
    follow = ", ".join(map(preparer.quote, _MAY_FOLLOW))
    return [
        # Before version 15 PostgreSQL lets everybody create things in this schema.
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        # From nothing, so that no right stays that somebody gave by hand.
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}",
        f"GRANT USAGE ON SCHEMA public TO {to}",
        f"GRANT SELECT ON alembic_version TO {to}",
        *(f"GRANT SELECT, INSERT ON {quoted[table]} TO {to}" for table in RECORD),
        f"GRANT UPDATE ({follow}) ON {quoted[position]} TO {to}",
        *(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted[table]} TO {to}"
            for table in (*APART, *PASSING)
        ),
    ]


def _locks_of(table: Table) -> list[str]:
    return [
        _trigger(table, "insert", [*_taken_keys(table), *_missing_rows(table)]),
        _refusal(table, "update"),
        _refusal(table, "delete"),
    ]


def _locks_of_position() -> list[str]:
    moved_away = "NEW.chain <> OLD.chain OR NEW.subject <> OLD.subject"
    missing = list(_missing_rows(position))
    return [
        _trigger(position, "insert", [*_taken_keys(position), *missing]),
        _trigger(
            position,
            "update",
            [
                (moved_away, "lock_position_key"),
                ("NEW.turn <= OLD.turn", "lock_position_backwards"),
                *missing,
            ],
        ),
        _refusal(position, "delete"),
    ]


def _taken_keys(table: Table) -> Iterator[tuple[str, str]]:
    """When a row with the new row's key is there already; REPLACE would remove it silently.

    A key that holds the whole of another one is left out: the other one refuses first.
    """
    uniques = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
    keys = [table.primary_key, *sorted(uniques, key=_name_of)]
    columns = {key: [column.name for column in key.columns] for key in keys}
    for key, own in columns.items():
        if not any(set(other) < set(own) for other in columns.values()):
            yield f"EXISTS ({_row_of(table, zip(own, own, strict=True))})", _name_of(key)


def _missing_rows(table: Table) -> Iterator[tuple[str, str]]:
    """When the row that the new row refers to is not there; a NULL refers to nothing."""
    for key in sorted(table.foreign_key_constraints, key=_name_of):
        given = "".join(
            f"NEW.{_quote(own.name)} IS NOT NULL AND " for own in key.columns if own.nullable
        )
        yield f"{given}NOT EXISTS ({_row_of(key.referred_table, _pairs(key))})", _name_of(key)


def _pairs(key: ForeignKeyConstraint) -> Iterator[tuple[str, str]]:
    """Each column that is referred to, with the column that refers to it."""
    for element in key.elements:
        yield element.column.name, element.parent.name


def _name_of(constraint: Constraint) -> str:
    return str(constraint.name)


def _row_of(table: Table, pairs: Iterable[tuple[str, str]]) -> str:
    """Look for the row whose columns (first) are as the new row says (second)."""
    same = " AND ".join(f"{_quote(theirs)} = NEW.{_quote(own)}" for theirs, own in pairs)
    return f"SELECT 1 FROM {_quote(table.name)} WHERE {same}"  # noqa: S608 - names of our tables


def _trigger(table: Table, event: str, refusals: Iterable[tuple[str, str]]) -> str:
    whens = "\n".join(
        f"    WHEN {condition}\n    THEN RAISE(ABORT, '{name}')" for condition, name in refusals
    )
    return f"{_head(table, event)}\n  SELECT CASE\n{whens}\n  END;\nEND"


def _refusal(table: Table, event: str) -> str:
    return f"{_head(table, event)}\n  SELECT RAISE(ABORT, 'lock_{table.name}_{event}');\nEND"


def _head(table: Table, event: str) -> str:
    name = _quote(table.name)
    return f"CREATE TRIGGER lock_{table.name}_{event} BEFORE {event.upper()} ON {name} BEGIN"


def _quote(name: str) -> str:
    return SQLITE.identifier_preparer.quote(name)

"""A great many therapies, made in bulk: for what must stay as fast with ten thousand as with ten.

Each is a copy of how a recorded therapy began, under a COI of its own, with the tasks that one of
the recorded therapies has now. All constraints are on; nothing here would pass the verifier, since
a copy has the hashes of its original.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Table, select

from coi.clock import parse_rfc3339, rfc3339
from coi.store import tables as t
from coi.store.append import Row, add
from coi.store.engine import write
from coi.store.transactions import Engine
from workflows.tasks import NEVER

_NEVER = rfc3339(NEVER)


def crowd(engine: Engine, originals: Sequence[str], number: int) -> list[str]:
    """Add so many therapies with the tasks of these, by turns; returns their COI identifiers."""
    cois = [f"TEST-{n:08d}-0" for n in range(number)]
    with write(engine) as connection:
        beginning = {table: list(rows) for table, rows in _beginning(connection, originals[0])}
        tasks = [_rows(connection, t.task, "chain", coi) for coi in originals]
        for table, rows in beginning.items():
            add(
                connection,
                table,
                [_renamed(row, originals[0], coi) for coi in cois for row in rows],
            )
        for n, coi in enumerate(cois):
            add(connection, t.task, list(_put_off(tasks, coi, n)))
    return cois


def _beginning(connection: Connection, coi: str) -> Iterator[tuple[Table, list[Row]]]:
    """The rows of a therapy's first entry, as far as a list looks at them."""
    yield t.chain, _rows(connection, t.chain, "id", coi)
    yield t.therapy, _rows(connection, t.therapy, "coi", coi)
    for table in (t.entry, t.subject, t.move):
        yield table, [row for row in _rows(connection, table, "chain", coi) if row["seq"] == 0]
    yield t.position, [_position(row) for row in _rows(connection, t.move, "chain", coi)[:1]]


def _rows(connection: Connection, table: Table, column: str, coi: str) -> list[Row]:
    found = select(table).where(table.c[column] == coi).order_by(*table.primary_key)
    return [dict(row._mapping) for row in connection.execute(found)]  # noqa: SLF001 - public in all but name


def _position(move: Row) -> Row:
    """Where the therapy stands after its first move."""
    after = {name: move[f"{name}_after"] for name in ("holder", "consignee", "stops")}
    kept = {name: move[name] for name in ("chain", "subject", "turn", "version")}
    return {**kept, "state": move["to_state"], **after}


def _renamed(row: Row, original: str, coi: str) -> Row:
    """The same row of another therapy."""
    return {
        name: told.replace(original, coi) if isinstance(told, str) else told
        for name, told in row.items()
    }


def _put_off(tasks: Sequence[list[Row]], coi: str, n: int) -> Iterator[Row]:
    """The tasks of one of the originals, due later by as many minutes as this is the n-th."""
    for row in tasks[n % len(tasks)]:
        due_at = str(row["due_at"])
        if due_at != _NEVER:
            due_at = rfc3339(parse_rfc3339(due_at) + timedelta(minutes=n))
        yield {**row, "chain": coi, "due_at": due_at}

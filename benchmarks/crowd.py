"""A great many therapies, made in bulk: for what must stay as fast with ten thousand as with ten.

Each is a copy of how a recorded therapy began, under a COI of its own, with the tasks, exceptions
and alarms that one of the recorded therapies has now. All constraints are on; nothing here would
pass the verifier, since a copy has the hashes of its original.
"""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Table, Text, text

from coi.clock import rfc3339
from coi.store import tables as t
from coi.store.engine import write
from coi.store.transactions import Engine
from workflows.tasks import NEVER

_FIRST = 10_000_000
_COI = f"'TEST-' || CAST({_FIRST} + i AS TEXT) || '-0'"
# Due one after the other: the number of the copy takes the place of the microseconds.
_PUT_OFF = (
    f"CASE due_at WHEN '{rfc3339(NEVER)}' THEN due_at"
    " ELSE substr(due_at, 1, 20) || CAST(100000 + i AS TEXT) || 'Z' END"
)
_AFTER = {"state": "to_state"} | {
    name: f"{name}_after" for name in ("holder", "consignee", "stops", "inside")
}


def crowd(engine: Engine, originals: Sequence[str], number: int) -> list[str]:
    """Add so many therapies with the tasks of these, by turns; returns their COI identifiers."""
    with write(engine) as connection:
        for statement in _beginning(number):
            connection.execute(text(statement), {"original": originals[0]})
        for n, original in enumerate(originals):
            which = f"chain = :original AND i % {len(originals)} = {n}"
            copied = _copied(number, t.task, "task", which, {"due_at": _PUT_OFF})
            connection.execute(text(copied), {"original": original})
            for table in (t.exception, t.alarm):
                copied = _copied(number, table, table.name, which)
                connection.execute(text(copied), {"original": original})
    return [f"TEST-{_FIRST + n}-0" for n in range(number)]


def _beginning(number: int) -> Iterator[str]:
    """The rows of a therapy's first entry, as far as a list looks at them."""
    yield _copied(number, t.chain, "chain", "id = :original")
    yield _copied(number, t.therapy, "therapy", "coi = :original")
    for table in (t.entry, t.participation, t.subject, t.move):
        yield _copied(number, table, table.name, "chain = :original AND seq = 0")
    yield _copied(number, t.position, "move", "chain = :original AND seq = 0", _AFTER)


def _copied(
    number: int, into: Table, source: str, which: str, other: Mapping[str, str] | None = None
) -> str:
    """One statement that writes so many copies of the rows of `source` into a table."""
    told = {
        column.name: f"replace({column.name}, :original, {_COI})"
        if isinstance(column.type, Text)
        else column.name
        for column in into.columns
    } | dict(other or {})
    return (
        f"WITH RECURSIVE copies(i) AS"  # noqa: S608 - names of our own tables
        f" (SELECT 0 UNION ALL SELECT i + 1 FROM copies WHERE i < {number - 1})"
        f" INSERT INTO {into.name} ({', '.join(told)})"
        f" SELECT {', '.join(told.values())} FROM {source}, copies WHERE {which}"
    )

"""How a database would find what it is asked for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.sql import SQL, Literal
from sqlalchemy import Connection, Engine, event, text


def plan_of(connection: Connection, statement: str, values: object) -> str:
    """The plan of a statement; of PostgreSQL whether a table must be read whole, small as it is."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return "\n".join(row[3] for row in rows)
    # A table that fits into few pages is read whole, rightly: what is asked is whether it must be.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values))


GROWING = frozenset(
    {
        *("chain", "therapy", "participation", "party", "entry", "move", "signature", "subject"),
        *("lineage", "value", "label", "label_turn", "wristband"),
        *("attestation", "position", "request"),
        *("stock_take", "stock_scan"),
        *("erasable", "patient_key", "patient_identity", "task", "exception", "errand", "session"),
    }
)
"""The tables that have more rows with each therapy or each day; what a site has stays as it is."""

_OTHER_NAMES = {
    "sooner": "task",
    "newer": "label",
    "box": "position",
    "own": "patient_identity",
    "other": "patient_identity",
}  # by which a statement names a table a second time
_NAMED = re.compile(r"SCAN ([a-z_]+?)_?\d*(?: |$)")


@contextmanager
def heard(engine: Engine) -> Iterator[list[tuple[str, object]]]:
    """Every statement that is sent meanwhile and looks for rows, with its values."""
    sent: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, values, _context, is_many):
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            sent.append((statement, values[0] if is_many else values))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def walked(connection: Connection, statement: str, values: object) -> set[str]:
    """The growing tables along which a statement would walk from one end to the other."""
    if connection.dialect.name == "sqlite":
        found = _NAMED.findall(plan_of(connection, statement, values))
        return {_OTHER_NAMES.get(name, name) for name in found} & GROWING
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    asked = f"EXPLAIN (FORMAT JSON) {statement}"
    ((told,),) = connection.exec_driver_sql(asked, values).all()
    nodes = [*told, *_for_any_values(connection, statement, values)]
    return {table for node in nodes for table in _walked_in(node["Plan"])} & GROWING


_PLACE = re.compile(r"%\((\w+)\)s")


def _for_any_values(connection: Connection, statement: str, values: Any) -> list[dict[str, Any]]:
    """The plan that PostgreSQL keeps when a statement comes often, whatever values come with it."""
    places = list(dict.fromkeys(_PLACE.findall(statement)))
    numbered = _PLACE.sub(lambda found: f"${places.index(found[1]) + 1}", statement)
    with connection.connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE asked AS {numbered}".replace("%%", "%"))
        given = SQL(", ").join(Literal(values[place]) for place in places)
        told = SQL("({})").format(given) if places else SQL("")
        cursor.execute(SQL("EXPLAIN (FORMAT JSON) EXECUTE asked") + told)
        ((found,),) = cursor.fetchall()
        cursor.execute("DEALLOCATE asked")
        cursor.execute("SET LOCAL plan_cache_mode = auto")
    return found


def _walked_in(node: dict[str, Any]) -> Iterator[str]:
    """The tables of which this node, or one below it, reads all rows or all of an index."""
    table = node.get("Relation Name")
    # An index that is read without a condition is read whole, as a table is.
    if table and node["Node Type"].endswith("Scan") and not _is_led(node):
        yield table
    for below in node.get("Plans", ()):
        yield from _walked_in(below)


def _is_led(node: dict[str, Any]) -> bool:
    return bool(node.keys() & {"Index Cond", "Recheck Cond", "TID Cond"})

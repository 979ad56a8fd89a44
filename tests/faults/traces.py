"""What one handoff leaves in the tables, and whether all of it agrees."""

from typing import NamedTuple

from sqlalchemy import Engine, text

from benchmarks.clinic import Bag
from coi.ledger.verify import verify
from coi.store.engine import read
from coi.store.read_ledger import LedgerRows
from workflows.loading import expand_all


class Trace(NamedTuple):
    """How far the five places are that a handoff writes to."""

    entries: int
    moves: int
    signatures: int
    requests: int
    turn: int

    def after(self, handoffs: int) -> "Trace":
        """Give the trace that so many whole handoffs of one bag leave."""
        return Trace(*(number + handoffs for number in self))


def trace(engine: Engine, bag: Bag) -> Trace:
    """Look at a therapy's rows and at its bag's position."""
    tables = ("entry", "move", "signature", "request")
    with read(engine) as connection:
        counts = [
            connection.execute(
                text(f"SELECT count(*) FROM {table} WHERE chain = :coi"),  # noqa: S608
                {"coi": bag.coi},
            ).scalar_one()
            for table in tables
        ]
        turn = connection.execute(
            text("SELECT turn FROM position WHERE chain = :coi AND subject = :bag"),
            {"coi": bag.coi, "bag": bag.subject},
        ).scalar_one()
    return Trace(*counts, turn)


def stored_keys(engine: Engine, bag: Bag) -> set[str]:
    """The idempotency keys of a therapy's remembered requests."""
    with read(engine) as connection:
        found = connection.execute(
            text("SELECT key FROM request WHERE chain = :coi"), {"coi": bag.coi}
        )
        return set(found.scalars())


def nothing_is_wrong(engine: Engine) -> bool:
    """The verifier finds nothing, anywhere."""
    with read(engine) as connection:
        verdict = verify(LedgerRows(connection), expand_all)
    assert verdict.findings == ()
    return verdict.holds

"""Reads where a therapy stood after one of its entries."""

from sqlalchemy import Connection, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import ONE

_state = Statement(
    select(t.move.c.machine, t.move.c.to_state)
    .where(
        t.move.c.chain == bindparam("chain"),
        t.move.c.subject == bindparam("chain"),
        t.move.c.seq <= bindparam("seq"),
    )
    .order_by(t.move.c.turn.desc())
    .limit(ONE)
)


def state_after(connection: Connection, coi: str, seq: int) -> tuple[str, str]:
    """The machine of the therapy itself, and its state after this entry."""
    (row,) = _state.rows(connection, chain=coi, seq=seq)
    return row[0], row[1]

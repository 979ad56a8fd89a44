"""Reads which labels and wristbands were issued."""

from sqlalchemy import Connection, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement

_labels = Statement(
    select(t.label.c.subject, t.label.c.serial)
    .where(t.label.c.chain == bindparam("coi"))
    .order_by(t.label.c.seq, t.label.c.n)
)


_issued = Statement(
    select(t.label.c.subject, t.label.c.serial, t.label.c.seq)
    .where(t.label.c.chain == bindparam("coi"))
    .order_by(t.label.c.seq, t.label.c.n)
)


def newest_labels(connection: Connection, coi: str) -> dict[str, tuple[str, int]]:
    """The serial of the newest label of each labelled subject, and the entry that issued it."""
    rows = _issued.rows(connection, coi=coi)
    return {subject: (serial, seq) for subject, serial, seq in rows}


def labels_of(connection: Connection, coi: str) -> dict[str, tuple[str, ...]]:
    """The serials of each labelled subject of a therapy, oldest first."""
    found: dict[str, tuple[str, ...]] = {}
    for subject, serial in _labels.rows(connection, coi=coi):
        found[subject] = (*found.get(subject, ()), serial)
    return found

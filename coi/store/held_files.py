"""Reads and writes files that wait for the entry of their step; sealed, they stay so here."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, select, update

from coi.store import tables as t
from coi.store.append import add
from coi.store.overwriting import overwrite_erased
from coi.store.statements import Statement

KEPT = "-"
"""In the place of what is sealed: an entry keeps the content, behind its commitment."""

_c = t.held_file.c


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One file as it is held; its time in text."""

    chain: str
    reference: str
    person: str
    commitment: str
    salt: str
    sealed: str
    held_at: str
    waiting: int  # bytes


_columns = [_c[name] for name in HeldRow.__slots__]
_behind = Statement(select(*_columns).where(_c.commitment == bindparam("commitment")))
_there = func.count().filter(_c.chain == bindparam("chain"))
_waiting = Statement(
    select(_there, func.coalesce(func.sum(_c.waiting), 0)).where(
        _c.person == bindparam("person"), _c.waiting > 0
    )
)
_again = Statement(
    update(t.held_file).where(_c.chain == bindparam("of"), _c.reference == bindparam("told")),
    ("held_at",),
)


def keep(connection: Connection, row: HeldRow) -> None:
    """Hold a file."""
    add(connection, t.held_file, [{name: getattr(row, name) for name in HeldRow.__slots__}])


def held(connection: Connection, chain: str, references: Collection[str]) -> dict[str, str]:
    """Of these files, those that are held for a therapy, each with its commitment."""
    if not references:
        return {}
    wanted = select(_c.reference, _c.commitment).where(
        _c.chain == chain, _c.reference.in_(sorted(references))
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def behind(connection: Connection, commitment: str) -> HeldRow | None:
    """The file that is held behind a commitment."""
    row = _behind.row(connection, commitment=commitment)
    return HeldRow(*row) if row else None


def waiting(connection: Connection, chain: str, person: str) -> tuple[int, int]:
    """How many files of one person wait in a therapy, and how many bytes of theirs in all."""
    ((files, size),) = _waiting.rows(connection, chain=chain, person=person)
    return int(files), int(size)


def hold_again(connection: Connection, chain: str, reference: str, now: str) -> None:
    """What is held already has been held since now."""
    _again.write(connection, [{"of": chain, "told": reference, "held_at": now}])


def settle(connection: Connection, commitment: str) -> None:
    """An entry keeps the content from now on; here it is no more than known."""
    overwrite_erased(connection)
    kept = update(t.held_file).where(_c.commitment == commitment).values(sealed=KEPT, waiting=0)
    connection.execute(kept)


def are_old(connection: Connection, before: str) -> bool:
    """Something has been held since then or longer."""
    return (
        connection.execute(select(_c.held_at).where(_c.held_at <= before).limit(1)).first()
        is not None
    )


def forget(connection: Connection, before: str) -> None:
    """Forget what has been held since then or longer."""
    overwrite_erased(connection)
    connection.execute(delete(t.held_file).where(_c.held_at <= before))


def forget_of_patient(connection: Connection, patient: str) -> None:
    """Forget every file that is held for a therapy of this patient."""
    theirs = select(t.therapy.c.coi).where(t.therapy.c.patient_id == patient)
    connection.execute(delete(t.held_file).where(_c.chain.in_(theirs)))

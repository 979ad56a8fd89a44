"""Reads and writes steps that are under way; what is in them is sealed, and stays so here."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement

GOES_ON = "-"


@dataclass(frozen=True, slots=True)
class ErrandRow:
    """One step under way as it is stored; its times in text."""

    id: str
    chain: str
    action: str
    unit: str
    person: str
    session: str
    sealed: str
    opened_at: str
    changed_at: str
    ended_at: str
    version: int


_columns = t.errand.c
_every = select(*(_columns[name] for name in ErrandRow.__slots__))
_errand = Statement(_every.where(_columns.id == bindparam("id")))
_held = Statement(_every.where(_columns.id == bindparam("id")).with_for_update())
_open = _every.where(
    _columns.ended_at == GOES_ON, _columns.opened_at > bindparam("since")
).order_by(_columns.opened_at)
_of_therapy = Statement(_open.where(_columns.chain == bindparam("chain")))
_all_open = Statement(_open)
_in_session = Statement(_open.where(_columns.session == bindparam("session")))
_CHANGES = ("person", "session", "sealed", "changed_at", "ended_at", "version")
_change = Statement(
    update(t.errand).where(_columns.id == bindparam("of"), _columns.version == bindparam("at")),
    _CHANGES,
)


_forget = Statement(
    delete(t.errand).where(
        or_(
            and_(_columns.ended_at == GOES_ON, _columns.opened_at <= bindparam("before")),
            and_(_columns.ended_at != GOES_ON, _columns.ended_at <= bindparam("before")),
        )
    )
)


def errand(connection: Connection, identifier: str) -> ErrandRow | None:
    """The step under way, or ended a short while ago, of this id."""
    row = _errand.row(connection, id=identifier)
    return ErrandRow(*row) if row else None


def hold(connection: Connection, identifier: str) -> ErrandRow | None:
    """The same at its newest version, which nobody else changes before the transaction ends.

    Whoever means to write into a therapy too has locked it before: so two never wait for each
    other. SQLite has one writer anyway.
    """
    row = _held.row(connection, id=identifier)
    return ErrandRow(*row) if row else None


def of_therapy(connection: Connection, chain: str, since: str) -> list[ErrandRow]:
    """What is under way in a therapy, as far as it was begun since then; oldest first."""
    return [ErrandRow(*row) for row in _of_therapy.rows(connection, chain=chain, since=since)]


def under_way(connection: Connection, since: str) -> list[ErrandRow]:
    """Everything that is under way, as far as it was begun since then; oldest first."""
    return [ErrandRow(*row) for row in _all_open.rows(connection, since=since)]


def in_session(connection: Connection, session: str, since: str) -> list[ErrandRow]:
    """What somebody has in hand in one session."""
    return [ErrandRow(*row) for row in _in_session.rows(connection, session=session, since=since)]


def keep(connection: Connection, errand: ErrandRow) -> None:
    """Keep a new one."""
    add(connection, t.errand, [{name: getattr(errand, name) for name in ErrandRow.__slots__}])


def change(connection: Connection, errand: ErrandRow) -> bool:
    """Put it in the place of its last version; False when somebody else was faster."""
    row = {name: getattr(errand, name) for name in _CHANGES}
    at = {"of": errand.id, "at": errand.version, "version": errand.version + 1}
    return _change.write(connection, [{**row, **at}]) == 1


def forget(connection: Connection, before: str) -> None:
    """Forget what has ended by then, and what was begun by then and never ended."""
    _forget.write(connection, [{"before": before}])

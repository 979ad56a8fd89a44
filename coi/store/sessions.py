"""Reads and writes who is signed in, and how often an account was tried in vain."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select, update

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement

GOES_ON = "-"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session as it is stored; its times in text."""

    id: str
    person: str
    username: str
    credential: str
    unit: str
    bench: str
    started_at: str
    seen_at: str


_columns = t.session.c
_session = Statement(
    select(
        _columns.id,
        _columns.person,
        _columns.username,
        _columns.credential,
        _columns.unit,
        _columns.bench,
        _columns.started_at,
        _columns.seen_at,
    ).where(_columns.id == bindparam("id"), _columns.ended_at == GOES_ON)
)
_failures = Statement(
    select(t.failed_sign_in.c.failures, t.failed_sign_in.c.last_at).where(
        t.failed_sign_in.c.account == bindparam("account")
    )
)


def session(connection: Connection, identifier: str) -> SessionRow | None:
    """The session of this id, unless it was ended."""
    row = _session.row(connection, id=identifier)
    return SessionRow(*row) if row else None


def begin(connection: Connection, session: SessionRow) -> None:
    """Keep a new session."""
    row = {name: getattr(session, name) for name in SessionRow.__slots__}
    add(connection, t.session, [row | {"ended_at": GOES_ON}])


def note_seen(connection: Connection, identifier: str, seen_at: str) -> None:
    """Keep when the session was last used."""
    _change(connection, identifier, seen_at=seen_at)


def choose_unit(connection: Connection, identifier: str, unit: str) -> None:
    """Keep at which unit the person works now; the bench of another one is left behind."""
    _change(connection, identifier, unit=unit, bench="-")


def choose_bench(connection: Connection, identifier: str, unit: str, bench: str) -> None:
    """Keep at which unit and bench the person works now; '-' for none."""
    _change(connection, identifier, unit=unit, bench=bench)


def end(connection: Connection, identifier: str, ended_at: str) -> None:
    """End one session."""
    _change(connection, identifier, ended_at=ended_at)


def end_all_of(connection: Connection, person: str, ended_at: str) -> None:
    """End every session of a person."""
    ending = update(t.session).where(_columns.person == person, _columns.ended_at == GOES_ON)
    connection.execute(ending.values(ended_at=ended_at))


def _change(connection: Connection, identifier: str, **values: str) -> None:
    connection.execute(update(t.session).where(_columns.id == identifier).values(**values))


def failures(connection: Connection, account: str) -> tuple[int, str]:
    """How often in a row an account was tried in vain, and when last ('' for never)."""
    row = _failures.row(connection, account=account)
    return (row[0], row[1]) if row else (0, "")


def keep_failures(connection: Connection, account: str, number: int, last_at: str) -> None:
    """Keep how often an account was tried in vain; none at all forgets it."""
    connection.execute(delete(t.failed_sign_in).where(t.failed_sign_in.c.account == account))
    if number:
        row = {"account": account, "failures": number, "last_at": last_at}
        add(connection, t.failed_sign_in, [row])

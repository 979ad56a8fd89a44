"""Reads and writes who is signed in, and how often an account was tried in vain."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from coi.errors import OldProgram
from coi.store import tables as t
from coi.store.append import add
from coi.store.fence import is_ours
from coi.store.statements import Statement

GOES_ON = "-"
BROWSER, PROGRAM = "browser", "program"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session as it is stored; its times in text."""

    id: str
    held_by: str  # a browser, or a program that a person works with
    person: str
    username: str
    credential: str
    unit: str
    bench: str
    started_at: str
    seen_at: str
    badge: str = "-"  # with which it was opened, at `device`; '-' in both where a password did
    device: str = "-"
    sign_on: str = "-"  # the identity at the house's provider by which it was opened
    held: str = ""  # the hash of what the browser or program holds; '' is the id itself
    former: str = GOES_ON  # of what it held before, until what it holds now was used


_columns = t.session.c
_going_on = select(
    _columns.id,
    _columns.held_by,
    _columns.person,
    _columns.username,
    _columns.credential,
    _columns.unit,
    _columns.bench,
    _columns.started_at,
    _columns.seen_at,
    _columns.badge,
    _columns.device,
    _columns.sign_on,
    _columns.held,
    _columns.former,
).where(_columns.ended_at == GOES_ON)
_session = Statement(_going_on.where(_columns.held == bindparam("held")).add_columns(is_ours))
_formerly = Statement(_going_on.where(_columns.former == bindparam("held")).add_columns(is_ours))
_of_person = _going_on.where(_columns.person == bindparam("person")).order_by(_columns.started_at)
_replaced = select(_columns.id).where(
    or_(_columns.held == bindparam("held"), _columns.former == bindparam("held")),
    _columns.replaced_by != GOES_ON,
)
_of_account = select(t.failed_sign_in.c.failures, t.failed_sign_in.c.last_at).where(
    t.failed_sign_in.c.account == bindparam("account")
)
_failures = Statement(_of_account)


def session(connection: Connection, held: str) -> SessionRow | None:
    """The session of whoever holds this, or held it until a moment ago, unless it was ended.

    Raises:
        OldProgram: the database is for a newer version, and nobody is shown anything (F-25).
    """
    row = _session.row(connection, held=held) or _formerly.row(connection, held=held)
    if row is None:
        return None
    *columns, ours = row
    if not ours:
        raise OldProgram
    return SessionRow(*columns)


def was_replaced(connection: Connection, held: str) -> bool:
    """The session was ended by one of the same person elsewhere."""
    return connection.execute(_replaced, {"held": held}).first() is not None


def sessions_of(connection: Connection, person: str) -> list[SessionRow]:
    """The sessions of a person that nobody ended, oldest first."""
    return [SessionRow(*row) for row in connection.execute(_of_person, {"person": person})]


def forget_sessions(connection: Connection, before: str) -> None:
    """Forget the sessions that began before a moment; whoever was signed in then is on record."""
    connection.execute(delete(t.session).where(_columns.started_at < before))


def begin(connection: Connection, session: SessionRow) -> None:
    """Keep a new session."""
    row = {name: getattr(session, name) for name in SessionRow.__slots__}
    row["held"] = session.held or session.id
    add(connection, t.session, [row | {"ended_at": GOES_ON, "replaced_by": GOES_ON}])


def note_seen(connection: Connection, identifier: str, seen_at: str) -> None:
    """Keep when the session was last used; what was held before is good no more."""
    _change(connection, identifier, seen_at=seen_at, former=GOES_ON)


def hold_anew(connection: Connection, found: SessionRow, held: str, before: str, at: str) -> bool:
    """Let something else be held of a session; returns whether nobody else did so meanwhile."""
    changing = update(t.session).where(_columns.id == found.id, _columns.held == found.held)
    values = {"held": held, "former": before, "seen_at": at}
    return connection.execute(changing.values(values)).rowcount == 1


def choose_unit(connection: Connection, identifier: str, unit: str) -> None:
    """Keep at which unit the person works now; the bench of another one is left behind."""
    _change(connection, identifier, unit=unit, bench="-")


def choose_bench(connection: Connection, identifier: str, unit: str, bench: str) -> None:
    """Keep at which unit and bench the person works now; '-' for none."""
    _change(connection, identifier, unit=unit, bench=bench)


def end(connection: Connection, identifier: str, ended_at: str) -> None:
    """End one session."""
    _change(connection, identifier, ended_at=ended_at)


def replace(connection: Connection, identifier: str, began: SessionRow) -> None:
    """End one session in favour of one that began elsewhere."""
    _change(connection, identifier, ended_at=began.started_at, replaced_by=began.id)


def end_all_of(connection: Connection, person: str, ended_at: str) -> None:
    """End every session of a person."""
    ending = update(t.session).where(_columns.person == person, _columns.ended_at == GOES_ON)
    connection.execute(ending.values(ended_at=ended_at))


def end_every_one(connection: Connection, ended_at: str) -> None:
    """End every session, whoever's."""
    ending = update(t.session).where(_columns.ended_at == GOES_ON)
    connection.execute(ending.values(ended_at=ended_at))


def _change(connection: Connection, identifier: str, **values: str) -> None:
    connection.execute(update(t.session).where(_columns.id == identifier).values(**values))


def failures(connection: Connection, account: str) -> tuple[int, str]:
    """How often in a row an account was tried in vain, and when last ('' for never)."""
    row = _failures.row(connection, account=account)
    return (row[0], row[1]) if row else (0, "")


def failures_in_turn(connection: Connection, account: str) -> tuple[int, str]:
    """The same, behind everybody else who counts for this account; SQLite has one writer anyway."""
    row = connection.execute(_of_account.with_for_update(), {"account": account}).one_or_none()
    if row is None:
        # A row to wait for: of two who find none, one cannot insert it, and looks again.
        add(connection, t.failed_sign_in, [{"account": account, "failures": 0, "last_at": ""}])
        return 0, ""
    return row[0], row[1]


@contextmanager
def in_turn(connection: Connection, what: str) -> Iterator[None]:
    """Whoever does this too waits until whoever came first has written, and sees it then."""
    failures_in_turn(connection, what)
    yield
    forget_failures(connection, [what])


def keep_failures(connection: Connection, account: str, number: int, last_at: str) -> None:
    """Keep how often an account was tried in vain, which was looked up in turn before."""
    keeping = update(t.failed_sign_in).where(t.failed_sign_in.c.account == account)
    connection.execute(keeping.values(failures=number, last_at=last_at))


def forget_failures(connection: Connection, accounts: Iterable[str]) -> int:
    """Forget that these accounts were tried in vain; returns how many of them were."""
    tried = t.failed_sign_in
    forgetting = delete(tried).where(tried.c.account.in_(sorted(accounts)))
    return connection.execute(forgetting).rowcount

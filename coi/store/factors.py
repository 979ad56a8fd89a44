"""Reads and writes what second factors are checked with, and what passkeys are asked to sign."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, func, select, update

from coi.store import tables as t
from coi.store.append import add
from coi.store.people import PERSON
from coi.store.statements import Statement

_columns = t.factor.c
_of_person = Statement(
    select(_columns.id, _columns.person, _columns.kind, _columns.sealed, _columns.counter)
    .where(_columns.person == bindparam("person"))
    .order_by(_columns.id)
)


@dataclass(frozen=True, slots=True)
class FactorRow:
    """What one second factor is checked with, as it is stored."""

    id: str
    person: str
    kind: str
    sealed: str
    counter: int


def factors_of(connection: Connection, person: str) -> list[FactorRow]:
    """What the second factors of a person are checked with."""
    return [FactorRow(*row) for row in _of_person.rows(connection, person=person)]


def keep_factor(connection: Connection, factor: FactorRow) -> None:
    """Keep what a new second factor is checked with."""
    add(connection, t.factor, [asdict(factor) | {"person_kind": PERSON}])


def take_up(connection: Connection, identifier: str, counter: int) -> bool:
    """Count a factor on; returns whether it was below: of two who come at once, one is."""
    counting = update(t.factor).where(_columns.id == identifier, _columns.counter < counter)
    return connection.execute(counting.values(counter=counter)).rowcount == 1


def forget_factor(connection: Connection, identifier: str) -> None:
    """Forget what a second factor was checked with."""
    connection.execute(delete(t.factor).where(_columns.id == identifier))


def keep_challenge(connection: Connection, identifier: str, purpose: str, expires_at: str) -> None:
    """Keep what a passkey is asked to sign."""
    row = {"id": identifier, "purpose": purpose, "expires_at": expires_at}
    add(connection, t.challenge, [row])


def use_challenge(connection: Connection, identifier: str, purpose: str, now: str) -> bool:
    """Use up what a passkey was asked to sign; returns whether it was there, and fresh."""
    using = delete(t.challenge).where(
        t.challenge.c.id == identifier,
        t.challenge.c.purpose == purpose,
        t.challenge.c.expires_at > now,
    )
    return connection.execute(using).rowcount == 1


def challenges(connection: Connection, purpose: str) -> int:
    """How many there are for this purpose just now."""
    counted = select(func.count()).where(t.challenge.c.purpose == purpose)
    return connection.execute(counted).scalar_one()


def is_kept(connection: Connection, identifier: str) -> bool:
    """There is such a challenge, whatever for."""
    found = select(t.challenge.c.id).where(t.challenge.c.id == identifier)
    return connection.execute(found).first() is not None


def forget_challenges(connection: Connection, now: str) -> None:
    """Forget what nobody signed in time."""
    connection.execute(delete(t.challenge).where(t.challenge.c.expires_at <= now))

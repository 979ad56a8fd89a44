"""Reads and writes what PINs are checked with."""

from sqlalchemy import Connection, bindparam, delete, select

from coi.store import tables as t
from coi.store.append import add
from coi.store.people import PERSON
from coi.store.statements import Statement

_of_person = Statement(select(t.pin.c.hash).where(t.pin.c.person == bindparam("person")))


def pin_of(connection: Connection, person: str) -> str:
    """The hash with which a person's PIN is checked; '' where there is none."""
    row = _of_person.row(connection, person=person)
    return str(row[0]) if row else ""


def keep_pin(connection: Connection, person: str, pin_hash: str, set_at: str) -> None:
    """Keep the hash of a person's newest PIN; the one before is gone."""
    forget_pin(connection, person)
    row = {"person": person, "person_kind": PERSON, "hash": pin_hash, "set_at": set_at}
    add(connection, t.pin, [row])


def forget_pin(connection: Connection, person: str) -> None:
    """Forget with what a person's PIN was checked."""
    connection.execute(delete(t.pin).where(t.pin.c.person == person))

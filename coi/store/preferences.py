"""Reads and writes how people want to be shown the pages."""

from sqlalchemy import Connection, bindparam, delete, select

from coi.store import tables as t
from coi.store.append import add
from coi.store.people import PERSON
from coi.store.statements import Statement

_of_person = Statement(
    select(t.preference.c.language).where(t.preference.c.person == bindparam("person"))
)


def language_of(connection: Connection, person: str) -> str:
    """The language that a person chose; '' where they chose none."""
    row = _of_person.row(connection, person=person)
    return str(row[0]) if row else ""


def keep_language(connection: Connection, person: str, language: str) -> None:
    """Keep the language that a person chose; the one before is gone."""
    connection.execute(delete(t.preference).where(t.preference.c.person == person))
    row = {"person": person, "person_kind": PERSON, "language": language}
    add(connection, t.preference, [row])

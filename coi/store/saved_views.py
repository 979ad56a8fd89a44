"""Keeps how each person likes to see their lists: what they are narrowed down to, by name."""

from sqlalchemy import Connection, bindparam, delete, select

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement

_of_person = Statement(
    select(t.saved_view.c.name, t.saved_view.c.query)
    .where(t.saved_view.c.person == bindparam("person"))
    .order_by(t.saved_view.c.name)
)


def views_of(connection: Connection, person: str) -> dict[str, str]:
    """Name -> what the list is narrowed down to, as the page's address says it."""
    return {row[0]: row[1] for row in _of_person.rows(connection, person=person)}


def keep_view(connection: Connection, person: str, name: str, query: str) -> None:
    """Let this be the view of that name; one that had it before is gone."""
    forget_view(connection, person, name)
    add(connection, t.saved_view, [{"person": person, "name": name, "query": query}])


def forget_view(connection: Connection, person: str, name: str) -> None:
    """There is no view of that name any more."""
    c = t.saved_view.c
    connection.execute(delete(t.saved_view).where(c.person == person, c.name == name))

"""The floor: the least that a handoff can be with SQLAlchemy's ORM and one hash chain.

One row for the item, one appended event that names the hash before it, one commit. It checks one
thing, the state; it knows no people, no signatures, no scans, no keys. Whatever does its job with
less CPU than this gives its guards for nothing.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2
from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

_STATES = ("collected", "in_transit", "received")
_NEXT = dict(zip(_STATES, (*_STATES[1:], _STATES[0]), strict=True))


class _Base(DeclarativeBase):
    """The two tables."""


class Item(_Base):
    """What is handed off."""

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    head: Mapped[str]


class Event(_Base):
    """What happened to it, chained."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(index=True)
    body: Mapped[str]
    hash: Mapped[str]


def floor(file: Path, items: int) -> Callable[[], None]:
    """A database of so many items; each call hands the next one off."""
    engine = create_engine(f"sqlite:///{file}", module=dbapi2)
    event.listen(engine, "connect", _make_durable)
    _Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Item(state=_STATES[0], head="0" * 64) for _ in range(items))
        session.commit()
    numbers = cycle(range(1, items + 1))

    def handoff() -> None:
        with Session(engine) as session:
            item = session.get_one(Item, next(numbers))
            to = _NEXT[item.state]
            told = {"item": item.id, "from": item.state, "to": to, "actor": "op1"}
            body = json.dumps(told | {"meaning": "released custody"}, sort_keys=True)
            item.head = sha256((item.head + body).encode()).hexdigest()
            item.state = to
            session.add(Event(item=item.id, body=body, hash=item.head))
            session.commit()

    return handoff


def _make_durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - pysqlite3 has no types
    """As durable as the product's own connections."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")

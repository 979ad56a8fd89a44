"""Reads and writes one-time grants of a signature, and spends them with the entry that they sign.

A grant is presented when its signer is met in a transaction, and spent when an entry is written in
it: so there is no effect without it, and nothing of it is gone where nothing was written.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, bindparam, delete, select, update

from coi.store import tables as t
from coi.store.append import add
from coi.store.people import PERSON
from coi.store.statements import Statement

UNUSED = "-"


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant as it is stored; `id` is the hash of what its person holds, its times are text."""

    id: str
    person: str
    username: str
    credential: str
    meaning: str
    digest: str
    given_at: str
    expires_at: str
    used_at: str = UNUSED


_columns = t.signature_grant.c
_grant = Statement(
    select(
        _columns.id,
        _columns.person,
        _columns.username,
        _columns.credential,
        _columns.meaning,
        _columns.digest,
        _columns.given_at,
        _columns.expires_at,
        _columns.used_at,
    ).where(_columns.id == bindparam("id"))
)


def grant(connection: Connection, identifier: str) -> GrantRow | None:
    """The grant of this hash, used or not; None when it is unknown, or long forgotten."""
    row = _grant.row(connection, id=identifier)
    return GrantRow(*row) if row else None


def keep_grant(connection: Connection, new: GrantRow) -> None:
    """Keep a new grant, by its hash."""
    row = {name: getattr(new, name) for name in GrantRow.__slots__}
    add(connection, t.signature_grant, [row | {"person_kind": PERSON}])


def forget_grants(connection: Connection, before: str) -> None:
    """Forget the grants that had expired before a moment: by then they are like unknown ones."""
    connection.execute(delete(t.signature_grant).where(_columns.expires_at < before))


_spend = Statement(
    update(t.signature_grant)
    .where(
        _columns.id == bindparam("grant"),
        _columns.used_at == UNUSED,
        # A grant that was given later than now is no fresh one: the clock went back since.
        _columns.given_at <= bindparam("now"),
        _columns.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
)

# Which grants were presented in a transaction, and whether they are spent in it already. What is
# undone is forgotten with it: a transaction that is tried again has a connection of its own.
_presented: WeakKeyDictionary[Connection, dict[str, bool]] = WeakKeyDictionary()


def present(connection: Connection, identifier: str) -> None:
    """Whatever is written in this transaction from now on uses up this grant."""
    _presented.setdefault(connection, {}).setdefault(identifier, False)


def unspent(connection: Connection) -> list[str]:
    """The grants that were presented in this transaction, and are not used up by it yet."""
    return [one for one, is_spent in _presented.get(connection, {}).items() if not is_spent]


def spend(connection: Connection, identifier: str, now: str) -> bool:
    """Use up a grant; returns whether it was there to be used, and goes on until now."""
    is_spent = _spend.write(connection, [{"grant": identifier, "now": now}]) == 1
    if is_spent:
        _presented.setdefault(connection, {})[identifier] = True
    return is_spent

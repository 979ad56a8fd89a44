"""Reads and writes what programs show in the place of a password."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from coi.errors import OldProgram
from coi.store import tables as t
from coi.store.append import add
from coi.store.fence import is_ours
from coi.store.people import SERVICE
from coi.store.statements import Row, Statement

GOES_ON = "-"
NEVER = "-"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token as it is stored; `id` is the hash of what the program holds, its times are text."""

    id: str
    name: str
    person: str
    username: str
    scopes: frozenset[str]
    sites: frozenset[str]
    made_at: str
    expires_at: str
    revoked_at: str
    used_at: str

    @property
    def goes_on(self) -> bool:
        """Nobody revoked it; whether it has expired, a clock must say."""
        return self.revoked_at == GOES_ON


_columns = t.token.c
# A program has one account; its name is how a person would call it.
_tokens = select(
    _columns.id,
    _columns.name,
    _columns.person,
    t.account.c.username,
    _columns.scopes,
    _columns.sites,
    _columns.made_at,
    _columns.expires_at,
    _columns.revoked_at,
    _columns.used_at,
).join_from(t.token, t.account, t.account.c.person == _columns.person)
_token = Statement(_tokens.where(_columns.id == bindparam("id")).add_columns(is_ours))
_every = Statement(_tokens.order_by(_columns.made_at, _columns.id))
_of_person = Statement(
    _tokens.where(_columns.person == bindparam("person")).order_by(_columns.made_at, _columns.id)
)


def token(connection: Connection, identifier: str) -> TokenRow | None:
    """The token of this hash, revoked or not.

    Raises:
        OldProgram: the database is for a newer version, and nobody is shown anything (F-25).
    """
    row = _token.row(connection, id=identifier)
    if row is None:
        return None
    if not row[-1]:
        raise OldProgram
    return _row(row[:-1])


def tokens_of(connection: Connection, person: str) -> list[TokenRow]:
    """Every token of a program, the oldest first; also those that were revoked."""
    return [_row(row) for row in _of_person.rows(connection, person=person)]


def every_token(connection: Connection) -> list[TokenRow]:
    """Every token of every program, the oldest first; also those that were revoked."""
    return [_row(row) for row in _every.rows(connection)]


def _row(row: Row) -> TokenRow:
    identifier, name, person, username, scopes, sites, *times = row
    spelled = frozenset(scopes.split()), frozenset(sites.split())
    return TokenRow(identifier, name, person, username, *spelled, *times)


def keep_token(connection: Connection, new: TokenRow) -> None:
    """Keep a new token, by its hash."""
    row = {
        "id": new.id,
        "name": new.name,
        "person": new.person,
        "person_kind": SERVICE,
        "scopes": _spelled(new.scopes),
        "sites": _spelled(new.sites),
        "made_at": new.made_at,
        "expires_at": new.expires_at,
    }
    add(connection, t.token, [row | {"revoked_at": GOES_ON, "used_at": NEVER}])


def _spelled(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def note_used(connection: Connection, identifier: str, used_at: str) -> None:
    """Keep when a token was last used."""
    using = update(t.token).where(_columns.id == identifier)
    connection.execute(using.values(used_at=used_at))


def revoke(connection: Connection, identifier: str, revoked_at: str) -> None:
    """End a token; what has ended before keeps its time."""
    ending = update(t.token).where(_columns.id == identifier, _columns.revoked_at == GOES_ON)
    connection.execute(ending.values(revoked_at=revoked_at))


def revoke_all_of(connection: Connection, person: str, revoked_at: str) -> None:
    """End every token of a program."""
    ending = update(t.token).where(_columns.person == person, _columns.revoked_at == GOES_ON)
    connection.execute(ending.values(revoked_at=revoked_at))


def revoke_every_one(connection: Connection, revoked_at: str) -> None:
    """End every token, whoever's."""
    ending = update(t.token).where(_columns.revoked_at == GOES_ON)
    connection.execute(ending.values(revoked_at=revoked_at))

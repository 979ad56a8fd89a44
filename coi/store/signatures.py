"""Reads who signed the entries of a chain, as it stands in the table, and by which user name."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement

_signatures = Statement(
    select(
        *(t.signature.c.seq, t.signature.c.n, t.signature.c.person, t.signature.c.role),
        *(t.signature.c.printed_name, t.signature.c.meaning, t.signature.c.signed_at),
        t.account.c.username,
    )
    .join_from(t.signature, t.account, t.account.c.person == t.signature.c.person, isouter=True)
    .where(t.signature.c.chain == bindparam("chain"))
    .order_by(t.signature.c.seq, t.signature.c.n, t.account.c.username)
)


@dataclass(frozen=True, slots=True)
class Signatures:
    """By entry the rows of its signatures, and by person the names under which they sign in."""

    rows: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)
    usernames: dict[str, str] = field(default_factory=dict)


def signatures_of(connection: Connection, chain: str) -> Signatures:
    """Every signature of a chain: person, role, commitment of the name, meaning and time."""
    found, last = Signatures(), (-1, -1)
    names: dict[str, dict[str, None]] = {}
    for seq, n, person, *told, username in _signatures.rows(connection, chain=chain):
        if (seq, n) != last:
            found.rows.setdefault(seq, []).append((person, *told))
            last = (seq, n)
        if username is not None:
            names.setdefault(person, {})[username] = None
    found.usernames.update({person: ", ".join(several) for person, several in names.items()})
    return found

"""Reads entries as they were written: their hash and their text."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, literal_column, or_, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import ONE

_entry = Statement(
    select(t.entry.c.hash, t.entry.c.content).where(
        t.entry.c.chain == bindparam("chain"), t.entry.c.seq == bindparam("seq")
    )
)
_last_of = Statement(
    select(t.entry.c.recorded_at)
    .where(t.entry.c.actor == bindparam("actor"), t.entry.c.action == bindparam("action"))
    .order_by(t.entry.c.recorded_at.desc())
    .limit(ONE)
)
_with = Statement(
    select(t.entry.c.content)
    .where(t.entry.c.action == bindparam("action"), t.entry.c.recorded_at >= bindparam("since"))
    .order_by(t.entry.c.recorded_at.desc(), t.entry.c.chain.desc(), t.entry.c.seq.desc())
)
_hash = Statement(
    select(t.entry.c.hash).where(
        t.entry.c.chain == bindparam("chain"), t.entry.c.seq == bindparam("seq")
    )
)
_signed = Statement(
    select(t.entry.c.signed).where(
        t.entry.c.chain == bindparam("chain"), t.entry.c.seq == bindparam("seq")
    )
)
_chain = Statement(
    select(t.entry.c.hash, t.entry.c.content, t.entry.c.signed)
    .where(t.entry.c.chain == bindparam("chain"))
    .order_by(t.entry.c.seq)
)
_answers = select(
    t.request.c.key, t.entry.c.chain, t.entry.c.seq, t.entry.c.hash, t.entry.c.content
).join_from(
    t.request,
    t.entry,
    and_(t.entry.c.chain == t.request.c.chain, t.entry.c.seq == t.request.c.seq),
)
_AT_ONCE = 500  # keys in one query
_AS_MANY = 51
_part = Statement(
    select(t.entry.c.hash, t.entry.c.content, t.entry.c.signed)
    .where(t.entry.c.chain == bindparam("chain"), t.entry.c.seq > bindparam("after"))
    .order_by(t.entry.c.seq)
    .limit(literal_column(str(_AS_MANY)))
)
_NEWEST = 5_000
_about = Statement(
    select(
        *(t.entry.c.seq, t.entry.c.recorded_at, t.entry.c.action, t.entry.c.actor),
        *(t.entry.c.content, t.entry.c.signed),
    )
    .where(
        t.entry.c.chain == bindparam("chain"),
        # Only the newest are looked through: whoever asks about a person wants to know of today.
        t.entry.c.seq > bindparam("after"),
        t.entry.c.kind == "site",
        or_(t.entry.c.actor == bindparam("person"), t.entry.c.content.like(bindparam("named"))),
    )
    .order_by(t.entry.c.seq.desc())
    .limit(literal_column("100"))
)


class Answer(NamedTuple):
    """An entry that answered a request, and where it stands."""

    chain: str
    seq: int
    hash: str
    content: str


def answers_to(connection: Connection, keys: Sequence[str]) -> dict[str, Answer]:
    """The entry that answered each of these keys; without those under which nobody asked."""
    found: dict[str, Answer] = {}
    for first in range(0, len(keys), _AT_ONCE):
        some = _answers.where(t.request.c.key.in_(keys[first : first + _AT_ONCE]))
        found |= {row[0]: Answer(*row[1:]) for row in connection.execute(some)}
    return found


def newest_about(
    connection: Connection, chain: str, person: str, last: int
) -> list[tuple[str, str, str, str, str]]:
    """What a person did or had done to them, of the last entries of a chain; newest first.

    A hundred at most; each is told by time, action, actor, content and who signed.
    """
    asked = {"chain": chain, "person": person, "named": f'%"{person}"%', "after": last - _NEWEST}
    return [(row[1], row[2], row[3], row[4], row[5]) for row in _about.rows(connection, **asked)]


def entry_text(connection: Connection, chain: str, seq: int) -> tuple[str, str]:
    """The hash and content of one entry that exists."""
    (row,) = _entry.rows(connection, chain=chain, seq=seq)
    return row[0], row[1]


def last_time_of(connection: Connection, actor: str, action: str) -> str:
    """When somebody last did this; '' for never."""
    row = _last_of.row(connection, actor=actor, action=action)
    return str(row[0]) if row else ""


def entries_with(connection: Connection, action: str, since: str = "") -> list[str]:
    """What each entry says by which this was done, the newest first; for what is seldom done."""
    return [str(row[0]) for row in _with.rows(connection, action=action, since=since)]


def entry_hash(connection: Connection, chain: str, seq: int) -> str:
    """The hash of one entry; '' where there is none."""
    row = _hash.row(connection, chain=chain, seq=seq)
    return str(row[0]) if row else ""


def signed_text(connection: Connection, chain: str, seq: int) -> str:
    """Who signed one entry that exists, as it was written."""
    (row,) = _signed.rows(connection, chain=chain, seq=seq)
    return str(row[0])


def entries_of(connection: Connection, chain: str) -> Iterator[tuple[str, str, str]]:
    """Hash, content and signatures of each entry of a chain, in order."""
    for row in _chain.rows(connection, chain=chain):
        yield row[0], row[1], row[2]


def entries_behind(
    connection: Connection, chain: str, after: int
) -> Iterator[tuple[str, str, str]]:
    """The same of the next entries behind one, 51 at most; whatever came before is not read."""
    for row in _part.rows(connection, chain=chain, after=after):
        yield row[0], row[1], row[2]

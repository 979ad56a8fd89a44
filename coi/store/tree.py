"""Reads and grows the tree over all entries, and the checkpoints of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, func, select

from coi.ledger.tree import Frontier, Node, frontier_of, grown_nodes
from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Row, Statement
from coi.store.words import ONE

_AT_ONCE = 500
_leaf, _node, _entry = t.tree_leaf.c, t.tree_node.c, t.entry.c
_size = Statement(select(func.coalesce(func.max(_leaf.n) + 1, 0)))
_leaf_hash = Statement(select(_leaf.hash).where(_leaf.n == bindparam("n")))
_node_hash = Statement(
    select(_node.hash).where(_node.level == bindparam("level"), _node.number == bindparam("number"))
)
_placed = (
    select(_entry.seq, _entry.hash, _leaf.n)
    .join_from(
        t.entry,
        t.tree_leaf,
        (_leaf.chain == _entry.chain) & (_leaf.seq == _entry.seq),
        isouter=True,
    )
    .where(_entry.chain == bindparam("chain"))
)
_places = Statement(_placed.order_by(_entry.seq))
_place = Statement(_placed.where(_entry.seq == bindparam("seq")))
_is_in_tree = exists().where(_leaf.chain == _entry.chain, _leaf.seq == _entry.seq)
_outside = Statement(
    select(_entry.chain)
    .where(_entry.recorded_at >= bindparam("since"), ~_is_in_tree)
    .distinct()
    .order_by(_entry.chain)
)
_in_tree = Statement(
    select(func.coalesce(func.max(_leaf.seq), -1)).where(_leaf.chain == bindparam("chain"))
)
_next = Statement(
    select(_entry.chain, _entry.seq, _entry.prev_seq, _entry.hash, _entry.signed)
    .where(_entry.chain == bindparam("chain"), _entry.seq > bindparam("seq"))
    .order_by(_entry.seq)
    .limit(bindparam("most", type_=_entry.seq.type))
)
_point = t.checkpoint.c
_newest = Statement(select(_point.n, _point.size, _point.note).order_by(_point.n.desc()).limit(ONE))
_notes_after = Statement(
    select(_point.note)
    .where(_point.size > bindparam("size"))
    .order_by(_point.n)
    .limit(bindparam("most", type_=_point.size.type))
)
_waiting = Statement(select(func.count()).where(_point.size > bindparam("size")))
_notes = Statement(select(_point.size, _point.note).order_by(_point.n))
_newest_covered = Statement(
    select(func.max(_entry.recorded_at))
    .join_from(t.tree_leaf, t.entry, (_leaf.chain == _entry.chain) & (_leaf.seq == _entry.seq))
    .where(_leaf.n >= bindparam("begin"), _leaf.n < bindparam("end"))
)
_site_deeds = Statement(
    select(_entry.seq, _entry.content, _entry.signed, _leaf.n)
    .join_from(
        t.entry,
        t.tree_leaf,
        (_leaf.chain == _entry.chain) & (_leaf.seq == _entry.seq),
        isouter=True,
    )
    .where(_entry.chain == bindparam("chain"), _entry.action == bindparam("action"))
    .order_by(_entry.seq)
)


_leaves_from = Statement(
    select(_leaf.n, _leaf.prev_n, _leaf.chain, _leaf.seq, _leaf.prev_seq, _leaf.hash, _entry.hash)
    .join_from(
        t.tree_leaf,
        t.entry,
        (_leaf.chain == _entry.chain) & (_leaf.seq == _entry.seq),
        isouter=True,
    )
    .where(_leaf.n >= bindparam("n"))
    .order_by(_leaf.n)
)
_therapies_below = Statement(
    select(t.therapy.c.coi)
    .join_from(t.therapy, t.tree_leaf, (_leaf.chain == t.therapy.c.coi) & (_leaf.seq == 0))
    .join(t.entry, (_entry.chain == _leaf.chain) & (_entry.seq == _leaf.seq))
    .where(_leaf.n < bindparam("size"))
    .order_by(_entry.recorded_at, t.therapy.c.coi)
)
_points_above = Statement(
    select(_point.n, _point.prev_n, _point.size, _point.prev_size, _point.last, _point.note)
    .where(_point.size > bindparam("size"))
    .order_by(_point.n)
)


class Waiting(NamedTuple):
    """An entry that is not in the tree yet."""

    chain: str
    seq: int
    prev_seq: int | None
    hash: str
    signed: str


class Place(NamedTuple):
    """An entry, and where it stands in the tree; None for one that is not there yet."""

    seq: int
    hash: str
    n: int | None


class Told(NamedTuple):
    """What an entry says, and where it stands in the tree; None for one that is not there yet."""

    seq: int
    content: str
    signed: str
    n: int | None


class Kept(NamedTuple):
    """A checkpoint as it is kept."""

    n: int
    size: int
    note: str


def size_of_tree(connection: Connection) -> int:
    """How many entries the tree holds."""
    ((size,),) = _size.rows(connection)
    return int(size)


def nodes_of(connection: Connection) -> Node:
    """Gives the hashes of the tree, one by one.

    The result raises LookupError for one that is not there.
    """

    def node(level: int, number: int) -> bytes:
        if level == 0:
            row = _leaf_hash.row(connection, n=number)
        else:
            row = _node_hash.row(connection, level=level, number=number)
        if row is None:
            raise LookupError(f"the tree has no node {level}/{number}")
        return bytes.fromhex(row[0])

    return node


def frontier(connection: Connection) -> Frontier:
    """As much of the tree as it takes to grow it."""
    return frontier_of(size_of_tree(connection), nodes_of(connection))


def places_in(connection: Connection, chain: str) -> list[Place]:
    """Where each entry of a chain stands in the tree, in the chain's order."""
    return [Place(*row) for row in _places.rows(connection, chain=chain)]


def place_of(connection: Connection, chain: str, seq: int) -> Place:
    """Where one entry that exists stands in the tree."""
    (row,) = _place.rows(connection, chain=chain, seq=seq)
    return Place(*row)


def chains_outside(connection: Connection, since: str) -> list[str]:
    """The chains with an entry that was recorded since then and is not in the tree yet.

    With '' as the moment all entries are looked at.
    """
    return [str(row[0]) for row in _outside.rows(connection, since=since)]


def waiting(connection: Connection, chains: Iterable[str], most: int) -> list[Waiting]:
    """So many entries of these chains that are not in the tree yet.

    Those of one chain come together and in its order.
    """
    found: list[Waiting] = []
    for chain in chains:
        ((seq,),) = _in_tree.rows(connection, chain=chain)
        rows = _next.rows(connection, chain=chain, seq=seq, most=most - len(found))
        found += [Waiting(*row) for row in rows]
        if len(found) == most:
            break
    return found


def grow(connection: Connection, at: Frontier, entries: Sequence[Waiting]) -> Frontier:
    """Put these entries into the tree, behind what it holds.

    Whoever was overtaken by another finds the place taken, and nothing of theirs may be committed.
    """
    leaves = [
        {
            "n": n,
            "prev_n": n - 1 if n else None,
            "chain": one.chain,
            "seq": one.seq,
            "prev_seq": one.prev_seq,
            "hash": one.hash,
        }
        for n, one in enumerate(entries, start=at.size)
    ]
    grown, nodes = grown_nodes(at, [bytes.fromhex(one.hash) for one in entries])
    add(connection, t.tree_leaf, leaves)
    add(
        connection,
        t.tree_node,
        [{"level": lv, "number": number, "hash": hash_.hex()} for lv, number, hash_ in nodes],
    )
    return grown


def therapies_below(connection: Connection, size: int) -> list[str]:
    """Each therapy whose first entry stands in a tree of this size, the oldest first."""
    return [str(coi) for (coi,) in _therapies_below.rows(connection, size=size)]


def newest_checkpoint(connection: Connection) -> Kept | None:
    """The last checkpoint."""
    row = _newest.row(connection)
    return Kept(*row) if row else None


def keep_checkpoint(connection: Connection, before: Kept | None, size: int, note: str) -> None:
    """Keep one more checkpoint, behind the last."""
    row = {
        "n": before.n + 1 if before else 0,
        "prev_n": before.n if before else None,
        "size": size,
        "prev_size": before.size if before else None,
        "last": size - 1,
        "note": note,
    }
    add(connection, t.checkpoint, [row])


def leaves_from(connection: Connection, n: int) -> list[Row]:
    """Every leaf from this one on, with the hash of its entry; None where that is gone."""
    return _leaves_from.rows(connection, n=n)


def points_above(connection: Connection, size: int) -> list[Row]:
    """Every checkpoint of a tree that is larger than this."""
    return _points_above.rows(connection, size=size)


def notes_after(connection: Connection, size: int, most: int) -> list[str]:
    """The next so many checkpoints of trees that are larger than this."""
    return [str(row[0]) for row in _notes_after.rows(connection, size=size, most=most)]


def notes_waiting(connection: Connection, size: int) -> int:
    """How many checkpoints there are of trees that are larger than this."""
    ((number,),) = _waiting.rows(connection, size=size)
    return int(number)


def notes_by_size(connection: Connection) -> dict[int, str]:
    """Every checkpoint, by the size of its tree."""
    return {int(size): str(note) for size, note in _notes.rows(connection)}


def covered_until(connection: Connection) -> str:
    """When the newest entry was recorded below the last checkpoint; '' where there is none."""
    last = newest_checkpoint(connection)
    return recorded_until(connection, last.size) if last else ""


def recorded_until(connection: Connection, size: int) -> str:
    """When the newest of the first so many entries of the tree was recorded; '' where none is.

    Entries came into the tree some hundred at a time, so it is among the last of them.
    """
    row = _newest_covered.row(connection, begin=size - _AT_ONCE, end=size)
    return str(row[0]) if row and row[0] else ""


def told_by(connection: Connection, chain: str, actions: Iterable[str]) -> list[Told]:
    """What the entries of a chain say in which one of these was done, in the chain's order."""
    rows = (
        Told(*row)
        for action in actions
        for row in _site_deeds.rows(connection, chain=chain, action=action)
    )
    return sorted(rows, key=lambda one: one.seq)

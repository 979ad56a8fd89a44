"""What somebody does to a whole record, class by class, and what tells: tree or signatures."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Table

from coi.ledger.commitment import credential_commitment, key_commitment
from tests.ledger.sequencing import KEY
from tests.ledger.tamper_forging import (
    beside_tree,
    cut_tree,
    grown_anew,
    rewritten,
    signed_anew,
    with_rows,
)
from tests.ledger.tamper_rows import FORGED, Attack, Late, Named, Outside, missed, named
from tests.ledger.tamper_story import Record, Row, Story

ANOTHER_KEY: Final = Ed25519PrivateKey.from_private_bytes(b"\6" * 32)
LONG_AGO: Final = "2025-12-31T23:59:59.000000Z"


def t3(story: Story, table: Table) -> Iterator[Attack]:
    """Cut off the last rows; or everything that was written since, and leave the tree."""
    *rest, one, _two = rows = story.now[table.name]
    cut = with_rows(story.now, table.name, rest)
    if table.name == "checkpoint":
        found: Named | Late = Late(rest[-1]["size"])
    elif table.name == "tree_leaf":
        found = Named(frozenset({("checkpoint", str(story.now["checkpoint"][-1]["n"]))}))
    elif table.name == "request":
        found = named(table, rows[-1])
    else:
        found = missed(table, one)
    yield Attack("the last two rows", cut, found)
    before = story.before(table.name)
    cut_off = beside_tree(before, story.now)
    for leaf in _unlike(before, story.now):
        ends = Named(frozenset({("tree_leaf", str(leaf["n"]))}), (leaf["chain"], leaf["seq"]))
        yield Attack(f"all that was written since, with leaf {leaf['n']}", cut_off, ends)


def _unlike(record: Record, signed: Record) -> list[Row]:
    """The first leaf of each chain, in what was signed, that is of no entry of the record."""
    there = {(one["chain"], one["seq"], one["hash"]) for one in record["entry"]}
    found: dict[str, Row] = {}
    for one in signed["tree_leaf"]:
        if (one["chain"], one["seq"], one["hash"]) not in there:
            found.setdefault(one["chain"], one)
    return [*found.values()]


def _first_unlike(record: Record, signed: Record) -> Row:
    """The first leaf of what was signed that is of no entry of the record."""
    return _unlike(record, signed)[0]


def _first_point(record: Record, leaf: Row) -> Row:
    """The first checkpoint above a leaf."""
    return next(one for one in record["checkpoint"] if one["size"] > leaf["n"])


def _forged(story: Story, table: Table) -> tuple[Record, Row]:
    """The record written anew, with its chains; and the first leaf that its entries do not fit."""
    record = rewritten(story.now, *FORGED[table.name])
    return record, _first_unlike(record, story.now)


def t4(story: Story, table: Table) -> Iterator[Attack]:
    """Hash everything anew from some entry on: without the tree, with it, signed by another key."""
    record, leaf = _forged(story, table)
    place = (leaf["chain"], leaf["seq"])
    chains = Named(frozenset({("tree_leaf", str(leaf["n"]))}), place)
    yield Attack("the chains hashed anew", record, chains)
    grown = grown_anew(record)
    point = _first_point(story.now, leaf)
    yield Attack("the tree too", grown, Named(frozenset({("checkpoint", str(point["n"]))})))
    by_another = signed_anew(grown, ANOTHER_KEY)
    yield Attack("and signed", by_another, Named(frozenset({("checkpoint", "0")})))


def t5(story: Story, table: Table) -> Iterator[Attack]:
    """Show somebody another record, which the house itself has signed."""
    record, leaf = _forged(story, table)
    shown = signed_anew(grown_anew(record), KEY)
    yield Attack("another record", shown, Outside(_first_point(story.now, leaf)["size"]))


def t6(story: Story, table: Table) -> Iterator[Attack]:
    """Put an old copy in place: of this table, or of everything."""
    before = story.before(table.name)
    old, now = before[table.name], story.now[table.name]
    new = [row for row in now if row not in old]
    # What is remembered of other requests may be forgotten.
    first = new[-1] if table.name == "request" else new[0]
    size = len(before["tree_leaf"])
    found: Named | Outside | Late = missed(table, first)
    if table.name == "tree_leaf":
        found = Named(frozenset({("checkpoint", str(_first_point(story.now, first)["n"]))}))
    if table.name == "checkpoint":
        found = Late(size)
    yield Attack("an old copy of it", with_rows(story.now, table.name, old), found)
    beyond = next(one["size"] for one in story.now["checkpoint"] if one["size"] > size)
    yield Attack("an old copy of everything", before, Outside(beyond))


def t7(story: Story, table: Table) -> Iterator[Attack]:
    """Let the tree grow no more, or sign no more of it; what is recorded goes on."""
    size = len(story.before(table.name)["tree_leaf"])
    frozen = cut_tree(story.now, size)
    if table.name == "checkpoint":
        frozen = with_rows(story.now, "checkpoint", frozen["checkpoint"])
    yield Attack("nothing is signed any more", frozen, Late(size))


def t8(story: Story, table: Table) -> Iterator[Attack]:
    """Date an entry back that tells of a row, while it is not yet in the tree."""
    entry = next(one for one in reversed(_entries_of(story.now, table)) if one["seq"])
    place = (entry["chain"], entry["seq"])
    leaf = next(one for one in story.now["tree_leaf"] if (one["chain"], one["seq"]) == place)
    sizes = [0, *(one["size"] for one in story.now["checkpoint"])]
    outside = cut_tree(story.now, max(one for one in sizes if one <= leaf["n"]))
    dated = rewritten(outside, entry["recorded_at"], LONG_AGO)
    named = frozenset({("entry", f"{place[0]}/{place[1]}")})
    yield Attack("dated back", dated, Named(named, place))


_TOLD_AS: Mapping[str, Callable[[Row], str]] = {
    "party": lambda row: json.dumps({"id": row["id"], "kind": row["kind"]}, separators=(",", ":")),
    "erasable": lambda row: str(row["commitment"]),
    "credential": lambda row: credential_commitment(row["password_hash"]),
    "patient_key": lambda row: key_commitment(row["wrapped"]),
    "patient_identity": lambda row: str(row["commitment"]),
    "position": lambda row: f'"subject":"{row["subject"]}"',
}
"""Table without the place of an entry -> what the entry's bytes say that tells of a row."""


def _entries_of(record: Record, table: Table) -> Sequence[Row]:
    """The entries that tell of rows of this table, in the order of the tree."""
    # A transition is told by its workflow's text, and a leaf or what is above by all entries.
    rows = record["workflow" if table.name == "transition" else table.name]
    order = {(one["chain"], one["seq"]): one["n"] for one in record["tree_leaf"]}
    if table.name in _TOLD_AS:
        words = [_TOLD_AS[table.name](row) for row in rows]
        found = [
            one
            for one in record["entry"]
            if any(word in one["content"] + one["signed"] for word in words)
        ]
    else:
        places = {(row["chain"], row["seq"]) for row in rows}
        found = [one for one in record["entry"] if (one["chain"], one["seq"]) in places]
    return sorted(found, key=lambda one: order[one["chain"], one["seq"]])


def t12(story: Story, table: Table) -> Iterator[Attack]:
    """Steal the key, write everything anew and sign it; what was signed before lies elsewhere."""
    record, leaf = _forged(story, table)
    forged = signed_anew(grown_anew(record), KEY)
    yield Attack("with the stolen key", forged, Outside(_first_point(story.now, leaf)["size"]))

"""How somebody who owns the tables, and knows the format, rewrites a record so that it fits again.

Pure: each gives another record. What a forger does not have is the key that signs checkpoints.
"""

import json
from collections.abc import Iterable, Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.ledger.canonical import canonical
from coi.ledger.checkpoint import Checkpoint, signed
from coi.ledger.commitment import (
    ciphertext_commitment,
    commit,
    credential_commitment,
    key_commitment,
)
from coi.ledger.entry import GENESIS, content_hash, entry_hash
from coi.ledger.shape import KINDS
from coi.ledger.tree import Frontier, grown_nodes
from coi.store.tables import TREE
from tests.ledger.sequencing import ORIGIN
from tests.ledger.tamper_story import Record, Row

IN_TREE = tuple(table.name for table in TREE)


def with_rows(record: Record, table: str, rows: Iterable[Row]) -> Record:
    """The record with other rows in one table."""
    return {**record, table: tuple(rows)}


def beside_tree(record: Record, tree: Record) -> Record:
    """A record with the tree of another one."""
    return {**record, **{name: tree[name] for name in IN_TREE}}


def cut_tree(record: Record, size: int) -> Record:
    """The record with so many entries in its tree, as if nobody had sequenced since."""
    leaves, nodes, points = (record[name] for name in IN_TREE)
    return {
        **record,
        "tree_leaf": tuple(one for one in leaves if one["n"] < size),
        "tree_node": tuple(one for one in nodes if one["number"] < size >> one["level"]),
        "checkpoint": tuple(one for one in points if one["size"] <= size),
    }


def replaced(record: Record, words: Mapping[str, str]) -> Record:
    """Every text of every table but the tree, with these words in the place of those."""

    def other(value: object) -> object:
        if isinstance(value, str):
            for old, new in words.items():
                value = value.replace(old, new)
        return value

    return {
        name: rows
        if name in IN_TREE
        else tuple({column: other(value) for column, value in row.items()} for row in rows)
        for name, rows in record.items()
    }


def rewritten(record: Record, old: str, new: str) -> Record:
    """The record, that always said the one, always said the other; all hashes but the tree's fit.

    So do all commitments, and the hashes of definitions and templates.
    """
    changed = replaced(record, {old: new})
    pairs = zip(_commitments(record), _commitments(changed), strict=True)
    return hashed_anew(replaced(changed, {was: now for was, now in pairs if was != now}))


def _commitments(record: Record) -> list[str]:
    """What entries hold in the place of something, of each row that it is the commitment of."""
    return [
        *(commit(one["text"], one["salt"]) for one in record["erasable"]),
        *(key_commitment(one["wrapped"]) for one in record["patient_key"]),
        *(
            ciphertext_commitment(one["nonce"], one["ciphertext"])
            for one in record["patient_identity"]
        ),
        *(credential_commitment(one["password_hash"]) for one in record["credential"]),
        *(content_hash(one["text"]) for one in record["workflow"]),
        *(content_hash(one["text"]) for one in record["label_template"]),
    ]


def hashed_anew(record: Record) -> Record:
    """Each entry under the hash of its bytes, named by the next one and by its own parts."""
    entries: dict[tuple[str, int], Row] = {}
    for row in sorted(record["entry"], key=_place):
        before = entries.get((row["chain"], row["seq"] - 1))
        entries[_place(row)] = _sealed(row, before["hash"] if before else None)
    hashes = {place: row["content_hash"] for place, row in entries.items()}
    parts = {
        kind: tuple({**row, "content_hash": hashes[_place(row)]} for row in record[kind])
        for kind in KINDS
    }
    return {**record, **parts, "entry": tuple(entries.values())}


def _place(row: Row) -> tuple[str, int]:
    return row["chain"], row["seq"]


def _sealed(row: Row, previous: str | None) -> Row:
    content = canonical(json.loads(row["content"]) | {"previous": previous or GENESIS})
    hashes = {"hash": entry_hash(content, row["signed"]), "content_hash": content_hash(content)}
    return {**row, **hashes, "content": content, "prev_hash": previous}


def grown_anew(record: Record) -> Record:
    """The tree made of the entries as they are now, in its order; checkpoints are as they were."""
    hashes = {_place(row): row["hash"] for row in record["entry"]}
    # A chain that was given another name has its leaves where the old one had them.
    renamed = iter(sorted(hashes.keys() - {_place(row) for row in record["tree_leaf"]}))
    leaves = []
    for leaf in record["tree_leaf"]:
        place = _place(leaf) if _place(leaf) in hashes else next(renamed)
        leaves.append({**leaf, "chain": place[0], "seq": place[1], "hash": hashes[place]})
    _, nodes = grown_nodes(Frontier(), [bytes.fromhex(leaf["hash"]) for leaf in leaves])
    grown = [{"level": one[0], "number": one[1], "hash": one[2].hex()} for one in nodes]
    return {**record, "tree_leaf": tuple(leaves), "tree_node": tuple(grown)}


def signed_anew(record: Record, key: Ed25519PrivateKey) -> Record:
    """Each checkpoint signed of the tree as it is now."""
    leaves = [bytes.fromhex(leaf["hash"]) for leaf in record["tree_leaf"]]

    def note(size: int) -> str:
        root = Frontier().grown(leaves[:size]).root
        return signed(Checkpoint(ORIGIN, size, root), ORIGIN, key).text

    points = [{**one, "note": note(one["size"])} for one in record["checkpoint"]]
    return with_rows(record, "checkpoint", points)

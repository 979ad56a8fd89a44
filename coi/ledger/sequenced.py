"""The last pass: every entry stands in the tree once, and the tree is what was signed.

The leaves are compared with the entries, the nodes with the leaves, and each checkpoint with the
root at its size; so a chain without its end, a therapy that is gone, and entries that were hashed
anew are found against what was signed before. An entry that is not in the tree yet is no finding
as long as it is newer than everything in its chain that is: it may have been written just now.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain as chained
from typing import TypeAlias

from coi.ledger.checkpoint import NoCheckpoint, SignedCheckpoint, read_checkpoint
from coi.ledger.findings import Finding
from coi.ledger.signers import Signer, why_unsigned
from coi.ledger.source import Alongside, Row, Source
from coi.ledger.tree import HASH_LENGTH, Frontier, node_hash

Marks: TypeAlias = dict[int, list[tuple[int, SignedCheckpoint]]]
"""Size -> the checkpoints of a tree of that size, each with its number."""

_LEAF = ("n", "prev_n", "chain", "seq", "prev_seq", "hash")
_POINT = ("n", "prev_n", "size", "prev_size", "last", "note")
_TWICE = "stands there more than once"


def check_tree(source: Source, signers: Sequence[Signer], findings: list[Finding]) -> Frontier:
    """Compare the tree with the entries and with what was signed of it; returns what it is.

    `signers` are the keys that the record names for its checkpoints.
    """
    marks = _checkpoints(source, signers, findings)
    found = _grown(source, marks, findings)
    findings += _wrong_nodes(source, found.size)
    findings += _wrong_leaves(source)
    for size in sorted(size for size in marks if size > found.size):
        for n, _note in marks[size]:
            what = f"was signed of {size} entries, and the tree holds {found.size}"
            findings.append(_of("checkpoint", n, what))
    return found


def _of(table: str, key: object, what: str) -> Finding:
    return Finding(table, str(key), "-", None, what)


def _checkpoints(source: Source, signers: Sequence[Signer], findings: list[Finding]) -> Marks:
    """The checkpoints that can be read, by their size; they stand in one row, each larger."""
    marks: Marks = {}
    number, before = 0, None
    for n, prev_n, size, prev_size, last, text in source.rows("checkpoint", _POINT, ("n",)):
        if n == number - 1:
            findings.append(_of("checkpoint", n, _TWICE))
        elif n != number:
            findings.append(_of("checkpoint", number, f"is missing before checkpoint {n}"))
        follows = (n - 1 if n else None, before) if n == number else (prev_n, prev_size)
        if (prev_n, prev_size) != follows or last != size - 1:
            findings.append(_of("checkpoint", n, "does not follow the one before it"))
        try:
            note = note_of(text, size, signers)
        except NoCheckpoint as fault:
            findings.append(_of("checkpoint", n, fault.sentence))
        else:
            marks.setdefault(size, []).append((n, note))
        number, before = n + 1, size
    return marks


def note_of(text: str, size: int, signers: Sequence[Signer]) -> SignedCheckpoint:
    """A checkpoint as it was signed.

    Raises:
        NoCheckpoint: it says another size, or no key that signs such a tree has signed it.
    """
    note = read_checkpoint(text.encode())
    if note.checkpoint.size != size:
        raise NoCheckpoint(f"it is of {note.checkpoint.size} entries, and its row says {size}")
    if why := why_unsigned(note, signers):
        raise NoCheckpoint(why)
    return note


def _grown(source: Source, marks: Marks, findings: list[Finding]) -> Frontier:
    """The tree as its leaves say it; at each size that was signed its root is compared."""
    tree, last, parted = Frontier(), -1, False
    for n, prev_n, _chain, seq, prev_seq, hash_ in source.rows("tree_leaf", _LEAF, ("n",)):
        if n == last:
            findings.append(_of("tree_leaf", n, _TWICE))
        elif n != last + 1:
            findings.append(_of("tree_leaf", last + 1, f"is missing before leaf {n}"))
        before = (n - 1 if n else None, seq - 1 if seq else None)
        if (prev_n, prev_seq) != before:
            findings.append(_of("tree_leaf", n, "does not follow the one before it"))
        last = n
        tree = tree.grown([bytes_of(hash_)])
        for number, note in marks.get(tree.size, ()):
            # Once it has parted from what was signed, each later checkpoint differs for that alone.
            if not parted and note.checkpoint.root != tree.root:
                parted = True
                what = f"was signed of another tree: the first {tree.size} entries are not the same"
                findings.append(_of("checkpoint", number, what))
    return tree


def _wrong_leaves(source: Source) -> Iterator[Finding]:
    """Each leaf is an entry with the same hash; what is not in the tree stands at a chain's end."""
    columns, order = ("chain", "seq", "n", "hash"), ("chain", "seq")
    leaves = Alongside(source.rows("tree_leaf", columns, order))
    outside = ""  # the chain of which an entry is not in the tree
    for chain, seq, hash_ in source.rows("entry", ("chain", "seq", "hash"), order):
        stands = False
        for of_chain, of_seq, n, leaf in leaves.through((chain, seq)):
            if (of_chain, of_seq) != (chain, seq):
                yield _gone(of_chain, of_seq, n)
                continue
            stands = True
            if leaf != hash_:
                what = f"is of the hash {leaf}, and its entry's is {hash_}"
                yield Finding("tree_leaf", str(n), chain, seq, what)
            if outside == chain:
                what = "is in the tree, and an entry before it in its chain is not"
                yield Finding("tree_leaf", str(n), chain, seq, what)
        outside = outside if stands else chain
    for of_chain, of_seq, n, _leaf in leaves.rest():
        yield _gone(of_chain, of_seq, n)


def _gone(chain: str, seq: int, n: int) -> Finding:
    return Finding("tree_leaf", str(n), chain, seq, "is of an entry that is no longer there")


def _wrong_nodes(source: Source, size: int) -> Iterator[Finding]:
    """Each hash above others follows from them, and none is missing or too many."""
    order = ("level", "number")
    columns = (*order, "hash")
    leaves = (("tree_leaf", 0, *row) for row in source.rows("tree_leaf", ("n", "hash"), ("n",)))
    nodes = (("tree_node", *row) for row in source.rows("tree_node", columns, order))
    below = chained(leaves, nodes)
    stored = Alongside(source.rows("tree_node", columns, order))
    for level, number, hash_ in _above(below, size):
        there = False
        for of_level, of_number, found in stored.through((level, number)):
            key = f"{of_level}/{of_number}"
            if (of_level, of_number) != (level, number):
                yield _of("tree_node", key, "belongs to no part of the tree")
                continue
            if there:
                yield _of("tree_node", key, _TWICE)
            there = True
            if bytes_of(found) != hash_:
                yield _of("tree_node", key, "does not follow from what is below it")
        if not there:
            yield _of("tree_node", f"{level}/{number}", "is missing")
    for of_level, of_number, _found in stored.rest():
        yield _of("tree_node", f"{of_level}/{of_number}", "belongs to no part of the tree")


def _above(below: Iterable[Row], size: int) -> Iterator[tuple[int, int, bytes]]:
    """What must stand above the stored hashes, level by level, from left to right.

    A hash that is missing is read past: the ones on its level that are there stay in their places.
    """
    left: tuple[int, int, bytes] | None = None
    for _table, level, number, hash_ in below:
        if number >= size >> level:
            continue
        if number & 1 and left is not None and left[:2] == (level, number - 1):
            yield level + 1, number >> 1, node_hash(left[2], bytes_of(hash_))
        left = None if number & 1 else (level, number, bytes_of(hash_))


def bytes_of(hash_: str) -> bytes:
    """A stored hash; of what is none, bytes that no other hash has."""
    try:
        raw = bytes.fromhex(hash_)
    except ValueError:
        raw = b""
    # Capitals and blanks say the same to some readers, and not to all.
    return raw if len(raw) == HASH_LENGTH and raw.hex() == hash_ else b"\0" * HASH_LENGTH

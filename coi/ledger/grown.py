"""What came into the tree since it was verified: leaves, the hashes above them, and checkpoints.

It takes as long as there is new, however large the tree is. The part that was verified before is
known by its size and its root; who changed something in it without its hashes is found by a whole
verification alone (`sequenced`).
"""

from collections.abc import Iterable, Iterator, Sequence

from coi.ledger.checkpoint import NoCheckpoint
from coi.ledger.findings import Finding
from coi.ledger.sequenced import Marks, bytes_of, note_of
from coi.ledger.signers import Signer
from coi.ledger.source import Row
from coi.ledger.tree import Frontier, Node, grown_nodes


def check_growth(
    before: Frontier,
    leaves: Iterable[Row],
    points: Iterable[Row],
    node: Node,
    signers: Sequence[Signer],
) -> Iterator[Finding]:
    """Compare what came behind `before` with the entries, with itself, and with what was signed.

    A leaf is `(n, prev_n, chain, seq, prev_seq, hash, hash of its entry)`, a point `(n, prev_n,
    size, prev_size, last, note)`; both come in their order.
    """
    marks: Marks = {}
    yield from _read_points(points, signers, marks)
    tree, parted = before, False
    for leaf in leaves:
        yield from _wrong_leaf(tree.size, leaf)
        tree, came = grown_nodes(tree, [bytes_of(leaf[5])])
        for level, number, hash_ in came:
            yield from _wrong_node(level, number, hash_, node)
        for n, note in marks.pop(tree.size, ()):
            # Once it has parted from what was signed, each later one differs for that alone.
            if not parted and note.checkpoint.root != tree.root:
                parted = True
                what = f"was signed of another tree: the first {tree.size} entries are not the same"
                yield Finding("checkpoint", str(n), "-", None, what)
    for size, found in sorted(marks.items()):
        for n, _note in found:
            what = f"was signed of {size} entries, and the tree holds {tree.size}"
            yield Finding("checkpoint", str(n), "-", None, what)


def _read_points(
    points: Iterable[Row], signers: Sequence[Signer], marks: Marks
) -> Iterator[Finding]:
    for n, _prev_n, size, _prev_size, _last, text in points:
        try:
            marks.setdefault(size, []).append((n, note_of(text, size, signers)))
        except NoCheckpoint as fault:
            yield Finding("checkpoint", str(n), "-", None, fault.sentence)


def _wrong_leaf(place: int, leaf: Row) -> Iterator[Finding]:
    n, prev_n, chain, seq, prev_seq, hash_, of_entry = leaf
    follows = (n - 1 if n else None, seq - 1 if seq else None)
    if n != place or (prev_n, prev_seq) != follows:
        yield Finding("tree_leaf", str(n), chain, seq, "does not follow the one before it")
    if of_entry is None:
        yield Finding("tree_leaf", str(n), chain, seq, "is of an entry that is no longer there")
    elif of_entry != hash_:
        what = f"is of the hash {hash_}, and its entry's is {of_entry}"
        yield Finding("tree_leaf", str(n), chain, seq, what)


def _wrong_node(level: int, number: int, hash_: bytes, node: Node) -> Iterator[Finding]:
    try:
        what = "" if node(level, number) == hash_ else "does not follow from what is below it"
    except LookupError:
        what = "is missing"
    if what:
        yield Finding("tree_node", f"{level}/{number}", "-", None, what)

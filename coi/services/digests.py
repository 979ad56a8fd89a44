"""What documents print of the tree, and whether the tree is still that one (TL-10)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coi.clock import parse_rfc3339
from coi.errors import DataRefused, Problem
from coi.ledger.checkpoint import read_checkpoint
from coi.ledger.signers import in_force
from coi.ledger.tree import Node, frontier_of
from coi.reports.custody_contents import SignedTree
from coi.services.checkpoint_keys import signers_of
from coi.store import tree
from coi.store.transactions import Transaction

_WRITTEN = re.compile(r"([0-9]{1,18})/([0-9a-f]{16,64})")


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """How many entries a document says that there were, and how the root of their tree began."""

    size: int
    root: str

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"{self.size}/{self.root}"


def read_digest(text: str) -> Digest:
    """What stands large on a document, or what its code holds.

    Raises:
        DataRefused: it is neither.
    """
    found = _WRITTEN.fullmatch("".join(text.split()).lower())
    if found is None or int(found[1]) == 0:
        reason = "write the number of entries, a stroke, and at least 16 digits of the root"
        raise DataRefused([Problem(f"{reason}: 1204/e20563c19e33678c", column="digest")])
    return Digest(int(found[1]), found[2])


def printed_tree(tx: Transaction) -> SignedTree | None:
    """What was signed last, for a document that is printed now; None where nothing was."""
    last = tree.newest_checkpoint(tx)
    if last is None:
        return None
    point = read_checkpoint(last.note.encode()).checkpoint
    signer, until = in_force(signers_of(tx), point.size), tree.recorded_until(tx, point.size)
    if signer is None or not until:
        return None
    return SignedTree(point.size, point.root.hex(), signer.id.hex(), parse_rfc3339(until))


def wrong_digests(tx: Transaction, digests: Iterable[Digest]) -> Iterator[tuple[Digest, str]]:
    """Each digest that is not of this tree, with what differs: the smallest first.

    The first that differs and the last before it that fits say between which entries it happened.
    """
    size, node = tree.size_of_tree(tx), tree.nodes_of(tx)
    fits, differs = 0, False
    for one in sorted(digests):
        what = _what_differs(one, size, node)
        if not what:
            # Behind one that differs nothing fits but what was made to.
            fits = fits if differs else one.size
            continue
        if fits and not differs:
            what += f"; the first {fits} are"
        differs = True
        yield one, what


def _what_differs(one: Digest, size: int, node: Node) -> str:
    if one.size > size:
        return f"{one.size} entries were printed, and there are {size}"
    try:
        root = frontier_of(one.size, node).root.hex()
    except LookupError as error:
        return str(error)
    if root.startswith(one.root):
        return ""
    return f"the first {one.size} entries are not those that were printed"

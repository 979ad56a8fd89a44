"""What was damaged or put back is closed, and what follows names the root it ended with (TL-19).

Nothing of it is mended. Quality assurance signs that work goes on; the entry that says so holds how
large the tree was and its root, and is a leaf of the tree that goes on.
"""

from collections.abc import Iterator, Mapping

from coi.ledger.findings import Finding
from coi.ledger.tree import frontier_of
from coi.services.checkpoint_keys import RESTORE, ROOT, SIZE
from coi.services.decoding import content_of_text
from coi.store import tree
from coi.store.facts import ORGANISATION
from coi.store.transactions import Transaction

ACCEPTED = "accept_findings"


def closed_tree(tx: Transaction) -> Mapping[str, str]:
    """How large the tree is, and its root, for the entry that closes it."""
    size = tree.size_of_tree(tx)
    try:
        root = frontier_of(size, tree.nodes_of(tx)).root.hex()
    except LookupError:  # its nodes are what was damaged
        return {SIZE: str(size)}
    return {SIZE: str(size), ROOT: root}


def differing_closed(tx: Transaction) -> Iterator[Finding]:
    """Each entry that closed a tree which is not the beginning of the tree that is there now."""
    for told in tree.told_by(tx, ORGANISATION, (RESTORE, ACCEPTED)):
        content = content_of_text(told.content)
        # What a row says that was done is not asked: the bytes do.
        document = content["document"] if content["action"] in {RESTORE, ACCEPTED} else {}
        if ROOT not in document:
            continue
        size = int(document[SIZE])
        if _root_at(tx, size) != document[ROOT]:
            what = f"closed a tree of {size} entries, and the first {size} are others now"
            yield Finding("checkpoint", f"{ORGANISATION}/{told.seq}", ORGANISATION, told.seq, what)


def _root_at(tx: Transaction, size: int) -> str:
    try:
        return frontier_of(size, tree.nodes_of(tx)).root.hex()
    except LookupError:
        return ""

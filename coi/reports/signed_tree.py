"""What was signed last of the tree over all entries, as a document says it (TL-10).

Whoever keeps the sheet holds an anchor: they type what stands large into `coi verify --digest`, or
scan the symbol, and a record that was written anew does not fit it.
"""

from typing import Final

from coi.reports.custody_contents import SignedTree
from coi.reports.flow import SMALL, Cell, Text
from coi.reports.printable import Style
from coi.reports.wording import utc

TITLE: Final = "Checkpoint"
_DIGEST: Final = Style(face="mono", size=12, leading=16)


def signed_tree(tree: SignedTree | None) -> Cell:
    """The words beside the title."""
    if tree is None:
        return (Text("None was signed yet of the record that this is taken from."),)
    said = (
        f"The tree over all chains held {tree.size} entries, recorded until {utc(tree.until)}; so"
        " its root begins, and the code at the head of the first page holds all of it. Signed by"
        f" the key {tree.key_id}. Compare with: coi verify --digest"
    )
    return Text(tree.digest, _DIGEST), Text(said, SMALL)


def payload_of(tree: SignedTree | None) -> str:
    """What the symbol at the head of the first page holds; '' for none."""
    return tree.payload if tree else ""

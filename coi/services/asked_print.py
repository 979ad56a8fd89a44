"""For which request a copy was printed: sent again, it makes no copy that nobody has in hand.

The bytes are not kept, and the record may have gone on: so no copy is drawn a second time. That it
was made, and which one it is, stands with its entry.
"""

from collections.abc import Mapping

from coi.errors import CoiError
from coi.services.asked import fingerprint
from coi.services.installation import Installation
from coi.services.numbered import entries_before
from coi.services.proofs import Proven
from coi.store.transactions import Transaction

_ASKED = "asked"


class PrintedForThis(CoiError):
    """The very request was answered with a copy before; nothing was printed."""

    code = "PRINTED_FOR_THIS"

    def __init__(self, copy: int) -> None:
        super().__init__(
            f"Copy {copy} was printed for this request already, and is on record.",
            "Where it was lost on its way, ask for another copy, under a new key.",
        )


def asked_for(installation: Installation, by: Proven, what: str, key: str) -> Mapping[str, str]:
    """What the entry of a copy keeps of its request; nothing where that has no key."""
    return {_ASKED: fingerprint(installation.vault, "print", by.person, what, key)} if key else {}


def next_copy(tx: Transaction, what: str, asked: Mapping[str, str]) -> int:
    """The number of the copy that is printed for a request.

    Raises:
        PrintedForThis: one was printed for it before.
    """
    copy = 1
    for copy, content in enumerate(entries_before(tx, what), start=2):
        if asked and content["document"].get(_ASKED) == asked[_ASKED]:
            raise PrintedForThis(copy - 1)
    return copy

"""Proves of one therapy that its entries stand in the tree that was signed (TL-22).

The proof holds hashes alone: of the therapy's own entries, and of parts of the tree that say
nothing of what is in them. So it can be handed to somebody who may know of no other therapy.
"""

from coi.errors import CoiError, Unknown
from coi.ledger.canonical import canonical
from coi.ledger.tree import inclusion_proof
from coi.services.checkpoint_keys import signers_of
from coi.services.installation import Installation
from coi.store import tree
from coi.store.transactions import Transaction

FORMAT = 1


class NotSignedYet(CoiError):
    """There is no checkpoint to prove anything against."""

    code = "NOT_SIGNED_YET"

    def __init__(self) -> None:
        super().__init__(
            "No checkpoint covers anything of this therapy yet.",
            "Run `coi checkpoint --once`, and ask again.",
        )


def proof_of(installation: Installation, coi: str) -> bytes:
    """The proof of each entry of a therapy that the last checkpoint covers, as canonical JSON.

    Raises:
        Unknown: there is no such therapy.
        NotSignedYet: the last checkpoint covers none of it.
    """
    return installation.read(lambda tx: (canonical(_proof(tx, coi)) + "\n").encode())


def _proof(tx: Transaction, coi: str) -> dict[str, object]:
    every = tree.places_in(tx, coi)
    if not every:
        raise Unknown("therapy", coi)
    last, signers = tree.newest_checkpoint(tx), signers_of(tx)
    covered = [one for one in every if last and one.n is not None and one.n < last.size]
    if last is None or not covered:
        raise NotSignedYet
    node = tree.nodes_of(tx)
    entries = [
        {
            "seq": one.seq,
            "hash": one.hash,
            "index": one.n,
            "proof": [hash_.hex() for hash_ in inclusion_proof(one.n or 0, last.size, node)],
        }
        for one in covered
    ]
    return {
        "format": FORMAT,
        "chain": coi,
        "checkpoint": last.note,
        "signers": [one.verifier.text for one in signers],
        "entries": entries,
        "not_covered": len(every) - len(covered),
    }

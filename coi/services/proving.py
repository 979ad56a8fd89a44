"""Proves of one therapy that its entries stand in the tree that was signed (TL-22).

The proof holds hashes alone: of the therapy's own entries, and of parts of the tree that say
nothing of what is in them. So it can be handed to somebody who may know of no other therapy.
"""

from collections.abc import Sequence

from coi.errors import CoiError, Unknown
from coi.ledger.canonical import canonical
from coi.ledger.checkpoint import read_checkpoint
from coi.ledger.signers import Signer
from coi.ledger.tree import Node, inclusion_proof
from coi.services.anchoring import cosigned
from coi.services.checkpoint_keys import signers_of
from coi.services.installation import Installation
from coi.settings import Settings
from coi.store import tree
from coi.store.transactions import Transaction

FORMAT = 1
NOT_COVERED = -1
"""Said as the place of an entry in the tree for one that no checkpoint covers yet."""


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

    def look(tx: Transaction) -> bytes:
        places = tree.places_in(tx, coi)
        if not places:
            raise Unknown("therapy", coi)
        told = _proof(tx, installation.settings, coi, places)
        if not told["entries"]:
            raise NotSignedYet
        return _bytes(told)

    return installation.read(look)


def proof_in(
    tx: Transaction, settings: Settings, coi: str, beside: Sequence[tuple[str, int]]
) -> bytes:
    """The same for whoever takes all of the therapy along; where nothing is proven it says so.

    So it does where the tree is damaged: a record in doubt is taken along as it is. `beside` are
    entries of other chains that are taken along with it, by chain and number.
    """
    places = tree.places_in(tx, coi)
    others = [tree.place_of(tx, chain, seq) for chain, seq in beside]
    try:
        return _bytes(_proof(tx, settings, coi, places, others))
    except LookupError:
        nothing = {**_nothing(tx, coi), "not_covered": len(places)}
        return _bytes({**nothing, "beside": [_not_covered(one) for one in others]})


def _bytes(told: dict[str, object]) -> bytes:
    return (canonical(told) + "\n").encode()


def _nothing(tx: Transaction, coi: str) -> dict[str, object]:
    """What is told of each therapy: whose keys count, and that nothing is proven by itself."""
    return {
        "format": FORMAT,
        "chain": coi,
        "signers": [_signer(one) for one in signers_of(tx)],
        "witnesses": [],
        "entries": [],
    }


def _signer(one: Signer) -> dict[str, object]:
    """A key, for trees of which size it signs, and who says so."""
    told: dict[str, object] = {"key": one.verifier.text, "after": one.after, "by": one.by}
    if one.until is not None:
        told["until"] = one.until
    return {**told, "vouched": one.vouched} if one.vouched else told


def _proof(
    tx: Transaction,
    settings: Settings,
    coi: str,
    places: Sequence[tree.Place],
    others: Sequence[tree.Place] = (),
) -> dict[str, object]:
    told, last = _nothing(tx, coi), tree.newest_checkpoint(tx)
    covered = [one for one in places if last and one.n is not None and one.n < last.size]
    if last is None or not covered:
        beside = [_not_covered(one) for one in others]
        return {**told, "beside": beside, "not_covered": len(places)}
    node, size = tree.nodes_of(tx), last.size
    note, witnesses = cosigned(settings, read_checkpoint(last.note.encode()))
    entries = [_covered(one, size, node) for one in covered]
    return {
        **told,
        "beside": [_covered(one, size, node) for one in others],
        "checkpoint": note.text,
        "witnesses": [one.text for one in witnesses],
        "entries": entries,
        "not_covered": len(places) - len(covered),
    }


def _covered(one: tree.Place, size: int, node: Node) -> dict[str, object]:
    """The way from an entry to the root of a tree of this size; none where it is not in there."""
    if one.n is None or one.n >= size:
        return _not_covered(one)
    proof = [hash_.hex() for hash_ in inclusion_proof(one.n, size, node)]
    return {"seq": one.seq, "hash": one.hash, "index": one.n, "proof": proof}


def _not_covered(one: tree.Place) -> dict[str, object]:
    return {"seq": one.seq, "hash": one.hash, "index": NOT_COVERED, "proof": []}

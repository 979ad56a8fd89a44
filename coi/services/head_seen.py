"""What whoever asks here saw last of the record, and that it goes on from that (TL-21).

Programs and browsers keep the last checkpoint that they were given, and ask for a proof at the next
contact. A server that was put in the place of this one with another history cannot give it.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from coi.errors import DataRefused, Problem
from coi.events import tell
from coi.ledger.checkpoint import NoCheckpoint, SignedCheckpoint, read_checkpoint
from coi.ledger.findings import Finding, Verdict
from coi.ledger.signers import Signer
from coi.ledger.tree import consistency_proof
from coi.services.checkpoint_keys import CHECKPOINTS, RESTORE, SIZE, signers_of
from coi.services.decoding import content_of_text
from coi.services.doubt import note_verdict
from coi.services.installation import Installation
from coi.services.signed_before import differs_from
from coi.store import tree
from coi.store.facts import ORGANISATION
from coi.store.transactions import Transaction

PLACE = "seen by a client"


@dataclass(frozen=True, slots=True)
class Head:
    """The last checkpoint, and the hashes that lead to its root from that of an earlier size."""

    note: SignedCheckpoint
    proof: tuple[bytes, ...]


def head_since(installation: Installation, size: int) -> Head | None:
    """The last checkpoint, proven to go on from a tree of this size; None where there is none.

    There is no proof from a size that is 0, or not smaller.
    """

    def look(tx: Transaction) -> Head | None:
        last = tree.newest_checkpoint(tx)
        if last is None:
            return None
        proof = (
            consistency_proof(size, last.size, tree.nodes_of(tx)) if 0 < size < last.size else ()
        )
        return Head(read_checkpoint(last.note.encode()), proof)

    return installation.read(look)


def head_in_words(head: Head | None) -> dict[str, str | list[str]]:
    """The note as it was signed, and each hash in base64; empty where there is none."""
    if head is None:
        return {"note": "", "proof": []}
    return {"note": head.note.text, "proof": [b64encode(one).decode() for one in head.proof]}


def report_head(installation: Installation, text: str) -> bool:
    """Somebody saw another history than the record has now; returns whether that is so.

    A checkpoint that a key of this record signed, and that the tree does not continue, is a finding
    as one of an anchor is: it stops releases and infusions, and stands on record.

    Raises:
        DataRefused: it is no checkpoint, or no key of this record has signed it.
    """
    try:
        note = read_checkpoint(text.encode())
    except NoCheckpoint as fault:
        raise DataRefused([Problem(fault.sentence)]) from fault
    what = installation.read(lambda tx: differs_from(tx, note))
    if not what:
        return False
    if not installation.read(lambda tx: _is_signed(tx, note)):
        raise DataRefused([Problem("no key of this record has signed that checkpoint")])
    tell("history_changed", sentence=f"{PLACE}: {what}")
    place = installation.read(lambda tx: _place_of(tx, note))
    finding = Finding("checkpoint", place, "-", None, what)
    note_verdict(installation, Verdict(0, (finding,), {}, {}), whole=False)
    return True


def _place_of(tx: Transaction, note: SignedCheckpoint) -> str:
    """Under which place it is told that a head contradicts the record.

    What was signed of entries that were lost, and whose key was lost with them, has one place: for
    all of them one signature of quality assurance counts, whoever comes with which. Every other
    head has the place of its size.
    """
    size = note.checkpoint.size
    for told in tree.told_by(tx, ORGANISATION, (RESTORE,)):
        document = content_of_text(told.content)["document"]
        left = int(document.get(SIZE, size))
        if CHECKPOINTS not in document and left < size and _is_of_lost_key(tx, note, left):
            return f"{PLACE}, of entries that were lost before {ORGANISATION}/{told.seq}"
    return f"{PLACE}, of {size} entries"


def _is_of_lost_key(tx: Transaction, note: SignedCheckpoint, left: int) -> bool:
    """The key that signed what was left has signed it, and has signed nothing here since."""
    signer = next((one for one in signers_of(tx) if one.may_sign(left)), None)
    if signer is None or not _has_signed(note, [signer]):
        return False
    try:
        since = [read_checkpoint(one.encode()) for one in tree.notes_after(tx, left, 1)]
    except NoCheckpoint:
        return False
    return not any(signer.may_sign(one.checkpoint.size) for one in since)


def _is_signed(tx: Transaction, note: SignedCheckpoint) -> bool:
    return _has_signed(note, signers_of(tx))


def _has_signed(note: SignedCheckpoint, signers: Sequence[Signer]) -> bool:
    try:
        return bool(note.signed_by(one.verifier for one in signers))
    except NoCheckpoint:
        return False

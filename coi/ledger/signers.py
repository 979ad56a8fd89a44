"""Whose signatures below checkpoints count, and for trees of which size (TL-25).

The record names its keys one after the other. A key that was replaced signs no larger tree than the
one that it was replaced in; a record that was put back, and goes on, signs under another name from
then on, so that nobody takes what was signed of the lost entries for what is there now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from coi.ledger.checkpoint import NoCheckpoint, SignedCheckpoint, Verifier

FIRST, OLD_KEY, TWO_PEOPLE, RESTORED = "first", "old_key", "two_people", "restore"
"""Who says that a key signs from now on: the first entry; the key before it; two people, where that
was lost; or those of a record that was put back, where it goes on under another name."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that the record names: it signs trees larger than `after`, and none above `until`."""

    verifier: Verifier
    after: int = 0
    until: int | None = None
    is_closed: bool = False  # by a record that was put back: what it signed above that was lost
    by: str = field(default=FIRST, compare=False)  # who says that it takes the place of the last
    vouched: str = field(default="", compare=False)  # what that has signed of it, in base64

    def may_sign(self, size: int) -> bool:
        """It is the key in force for a tree of this size."""
        return self.after < size and (self.until is None or size <= self.until)


def in_force(signers: Iterable[Signer], size: int) -> Verifier | None:
    """The key that signs a tree of this size; None where the record names none."""
    return next((one.verifier for one in signers if one.may_sign(size)), None)


def why_unsigned(note: SignedCheckpoint, signers: Sequence[Signer]) -> str:
    """Why no signature below a checkpoint counts; '' where one does.

    Raises:
        NoCheckpoint: a line names a key that the record names, and that has not signed this.
    """
    point = note.checkpoint
    named = [one for one in signers if one.verifier.name == point.origin]
    signed = note.signed_by(one.verifier for one in named)
    if any(one.verifier in signed and one.may_sign(point.size) for one in named):
        return ""
    if signed:
        return "the key that signed it was replaced by then, or named later"
    return "no key that the record names has signed it"


def lost_after(note: SignedCheckpoint, signers: Sequence[Signer]) -> int | None:
    """How many of its entries are left, where it was signed of a record that was put back since.

    None for any other: what was signed of entries that were lost, and signed for, contradicts
    nothing that is there.
    """
    point = note.checkpoint
    for one in signers:
        if one.is_closed and one.verifier.name == point.origin and one.until is not None:
            try:
                is_signed = bool(note.signed_by([one.verifier]))
            except NoCheckpoint:
                return None
            if is_signed and point.size > one.until:
                return one.until
    return None

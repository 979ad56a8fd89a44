"""Which key of the record signs a tree of which size, and what was signed of entries now lost."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.ledger.checkpoint import Checkpoint, SignedCheckpoint, signed, verifier_of
from coi.ledger.signers import Signer, in_force, lost_after, why_unsigned

NAME, PUT_BACK = "coi/TEST/aa", "coi/TEST/aa/20260101T000000Z"
OLD, NEW, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))

FIRST = Signer(verifier_of(NAME, OLD), until=9)
SECOND = Signer(verifier_of(NAME, NEW), after=9)
CLOSED = replace(FIRST, is_closed=True)
AFTER_IT = Signer(verifier_of(PUT_BACK, NEW), after=9)


def note(size: int, key: Ed25519PrivateKey = OLD, name: str = NAME) -> SignedCheckpoint:
    """A checkpoint of so many entries, signed by a key under a name."""
    return signed(Checkpoint(name, size, bytes(32)), name, key)


@pytest.mark.parametrize(
    ("size", "signer"), [(0, None), (1, FIRST), (9, FIRST), (10, SECOND), (1_000, SECOND)]
)
def test_one_key_is_in_force_for_each_size(size: int, signer: Signer | None) -> None:
    """The old one up to the tree that it was replaced in, the new one from there on."""
    assert in_force([FIRST, SECOND], size) == (signer and signer.verifier)


def test_where_the_record_names_no_key_none_is_in_force() -> None:
    """Nobody can sign before a key was named."""
    assert in_force([], 1) is None


@pytest.mark.parametrize(
    ("signers", "told", "why"),
    [
        ([FIRST, SECOND], note(9, OLD), ""),
        ([FIRST, SECOND], note(10, NEW), ""),
        ([FIRST, SECOND], note(10, OLD), "replaced"),
        ([FIRST, SECOND], note(9, NEW), "named later"),
        ([FIRST], note(9, STRANGER), "no key"),
        ([FIRST, AFTER_IT], note(10, NEW, PUT_BACK), ""),
        ([FIRST, AFTER_IT], note(10, NEW, NAME), "no key"),
        ([], note(9, OLD), "no key"),
    ],
)
def test_a_signature_counts_by_a_key_that_is_in_force_under_its_name(
    signers: list[Signer], told: SignedCheckpoint, why: str
) -> None:
    """Whatever else was signed is told with the reason."""
    found = why_unsigned(told, signers)

    assert why in found
    assert bool(found) is bool(why)


def test_another_key_in_force_does_not_make_a_signature_count() -> None:
    """The one that signed was replaced by then, and the one that is in force has not signed."""
    assert "replaced" in why_unsigned(note(12, OLD), [FIRST, SECOND])


@pytest.mark.parametrize(
    ("signers", "told", "left"),
    [
        ([CLOSED, AFTER_IT], note(10), 9),
        ([CLOSED, AFTER_IT], note(12), 9),
        ([CLOSED, AFTER_IT], note(9), None),
        ([FIRST, AFTER_IT], note(10), None),
        ([replace(CLOSED, until=None)], note(10), None),
        ([CLOSED], note(10, name=PUT_BACK), None),
        ([CLOSED, AFTER_IT], note(10, NEW, PUT_BACK), None),
        ([CLOSED], note(10, STRANGER), None),
        ([Signer(verifier_of(PUT_BACK, NEW), until=4, is_closed=True), CLOSED], note(10), 9),
    ],
)
def test_what_was_signed_of_lost_entries_is_told_by_how_many_are_left(
    signers: list[Signer], told: SignedCheckpoint, left: int | None
) -> None:
    """Only below the name that the record had before it was put back, and of a larger tree."""
    assert lost_after(told, signers) == left


def test_a_line_that_only_names_the_lost_key_is_no_signature_of_it() -> None:
    """Whoever copies its id and signs with another key says nothing of entries that were lost."""
    (line,) = note(10).signatures
    forged = replace(note(10), signatures=(replace(line, signature=bytes(64)),))

    assert lost_after(forged, [CLOSED]) is None

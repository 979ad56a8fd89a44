"""The published vectors of proofs: the product says the same of each, and so does the verifier."""

import json

import pytest

from coi.ledger.checkpoint import NoCheckpoint, Verifier, read_checkpoint
from coi.ledger.tree import is_included, only_grew
from coi.ledger.witnessed import Witness
from coi.reports.offline import verify
from tests.ledger.proof_vectors import FILE, written

VECTORS = json.loads(FILE.read_text(encoding="utf-8"))
KINDS = ("inclusion", "growth", "notes")


def of(kind):
    """Each vector of a kind, named by why it is right or wrong."""
    named = [pytest.param(one, id=f"{one['why']} {n}") for n, one in enumerate(VECTORS[kind])]
    return pytest.mark.parametrize("vector", named)


def hashes(vector):
    """The hashes of a proof."""
    return [bytes.fromhex(one) for one in vector["proof"]]


def test_the_published_vectors_are_those_that_are_made_here():
    """Written by `python -m tests.ledger.proof_vectors`, and not by hand."""
    assert FILE.read_text(encoding="utf-8") == written()


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_right_ones_and_wrong_ones_of_each_kind(kind):
    """A verifier that says yes to all, or no to all, is found out."""
    assert {one["holds"] for one in VECTORS[kind]} == {True, False}


def test_each_wrong_proof_that_is_asked_for_is_there():
    """Wrong size, too long, wrong index, swapped, first after second, empty (TL-14)."""
    asked = {"a larger tree", "too long", "far too long", "another index", "swapped", "empty"}

    assert asked <= {one["why"] for one in VECTORS["inclusion"]}
    assert {"it shrank", "too long", "swapped", "empty"} <= {x["why"] for x in VECTORS["growth"]}


@of("inclusion")
def test_a_proof_of_an_entry_is_judged_as_published(vector):
    """By the product, and by the verifier that lies in an export (TL-14)."""
    leaf, root = bytes.fromhex(vector["leaf"]), bytes.fromhex(vector["root"])
    index, size, proof = vector["index"], vector["size"], hashes(vector)

    try:
        alone = verify.root_over(leaf, index, size, proof) == root
    except (ValueError, verify.Wrong):
        alone = False
    assert is_included(leaf, index, size, proof, root) is alone is vector["holds"]


@of("growth")
def test_a_proof_of_growth_is_judged_as_published(vector):
    """By the product; an export holds none (TL-14)."""
    first, second = bytes.fromhex(vector["first_root"]), bytes.fromhex(vector["second_root"])
    sizes = vector["first"], vector["second"]

    assert only_grew(sizes[0], first, sizes[1], second, hashes(vector)) is vector["holds"]


@of("notes")
def test_a_checkpoint_is_judged_as_published(vector):
    """By the product, and by the verifier that lies in an export."""
    text, key = vector["note"], vector["key"]

    assert signed_for_us(text, key) is signed_alone(text, key) is vector["holds"]


def signed_for_us(text, key):
    """What the product says of a note and a key."""
    try:
        note = read_checkpoint(text.encode())
        if key.startswith("witness"):
            return Witness.read(key).cosigned_at(note) is not None
        return bool(note.signed_by([Verifier.read(key)]))
    except NoCheckpoint:
        return False


def signed_alone(text, key):
    """What the verifier says of them."""
    try:
        return verify.note_of(text).is_signed_by(verify.key_of(key))
    except ValueError:
        return False

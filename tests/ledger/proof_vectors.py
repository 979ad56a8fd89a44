"""Writes the published vectors of proofs: `python -m tests.ledger.proof_vectors` (TL-14).

Right ones and wrong ones, each with why, so that whoever writes a verifier can try what it refuses.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.ledger.checkpoint import Checkpoint, SignedCheckpoint, signed, verifier_of
from coi.ledger.tree import EMPTY, consistency_proof, inclusion_proof
from coi.ledger.witnessed import cosignature, witness_of
from coi.services.whole_record import VECTORS
from tests.ledger.test_tree import LEAVES, NODE, ROOTS, wrong_proofs

FILE = VECTORS
"""Where they lie in the product, which puts them into each exported record."""

ABOUT = "Proofs of RFC 9162 and notes of C2SP, right and wrong; docs/checkpoints.md says what of."
NAME, WITNESS = "coi/TEST/vectors", "witness.example/1"
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
SEEN_AT = 1_700_000_000

Told = dict[str, Any]


def made() -> Told:
    """Every vector."""
    return {
        "about": ABOUT,
        "inclusion": [*_inclusion()],
        "growth": [*_growth()],
        "notes": [*_notes()],
    }


def written() -> str:
    """As they stand in the file."""
    return json.dumps(made(), indent=1, ensure_ascii=False) + "\n"


def _inclusion() -> Iterator[Told]:
    for size in (1, 2, 7, 8, 13):
        for index in sorted({0, size // 2, size - 1}):
            proof = inclusion_proof(index, size, NODE)
            told = _of_a_leaf(index, size, proof)
            yield {"why": "right", "holds": True, **told}
            for why, wrong in _wrong(proof):
                yield {"why": why, "holds": False, **_of_a_leaf(index, size, wrong)}
            for why, changed in (
                ("index behind the end", {"index": size}),
                ("index before the beginning", {"index": -1}),
                ("a larger tree", {"size": size * 2 + 1}),
                ("no tree", {"size": 0}),
                ("another leaf", {"leaf": EMPTY.hex()}),
                ("another root", {"root": EMPTY.hex()}),
            ):
                yield {"why": why, "holds": False, **told, **changed}
            if size > 1:
                other = (index + 1) % size
                yield {"why": "another index", "holds": False, **told, "index": other}


def _wrong(proof: tuple[bytes, ...]) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """Each wrong one, but for a hundred hashes more than there are: those are added once."""
    yield from ((why, wrong) for why, wrong in wrong_proofs(proof) if why != "far too long")
    if not proof:
        yield "far too long", (EMPTY,) * 100


def _of_a_leaf(index: int, size: int, proof: tuple[bytes, ...]) -> Told:
    hashes = [hash_.hex() for hash_ in proof]
    told = {"leaf": LEAVES[index].hex(), "index": index, "size": size, "proof": hashes}
    return {**told, "root": ROOTS[size].hex()}


def _growth() -> Iterator[Told]:
    for first, second in ((1, 2), (3, 7), (4, 7), (6, 8), (8, 13)):
        proof = consistency_proof(first, second, NODE)
        told = _of_two(first, second, proof)
        yield {"why": "right", "holds": True, **told}
        for why, wrong in _wrong(proof):
            yield {"why": why, "holds": False, **_of_two(first, second, wrong)}
        yield {"why": "it shrank", "holds": False, **_of_two(second, first, proof)}
        yield {"why": "of another tree", "holds": False, **told, "first_root": EMPTY.hex()}
        yield {"why": "to another tree", "holds": False, **told, "second_root": EMPTY.hex()}
        yield {"why": "a tree of less than nothing", "holds": False, **told, "first": -1}
    yield {"why": "nothing grew", "holds": True, **_of_two(7, 7, ())}
    yield {"why": "nothing grew, and is proven", "holds": False, **_of_two(7, 7, (EMPTY,))}


def _of_two(first: int, second: int, proof: tuple[bytes, ...]) -> Told:
    roots = {"first_root": ROOTS[first].hex(), "second_root": ROOTS[second].hex()}
    return {"first": first, "second": second, **roots, "proof": [one.hex() for one in proof]}


def _notes() -> Iterator[Told]:
    note = signed(Checkpoint(NAME, 13, ROOTS[13]), NAME, KEY)
    key, witness = verifier_of(NAME, KEY).text, witness_of(WITNESS, OTHER).text
    at = cosignature(note, WITNESS, OTHER, SEEN_AT)
    cosigned = SignedCheckpoint(note.checkpoint, (*note.signatures, at)).text
    yield {"why": "right", "holds": True, "key": key, "note": note.text}
    yield {"why": "cosigned, by the signer", "holds": True, "key": key, "note": cosigned}
    yield {"why": "cosigned, by the witness", "holds": True, "key": witness, "note": cosigned}
    forged = signed(Checkpoint(NAME, 13, ROOTS[13]), NAME, OTHER).text
    moved = (SEEN_AT + 1).to_bytes(8) + at.signature[8:]
    line = f"\u2014 {WITNESS} {b64encode(at.key_id + moved).decode()}\n"
    root = b64encode(ROOTS[13]).decode()
    for why, of, text in (
        ("another size", key, note.text.replace("\n13\n", "\n14\n")),
        ("another root", key, note.text.replace(root, b64encode(ROOTS[12]).decode())),
        ("another origin", key, note.text.replace(NAME, f"{NAME}/x", 1)),
        ("another key", key, forged),
        ("a key of the same name", verifier_of(NAME, OTHER).text, note.text),
        ("no signature", key, note.text.partition("\u2014")[0]),
        ("a line more", key, note.text.replace("\n13\n", "\n13\nmore\n")),
        ("a size with a zero before it", key, note.text.replace("\n13\n", "\n013\n")),
        ("no line feed at the end", key, note.text[:-1]),
        ("a hyphen for the dash", key, note.text.replace("\u2014", "-")),
        ("not cosigned", witness, note.text),
        ("cosigned at another time", witness, note.text + line),
    ):
        yield {"why": why, "holds": False, "key": of, "note": text}


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")

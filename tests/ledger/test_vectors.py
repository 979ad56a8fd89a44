"""The published vectors, computed a second time from docs/ledger-format.md alone.

The first half of this file takes nothing from the product: it is what a stranger would write with
the standard library. The second half asks the product for the same.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from coi.ledger import commitment as ours
from coi.ledger.canonical import CannotBeCanonical, canonical, read
from coi.ledger.entry import content_hash, entry_hash, seal
from coi.ledger.findings import Head, heads_digest
from coi.ledger.replay import State, advance

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))


def a_strangers_hash(*parts: bytes) -> str:
    """SHA-256 over the parts, one after the other."""
    digest = sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def a_strangers_text(value: Any) -> str:
    """Canonical text, written by hand."""
    if isinstance(value, dict):
        members = (f"{a_strangers_text(k)}:{a_strangers_text(value[k])}" for k in sorted(value))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(a_strangers_text, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(map(_escaped, value)) + '"'
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _escaped(letter: str) -> str:
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    short |= {'"': '\\"', "\\": "\\\\"}
    return short.get(letter) or (letter if letter >= " " else f"\\u{ord(letter):04x}")


def test_a_stranger_finds_the_chain_whole():
    """Each entry hashes to its hash and names the one before; its texts are canonical."""
    previous = "0" * 64
    for seq, entry in enumerate(VECTORS["chain"]):
        content, signed = entry["content"].encode(), entry["signed"].encode()
        told = json.loads(content)
        assert (told["seq"], told["previous"]) == (seq, previous)
        assert a_strangers_text(told) == entry["content"]
        assert a_strangers_text(json.loads(signed)) == entry["signed"]
        assert a_strangers_hash(content) == entry["content_hash"]
        previous = a_strangers_hash(b"\x00", content, b"\x0a", signed)
        assert previous == entry["hash"]


def test_a_stranger_finds_every_commitment():
    """Commitments and the digest of the heads come out as published."""
    for one in VECTORS["commitments"]:
        salted = a_strangers_hash(bytes.fromhex(one["salt"]), one["text"].encode())
        assert salted == one["commitment"]
    for one in VECTORS["identities"]:
        stored = (one["nonce"].encode(), one["ciphertext"].encode())
        assert a_strangers_hash(*stored) == one["commitment"]
    for one in VECTORS["credentials"]:
        assert a_strangers_hash(one["password_hash"].encode()) == one["commitment"]
    heads = VECTORS["heads"]["heads"]
    lines = [f"{chain} {heads[chain]['seq']} {heads[chain]['hash']}\n" for chain in sorted(heads)]
    assert a_strangers_hash("".join(lines).encode()) == VECTORS["heads"]["digest"]


@pytest.mark.parametrize("case", VECTORS["canonical"], ids=lambda case: case["text"])
def test_a_stranger_and_the_product_write_the_same_text(case: dict[str, Any]):
    """A value has one text, whoever writes it."""
    assert a_strangers_text(case["value"]) == case["text"] == canonical(case["value"])
    assert a_strangers_hash(case["text"].encode()) == case["sha256"]


@pytest.mark.parametrize("text", VECTORS["not_canonical"])
def test_the_product_reads_no_other_form(text: str):
    """What is not canonical is refused."""
    with pytest.raises(CannotBeCanonical):
        read(text)


def test_the_product_seals_the_published_chain():
    """The product makes the same bytes and hashes, and can tell the chain again."""
    state = State("COI-1")
    for entry in VECTORS["chain"]:
        content, signed = json.loads(entry["content"]), json.loads(entry["signed"])
        sealed = seal(content, signed)
        advance(state, content)
        assert (sealed.content_text, sealed.signed_text) == (entry["content"], entry["signed"])
        assert sealed.content_hash == content_hash(entry["content"]) == entry["content_hash"]
        assert sealed.hash == entry_hash(entry["content"], entry["signed"]) == entry["hash"]
    assert state.positions["COI-1/1.1"].consignee == "LAB"


def test_the_product_makes_the_published_commitments():
    """Commitments and the digest of heads are the product's own."""
    for one in VECTORS["commitments"]:
        assert ours.commit(one["text"], one["salt"]) == one["commitment"]
    for one in VECTORS["identities"]:
        assert ours.ciphertext_commitment(one["nonce"], one["ciphertext"]) == one["commitment"]
    for one in VECTORS["credentials"]:
        assert ours.credential_commitment(one["password_hash"]) == one["commitment"]
    heads = {chain: Head(**head) for chain, head in VECTORS["heads"]["heads"].items()}
    assert heads_digest(heads) == VECTORS["heads"]["digest"]

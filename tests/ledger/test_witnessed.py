"""What a witness is asked and what it signs is read as strictly as a checkpoint."""

from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from coi.ledger.checkpoint import Checkpoint, NoCheckpoint, SignedCheckpoint, signed
from coi.ledger.witnessed import (
    Asked,
    Witness,
    cosignature,
    read_asked,
    read_cosigned,
    witness_of,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"\2" * 32)
NOTE = signed(Checkpoint("example.org/ledger", 1_204, b"\3" * 32), "example.org/ledger", KEY)
NAME = "witness.example/w1"
WITNESS = witness_of(NAME, OTHER)
AT = 1_679_315_147


def cosigned(at=AT, key=OTHER):
    """The note with a cosignature below it."""
    return read_cosigned(NOTE, cosignature(NOTE, NAME, key, at).line.encode())


def test_a_cosignature_says_when_the_checkpoint_was_seen():
    """As tlog-cosignature has it: eight bytes of time, then the signature of time and text."""
    line = cosignature(NOTE, NAME, OTHER, AT).line
    raw = b64decode(line.split()[2])

    assert line.startswith(f"\u2014 {NAME} ")
    assert raw[:4] == sha256(NAME.encode() + b"\n\x04" + WITNESS.verifier.key).digest()[:4]
    assert int.from_bytes(raw[4:12]) == AT
    said = f"cosignature/v1\ntime {AT}\n{NOTE.checkpoint.text}".encode()
    assert WITNESS.verifier.has_signed(said, raw[12:])
    assert WITNESS.cosigned_at(cosigned()) == AT


def test_neither_another_key_nor_another_time_nor_the_record_itself_cosigns():
    """A signature of one kind is never taken for one of the other."""
    own = signed(NOTE.checkpoint, NAME, OTHER)

    assert WITNESS.cosigned_at(cosigned(key=KEY)) is None
    assert WITNESS.cosigned_at(NOTE) is None
    assert WITNESS.cosigned_at(own) is None
    (first, last) = cosigned().signatures
    later = (AT + 1).to_bytes(8) + last.signature[8:]
    moved = SignedCheckpoint(NOTE.checkpoint, (first, type(last)(last.name, last.key_id, later)))
    assert WITNESS.cosigned_at(moved) is None


def test_a_key_of_a_witness_is_exchanged_as_text():
    """And the key of a record is none."""
    assert Witness.read(WITNESS.text) == WITNESS
    for other in (
        WITNESS.verifier.text,
        "",
        WITNESS.text.replace("+", "-"),
        f"{NAME}+00000000+BAA=",
    ):
        with pytest.raises(NoCheckpoint):
            Witness.read(other)


@given(st.integers(0, 10**18), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_a_request_is_read_as_it_was_written(old, proof):
    """Size, proof and note, each byte of them."""
    asked = Asked(old, tuple(proof), NOTE)

    assert read_asked(asked.text.encode()) == asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        NOTE.text,
        f"old 01\n\n{NOTE.text}",
        f"old -1\n\n{NOTE.text}",
        f"old 1\n?\n\n{NOTE.text}",
        f"new 1\n\n{NOTE.text}",
        "old 1\n\n<script>\n",
        "old 1\n" + f"{b64encode(bytes(32)).decode()}\n" * 64 + f"\n{NOTE.text}",
        "old 1\n\n" + "x" * 30_000,
    ],
)
def test_what_is_no_request_is_refused(text):
    """Before anything is looked up."""
    with pytest.raises(NoCheckpoint):
        read_asked(text.encode())


@given(st.binary(max_size=200))
def test_whatever_a_witness_answers_breaks_nothing(raw):
    """It is a cosignature, or none."""
    try:
        found = read_cosigned(NOTE, raw)
    except NoCheckpoint:
        return
    assert WITNESS.cosigned_at(found) is None

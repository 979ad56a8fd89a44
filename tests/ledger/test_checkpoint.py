"""A checkpoint is read as others write it, and is refused where another could read it otherwise."""

from base64 import b64decode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from coi.ledger.checkpoint import (
    LONGEST,
    MOST_SIGNATURES,
    Checkpoint,
    NoCheckpoint,
    Signature,
    Verifier,
    read_checkpoint,
    read_checkpoints,
    signed,
    verifier_of,
    with_signature,
)
from coi.ledger.tree import EMPTY

NAME = "example.org/ledger"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
OURS, OTHERS = verifier_of(NAME, KEY), verifier_of("witness.example", WITNESS)
POINT = Checkpoint(NAME, 1_204, EMPTY)
NOTE = signed(POINT, NAME, KEY)

NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = (
    b"If you think cryptography is the answer to your problem,\n"
    b"then you don't know what your problem is.\n"
)
SAID_BY = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)
"""The example of Go's package for signed notes (golang.org/x/mod/sumdb/note)."""


def test_a_key_and_a_signature_are_those_of_other_programs():
    """The example of the package that signed notes come from."""
    known = Verifier.read(NEUMANN)
    raw = b64decode(SAID_BY)

    assert known.text == NEUMANN
    assert raw[:4] == known.id
    assert known.has_signed(SAID, raw[4:])
    assert not known.has_signed(SAID + b"!", raw[4:])
    assert not known.has_signed(SAID, raw[4:-1])


def test_a_note_has_three_lines_a_blank_one_and_a_signature():
    """As tlog-checkpoint has it."""
    origin, size, root, blank, signature, end = NOTE.text.split("\n")

    assert (origin, size, blank, end) == (NAME, "1204", "", "")
    assert root == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert signature.startswith(f"\u2014 {NAME} ")


def test_what_was_written_is_read_again():
    """With each of its signatures, and who of those that are known made them."""
    note = with_signature(NOTE, "witness.example", WITNESS)

    again = read_checkpoint(note.text.encode())

    assert again == note
    assert again.checkpoint == POINT
    assert again.signed_by([OURS, OTHERS]) == (OURS, OTHERS)
    assert again.signed_by([OTHERS]) == (OTHERS,)
    assert again.signed_by([]) == ()


def test_a_signature_of_nobody_known_says_nothing():
    """A key of the same name is another key."""
    other = verifier_of(NAME, WITNESS)

    assert NOTE.signed_by([other]) == ()


@pytest.mark.parametrize("changed", ["size", "root", "origin"])
def test_what_was_changed_after_it_was_signed_is_refused(changed):
    """The line names our key, and our key has not signed this."""
    other = {
        "size": Checkpoint(NAME, 1_205, EMPTY),
        "root": Checkpoint(NAME, 1_204, bytes(32)),
        "origin": Checkpoint("example.org/other", 1_204, EMPTY),
    }[changed]
    forged = NOTE.text.replace(POINT.text, other.text)

    with pytest.raises(NoCheckpoint, match="has not signed it"):
        read_checkpoint(forged.encode()).signed_by([OURS])


def test_each_key_signs_once():
    """A second line of the same key adds nobody."""
    twice = with_signature(NOTE, NAME, KEY)

    assert twice.signed_by([OURS]) == (OURS,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1204", "01204"),
        ("1204", "-1"),
        ("1204", "+1204"),
        ("1204", "1204 "),
        ("1204", "1_204"),
        ("1204", "9" * 20),
        ("1204", "\u0661"),
        (NAME, ""),
        (NAME, "two words"),
        (NAME, "a+b"),
        ("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "47DEQpj8"),
        ("hSuFU=", "hSuFV="),  # the same bytes, written in a second way
        ("hSuFU=", "hSuF_="),
        ("\n\n", "\n"),
        ("\n\n", "\n\nmore\n\n"),
        ("\u2014", "-"),
        ("\n\n", "\r\n\n"),
        ("1204", "12\x0004"),
    ],
)
def test_what_another_could_read_otherwise_is_refused(old, new):
    """There is one way to write each checkpoint."""
    text = NOTE.text.replace(old, new, 1)
    assert text != NOTE.text

    with pytest.raises(NoCheckpoint):
        read_checkpoint(text.encode())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\n\n\n\n",
        b"\xff\xfe",
        NOTE.text.encode()[:-1],
        NOTE.text.encode() + b"\n",
        NOTE.checkpoint.text.encode(),
        NOTE.checkpoint.text.encode() + b"\n",
        NOTE.text.encode() + (NOTE.signatures[0].line * 40).encode(),
        NOTE.text.encode() + b"x" * LONGEST,
    ],
)
def test_what_is_no_note_is_refused(raw):
    """Empty, cut, too long, without a signature, with too many."""
    with pytest.raises(NoCheckpoint):
        read_checkpoint(raw)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        NEUMANN.replace("c74f20a3", "c74f20a4"),
        NEUMANN.replace("PeterNeumann", "Paul"),
        NEUMANN.replace("+ARpc", "+AxpcX"),
        NEUMANN.replace("+ARpc", "+BRpc"),
        NEUMANN[:-4],
        NEUMANN + "\n",
    ],
)
def test_what_is_no_key_is_refused(text):
    """Its id is that of its name and bytes, or it is none."""
    with pytest.raises(NoCheckpoint):
        Verifier.read(text)


def test_every_changed_byte_is_noticed():
    """Whatever one byte becomes, nobody takes the note for one that we signed (TL-13)."""
    whole = NOTE.text.encode()
    for at in range(len(whole)):
        for bit in (1, 0x20, 0x80):
            raw = whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
            try:
                signers = read_checkpoint(raw).signed_by([OURS])
            except NoCheckpoint:
                continue
            assert signers == (), at


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw):
    """They are a note, or are refused."""
    try:
        assert read_checkpoint(raw).text.encode() == raw
    except NoCheckpoint:
        return


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "\u00e4", "x" * 201])
def test_a_key_has_a_name_that_a_line_can_hold(name):
    """Whatever its bytes are."""
    with pytest.raises(NoCheckpoint):
        Verifier(name, bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_has_as_many_bytes_as_keys_of_its_kind(length):
    """Whatever its name is."""
    with pytest.raises(NoCheckpoint):
        Verifier(NAME, bytes(length))


def below(*lines):
    """The note with these signatures alone below it, as bytes."""
    return f"{NOTE.checkpoint.text}\n{''.join(one.line for one in lines)}".encode()


def test_as_many_signatures_are_read_as_are_allowed():
    """And one more is too many."""
    lines = [Signature(f"w{n}", bytes(4), bytes(64)) for n in range(MOST_SIGNATURES + 1)]

    assert len(read_checkpoint(below(*lines[:-1])).signatures) == MOST_SIGNATURES
    with pytest.raises(NoCheckpoint):
        read_checkpoint(below(*lines))


@pytest.mark.parametrize(("more", "holds"), [(0, True), (1, False)])
def test_a_note_is_read_that_is_just_not_too_long(more, holds):
    """And one byte more is too much: the names of its keys make up the length."""
    nameless = [Signature("", bytes(4), bytes(290))] * 30
    each, rest = divmod(LONGEST + more - len(below(*nameless)), len(nameless))
    lengths = (each + (n < rest) for n in range(len(nameless)))
    raw = below(*(replace(nameless[0], name="x" * length) for length in lengths))

    assert len(raw) == LONGEST + more
    if holds:
        assert read_checkpoint(raw).checkpoint == POINT
    else:
        with pytest.raises(NoCheckpoint):
            read_checkpoint(raw)


@pytest.mark.parametrize(("length", "holds"), [(0, False), (1, True)])
def test_a_signature_is_more_than_the_id_of_its_key(length, holds):
    """However short it is: whether it counts is asked of it later."""
    raw = below(Signature(NAME, bytes(4), bytes(length)))

    if holds:
        assert read_checkpoint(raw).signatures[0].signature == bytes(length)
    else:
        with pytest.raises(NoCheckpoint):
            read_checkpoint(raw)


def test_a_note_that_is_none_takes_no_other_with_it():
    """It looks like one, and its size is none: those behind it are read."""
    strange = NOTE.text.replace("1204", "01204")

    assert read_checkpoints(f"{strange}\n{NOTE.text}\n".encode()) == (NOTE,)


def test_notes_one_behind_the_other_are_read_in_their_order():
    """As they stand in a file to which each is appended."""
    larger = signed(Checkpoint(NAME, 1_205, EMPTY), NAME, KEY)

    assert read_checkpoints(f"{NOTE.text}\n{larger.text}\n".encode()) == (NOTE, larger)
    assert read_checkpoints(b"") == ()


@given(st.integers(0, len(NOTE.text.encode()) - 1))
def test_a_note_that_was_torn_takes_no_other_with_it(length):
    """Wherever a power cut ended it; the next one begins on a line of its own."""
    larger = signed(Checkpoint(NAME, 1_205, EMPTY), NAME, KEY)
    torn = NOTE.text.encode()[:length]

    assert read_checkpoints(torn + f"\n{larger.text}\n".encode()) == (larger,)


@given(st.binary(max_size=300))
def test_whatever_stands_in_a_file_of_notes_breaks_nothing(raw):
    """What is no note is passed over."""
    assert read_checkpoints(raw) == ()

"""What the verifier of an export asks of points, signatures, notes and proofs, to the last bit."""

import json
from argparse import ArgumentTypeError
from base64 import b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.ledger.checkpoint import Checkpoint, SignedCheckpoint, Verifier, signed, verifier_of
from coi.ledger.witnessed import cosignature, witness_of
from coi.reports.offline import verify
from tests.ledger.proof_vectors import FILE

VECTORS = json.loads(FILE.read_text("utf-8"))
NAME = "coi/TEST/aa"
P, D = verify.P, verify.D

# -- points and signatures -------------------------------------------------------------------------


def point(raw):
    """The point that is written so."""
    return vars(verify)["_point"](raw)


def written(y, sign=0):
    """How a point is written, of which one knows the one coordinate and the other's last bit."""
    return (y | sign << 255).to_bytes(32, "little")


def is_on_curve(y):
    """Whether the curve has points with this coordinate, as Euler's criterion says."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    return pow(square, (P - 1) // 2, P) in (0, 1)


BASE = 4 * pow(5, -1, P) % P


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", [y for y in range(2, 40) if is_on_curve(y)] + [BASE, P - BASE])
def test_a_point_lies_on_the_curve_on_the_side_that_is_asked_for(y, sign):
    """As the equation of RFC 8032, 5.1 has it."""
    x, told, z = point(written(y, sign))

    assert (told, z, x & 1) == (y, 1, sign)
    assert (y * y - x * x) % P == (1 + D * x * x * y * y) % P


@pytest.mark.parametrize("y", [1, P - 1])
def test_a_point_without_a_side_is_written_in_one_way(y):
    """Its other coordinate is nothing, which has no sign."""
    assert point(written(y))[:2] == (0, y)
    with pytest.raises(ValueError, match="no point"):
        point(written(y, 1))


@pytest.mark.parametrize(
    "raw",
    [
        *(written(y) for y in range(2, 40) if not is_on_curve(y)),
        *(written(P + y) for y in range(19)),
        *(written(BASE)[:31], written(BASE) + b"\0", b""),
    ],
)
def test_what_is_no_point_or_written_otherwise_is_refused(raw):
    """Beside the curve, larger than it goes, or not 32 bytes."""
    with pytest.raises(ValueError, match="no point"):
        point(raw)


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (written(BASE), True),
        (written(BASE, 1), False),
        (written(P - BASE), False),
        (written(P - BASE, 1), False),
    ],
)
def test_a_signature_ends_at_the_very_point(at, holds):
    """Not at the one beside it, above it or across from it; a key of no weight shows that."""
    nothing, one = written(1), (1).to_bytes(32, "little")

    assert verify.has_signed(nothing, b"any", at + one) is holds
    assert not verify.has_signed(written(P + 1), b"any", at + one)


@pytest.mark.parametrize(("s", "holds"), [(0, True), (verify.L, False), (verify.L - 1, False)])
def test_the_number_of_a_signature_is_written_in_one_way(s, holds):
    """Below the order of the group, as RFC 8032, 5.1.7 has it."""
    nothing = written(1)

    assert verify.has_signed(nothing, b"any", nothing + s.to_bytes(32, "little")) is holds


# -- keys ------------------------------------------------------------------------------------------


def a_key(raw, sort=1, name=NAME):
    """A key as it is exchanged, whatever it is."""
    key = verify.Key(name, sort, raw)
    return f"{name}+{key.fingerprint[:8]}+{b64encode(bytes([sort]) + raw).decode()}"


@pytest.mark.parametrize("sort", [1, 4])
@pytest.mark.parametrize("raw", [bytes(32), b"\xfb" * 32])
def test_a_key_is_read_as_it_is_exchanged(sort, raw):
    """Of a signer or of a witness, also where its text holds what parts name and id."""
    read = verify.key_of(f" {a_key(raw, sort)}\n")

    assert read == (NAME, sort, raw)
    assert read.fingerprint == sha256(f"{NAME}\n".encode() + bytes([sort]) + raw).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        *(a_key(bytes(32), sort) for sort in (0, 2, 3, 5)),
        *(a_key(bytes(n)) for n in (0, 31, 33)),
        a_key(bytes(32)).replace("+", "+0", 1),
        a_key(bytes(32)).replace("/aa+", "/ab+"),
        a_key(bytes(32), 1)[:-1],
        a_key(bytes(32)) + "=",
    ],
)
def test_what_is_no_key_is_refused(text):
    """Of another sort, another length, under another id, or in another base64."""
    with pytest.raises(ValueError, match=r".*"):
        verify.key_of(text)


KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))


@pytest.mark.parametrize("size", [16, 17, 64])
def test_digits_of_a_key_are_taken_as_they_are_printed(size):
    """In groups, and in capitals."""
    whole = verify.key_of(verifier_of(NAME, KEY).text).fingerprint
    printed = " ".join(whole[n : n + 4] for n in range(0, size, 4))[: size + (size - 1) // 4]

    assert verify.fingerprint_of(printed.upper()) == whole[:size]


@pytest.mark.parametrize("text", ["a" * 15, "a" * 65, "g" * 16, "", "-" * 16])
def test_too_few_digits_of_a_key_name_none(text):
    """Nor do too many, or others."""
    with pytest.raises(ArgumentTypeError):
        verify.fingerprint_of(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"1/{'a' * 16}", (1, "a" * 16)),
        (f" 12 04 / {'AB' * 32} ", (1204, "ab" * 32)),
        (f"{'9' * 18}/{'0' * 17}", (int("9" * 18), "0" * 17)),
    ],
)
def test_a_digest_is_taken_as_it_is_printed(text, told):
    """How many entries, and how their root begins."""
    assert verify.digest_of(text) == told


@pytest.mark.parametrize(
    "text", [f"1/{'a' * 15}", f"1/{'a' * 65}", f"{'9' * 19}/{'a' * 16}", f"/{'a' * 16}", "1", "-"]
)
def test_too_little_of_a_digest_is_none(text):
    """Whoever compares a few digits compares nothing."""
    with pytest.raises(ArgumentTypeError):
        verify.digest_of(text)


# -- checkpoints and proofs ------------------------------------------------------------------------


def speaks_for(key, text):
    """Whether a key stands for a checkpoint; what cannot be read is none."""
    try:
        return verify.note_of(text).is_signed_by(verify.key_of(key))
    except verify.SHAPELESS:
        return False


@pytest.mark.parametrize("told", VECTORS["notes"], ids=lambda told: told["why"])
def test_published_checkpoints_are_judged_as_they_are_published(told):
    """Each that holds, and each that somebody changed (TL-14)."""
    assert speaks_for(told["key"], told["note"]) is told["holds"]


@pytest.mark.parametrize("told", VECTORS["inclusion"], ids=lambda told: told["why"])
def test_published_proofs_are_judged_as_they_are_published(told):
    """Each leaf that stands in a tree, and each that does not (RFC 9162, 2.1.3)."""
    proof = [bytes.fromhex(hash_) for hash_ in told["proof"]]
    try:
        root = verify.root_over(bytes.fromhex(told["leaf"]), told["index"], told["size"], proof)
    except ValueError:
        root = b""

    assert (root.hex() == told["root"]) is told["holds"]


LEAF = sha256(b"leaf").digest()


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        *((0, 0, ()), (-1, 1, ()), (1, 1, ()), (2, 1, ()), (-1, 2, (LEAF,)), (2, 2, (LEAF,))),
        *((0, 1, (LEAF,)), (0, 2, ()), (0, 1 << 63, (LEAF,) * 63)),
    ],
)
def test_what_is_no_proof_of_a_leaf_leads_nowhere(index, size, proof):
    """A place that there is not, or a proof where none is needed, and none where one is."""
    with pytest.raises(ValueError, match="no proof of a leaf"):
        verify.root_over(LEAF, index, size, proof)


def test_the_largest_tree_still_has_a_root():
    """As large as a number of the database can say."""
    assert len(verify.root_over(LEAF, 0, (1 << 63) - 1, (LEAF,) * 63)) == len(LEAF)


def a_note(size=9, *, name=NAME, keys=(KEY,)):
    """A checkpoint that each of these keys has signed under the one name."""
    point_ = Checkpoint(name, size, bytes(32))
    lines = tuple(signed(point_, name, key).signatures[0] for key in keys)
    return SignedCheckpoint(point_, lines)


def test_another_signature_of_the_same_name_takes_nobodys_place():
    """A key is looked for by name and id: what stands above it does not count against it."""
    text = a_note(keys=(OTHER, KEY)).text

    assert speaks_for(verifier_of(NAME, KEY).text, text)
    assert speaks_for(verifier_of(NAME, OTHER).text, text)


def test_a_signature_counts_under_the_name_of_its_key_alone():
    """The same key by another name has signed nothing."""
    note = a_note()
    other = Verifier(f"{NAME}/x", verifier_of(NAME, KEY).key)

    assert not speaks_for(other.text, note.text)


def test_a_line_by_another_name_is_not_the_key_s():
    """Also where it holds the id of the key, and what the key has signed."""
    text = a_note().text.replace(f"\u2014 {NAME} ", f"\u2014 {NAME}x ")

    assert not speaks_for(verifier_of(NAME, KEY).text, text)


@pytest.mark.parametrize("at", [0, 1_800_000_000, (1 << 64) - 1])
def test_the_time_of_a_witness_is_read_whole(at):
    """All of its eight bytes are what was signed."""
    note = a_note()
    line = cosignature(note, "watch", OTHER, at)
    text = SignedCheckpoint(note.checkpoint, (*note.signatures, line)).text

    assert speaks_for(witness_of("watch", OTHER).text, text)


def test_a_witness_speaks_for_what_it_saw_then():
    """Its signature counts with its time, for that checkpoint, and not as a signer's."""
    note = a_note()
    line = cosignature(note, "watch", OTHER, 1_800_000_000)
    text = SignedCheckpoint(note.checkpoint, (*note.signatures, line)).text

    assert speaks_for(witness_of("watch", OTHER).text, text)
    assert not speaks_for(verifier_of("watch", OTHER).text, text)
    assert not speaks_for(witness_of("watch", OTHER).text, text.replace("\n9\n", "\n8\n"))
    assert not speaks_for(witness_of("watch", KEY).text, text)


ROOT = b64encode(bytes(32)).decode()
LINE = a_note().text.split("\n\n")[1]


@pytest.mark.parametrize(
    "text",
    [
        *(f"{NAME}\n{size}\n{ROOT}\n\n{LINE}" for size in ("0", "01", "-1", "x", "", "9" * 19)),
        f"{NAME}\n9\n{ROOT}\n\n{LINE}x",
        f"{NAME}\n9\n{ROOT}\n\n{LINE}no line\n",
        f"{NAME}\n9\n{ROOT}\n\nno line\n{LINE}",
        f"{NAME}\n9\n{ROOT[:-2]}B=\n\n{LINE}",
        f"{NAME}\n9\n{ROOT}\n\n{LINE}\n\n",
        f"{NAME}\n9\n{ROOT}\n\n{LINE.replace('=', '', 1)}",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    """A size that no tree has, a line that is no signature, or what can be written otherwise."""
    with pytest.raises(ValueError, match=r".*"):
        verify.note_of(text)


@pytest.mark.parametrize("size", ["1", "10", "9" * 18])
def test_a_checkpoint_of_any_size_is_read(size):
    """From one entry on, as far as eighteen digits go."""
    note = verify.note_of(f"{NAME}\n{size}\n{ROOT}\n\n{LINE}")

    assert note[:4] == (f"{NAME}\n{size}\n{ROOT}\n".encode(), NAME, int(size), bytes(32))
    assert [name for name, _ in note.signatures] == [NAME]


# -- a record of one entry -------------------------------------------------------------------------

FIRST = verify.Entry("entries/0000.json", {"chain": "COI", "seq": 0}, [], "c", LEAF.hex())


def proven(**changes):
    """What stands in the proof of a record of one entry, which is a tree of its own."""
    point_ = signed(Checkpoint(NAME, 1, LEAF), NAME, KEY)
    told = {
        "format": 1,
        "chain": "COI",
        "entries": [{"seq": 0, "hash": LEAF.hex(), "index": 0, "proof": []}],
        "not_covered": 0,
        "beside": [],
        "checkpoint": point_.text,
        "signers": [{"key": verifier_of(NAME, KEY).text, "after": 0, "by": "first"}],
        "witnesses": [],
    }
    text = json.dumps(
        {**told, **changes}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return verify.tree_holds({verify.PROOF: text.encode()}, [FIRST], [])


def test_one_entry_is_a_tree_of_its_own():
    """It needs no proof, and is its own root."""
    found = proven()

    assert (found.covered, found.reviews, found.note.size) == (1, 0, 1)


def test_one_entry_that_nothing_covers_yet_is_one():
    """What was recorded a moment ago."""
    assert proven(entries=[], not_covered=1) == verify.Proven()


@pytest.mark.parametrize(
    "changes",
    [
        *({"format": 2}, {"chain": "X"}, {"not_covered": 1}, {"not_covered": -1}),
        *({"entries": []}, {"beside": [{"hash": LEAF.hex(), "index": -1, "proof": []}]}),
        {"entries": [{"seq": 1, "hash": LEAF.hex(), "index": 0, "proof": []}]},
        {"entries": [{"seq": 0, "hash": "00" * 32, "index": 0, "proof": []}]},
        {"entries": [{"seq": 0, "hash": LEAF.hex(), "index": 1, "proof": []}]},
        {"signers": []},
    ],
)
def test_a_proof_of_something_else_is_none(changes):
    """Of another record, of more or of less, or of a key that nobody names."""
    with pytest.raises(verify.Wrong):
        proven(**changes)

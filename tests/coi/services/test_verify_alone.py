"""The verifier that lies in each exported record: alone, and of another house's make (TL-11)."""

import ast
import io
import json
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.demo.cast import PASSWORD
from coi.ledger.checkpoint import Checkpoint, Verifier, signed, verifier_of
from coi.ledger.witnessed import cosignature, witness_of
from coi.reports.offline import verify
from coi.services.checkpoint_keys import read_signing_key, signers_of
from coi.services.documents import write_custody_record
from coi.services.proofs import authenticate
from coi.services.sequencing import Sequencer
from coi.services.whole_record import VERIFIER, write_whole_record
from tests.coi.services.changed_exports import CHANGES, replaced, without
from tests.coi.services.resealed import chained_anew, listed_anew, with_proof, with_record
from tests.journeys.worlds import Databases, copy_of
from tests.ledger.proof_vectors import FILE

LIVES = ("mixed up", "positive after infusion", "copied from paper", "out of specification")
LONGEST = 600
HOLDS, DOES_NOT_HOLD, NOT_CHECKED = 0, 1, 2


@pytest.fixture(scope="module")
def world(lives, migrated_file, tmp_path_factory):
    """The cast where everything stands below a checkpoint, and a paper was handed out."""
    with copy_of(Databases(migrated_file), lives, tmp_path_factory.mktemp("signed")) as acting:
        coi = lives.cois["mixed up"]
        paper = write_custody_record(acting.installation, acting.proven["queenie"], coi)
        Sequencer(acting.installation).run_until_empty()
        yield acting, paper


@pytest.fixture(scope="module")
def taken(world):
    """Take the whole record of a therapy; each file by its name."""

    def take(coi):
        by = authenticate(world[0].installation, "queenie", PASSWORD)
        file = ZipFile(io.BytesIO(write_whole_record(world[0].installation, by, coi)))
        return {name: file.read(name) for name in file.namelist()}

    return take


@pytest.fixture(scope="module")
def files(lives, taken):
    """The record of a therapy for which another one's bag was scanned."""
    return taken(lives.cois["mixed up"])


@pytest.fixture(scope="module")
def signer(world):
    """The key that signs checkpoints."""
    (only,) = world[0].installation.read(signers_of)
    return only.verifier


@pytest.fixture
def asked(tmp_path, capsys):
    """Write files into a folder and ask about them: what is said, and the exit status."""

    def ask(files, *arguments):
        shutil.rmtree(tmp_path / "record", ignore_errors=True)
        folder = unpacked(files, tmp_path / "record")
        status = verify.main([str(folder), *arguments])
        return status, capsys.readouterr().out

    return ask


def unpacked(files, folder):
    """The files where they can be read."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder


def alone(folder):
    """Run the program that lies in a folder, with no package and nothing of ours."""
    command = [sys.executable, "-I", "-S", "verify.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def hex_of(content):
    """Its SHA-256."""
    return sha256(content).hexdigest()


def fingerprint(verifier):
    """As the program shows it."""
    return verify.key_of(verifier.text).fingerprint


# -- what it is made of ----------------------------------------------------------------------------


def test_it_takes_nothing_but_the_standard_library():
    """No part of this program, and no package; and not too much to be read (TL-11)."""
    text = VERIFIER.read_text()
    tree = ast.parse(text, feature_version=(3, 9))

    taken = {
        name.name for one in ast.walk(tree) if isinstance(one, ast.Import) for name in one.names
    }
    taken |= {one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    assert {name.split(".")[0] for name in taken} <= sys.stdlib_module_names
    assert len(text.splitlines()) <= LONGEST


@pytest.mark.parametrize("life", LIVES)
def test_each_life_holds(lives, taken, asked, life):
    """Whatever happened: the same state is told by the entries alone (DI-11, DI-14)."""
    files = taken(lives.cois[life])

    status, said = asked(files)

    entries = len(json.loads(files["record.json"])["entries"])
    assert status == HOLDS, said
    assert f"{entries} entries, " in said
    assert f"{entries} of these entries and " in said
    assert "ask elsewhere" in said


def test_it_runs_in_the_folder_of_an_export_alone(files, tmp_path, signer):
    """With the interpreter and nothing else; it says whose key to ask for."""
    done = alone(unpacked(files, tmp_path))

    assert (done.returncode, done.stderr) == (HOLDS, "")
    assert done.stdout.startswith("HOLDS: the record of ")
    assert fingerprint(signer) in done.stdout
    assert "ask elsewhere" in done.stdout


TRIED = """
import json, verify
def holds(one):
    leaf, root, *proof = map(bytes.fromhex, (one["leaf"], one["root"], *one["proof"]))
    try:
        return verify.root_over(leaf, one["index"], one["size"], proof) == root
    except ValueError:
        return False
def signed(one):
    try:
        return verify.note_of(one["note"]).is_signed_by(verify.key_of(one["key"]))
    except ValueError:
        return False
told = json.load(open("proofs/vectors.json", encoding="utf-8"))
judged = [(holds(one), one["holds"]) for one in told["inclusion"]]
judged += [(signed(one), one["holds"]) for one in told["notes"]]
assert all(said is holds for said, holds in judged)
print(sum(not holds for _said, holds in judged))
"""
"""What an inspector does with the vectors that lie in an export, and with its verifier alone."""


def test_proofs_right_and_wrong_come_with_it_to_try_it_on(files, tmp_path):
    """On a machine without this program: it takes the right ones and none of the wrong (TL-14)."""
    folder = unpacked(files, tmp_path)

    done = subprocess.run(
        [sys.executable, "-S", "-c", TRIED], cwd=folder, capture_output=True, text=True, check=False
    )

    assert files["proofs/vectors.json"] == FILE.read_bytes()
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 100


def test_where_there_is_no_record_nothing_was_checked(tmp_path, capsys):
    """That is neither a yes nor a no."""
    assert verify.main([str(tmp_path)]) == NOT_CHECKED
    assert "no exported record" in capsys.readouterr().out


# -- what was signed -------------------------------------------------------------------------------


def test_the_key_that_somebody_trusts_is_named(files, asked, signer):
    """As it is exchanged, or by the digits of its fingerprint."""
    for key in (signer.text, fingerprint(signer), fingerprint(signer)[:16].upper()):
        status, said = asked(files, "--key", key)
        assert (status, "ask elsewhere" in said) == (HOLDS, False), said


def test_another_key_than_the_one_that_is_trusted_is_no_proof(files, asked, signer):
    """Whoever makes a history of their own signs it with a key of their own."""
    other = Verifier(signer.name, bytes(31) + b"\1")

    status, said = asked(files, "--key", other.text)

    assert status == DOES_NOT_HOLD
    assert f"no checkpoint that the key {fingerprint(other)[:16]} speaks for" in said


@pytest.mark.parametrize(
    "option", [("--key", "d0ce000e"), ("--digest", "1204"), ("--key", "a+b+c")]
)
def test_what_says_too_little_is_not_compared(files, asked, option):
    """Eight digits of a key anybody can make a key for."""
    with pytest.raises(SystemExit) as ended:
        asked(files, *option)

    assert ended.value.code == NOT_CHECKED


def test_a_digest_from_paper_is_compared(files, asked):
    """The paper in the file prints the checkpoint that the proof is of (TL-10)."""
    note = verify.note_of(json.loads(files["proofs/proof.json"])["checkpoint"])
    root = note.root.hex()

    assert asked(files, "--digest", f"{note.size} / {root[:4]} {root[4:16].upper()}")[0] == HOLDS
    assert asked(files, "--digest", f"{note.size}/{'0' * 16}")[0] == DOES_NOT_HOLD
    status, said = asked(files, "--digest", f"{note.size + 1}/{root}")
    assert (status, "ask for `coi verify --digest`" in said) == (NOT_CHECKED, True)


def test_a_paper_is_one_that_is_on_record_or_is_none(files, asked, world, signer, tmp_path):
    """The very bytes that were handed out; of a changed one it says so (WL-06)."""
    _, paper = world
    for name, content in {
        "a.pdf": paper,
        "b.pdf": files["custody.pdf"],
        "c.pdf": paper + b" ",
    }.items():
        (tmp_path / name).write_bytes(content)

    key = ("--key", signer.text)
    status, said = asked(files, "--document", str(tmp_path / "a.pdf"))
    assert (status, "No key that you gave has signed" in said) == (NOT_CHECKED, True)
    status, said = asked(files, *key, "--document", str(tmp_path / "a.pdf"))
    assert (status, "a.pdf is custody_record of " in said) == (HOLDS, True)
    status, said = asked(files, *key, "--document", str(tmp_path / "b.pdf"))
    assert (status, "b.pdf is custody.pdf of this record" in said) == (HOLDS, True)
    status, said = asked(files, *key, "--document", str(tmp_path / "c.pdf"))
    assert (status, "c.pdf is no document that was" in said) == (DOES_NOT_HOLD, True)


def test_what_nobody_signed_says_nothing_of_a_paper(files, asked, signer, tmp_path):
    """Whoever changes a list makes another one, and cannot sign it: tables and papers rest on it.

    A key that is trusted is trusted for what it has signed, and for nothing else.
    """
    paper = tmp_path / "o.pdf"
    paper.write_bytes(b"%PDF forged")
    forged = with_record(
        files, lambda told: told["documents"][0].update(sha256=hex_of(paper.read_bytes()))
    )
    kept = {**forged, "MANIFEST.signed": files["MANIFEST.signed"]}
    trusted = ("--key", signer.text)

    status, said = asked(files, *trusted)
    assert (status, "list of its files is signed by that key too" in said) == (HOLDS, True)
    status, said = asked(kept, *trusted)
    assert (status, "MANIFEST.signed is of another list" in said) == (DOES_NOT_HOLD, True)
    status, said = asked(forged, *trusted)
    assert (status, "is signed by nobody: no paper is proven" in said) == (HOLDS, True)
    assert asked(forged, *trusted, "--document", str(paper))[0] == NOT_CHECKED


@pytest.mark.parametrize("sort", ["signer", "witness"])
def test_a_key_that_only_stands_beside_has_signed_no_list(files, asked, signer, sort, tmp_path):
    """The house's key named among the witnesses, or a real witness: the list is by another's key.

    What is trusted of a witness is the tree that it saw, and no file.
    """
    own, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    watch = witness_of("watch", other)
    trusted = signer.text if sort == "signer" else watch.text

    def taken_over(told):
        note = verify.note_of(told["checkpoint"])
        point = Checkpoint(note.origin, note.size, note.root)
        mine = signed(point, signer.name, own)
        told["checkpoint"] += mine.text.split("\n\n")[1]
        if sort == "witness":
            seen = replace(mine, signatures=(cosignature(mine, watch.name, other, 1_800_000_000),))
            told["checkpoint"] += seen.text.split("\n\n")[1]
        told["signers"][0]["key"] = verifier_of(signer.name, own).text
        told["witnesses"] = [trusted]

    forged = with_proof({**files, "custody.pdf": b"%PDF forged"}, taken_over)
    seal = own.sign(b"coi export v1\n" + forged["MANIFEST.sha256"])
    paper = tmp_path / "forged.pdf"
    paper.write_bytes(b"%PDF forged")

    said = asked({**forged, "MANIFEST.signed": b64encode(seal)}, "--key", trusted)
    status, _ = asked(
        {**forged, "MANIFEST.signed": b64encode(seal)}, "--key", trusted, "--document", str(paper)
    )

    assert said[0] == (DOES_NOT_HOLD if sort == "signer" else HOLDS), said
    assert status != HOLDS


def test_what_the_key_signed_of_another_tree_says_nothing_of_this_one(world, files, asked, signer):
    """The same key and the same hashes, under the name of another tree."""
    own = read_signing_key(world[0].installation.settings.checkpoint_key_file)

    def of_another(told):
        note = verify.note_of(told["checkpoint"])
        point = Checkpoint("coi/OTHER", note.size, note.root)
        told["checkpoint"] = signed(point, signer.name, own).text

    status, said = asked(with_proof(files, of_another))

    assert (status, "a checkpoint that none of its keys has signed" in said) == (
        DOES_NOT_HOLD,
        True,
    )


def test_what_no_checkpoint_covers_is_said(files, asked, signer):
    """It holds in itself; whoever trusts a key learns that this key says nothing of it."""

    def nothing(told):
        told |= {"entries": [], "not_covered": len(told["entries"])}

    uncovered = with_proof(files, nothing)

    status, said = asked(uncovered)
    assert (status, "No checkpoint covers it" in said) == (HOLDS, True)
    assert asked(uncovered, "--key", signer.text)[0] == DOES_NOT_HOLD
    assert asked(uncovered, "--digest", f"1/{'a' * 16}")[0] == NOT_CHECKED


def test_entries_behind_the_checkpoint_are_counted(files, asked):
    """So many stand below it, and so many there are."""
    count = len(json.loads(files["record.json"])["entries"])

    def some(told):
        told |= {"entries": told["entries"][:-2], "not_covered": 2}

    status, said = asked(with_proof(files, some))

    assert (status, f"{count - 2} of these entries" in said) == (HOLDS, True)


def test_nothing_of_another_therapy_is_in_the_proof(world, lives, files):
    """Hashes of parts of the tree alone, and no name that stands in another chain (TL-22)."""
    told = json.loads(files["proofs/proof.json"])
    nodes = {hash_ for one in told["entries"] for hash_ in one.pop("proof")}
    rest = json.dumps(told)

    def others(tx):
        mine = (lives.cois["mixed up"],)
        yield from tx.exec_driver_sql("SELECT hash FROM entry WHERE chain <> ?", mine).scalars()
        yield from tx.exec_driver_sql("SELECT id FROM chain WHERE id <> ?", mine).scalars()

    found = {one for one in world[0].installation.read(lambda tx: [*others(tx)]) if one in rest}
    assert not found
    everything = b"".join(one for name, one in files.items() if not name.startswith("proofs/"))
    assert not [one for one in nodes if one.encode() in everything and one not in rest]


# -- what somebody changed -------------------------------------------------------------------------


@pytest.mark.parametrize("change", CHANGES)
def test_what_somebody_changed_is_named(files, asked, change):
    """Where it is, also where the list of hashes was made to fit."""
    make, named = CHANGES[change]

    status, said = asked(make(dict(files)))

    assert status == DOES_NOT_HOLD
    assert said.startswith("DOES NOT HOLD: ")
    assert named in said


def test_what_systems_leave_in_a_folder_is_no_part_of_it(files, asked):
    """Nor are folders; a file of any other name is looked at."""
    beside = dict.fromkeys((".DS_Store", "entries/Thumbs.db", "desktop.ini"), b"x")

    assert asked({**files, **beside})[0] == HOLDS
    assert asked({**files, "thumbs": b"x"})[0] == DOES_NOT_HOLD


def test_an_entry_that_names_no_definition_runs_by_the_one_before_it(files, asked):
    """What is told of definitions is what the others name."""
    assert asked(chained_anew(files, lambda contents: contents[3].pop("workflow")))[0] == HOLDS


def with_picture(files, shown):
    """The record of an entry that commits to a picture, with a picture beside it."""
    salt, picture = "5a" * 32, b"a picture"
    commitment = verify.hex_of(bytes.fromhex(salt), b64encode(picture))
    anew = chained_anew(files, lambda contents: contents[3].update(notes={"x": commitment}))
    told = {"salt": salt, "commitment": commitment, "file": "pictures/1.png"}
    return with_record({**anew, told["file"]: shown}, lambda record: record.update(pictures=[told]))


def test_a_picture_is_the_one_that_was_committed_to(files, asked):
    """As a text is: its bytes are looked at, and not only its name."""
    assert asked(with_picture(files, b"a picture"))[0] == HOLDS

    status, said = asked(with_picture(files, b"another picture"))

    assert (status, "tells another text" in said) == (DOES_NOT_HOLD, True)


REVIEW, SIGNED = "reviews/0001.json", "reviews/0001.signed.json"
OF_REVIEWS = {
    "its signature": (
        lambda files: listed_anew({**files, SIGNED: b"[]"}),
        f"{REVIEW} is no signed review of these entries",
    ),
    "somebody else's signature": (
        lambda files: listed_anew({**files, SIGNED: files["entries/0001.signed.json"]}),
        f"{REVIEW} is no signed review of these entries",
    ),
    "how far it was read": (
        replaced(REVIEW, b'"entry":"', b'"entry":"1'),
        f"{REVIEW} is not of the form",
    ),
    "the entry that was read": (
        replaced(REVIEW, b'"hash":"', b'"hash":"x'),
        f"{REVIEW} is no signed review of these entries",
    ),
    "a review of another therapy": (
        replaced(REVIEW, b'"about":"', b'"about":"X'),
        f"{REVIEW} is no signed review of these entries",
    ),
    "when it was": (
        replaced(REVIEW, b'"recorded_at":"2026', b'"recorded_at":"2025'),
        f"tells something else than {REVIEW} says",
    ),
    "who signed, told otherwise": (
        lambda files: with_record(
            files, lambda told: told["reviews"][0]["signatures"][0].update(printed_name="Nobody")
        ),
        f"tells other signatures than stand below {REVIEW}",
    ),
    "a review less": (without(REVIEW, SIGNED), "tells more entries than there are, or fewer"),
    "half of a review": (without(SIGNED), f"{SIGNED} is missing"),
    "something beside it": (
        lambda files: listed_anew({**files, "reviews/0009.json": b"{}"}),
        "reviews/0002.json is missing",
    ),
    "a review that is not spoken of": (
        lambda files: with_proof(files, lambda told: told["beside"].clear()),
        "proofs/proof.json is of other entries",
    ),
    "its place in the tree": (
        lambda files: with_proof(
            files, lambda told: told["beside"][0]["proof"].__setitem__(0, "00" * 32)
        ),
        f"does not lead from {REVIEW}",
    ),
}


@pytest.fixture(scope="module")
def reviewed_files(lives, taken):
    """The record of a therapy whose trail was reviewed before its release."""
    return taken(lives.cois["positive after infusion"])


def test_how_far_the_trail_was_reviewed_is_told(reviewed_files, asked):
    """And that the review stands in what was signed (A11d-12.8)."""
    until = json.loads(reviewed_files[REVIEW])["document"]["entry"]

    status, said = asked(reviewed_files)

    assert status == HOLDS
    assert f"Its trail was reviewed 1 times, up to entry {until}." in said
    assert "and 1 of the reviews stand in the tree of " in said


@pytest.mark.parametrize("change", OF_REVIEWS)
def test_a_review_that_somebody_changed_is_named(reviewed_files, asked, change):
    """Neither who reviewed nor how far is said by anybody else (A11d-12.6)."""
    make, named = OF_REVIEWS[change]

    status, said = asked(make(dict(reviewed_files)))

    assert status == DOES_NOT_HOLD
    assert named in said


def test_a_review_behind_the_checkpoint_is_told(reviewed_files, asked):
    """It rests on its own hash, until something is signed that covers it."""

    def not_yet(told):
        told["beside"][0] |= {"index": -1, "proof": []}

    status, said = asked(with_proof(reviewed_files, not_yet))

    assert (status, "and 0 of the reviews stand in" in said) == (HOLDS, True)


def test_a_history_that_was_made_anew_is_not_the_one_that_was_signed(files, asked):
    """With every hash of the chain made to fit, and the record that tells it (T2)."""
    proof = files["proofs/proof.json"]
    anew = chained_anew(files, lambda contents: contents[0].update(role="x"))

    assert asked(anew)[0] == HOLDS
    status, said = asked(listed_anew({**anew, "proofs/proof.json": proof}))
    assert status == DOES_NOT_HOLD
    assert "does not lead from entries/0000.json to what was signed" in said


def signed_by(key, name):
    """The same checkpoint by another key, which the record then names."""

    def change(told):
        note = verify.note_of(told["checkpoint"])
        point = Checkpoint(note.origin, note.size, note.root)
        told["checkpoint"] = signed(point, name, key).text
        told["signers"][0]["key"] = verifier_of(name, key).text

    return change


def test_a_checkpoint_signed_by_another_is_told_from_the_record_s(files, asked, signer):
    """Whoever has no key makes one: it fits itself, and not the key that somebody trusts."""
    anew = with_proof(files, signed_by(Ed25519PrivateKey.generate(), signer.name))

    assert asked(anew)[0] == HOLDS
    assert asked(anew, "--key", signer.text)[0] == DOES_NOT_HOLD


def test_what_cannot_be_read_is_no_record(files, asked, signer, tmp_path):
    """Wherever it becomes clear, and by whomever it is signed."""
    own, paper = Ed25519PrivateKey.generate(), tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF")
    undocumented = with_record(files, lambda told: told.pop("documents"))
    anew = with_proof(undocumented, signed_by(own, signer.name))
    seal = b64encode(own.sign(b"coi export v1\n" + anew["MANIFEST.sha256"]))
    trusted = ("--key", verifier_of(signer.name, own).text)

    status, said = asked({**anew, "MANIFEST.signed": seal}, *trusted, "--document", str(paper))

    assert (status, "cannot be read" in said) == (DOES_NOT_HOLD, True)


def test_a_link_is_no_file_of_the_record(files, tmp_path, capsys):
    """What it leads to may be another thing tomorrow."""
    folder = unpacked(files, tmp_path / "record")
    (folder / "moves.csv").unlink()
    (folder / "moves.csv").symlink_to(tmp_path / "elsewhere.csv")

    assert verify.main([str(folder)]) == DOES_NOT_HOLD
    assert "moves.csv is no file but a link" in capsys.readouterr().out


def test_what_it_says_is_harmless_to_a_terminal(files, asked):
    """A name that holds commands for it is shown without them."""
    status, said = asked({**files, "\x1b[2J\u202e.csv": b""})

    assert status == DOES_NOT_HOLD
    assert re.fullmatch(r"[ -~]+\n", said)

"""`coi prove`: checked with nothing but the file and the published key."""

import json

from coi.ledger.checkpoint import Verifier, read_checkpoint
from coi.ledger.tree import is_included


def test_each_entry_of_a_therapy_is_proven_against_what_was_signed(collected, tmp_path):
    """Every proof leads from the entry's hash to the root that the key signed (TL-22)."""
    collected.run("checkpoint", "--once")
    file = tmp_path / "proof.json"

    written = collected.run("prove", collected.coi, "-o", str(file))

    told = json.loads(file.read_text())
    note = read_checkpoint(told["checkpoint"].encode())
    point = note.checkpoint
    assert written.exit_code == 0
    assert note.signed_by(Verifier.read(one["key"]) for one in told["signers"])
    assert [one["seq"] for one in told["entries"]] == [*range(len(told["entries"]))]
    for one in told["entries"]:
        leaf, proof = bytes.fromhex(one["hash"]), [*map(bytes.fromhex, one["proof"])]
        assert is_included(leaf, one["index"], point.size, proof, point.root)


def test_nothing_of_another_therapy_is_in_it(collected, tmp_path):
    """It names its own therapy, the record, and hashes (TL-22)."""
    collected.run("checkpoint", "--once")
    file = tmp_path / "proof.json"
    collected.run("prove", collected.coi, "-o", str(file))

    listed = collected.run("therapy").stdout.splitlines()
    others = {line.split()[0] for line in listed[1:]} - {collected.coi}
    text = file.read_text()
    assert collected.coi in text
    assert "Wuckert" not in text
    assert not [one for one in others if "-" in one and one in text]


def test_what_is_below_no_checkpoint_is_not_proven(collected, tmp_path):
    """A sentence, what to do, and no file."""
    file = tmp_path / "proof.json"

    refused = collected.run("prove", collected.coi, "-o", str(file))

    assert "[NOT_SIGNED_YET]" in refused.stderr
    assert not file.exists()


def test_an_unknown_therapy_is_said_in_words(collected, tmp_path):
    """The same as everywhere."""
    refused = collected.run("prove", "TEST-ABCDEFGH-0", "-o", str(tmp_path / "proof.json"))

    assert "[UNKNOWN]" in refused.stderr

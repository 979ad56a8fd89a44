"""Whoever saw a head of the record can see that it goes on from that, and say so where not."""

from base64 import b64decode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.errors import DataRefused
from coi.ledger.checkpoint import Checkpoint, signed
from coi.ledger.findings import Finding
from coi.ledger.tree import only_grew
from coi.services.acknowledging import acknowledge
from coi.services.checkpoint_keys import read_signing_key
from coi.services.decoding import content_of_text
from coi.services.doubt import accept_findings, in_doubt_since
from coi.services.head_seen import head_in_words, head_since, report_head
from coi.services.key_change import replace_signing_key
from coi.services.proofs import authenticate
from coi.services.seen import seen_file
from coi.services.sequencing import Sequencer
from coi.services.signed_before import last_file
from coi.services.verifying import verify_record
from coi.store import tree
from coi.store.facts import last_verification
from tests.coi.clinic import PASSWORD
from tests.coi.services.test_anchoring import grown
from tests.coi.services.test_sequencing import _put_back, _something_unsigned, more


@pytest.fixture
def here(clinic):
    """A record of which all is below a checkpoint."""
    Sequencer(clinic.installation).run_until_empty()
    return clinic.installation


def another_history(installation, key=None, **changes):
    """A checkpoint of another history, as large, and signed by the key of this record."""
    last = head_since(installation, 0).note.checkpoint
    key = key or read_signing_key(installation.settings.checkpoint_key_file)
    point = replace(Checkpoint(last.origin, last.size, bytes(32)), **changes)
    return signed(point, last.origin, key).text


def test_the_last_head_is_proven_to_go_on_from_each_earlier_size(here):
    """From nothing, from all of it and from more than all there is no proof (TL-21)."""
    size = here.read(tree.newest_checkpoint).size
    roots = {}
    for _ in range(3):
        last = head_since(here, 0).note.checkpoint
        roots[last.size] = last.root
        _something_unsigned(here)
        Sequencer(here).run_until_empty()
    note = here.read(tree.newest_checkpoint)

    for first, root in roots.items():
        head = head_since(here, first)
        told = head.note.checkpoint
        assert (head.note.text, told.size) == (note.note, note.size)
        assert only_grew(first, root, told.size, told.root, head.proof)
        assert not only_grew(first, bytes(32), told.size, told.root, head.proof)
    assert size in roots
    assert head_since(here, 1).proof
    for first in (-1, 0, note.size, note.size + 1):
        assert head_since(here, first).proof == ()


def test_a_head_in_words_is_the_note_and_the_hashes(here, clinic):
    """As programs and browsers read it; nothing where nothing is signed."""
    first = here.read(tree.newest_checkpoint)
    grown(clinic)
    head = head_since(here, first.size)

    told = head_in_words(head)

    assert told["note"] == here.read(tree.newest_checkpoint).note
    assert tuple(b64decode(one) for one in told["proof"]) == head.proof != ()
    assert set(told) == {"note", "proof"}
    assert head_in_words(None) == {"note": "", "proof": []}


def test_before_anything_is_signed_there_is_none(clinic):
    """Nobody is told of a head that no key has signed."""
    assert head_since(clinic.installation, 1) is None


def test_what_the_record_goes_on_from_is_no_news(here, clinic):
    """Neither the last head, nor an earlier one; nothing is in doubt by it."""
    seen = head_since(here, 0).note.text
    grown(clinic)

    assert [report_head(here, text) for text in (seen, head_since(here, 0).note.text)] == [
        False,
        False,
    ]
    assert not here.read(in_doubt_since)


@pytest.mark.parametrize("more", [0, 1])
def test_another_history_that_a_key_of_the_record_signed_is_a_finding(here, more, caplog):
    """Releases and infusions stop, it stands on record, and whoever watches is told (TL-21)."""
    size = head_since(here, 0).note.checkpoint.size + more
    before = verify_record(here).findings

    differs = report_head(here, another_history(here, size=size))

    assert (before, differs) == ((), True)
    assert here.read(in_doubt_since)
    (sentence,) = [
        one.told["sentence"] for one in caplog.records if one.message == "history_changed"
    ]
    assert sentence.startswith("seen by a client: ")
    assert str(size) in sentence
    # The same place is the same finding, however many entries there are by now.
    named = Finding("checkpoint", f"seen by a client, of {size} entries", "-", None, "").name
    content = content_of_text(here.read(last_verification)[2])
    assert (content["action"], content["document"]["findings"]) == ("verification_failed", named)


def test_what_no_key_of_the_record_signed_is_refused(here):
    """Whoever writes a head by hand, or changes one that was signed, stops no release."""
    note = head_since(here, 0).note
    size = note.checkpoint.size
    changed = note.text.replace(f"\n{size}\n", f"\n{size + 1}\n")
    for text, why in (
        (changed, "no key of this record has signed"),
        (another_history(here, Ed25519PrivateKey.generate()), "no key of this record has signed"),
        ("nothing", "checkpoint"),
        ("", "checkpoint"),
    ):
        with pytest.raises(DataRefused, match=why):
            report_head(here, text)

    assert not here.read(in_doubt_since)


@pytest.fixture
def lost(clinic, tmp_path):
    """A record that was put back and goes on, its key lost: that key, and how much was left."""
    more(clinic, "queenie")
    here = _put_back(clinic, tmp_path)
    key, left = read_signing_key(here.settings.checkpoint_key_file), here.read(tree.size_of_tree)
    queenie = authenticate(here, "queenie", PASSWORD)
    seen_file(here.settings).unlink(missing_ok=True)
    here.look_at_length()
    here.settings.checkpoint_key_file.unlink()
    acknowledge(here, queenie, "The machine burnt at noon.")
    return here, key, left, queenie


@pytest.mark.parametrize("is_replaced", [True, False])
def test_what_was_signed_of_lost_entries_is_one_finding(lost, clinic, is_replaced):
    """Each tablet that wakes up comes with a head of its own; one signature counts for all."""
    here, key, left, queenie = lost
    if is_replaced:
        replace_signing_key(here, queenie, "It burnt.", administrator=clinic.root)
        Sequencer(here).run_until_empty()
    first, *others = [another_history(here, key, size=left + n) for n in (1, 2, 7)]

    assert report_head(here, first)
    assert here.read(in_doubt_since)
    accept_findings(here, queenie, "They were lost with the machine.")

    assert [report_head(here, text) for text in others] == [True, True]
    assert not here.read(in_doubt_since)
    assert report_head(here, another_history(here, key, size=left))
    assert here.read(in_doubt_since)


def test_what_another_key_has_signed_was_not_lost(lost, clinic):
    """A head by the key that was named since is no lost one, and stops releases again."""
    here, key, left, queenie = lost
    replace_signing_key(here, queenie, "It burnt.", administrator=clinic.root)
    Sequencer(here).run_until_empty()
    report_head(here, another_history(here, key, size=left + 1))
    accept_findings(here, queenie, "They were lost with the machine.")

    assert report_head(here, another_history(here))
    assert here.read(in_doubt_since)


def test_what_a_key_that_came_back_has_signed_was_not_lost(lost):
    """Of what it has signed since, each other history has a place of its own."""
    here, key, left, queenie = lost
    here.settings.checkpoint_key_file.write_text(key.private_bytes_raw().hex() + "\n")
    last_file(here.settings).unlink(missing_ok=True)
    Sequencer(here).run_until_empty()
    for n in (1, 2):
        assert report_head(here, another_history(here, key, size=left + n))
        assert here.read(in_doubt_since)
        accept_findings(here, queenie, "Looked at.")

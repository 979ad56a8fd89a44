"""Another key signs checkpoints; what the old one signed stays valid, and it signs no more."""

import json
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.errors import DataRefused
from coi.ledger.checkpoint import read_checkpoint, signed, verifier_of
from coi.reports.offline import verify
from coi.services.checkpoint_keys import (
    CHECKPOINTS,
    LOST,
    REPLACE_KEY,
    VOUCHED,
    NoSigningKey,
    next_key_file,
    read_signing_key,
    signers_of,
    statement_of,
)
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.key_change import replace_signing_key
from coi.services.proofs import QA, NotAllowed, authenticate, holding, signature_of
from coi.services.proving import proof_in
from coi.services.sequencing import Sequencer
from coi.services.signed_before import last_file
from coi.services.verifying import verify_record
from coi.store import tree
from tests.coi.clinic import PASSWORD


@pytest.fixture
def signed_clinic(clinic):
    """A clinic with somebody of quality assurance, and a checkpoint."""
    clinic.hire("queenie", ("qa_reviewer", "works-production"))
    Sequencer(clinic.installation).run_until_empty()
    return clinic


def proven(clinic, username="queenie"):
    """Somebody who has just typed a password."""
    return authenticate(clinic.installation, username, PASSWORD)


def key_of(clinic):
    """The key that lies where the signer looks for it."""
    return read_signing_key(clinic.installation.settings.checkpoint_key_file)


def sign_more(clinic, name="quinn"):
    """Something more is recorded and signed; the checkpoint of it."""
    clinic.hire(name, ("qa_reviewer", "works-production"))
    Sequencer(clinic.installation).run_until_empty()
    return read_checkpoint(last_file(clinic.installation.settings).read_bytes())


def forged_by(key, note):
    """The same checkpoint, signed by another key under the same name."""
    return signed(note.checkpoint, note.checkpoint.origin, key).text.encode()


def test_the_new_key_signs_and_what_the_old_one_signed_stays_valid(signed_clinic):
    """Nothing of the record is signed anew, and all of it is verified (TL-25)."""
    installation = signed_clinic.installation
    before = last_file(installation.settings).read_bytes()

    named = replace_signing_key(installation, proven(signed_clinic), "Each year.")
    note = sign_more(signed_clinic)

    old, new = installation.read(signers_of)
    assert (new.verifier, new.after, old.until) == (named, old.until, new.after)
    assert note.signed_by([named]) == (named,)
    assert named.name == old.verifier.name
    assert named.key != old.verifier.key
    assert verify_record(installation, checkpoints={"old": before, "new": note.text.encode()}).holds


def keys_that_speak(installation, note):
    """What the verifier of an exported record makes of the keys that it names."""
    proof = installation.read(lambda tx: proof_in(tx, installation.settings, "TEST-0FASSS8C-K", ()))
    signers = json.loads(proof)["signers"]
    return verify.key_that_signed(signers, verify.note_of(note.text))[1]


def test_an_exported_proof_leads_from_the_old_key_to_the_new_one(signed_clinic):
    """Whoever knows the old one alone can ask for it, and is led on by what it has signed."""
    installation = signed_clinic.installation
    replace_signing_key(installation, proven(signed_clinic), "Each year.")

    note = sign_more(signed_clinic)

    both = {one.verifier.fingerprint for one in installation.read(signers_of)}
    assert len(both) == 2
    assert keys_that_speak(installation, note) == both


def test_an_exported_proof_leads_on_from_no_key_that_was_lost(signed_clinic):
    """Somebody else may have it: the new one is to be known by itself."""
    installation = signed_clinic.installation
    installation.settings.checkpoint_key_file.unlink()
    by = proven(signed_clinic)
    named = replace_signing_key(installation, by, "Its disk failed.", signed_clinic.root)

    assert keys_that_speak(installation, sign_more(signed_clinic)) == {named.fingerprint}


def test_what_the_old_key_signs_afterwards_is_refused(signed_clinic):
    """Whoever kept it can sign no tree that is larger than the one that it was replaced in."""
    installation = signed_clinic.installation
    old = key_of(signed_clinic)
    replace_signing_key(installation, proven(signed_clinic), "It was copied.")
    note = sign_more(signed_clinic)

    forged = {"forged": forged_by(old, note)}
    (finding,) = verify_record(installation, checkpoints=forged).findings

    assert finding.what.endswith("the key that signed it was replaced by then, or named later")


def test_what_the_new_key_signs_of_a_smaller_tree_is_refused(signed_clinic):
    """It was not there when the tree was so small."""
    installation = signed_clinic.installation
    before = read_checkpoint(last_file(installation.settings).read_bytes())
    replace_signing_key(installation, proven(signed_clinic), "Each year.")
    sign_more(signed_clinic)

    forged = {"forged": forged_by(key_of(signed_clinic), before)}
    (finding,) = verify_record(installation, checkpoints=forged).findings

    assert finding.what.endswith("the key that signed it was replaced by then, or named later")


def test_the_old_key_in_its_old_place_signs_nothing(signed_clinic):
    """A folder that was put back is told; nothing is signed with it."""
    settings = signed_clinic.installation.settings
    old = settings.checkpoint_key_file.read_bytes()
    replace_signing_key(signed_clinic.installation, proven(signed_clinic), "Each year.")
    sign_more(signed_clinic)
    settings.checkpoint_key_file.write_bytes(old)

    with pytest.raises(NoSigningKey, match="not the one that the record names"):
        sign_more(signed_clinic, "quincy")


def test_a_change_that_was_cut_short_is_brought_to_its_end(signed_clinic):
    """The record names the new key, which still has the name that it was made under."""
    settings = signed_clinic.installation.settings
    old = settings.checkpoint_key_file.read_bytes()
    named = replace_signing_key(signed_clinic.installation, proven(signed_clinic), "Each year.")
    settings.checkpoint_key_file.rename(next_key_file(settings))
    settings.checkpoint_key_file.write_bytes(old)

    note = sign_more(signed_clinic)
    again = replace_signing_key(signed_clinic.installation, proven(signed_clinic), "Once more.")

    assert note.signed_by([named]) == (named,)
    assert sign_more(signed_clinic, "quincy").signed_by([again]) == (again,)
    assert verify_record(signed_clinic.installation).holds


def test_a_key_that_is_lost_takes_a_second_signature(signed_clinic):
    """Quality assurance alone replaces no key that is not there; with an administrator it does."""
    installation = signed_clinic.installation
    installation.settings.checkpoint_key_file.unlink()

    with pytest.raises(NoSigningKey):
        replace_signing_key(installation, proven(signed_clinic), "Its disk failed.")
    named = replace_signing_key(
        installation, proven(signed_clinic), "Its disk failed.", signed_clinic.root
    )

    assert sign_more(signed_clinic).signed_by([named]) == (named,)
    assert verify_record(installation).holds


@pytest.mark.parametrize(
    ("username", "why", "expected"),
    [("carla", "Each year.", NotAllowed), ("queenie", " ", DataRefused)],
    ids=["no quality assurance", "no reason"],
)
def test_who_may_not_or_says_no_reason_changes_nothing(signed_clinic, username, why, expected):
    """The old key goes on signing."""
    old = signed_clinic.installation.read(signers_of)

    with pytest.raises(expected):
        replace_signing_key(signed_clinic.installation, proven(signed_clinic, username), why)

    assert signed_clinic.installation.read(signers_of) == old
    assert sign_more(signed_clinic).signed_by([old[0].verifier])


def test_nobody_signs_in_both_places(signed_clinic):
    """Two signatures are those of two people."""
    by = proven(signed_clinic)

    with pytest.raises(DataRefused, match="cannot sign as both"):
        replace_signing_key(signed_clinic.installation, by, "Its disk failed.", by)


def written_past_the_product(clinic, said, *people):
    """An entry that names another key, signed by these people; what the key is vouched for by."""
    installation = clinic.installation
    (old,) = installation.read(signers_of)
    new = verifier_of(old.verifier.name, Ed25519PrivateKey.generate())
    document = {"kind": "checkpoint_key", "about": "-", CHECKPOINTS: new.text, **said(old, new)}
    now = installation.clock.now()

    def work(tx):
        held = [holding(tx, proven(clinic, one), QA) for one in people]
        signatures = tuple(signature_of(*one, "as forged", now) for one in held)
        registered = Registered(document=document, signatures=signatures)
        write_site_entry(tx, REPLACE_KEY, Occasion("-", "-", now), registered)

    installation.transact(work)
    return old


def vouched(key):
    """What a key signs of the one that takes its place."""
    return lambda old, new: {VOUCHED: b64encode(key.sign(statement_of(old.verifier, new))).decode()}


@pytest.mark.parametrize(
    "said",
    [
        lambda _old, _new: {},
        lambda _old, _new: {VOUCHED: "?"},
        vouched(Ed25519PrivateKey.generate()),
        lambda old, _new: {LOST: old.verifier.id.hex()},
    ],
    ids=["nobody", "no signature", "another key", "one person"],
)
def test_a_key_that_nobody_vouched_for_is_none(signed_clinic, said):
    """An entry that somebody wrote past the product names no key."""
    old = written_past_the_product(signed_clinic, said, "queenie")

    assert sign_more(signed_clinic).signed_by([old.verifier])
    assert signed_clinic.installation.read(signers_of) == (old,)


def test_a_key_for_which_nobody_signed_is_none(signed_clinic):
    """Whoever has the old key alone names no new one."""
    old = written_past_the_product(signed_clinic, vouched(key_of(signed_clinic)))
    Sequencer(signed_clinic.installation).run_until_empty()

    assert signed_clinic.installation.read(signers_of) == (old,)


def test_a_key_is_in_force_once_its_entry_is_in_the_tree(signed_clinic):
    """Until then nothing is signed; a second later it is."""
    installation = signed_clinic.installation
    size = installation.read(tree.size_of_tree)

    replace_signing_key(installation, proven(signed_clinic), "Each year.")
    before = installation.read(signers_of)
    Sequencer(installation).run_until_empty()

    assert len(before) == 1
    assert [one.after for one in installation.read(signers_of)] == [0, size]

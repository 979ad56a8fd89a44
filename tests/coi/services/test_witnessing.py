"""Another instance cosigns what goes on from what it saw, over a real connection."""

import shutil
import threading
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.serving import make_server

from coi.app import create_app
from coi.errors import SettingError
from coi.ledger.checkpoint import Checkpoint, read_checkpoint, signed
from coi.ledger.tree import consistency_proof
from coi.ledger.witnessed import Asked, witness_of
from coi.reports.offline import verify
from coi.services.anchor import AnchorAway
from coi.services.anchor_witness import WitnessAnchor
from coi.services.anchoring import anchored, anchors_of, cosigned, keep_everywhere
from coi.services.checkpoint_keys import read_signing_key, signers_of
from coi.services.doubt import in_doubt_since
from coi.services.sequencing import Sequencer
from coi.services.signed_before import HistoryChanged, last_file
from coi.services.verifying import verify_record
from coi.services.witnessing import witness_key, witnessed_here
from coi.store import tree
from tests.coi.clinic import copied
from tests.coi.services.test_anchoring import grown


@pytest.fixture
def partner(first_clinic, clinic, tmp_path):
    """Another instance, which witnesses the clinic's record."""
    other = copied(first_clinic, tmp_path / "partner").installation
    keys = tmp_path / "witnessed-keys"
    (signer,) = clinic.installation.read(signers_of)
    keys.write_text(f"{signer.verifier.text}\n")
    yield replace(other, settings=replace(other.settings, witness_for=keys))
    other.engine.dispose()


@pytest.fixture
def address(partner):
    """Where the partner is asked."""
    server = make_server("127.0.0.1", 0, create_app(partner), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/witness"
    server.shutdown()
    server.server_close()


@pytest.fixture
def witnessed(clinic, partner, address):
    """The clinic, which asks the partner; with a checkpoint that was cosigned."""
    text = f"{address} {witness_key(partner).text}"
    settings = replace(clinic.installation.settings, witnesses=(text,))
    installation = replace(clinic.installation, settings=settings)
    Sequencer(installation).run_until_empty()
    keep_everywhere(installation)
    return installation


def anchor_of(installation):
    """The one anchor there is."""
    (anchor,) = anchors_of(installation.settings)
    return anchor


def test_each_checkpoint_is_cosigned_and_kept(witnessed, clinic, partner):
    """The first with nothing to prove, later ones as what goes on from it."""
    first = anchor_of(witnessed).newest()
    grown(clinic)
    keep_everywhere(witnessed)

    newest, (stands,) = anchor_of(witnessed).newest(), anchored(witnessed)
    assert witness_key(partner).cosigned_at(first) is not None
    assert witness_key(partner).cosigned_at(newest) is not None
    assert newest.checkpoint.size > first.checkpoint.size
    assert newest.checkpoint.text in witnessed.read(tree.newest_checkpoint).note
    assert (stands.size, stands.waiting, stands.trouble) == (newest.checkpoint.size, 0, "")
    assert verify_record(witnessed).holds


def test_what_it_signed_stands_below_the_checkpoint_by_which_a_therapy_is_proven(
    witnessed, clinic, partner
):
    """Whoever trusts the witness alone can ask for it; what it did not sign, it does not sign."""
    witness = witness_key(partner)

    def newest():
        return read_checkpoint(witnessed.read(tree.newest_checkpoint).note.encode())

    note, witnesses = cosigned(witnessed.settings, newest())
    assert witnesses == [witness]
    assert verify.note_of(note.text).is_signed_by(verify.key_of(witness.text))

    grown(clinic)
    Sequencer(witnessed).run_until_empty()
    assert cosigned(witnessed.settings, newest()) == (newest(), [])

    for file in last_file(witnessed.settings).parent.glob("checkpoint-witnessed-*"):
        file.write_text("torn")
    assert cosigned(witnessed.settings, newest()) == (newest(), [])


def test_what_it_signed_is_asked_for_again_where_its_answer_was_lost(witnessed, clinic):
    """It says how large a tree it saw, and the proof begins there."""
    for file in last_file(witnessed.settings).parent.glob("checkpoint-witnessed-*"):
        file.unlink()
    grown(clinic)

    keep_everywhere(witnessed)

    assert anchor_of(witnessed).newest().checkpoint.size == witnessed.read(tree.size_of_tree)


def test_what_was_put_back_with_its_key_is_told_by_the_witness(witnessed, clinic, tmp_path, caplog):
    """Nothing on this machine knows of it; the partner does, whatever is recorded since (T6)."""
    home = witnessed.settings.home
    witnessed.engine.dispose()
    shutil.copytree(home, tmp_path / "earlier")
    grown(clinic)
    keep_everywhere(witnessed)
    witnessed.engine.dispose()
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "earlier", home)

    with pytest.raises(HistoryChanged, match="saw another history"):
        anchor_of(witnessed).keep(witnessed)
    grown(clinic, "quinn")
    grown(clinic, "quentin")
    with pytest.raises(HistoryChanged, match="saw another history"):
        anchor_of(witnessed).keep(witnessed)
    keep_everywhere(witnessed)

    assert verify_record(clinic.installation).holds
    assert witnessed.read(in_doubt_since)
    assert "history_changed" in [record.message for record in caplog.records]


def test_a_witness_that_is_away_stops_nobody(clinic, partner):
    """What waits for it is told."""
    text = f"http://127.0.0.1:9/witness {witness_key(partner).text}"
    settings = replace(clinic.installation.settings, witnesses=(text,))
    installation = replace(clinic.installation, settings=settings)
    Sequencer(installation).run_until_empty()

    with pytest.raises(AnchorAway, match="no connection"):
        anchor_of(installation).keep(installation)
    keep_everywhere(installation)

    (stands,) = anchored(installation)
    assert (stands.size, stands.waiting) == (0, 1)


def test_an_answer_that_another_key_signed_is_no_cosignature(witnessed, clinic, address):
    """Whoever stands in between cannot sign in its place."""
    other = witness_of("coi/somebody/witness", Ed25519PrivateKey.generate())
    grown(clinic)

    with pytest.raises(AnchorAway, match="not signed by its key"):
        WitnessAnchor(witnessed.settings, address, other).keep(witnessed)


def test_a_witness_whose_key_is_none_is_told_at_once(witnessed):
    """With the setting that is to be mended."""
    settings = replace(witnessed.settings, witnesses=("https://x/w x+00000000+BAAA",))

    with pytest.raises(SettingError, match="whose key is none"):
        anchors_of(settings)


def _request(witnessed):
    """What the clinic would ask next, and its parts."""
    seen = anchor_of(witnessed).newest().checkpoint
    note = read_checkpoint(last_file(witnessed.settings).read_bytes())
    key = read_signing_key(witnessed.settings.checkpoint_key_file)

    def proof(tx):
        return consistency_proof(seen.size, note.checkpoint.size, tree.nodes_of(tx))

    return Asked(seen.size, witnessed.read(proof), note), seen, key


def test_whatever_does_not_go_on_is_refused_as_the_protocol_says(witnessed, clinic, partner):
    """And nothing of it is kept: the right request is cosigned afterwards."""
    grown(clinic)
    right, seen, key = _request(witnessed)
    point, origin = right.note.checkpoint, right.note.checkpoint.origin

    def noted(**changes):
        return signed(replace(point, **changes), changes.get("origin", origin), key)

    forged = signed(point, origin, Ed25519PrivateKey.generate())
    same = noted(size=seen.size, root=bytes(32))
    asked = {
        400: [b"", b"old 1\n", replace(right, old=point.size + 1).text.encode()],
        403: [replace(right, note=forged).text.encode()],
        404: [replace(right, note=noted(origin="coi/another")).text.encode()],
        409: [replace(right, old=1).text.encode(), Asked(seen.size, (), same).text.encode()],
        422: [
            replace(right, proof=()).text.encode(),
            replace(right, proof=(*right.proof, bytes(32))).text.encode(),
            replace(right, note=noted(root=bytes(32))).text.encode(),
        ],
    }

    for status, requests in asked.items():
        assert {witnessed_here(partner, one).status for one in requests} == {status}
    told = witnessed_here(partner, asked[409][0])
    assert (told.body, told.kind) == (f"{seen.size}\n", "text/x.tlog.size")
    assert witnessed_here(partner, right.text.encode()).status == 200


def test_the_key_of_the_witness_signs_nothing_of_its_own_record(partner):
    """It is another one than that which signs checkpoints."""
    (signer,) = partner.read(signers_of)

    assert witness_key(partner).verifier.key != signer.verifier.key
    assert witness_key(partner) == witness_key(partner)
    assert witness_key(partner).name == f"{signer.verifier.name}/witness"


def test_without_a_record_to_witness_there_is_no_such_page(clinic):
    """Nothing is answered to whoever tries; no cookie is given to anybody."""
    asked = create_app(clinic.installation).test_client()

    assert asked.post("/witness/add-checkpoint", data=b"old 0\n").status_code == 404


def test_a_file_of_keys_that_holds_something_else_is_told(partner):
    """A line that is no key would leave a record without its witness, unseen."""
    partner.settings.witness_for.write_text("coi.south.example\n")
    note = signed(Checkpoint("x", 1, bytes(32)), "x", Ed25519PrivateKey.generate())

    with pytest.raises(SettingError, match="something that is no key"):
        witnessed_here(partner, Asked(0, (), note).text.encode())

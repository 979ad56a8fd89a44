"""A program keeps the last head that it saw; of a server with another history it asks nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.client import Client, Head, HistoryChanged
from coi.client.history import kept_head, require_growth
from coi.demo.cast import PASSWORD
from coi.ledger.checkpoint import Checkpoint, signed
from coi.services.checkpoint_keys import read_signing_key
from coi.services.doubt import in_doubt_since
from coi.services.sequencing import Sequencer
from tests.coi.client.conftest import URL
from tests.coi.services.test_sequencing import _something_unsigned
from tests.ledger.proof_vectors import FILE

VECTORS = json.loads(FILE.read_text("utf-8"))["growth"]


@pytest.fixture
def signed_record(installation):
    """The world, of which all is below a checkpoint."""
    Sequencer(installation).run_until_empty()
    return installation


@pytest.fixture
def arrives(transport, tmp_path):
    """Nina's program, which keeps what it saw in a file, comes anew."""

    def come(**more):
        way = {"transport": transport, "head_file": tmp_path / "head.json", **more}
        return Client.signed_in(URL, "nina", PASSWORD, **way)

    return come


def test_each_published_vector_is_judged_as_it_is_told():
    """The product's own proofs, right and wrong ones, by code that shares none with it (TL-14)."""
    for one in (one for one in VECTORS if one["first"]):  # nobody signs what is empty
        heads = [
            Head("x", one[size], bytes.fromhex(one[root]))
            for size, root in (("first", "first_root"), ("second", "second_root"))
        ]
        proof = [bytes.fromhex(hash_) for hash_ in one["proof"]]
        try:
            require_growth(*heads, proof)
            holds = True
        except HistoryChanged:
            holds = False
        assert holds == one["holds"], one


def test_the_head_is_kept_and_asked_for_at_the_next_contact(arrives, signed_record, tmp_path):
    """A program notices nothing but that its file goes on (TL-21)."""
    file = tmp_path / "head.json"
    arrives().list_therapies()
    first = kept_head(file)
    for _ in range(9):
        _something_unsigned(signed_record)
    Sequencer(signed_record).run_until_empty()
    arrives().list_therapies()

    second = kept_head(file)
    assert first.origin.startswith("coi/")
    assert second.size >= first.size + 9


def forked(installation, file, *, key=None, **changes):
    """The program saw another history: as large, and with another root."""
    head = kept_head(file)
    point = Checkpoint(head.origin, head.size, bytes(32))
    key = key or read_signing_key(installation.settings.checkpoint_key_file)
    note = signed(replace(point, **changes), point.origin, key)
    file.write_text(json.dumps({"note": note.text}))
    return note


def test_a_server_with_another_history_is_not_asked_anything(arrives, signed_record, tmp_path):
    """Every call fails, of every later client too, and the file stays as it was (TL-21)."""
    file = tmp_path / "head.json"
    arrives().list_therapies()
    forked(signed_record, file)
    before = file.read_bytes()

    nina = arrives()
    for _ in range(2):
        with pytest.raises(HistoryChanged, match="are not those that were seen"):
            nina.list_therapies()

    assert file.read_bytes() == before


def test_what_was_seen_and_signed_puts_the_record_in_doubt(arrives, signed_record, tmp_path):
    """The server is told: nothing is released or infused until quality assurance has looked."""
    file = tmp_path / "head.json"
    arrives().list_therapies()
    forked(signed_record, file, size=kept_head(file).size + 1)

    with pytest.raises(HistoryChanged, match="entries were seen"):
        arrives().list_therapies()

    assert signed_record.read(in_doubt_since)


def test_what_no_key_of_the_record_signed_stops_nobody_else(arrives, signed_record, tmp_path):
    """Whoever writes a head by hand stops their own program with it, and no release."""
    file = tmp_path / "head.json"
    arrives().list_therapies()
    note = forked(signed_record, file, key=Ed25519PrivateKey.generate())

    with pytest.raises(HistoryChanged):
        arrives().list_therapies()

    told = arrives(head_file=None).report_head
    with pytest.raises(Exception, match="no key of this record has signed"):
        told({"note": note.text})
    with pytest.raises(Exception, match="no checkpoint"):
        told({"note": "nothing"})
    assert not signed_record.read(in_doubt_since)


@pytest.mark.usefixtures("signed_record")
def test_what_the_record_goes_on_from_is_no_news(arrives, tmp_path):
    """A program that is mistaken is told so."""
    arrives().list_therapies()
    seen = kept_head(tmp_path / "head.json")

    assert arrives().report_head({"note": seen.note}) == {"differs": False}


def test_a_record_that_goes_on_under_another_name_is_another_until_people_say_so():
    """A name that begins with the old one proves nothing: anybody can write it (TL-21)."""
    before = Head("coi/TEST/1", 9, bytes(32))

    with pytest.raises(HistoryChanged, match="where quality assurance confirms"):
        require_growth(before, Head("coi/TEST/1/20261122T030405Z", 4, bytes(32)), [])
    with pytest.raises(HistoryChanged, match="in the place of"):
        require_growth(before, Head("coi/TEST/2", 9, bytes(32)), [])
    with pytest.raises(HistoryChanged, match="none is signed"):
        require_growth(before, None, [])


def test_before_anything_is_signed_nothing_is_kept(arrives, tmp_path):
    """The first head that is seen is taken as it is."""
    arrives().list_therapies()

    assert not (tmp_path / "head.json").exists()


def test_a_head_that_was_spoilt_is_no_head(arrives, tmp_path):
    """Nobody takes it for none: whoever can write there could make a program forget."""
    Path(tmp_path / "head.json").write_text("{}")

    with pytest.raises(KeyError):
        arrives().list_therapies()


def test_a_first_contact_that_fails_is_made_again(arrives, signed_record, tmp_path):
    """A program that goes on after an error has still not been let off."""
    file = tmp_path / "head.json"
    nina = arrives()
    arrives().list_therapies()
    forked(signed_record, file)

    for _ in range(2):
        with pytest.raises(HistoryChanged):
            nina.list_therapies()

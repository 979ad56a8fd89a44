"""What was recorded comes into the tree, and is signed; nothing is signed that does not go on."""

import json
import shutil
import stat
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from coi.clock import SteppedClock, rfc3339
from coi.ledger.checkpoint import Verifier, read_checkpoint, signed
from coi.ledger.content import SignedBy
from coi.services import sequencing
from coi.services.acknowledging import KeyIsAnothers, acknowledge
from coi.services.checkpoint_keys import (
    NoSigningKey,
    create_signing_key,
    read_signing_key,
    signers_of,
)
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.proofs import authenticate
from coi.services.seen import seen_file
from coi.services.sequencing import Sequencer
from coi.services.signed_before import HistoryChanged, last_file
from coi.services.verifying import verify_new, verify_record
from coi.store import tree
from coi.store.facts import ORGANISATION
from coi.store.size import entries_in
from tests.coi.clinic import PASSWORD


def more(clinic, name):
    """Something more is recorded: somebody is hired."""
    return clinic.hire(name, ("qa_reviewer", "works-production"))


def later(installation, minutes):
    """The same installation, some minutes later."""
    now = installation.clock.now() + timedelta(minutes=minutes)
    return replace(installation, clock=SteppedClock(now, timedelta(seconds=0)))


def counted(installation):
    """How many entries there are, and how many of them stand in the tree."""
    return installation.read(lambda tx: (entries_in(tx), tree.size_of_tree(tx)))


def _something_unsigned(installation):
    """An entry below which nobody signs."""
    occasion = Occasion("-", "-", installation.clock.now())
    installation.transact(lambda tx: write_site_entry(tx, "look", occasion, Registered()))


def kept(installation):
    """The last checkpoint."""
    return installation.read(tree.newest_checkpoint)


def test_everything_is_taken_in_once_and_signed(begun):
    """The checkpoint is of all entries, and signed by the key that the record names (TL-06)."""
    sequencer = Sequencer(begun)

    taken, again = sequencer.run_until_empty(), sequencer.run_until_empty()

    entries, size = counted(begun)
    note = read_checkpoint(kept(begun).note.encode())
    assert (taken, again, size) == (entries, 0, entries)
    assert note.checkpoint.size == entries
    assert note.signed_by([one.verifier for one in begun.read(signers_of)])
    assert last_file(begun.settings).read_text() == kept(begun).note
    assert verify_record(begun).holds


class Waited:
    """What tells a sequencer to stop: never, and it counts how often it was waited for."""

    def __init__(self):
        self.times = 0

    def wait(self, _seconds):
        """Nobody says so."""
        self.times += 1
        return False


def test_who_waits_asks_the_database_only_where_something_may_have_come(begun):
    """A second after this process has recorded something; else for what another one did."""
    sequencer = Sequencer(begun)
    sequencer.run_until_empty()
    sequencer.sequence()
    quiet, busy = Waited(), Waited()

    sequencer.rest(quiet)
    _something_unsigned(begun)
    sequencer.rest(busy)

    assert (quiet.times, busy.times) == (5, 1)
    assert sequencer.sequence() == 1


def test_two_that_sequence_at_once_take_each_entry_in_once(begun):
    """The one that was overtaken finds nothing left to do, and signs nothing twice."""
    first, second = Sequencer(begun), Sequencer(begun)

    assert first.sequence() > 0
    assert second.sequence() == 0
    assert first.sign() is not None
    assert second.sign() is None
    assert verify_record(begun).holds


def test_the_place_of_another_is_never_taken(begun):
    """Whoever looked before another one wrote is refused by the database, and does it again."""
    stale = begun.read(
        lambda tx: (tree.frontier(tx), tree.waiting(tx, tree.chains_outside(tx, ""), 5))
    )
    Sequencer(begun).run_until_empty()

    with pytest.raises(Exception, match="tree_leaf"), begun.engine.begin() as connection:
        tree.grow(connection, *stale)

    assert verify_record(begun).holds


def test_whoever_finds_nothing_new_writes_nothing(clinic):
    """So that nobody waits each second for a look at what was recorded."""
    sequencer = Sequencer(clinic.installation)
    sequencer.run_until_empty()
    sent = []
    event.listen(
        clinic.installation.engine, "before_cursor_execute", lambda *told: sent.append(told[2])
    )

    assert sequencer.sequence() == 0

    assert sent
    assert not [one for one in sent if "INSERT" in one or "IMMEDIATE" in one]


def test_many_entries_are_taken_in_some_at_a_time(begun, monkeypatch):
    """Whoever records waits for a few of them at most; the tree is the same."""
    monkeypatch.setattr(sequencing, "AT_ONCE", 2)

    taken = Sequencer(begun).run_until_empty()

    assert taken == counted(begun)[0] > 2 * 2
    assert verify_record(begun).holds


def test_what_is_signed_by_somebody_is_covered_at_once(clinic):
    """A release, a shipment, a receipt and an infusion are signed: none of them waits (TL-06)."""
    sequencer = Sequencer(clinic.installation)
    sequencer.run_until_empty()
    more(clinic, "queenie")

    sequencer.step()

    entries, size = counted(clinic.installation)
    assert kept(clinic.installation).size == size == entries


def test_what_nobody_signed_is_covered_within_five_minutes(clinic):
    """It is in the tree at once, and below a checkpoint when five minutes are over (TL-06)."""
    sequencer = Sequencer(clinic.installation)
    sequencer.run_until_empty()
    before = kept(clinic.installation).size
    _something_unsigned(clinic.installation)

    sequencer.step()
    at_once = kept(clinic.installation).size
    sequencer.installation = later(clinic.installation, 5)
    sequencer.step()

    entries, size = counted(clinic.installation)
    assert entries == size > before
    assert (at_once, kept(clinic.installation).size) == (before, size)


def test_the_key_is_readable_by_its_owner_alone(clinic):
    """And never replaced by a new one (TL-08)."""
    file = clinic.installation.settings.checkpoint_key_file
    before = file.read_bytes()

    create_signing_key(clinic.installation.settings)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == before


def test_the_key_stands_nowhere_in_the_database(clinic):
    """Neither as bytes nor as text; its public half stands in the first entry (TL-08)."""
    settings = clinic.installation.settings
    Sequencer(clinic.installation).run_until_empty()
    clinic.installation.engine.dispose()
    key = read_signing_key(settings.checkpoint_key_file).private_bytes_raw()

    files = [settings.database_path, *settings.database_path.parent.glob("coi.sqlite3-*")]
    stored = b"".join(file.read_bytes() for file in files)
    (signer,) = clinic.installation.read(signers_of)
    assert key not in stored
    assert key.hex().encode() not in stored
    assert Verifier.read(signer.verifier.text) == signer.verifier


def test_without_its_key_nothing_is_signed_and_everything_taken_in(clinic):
    """Whoever records is not kept waiting for a key that is away."""
    clinic.installation.settings.checkpoint_key_file.unlink()
    sequencer = Sequencer(clinic.installation)

    with pytest.raises(NoSigningKey, match="is not in"):
        sequencer.sign()
    sequencer.step()

    entries, size = counted(clinic.installation)
    assert entries == size
    assert kept(clinic.installation) is None


def test_another_key_than_the_one_that_the_record_names_signs_nothing(clinic):
    """A key that somebody put in its place is refused (TL-25)."""
    file = clinic.installation.settings.checkpoint_key_file
    file.unlink()
    create_signing_key(clinic.installation.settings)
    sequencer = Sequencer(clinic.installation)
    sequencer.sequence()

    with pytest.raises(NoSigningKey, match="not the one that the record names"):
        sequencer.sign()


def _put_back(clinic, tmp_path):
    """Put the database back to a moment before more was recorded and signed (T6)."""
    installation = clinic.installation
    Sequencer(installation).run_until_empty()
    installation.engine.dispose()
    earlier = shutil.copy(installation.settings.database_path, tmp_path / "earlier")
    more(clinic, "quinn")
    Sequencer(installation).run_until_empty()
    installation.engine.dispose()
    for end in ("-wal", "-shm"):
        installation.settings.database_path.with_name(f"coi.sqlite3{end}").unlink(missing_ok=True)
    shutil.copy(earlier, installation.settings.database_path)
    return installation


def test_a_record_that_was_put_back_is_not_signed_and_an_alarm_is_told(clinic, tmp_path, caplog):
    """What was signed last is remembered beside the key: fewer entries are refused (TL-07)."""
    installation = _put_back(clinic, tmp_path)

    with pytest.raises(HistoryChanged, match="entries were signed, and there are") as refusal:
        Sequencer(installation).sign()

    assert refusal.value.code == "HISTORY_CHANGED"
    assert "history_changed" in [record.message for record in caplog.records]


def test_a_record_that_was_put_back_does_not_verify(clinic, tmp_path):
    """A whole look says so, and so does one at what is new (T6, TL-18)."""
    assert verify_record(clinic.installation).holds
    installation = _put_back(clinic, tmp_path)

    whole, new = verify_record(installation), verify_new(installation)

    for verdict in (whole, new.verdict):
        (what,) = [one.what for one in verdict.findings if one.table == "checkpoint"]
        assert what.startswith("does not continue what was signed: ")


def test_a_record_that_went_on_otherwise_is_not_signed(clinic, tmp_path):
    """As many entries, and others: the first of them are not those that were signed (T4, T5)."""
    installation = _put_back(clinic, tmp_path)
    more(clinic, "quentin")
    more(clinic, "quincy")
    sequencer = Sequencer(installation)
    sequencer.sequence()

    with pytest.raises(HistoryChanged, match="are not those that were signed"):
        sequencer.sign()


def test_a_checkpoint_that_was_kept_elsewhere_fits_the_record(clinic):
    """The record went on from it: nothing is found."""
    Sequencer(clinic.installation).run_until_empty()
    elsewhere = last_file(clinic.installation.settings).read_bytes()
    more(clinic, "queenie")
    Sequencer(clinic.installation).run_until_empty()

    assert verify_record(clinic.installation, checkpoints={"kept": elsewhere}).holds


def test_a_checkpoint_that_was_kept_elsewhere_finds_what_was_put_back_with_its_key(
    clinic, tmp_path
):
    """Nothing on the machine remembers; the one who kept it does (T6, T12)."""
    installation = _put_back(clinic, tmp_path)
    elsewhere = last_file(installation.settings).read_bytes()
    last_file(installation.settings).unlink()

    (finding,) = verify_record(installation, checkpoints={"kept": elsewhere}).findings

    assert verify_record(installation).holds
    assert (finding.table, finding.key) == ("checkpoint", "kept")
    assert "entries were signed, and there are" in finding.what


@pytest.mark.parametrize("forged", [b"", b"\xff", b"nothing\n", b"<script>\n0\n=\n\nx\n"])
def test_what_is_no_checkpoint_is_told_and_breaks_nothing(clinic, forged):
    """Whatever somebody hands in as one that was kept."""
    (finding,) = verify_record(clinic.installation, checkpoints={"kept": forged}).findings

    assert finding.what.startswith("does not fit the record: This is no checkpoint: ")


def test_a_checkpoint_that_another_key_signed_is_told(clinic):
    """It may be of a record that somebody made to look like this one."""
    Sequencer(clinic.installation).run_until_empty()
    note = read_checkpoint(last_file(clinic.installation.settings).read_bytes())
    (signer,) = clinic.installation.read(signers_of)
    forged = signed(note.checkpoint, signer.verifier.name, Ed25519PrivateKey.generate())

    kept_ = {"kept": forged.text.encode()}
    (finding,) = verify_record(clinic.installation, checkpoints=kept_).findings

    assert finding.what.endswith("no key that the record names has signed it")


def test_once_quality_assurance_has_signed_for_it_it_is_signed_again(clinic, tmp_path):
    """What was signed before is kept beside it, under another name (TL-18)."""
    more(clinic, "queenie")
    installation = _put_back(clinic, tmp_path)
    by = authenticate(installation, "queenie", PASSWORD)
    seen_file(installation.settings).unlink(missing_ok=True)
    assert installation.look_at_length()

    acknowledge(installation, by, "The disk failed at noon.")
    Sequencer(installation).run_until_empty()

    aside = [*last_file(installation.settings).parent.glob("checkpoint-before-*")]
    assert len(aside) == 1
    assert verify_record(installation).holds


def test_what_goes_on_names_the_root_of_what_was_closed(clinic, tmp_path):
    """In a leaf of the tree that goes on; the old one is kept, and never mended (TL-19)."""
    more(clinic, "queenie")
    lost = _put_back(clinic, tmp_path)
    signed_last = last_file(lost.settings).read_text()
    size, root = lost.read(lambda tx: (tree.size_of_tree(tx), tree.frontier(tx).root.hex()))
    by = authenticate(lost, "queenie", PASSWORD)
    seen_file(lost.settings).unlink(missing_ok=True)
    lost.look_at_length()

    acknowledge(lost, by, "The disk failed at noon.")
    Sequencer(lost).run_until_empty()

    (told,) = lost.read(lambda tx: tree.told_by(tx, ORGANISATION, ("restore",)))
    document = json.loads(told.content)["document"]
    assert (document["size"], document["root"]) == (str(size), root)
    assert document["signed_last"] == signed_last
    assert told.n >= size
    assert verify_record(lost).holds


def test_who_has_the_database_alone_closes_no_tree(clinic, tmp_path):
    """An entry that says so, signed by a row, and not by the key itself: it is no new name (T4)."""
    person = more(clinic, "queenie").person
    lost = _put_back(clinic, tmp_path)
    note = last_file(lost.settings).read_bytes()

    _forge_closing(lost, person)

    with pytest.raises(HistoryChanged):
        Sequencer(lost).run_until_empty()
    assert len(lost.read(signers_of)) == 1
    assert not verify_record(lost, checkpoints={"kept": note}).holds


def test_what_the_key_has_said_of_one_closed_tree_closes_no_other(clinic, tmp_path):
    """The signature is over the size and the root that were left, and over the new name."""
    person = more(clinic, "queenie").person
    lost = _put_back(clinic, tmp_path)
    by = authenticate(lost, "queenie", PASSWORD)
    seen_file(lost.settings).unlink(missing_ok=True)
    lost.look_at_length()
    acknowledge(lost, by, "The disk failed at noon.")
    (told,) = lost.read(lambda tx: tree.told_by(tx, ORGANISATION, ("restore",)))
    document = json.loads(told.content)["document"]
    assert len(lost.read(signers_of)) == 2

    for change in ({"size": "3"}, {"root": "00" * 32}):
        _forge_closing(lost, person, **{**document, **change})

    assert len(lost.read(signers_of)) == 2


def test_where_the_key_is_gone_the_record_goes_on_under_its_name(clinic, tmp_path):
    """Two people name another key then; until they do, what was signed last is not fitted to it."""
    more(clinic, "queenie")
    lost = _put_back(clinic, tmp_path)
    by = authenticate(lost, "queenie", PASSWORD)
    seen_file(lost.settings).unlink(missing_ok=True)
    lost.look_at_length()
    lost.settings.checkpoint_key_file.unlink()

    acknowledge(lost, by, "The machine burnt at noon.")

    assert len(lost.read(signers_of)) == 1
    assert not lost.look_at_length()


def _hidden(file):
    """How `Path.stat` answers where one file lies in a folder of another user."""
    as_ever = type(file).stat

    def stat(path, **how):
        if path == file:
            raise PermissionError(13, "Permission denied", str(path))
        return as_ever(path, **how)

    return stat


@pytest.mark.parametrize("how", ["file", "folder"])
def test_whoever_may_not_read_the_key_cannot_say_that_a_record_goes_on(
    how, clinic, tmp_path, monkeypatch
):
    """Nothing is recorded: another user of the machine signs, and can say so."""
    more(clinic, "queenie")
    lost = _put_back(clinic, tmp_path)
    by = authenticate(lost, "queenie", PASSWORD)
    seen_file(lost.settings).unlink(missing_ok=True)
    lost.look_at_length()
    lost.settings.checkpoint_key_file.write_text("what nobody can read\n")
    monkeypatch.setattr("os.access", lambda *_: False)
    if how == "folder":
        monkeypatch.setattr(type(tmp_path), "stat", _hidden(lost.settings.checkpoint_key_file))
    before = lost.read(entries_in)

    with pytest.raises(KeyIsAnothers, match="another user of this machine"):
        acknowledge(lost, by, "The disk failed at noon.")
    monkeypatch.undo()

    assert lost.read(entries_in) == before
    assert lost.look_at_length()


def _forge_closing(installation, person, **told):
    """An entry that closes the tree, with all that whoever writes into the database can know."""

    def work(tx):
        (first, *_) = signers_of(tx)
        size, root = tree.size_of_tree(tx), tree.frontier(tx).root.hex()
        named = Verifier(f"{first.verifier.name}/20261122T100000Z", first.verifier.key).text
        document = {"kind": "restore", "about": "-", "checkpoints": named, "size": str(size)}
        now = installation.clock.now()
        by = SignedBy(person, "qa_reviewer", "Queenie", "goes on", rfc3339(now))
        document |= {"root": root, "vouched": b64encode(bytes(64)).decode(), **told}
        registered = Registered(signatures=(by,), document=document)
        write_site_entry(tx, "restore", Occasion(person, "-", now), registered)

    installation.transact_always(work)


def test_a_tree_that_was_closed_and_is_another_now_is_named(clinic):
    """Whoever changes what is left of it afterwards meets its root in a later entry (TL-19)."""
    installation = clinic.installation
    occasion = Occasion("-", "-", installation.clock.now())
    Sequencer(installation).run_until_empty()
    size = installation.read(tree.size_of_tree)
    told = {"kind": "restore", "about": "-", "size": str(size), "root": "00" * 32}
    installation.transact(
        lambda tx: write_site_entry(tx, "restore", occasion, Registered(document=told))
    )

    (finding,) = verify_record(installation).findings

    assert (finding.table, finding.chain) == ("checkpoint", ORGANISATION)
    assert finding.what.startswith(f"closed a tree of {size} entries")


def test_a_damaged_memory_is_told_and_nothing_signed(clinic):
    """What was signed last cannot be read: nobody knows whether this goes on from it."""
    Sequencer(clinic.installation).run_until_empty()
    last_file(clinic.installation.settings).write_text("nothing\n")
    more(clinic, "queenie")
    sequencer = Sequencer(clinic.installation)
    sequencer.sequence()

    with pytest.raises(HistoryChanged, match="is damaged"):
        sequencer.sign()


def test_an_entry_of_a_clock_that_went_back_is_taken_in_within_the_hour(clinic):
    """At once one looks only at what is new; once an hour at all chains."""
    sequencer = Sequencer(later(clinic.installation, 60 * 24))
    sequencer.run_until_empty()
    more(clinic, "queenie")

    overlooked = sequencer.sequence()
    sequencer.installation = later(sequencer.installation, 60)
    found = sequencer.sequence()

    assert overlooked == 0
    assert found > 0
    entries, size = counted(clinic.installation)
    assert entries == size

"""An authority stamps checkpoints; no entry is dated before a stamp that does not cover it."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coi.clock import SteppedClock
from coi.services import stamping
from coi.services.anchor import AnchorAway
from coi.services.anchor_stamp import StampAnchor
from coi.services.anchoring import anchored, keep_everywhere
from coi.services.sequencing import Sequencer
from coi.services.signed_before import HistoryChanged
from coi.services.stamping import NOTE, stamp_files
from coi.services.verifying import verify_new, verify_record
from coi.store import tree
from tests.coi.services.test_anchoring import grown
from tests.coi.services.test_sequencing import _something_unsigned, later
from tests.tsa_peer import tsa_peer


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority, which answers by openssl until its clock is set."""
    with tsa_peer(tmp_path_factory.mktemp("tsa"), datetime.now(UTC)) as peer:
        yield peer


@pytest.fixture
def stamped(clinic, authority):
    """A clinic whose checkpoints are stamped by the clinic's own time; one is."""
    told = {"timestamp_url": authority.url, "timestamp_ca": authority.trusted}
    settings = replace(clinic.installation.settings, **told)
    Sequencer(clinic.installation).run_until_empty()
    authority.now, authority.answers = clinic.installation.clock.now(), None
    installation = replace(clinic.installation, settings=settings)
    keep_everywhere(installation)
    return installation


def at(installation, **passed):
    """The same installation, so much later by its clock."""
    now = installation.clock.now() + timedelta(**passed)
    return replace(installation, clock=SteppedClock(now, timedelta(seconds=0)))


def test_a_stamp_is_kept_with_what_was_stamped_and_anybody_can_check_it(stamped, authority):
    """By openssl's own answer and openssl's own check; the record holds it too (TL-09)."""
    authority.now = None
    for file in stamp_files(stamped.settings):
        file.unlink()

    keep_everywhere(stamped)

    (file,) = stamp_files(stamped.settings)
    words = ["-data", file.with_suffix(NOTE), "-in", file, "-token_in"]
    trusted = ["-CAfile", authority.trusted]
    told = subprocess.run(
        ["openssl", "ts", "-verify", *map(str, (*words, *trusted))], capture_output=True, check=True
    )
    (stands,) = anchored(stamped)
    assert b"Verification: OK" in told.stdout
    assert file.with_suffix(NOTE).read_text() == stamped.read(tree.newest_checkpoint).note
    assert (stands.name, stands.waiting, stands.trouble) == ("timestamp", 0, "")
    assert verify_record(stamped).holds


def test_the_last_of_each_hour_is_stamped_and_no_stamp_is_written_over(stamped, clinic):
    """What is stamped grows as old as the setting says; the ones before stay as they were."""
    (first,) = stamp_files(stamped.settings)
    before = first.read_bytes()
    grown(clinic)
    keep_everywhere(stamped)
    soon = len(stamp_files(stamped.settings))

    keep_everywhere(later(stamped, 61))
    keep_everywhere(later(stamped, 62))

    assert (soon, len(stamp_files(stamped.settings))) == (1, 2)
    assert (first.read_bytes(), stamp_files(stamped.settings)[0]) == (before, first)
    assert verify_record(stamped).holds


@pytest.mark.parametrize("look", [verify_record, verify_new], ids=["whole", "new"])
def test_an_entry_that_is_dated_back_before_a_stamp_is_named(stamped, clinic, authority, look):
    """Whoever sets the clock back and holds every key cannot sign for the authority (CL-06)."""
    assert verify_record(stamped).holds
    authority.now = clinic.installation.clock.now() + timedelta(hours=3)
    grown(clinic)
    keep_everywhere(later(stamped, 61))
    assert verify_record(stamped).holds

    _something_unsigned(stamped)
    Sequencer(at(stamped, hours=4)).run_until_empty()
    told = look(stamped)

    (finding,) = getattr(told, "verdict", told).findings
    last = stamped.read(tree.size_of_tree) - 1
    assert (finding.table, finding.chain) == ("entry", "site:organisation")
    assert "says that it was recorded at 2026-" in finding.what
    assert f"came after the {last} entries that were time-stamped at" in finding.what


def test_a_single_stamp_is_enough_to_tell(stamped, authority):
    """The first one that was ever made, of which the tree goes on (CL-06)."""
    authority.now = stamped.clock.now() + timedelta(hours=3)
    for file in stamp_files(stamped.settings):
        file.unlink()
    keep_everywhere(stamped)
    assert verify_record(stamped).holds

    _something_unsigned(stamped)
    Sequencer(at(stamped, hours=4)).run_until_empty()

    (finding,) = verify_record(stamped).findings
    assert (finding.table, finding.key) == ("entry", f"{finding.chain}/{finding.seq}")
    assert len(stamp_files(stamped.settings)) == 1


def test_what_took_an_hour_into_the_tree_is_no_finding(stamped, authority):
    """A step that waited, and clocks that differ by minutes, date nothing back."""
    authority.now = stamped.clock.now() + timedelta(minutes=65)
    for file in stamp_files(stamped.settings):
        file.unlink()
    keep_everywhere(stamped)

    _something_unsigned(stamped)
    Sequencer(stamped).run_until_empty()

    assert verify_record(stamped).holds


def test_nothing_is_stamped_while_older_entries_wait_for_the_tree(stamped, clinic):
    """Or the stamp would say of them that they were dated back."""
    grown(clinic)
    _something_unsigned(stamped)

    with pytest.raises(AnchorAway, match="not all in the tree yet"):
        StampAnchor(stamped.settings).keep(later(stamped, 61))
    Sequencer(stamped).run_until_empty()

    assert StampAnchor(stamped.settings).keep(later(stamped, 61)) == 1


def spoilt(raw):
    """The same with one bit changed."""
    return raw[:-20] + bytes([raw[-20] ^ 1]) + raw[-19:]


@pytest.mark.parametrize("part", [NOTE, stamping.TOKEN])
def test_a_stamp_that_was_changed_proves_nothing_and_is_named(stamped, part):
    """Or what was stamped was: neither is what the authority signed."""
    (file,) = stamp_files(stamped.settings)
    changed = file.with_suffix(part)
    changed.write_bytes(spoilt(changed.read_bytes()))

    findings = verify_record(stamped).findings

    assert any("its stamp: " in one.what for one in findings)
    of_it = [one for one in findings if one.key == str(file)]
    assert {(one.table, one.chain, one.seq) for one in of_it} == {("checkpoint", "-", None)}


def test_an_authority_that_nobody_trusts_stamps_nothing(stamped, clinic, tmp_path, authority):
    """Nor does one that answers something else: it is an anchor that is away."""
    grown(clinic)
    with tsa_peer(tmp_path / "other", datetime.now(UTC)) as other:
        other.now = clinic.installation.clock.now()
        anchor = StampAnchor(replace(stamped.settings, timestamp_url=other.url))
        with pytest.raises(AnchorAway, match="nobody whose time stamps count"):
            anchor.keep(stamped)

    authority.answers = lambda _raw: b"<html>Sign in first</html>"
    with pytest.raises(AnchorAway, match="no time stamp"):
        StampAnchor(stamped.settings).keep(stamped)

    earlier = authority.asked[0]
    authority.answers = lambda _raw: authority.stamp(earlier)
    with pytest.raises(AnchorAway, match="another question"):
        StampAnchor(stamped.settings).keep(stamped)
    assert len(stamp_files(stamped.settings)) == 1


def test_an_authority_that_is_away_stops_nobody(stamped, clinic, caplog):
    """It is told, and asked again; the record goes on."""
    grown(clinic)
    settings = replace(stamped.settings, timestamp_url="http://127.0.0.1:9/tsr")
    keep_everywhere(later(replace(stamped, settings=settings), 61))

    assert "anchor_away" in [record.message for record in caplog.records]
    assert verify_record(stamped).holds


def test_nothing_is_stamped_that_does_not_go_on_from_what_was(stamped, clinic):
    """A stamp of another history stays the witness that it is, and verification names it."""
    (file,) = stamp_files(stamped.settings)
    note = file.with_suffix(NOTE)
    origin, size, rest = note.read_text().split("\n", 2)
    note.write_text(f"{origin}\n{int(size) + 1}\n{rest}")
    grown(clinic)

    with pytest.raises(HistoryChanged):
        StampAnchor(stamped.settings).keep(later(stamped, 61))

    assert len(stamp_files(stamped.settings)) == 1


def test_without_what_reads_them_stamps_are_not_compared_and_that_is_told(
    stamped, monkeypatch, caplog
):
    """The extra `sign` is one; the record is as whole as it was."""
    monkeypatch.setattr(stamping, "find_spec", lambda _name: None)

    with pytest.raises(AnchorAway, match="the extra `sign`"):
        StampAnchor(stamped.settings).keep(stamped)

    assert verify_record(stamped).holds
    assert any("not compared" in record.getMessage() for record in caplog.records)

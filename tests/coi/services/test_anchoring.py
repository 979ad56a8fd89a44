"""Checkpoints are kept elsewhere too, and what was changed here is found by what is kept there."""

import shutil
from dataclasses import replace

import pytest

from coi.ledger.checkpoint import read_checkpoints, signed
from coi.services import verifying
from coi.services.acknowledging import acknowledge
from coi.services.anchor import AnchorAway
from coi.services.anchor_file import FileAnchor
from coi.services.anchoring import Anchorer, anchored, anchors_of, keep_everywhere
from coi.services.checkpoint_keys import read_signing_key
from coi.services.proofs import authenticate
from coi.services.seen import seen_file
from coi.services.sequencing import Sequencer
from coi.services.signed_before import HistoryChanged, last_file
from coi.services.verifying import verify_new, verify_record
from coi.store import tree
from tests.coi.clinic import PASSWORD


def with_file(installation, folder):
    """The same installation with an empty file on another mount."""
    folder.mkdir(exist_ok=True)
    file = folder / "anchor"
    file.touch()
    return replace(installation, settings=replace(installation.settings, anchor_file=file))


def grown(clinic, name="queenie"):
    """Something more is recorded and signed."""
    clinic.hire(name, ("qa_reviewer", "works-production"))
    Sequencer(clinic.installation).run_until_empty()


@pytest.fixture
def anchor(clinic, tmp_path):
    """A clinic with a checkpoint, and a file for it elsewhere."""
    installation = with_file(clinic.installation, tmp_path / "mount")
    Sequencer(installation).run_until_empty()
    return installation


def sizes_in(installation):
    """How large the trees were that the file knows."""
    notes = read_checkpoints(installation.settings.anchor_file.read_bytes())
    return [one.checkpoint.size for one in notes]


def test_each_checkpoint_is_appended_once(begun, tmp_path):
    """The last of the file is the last of the record, and stays readable by other programs."""
    installation = with_file(begun, tmp_path / "mount")
    Sequencer(installation).run_until_empty()

    keep_everywhere(installation)
    keep_everywhere(installation)

    (stands,) = anchored(installation)
    newest = installation.read(tree.newest_checkpoint)
    assert installation.settings.anchor_file.read_text() == f"{newest.note}\n"
    assert (stands.size, stands.waiting, stands.trouble) == (newest.size, 0, "")
    assert stands.until == installation.read(tree.covered_until)
    assert verify_record(installation).holds


@pytest.mark.parametrize("look", [verify_record, verify_new], ids=["whole", "new"])
def test_what_is_signed_while_somebody_verifies_is_no_finding(anchor, clinic, look, monkeypatch):
    """Files beside the key and elsewhere go on meanwhile, and know more than was looked at."""
    keep_everywhere(anchor)
    assert verify_record(anchor).holds
    whole = verifying.verify

    def verified_meanwhile(*told, **more):
        grown(clinic)
        keep_everywhere(anchor)
        return whole(*told, **more)

    monkeypatch.setattr(verifying, "verify", verified_meanwhile)
    told = look(anchor)

    assert getattr(told, "verdict", told).findings == ()


def test_what_was_signed_while_its_mount_was_away_is_kept_there_later(anchor, clinic, monkeypatch):
    """Nothing is lost, and nobody waited for it; all of it comes in its order (TL-09)."""
    keep_everywhere(anchor)
    mount = anchor.settings.anchor_file.parent
    away = mount.rename(mount.with_name("away"))
    for name in ("queenie", "quinn", "quentin"):
        grown(clinic, name)
    keeper = Anchorer(anchor, anchors_of(anchor.settings)[0])
    kept_while_away, (stood,) = keeper.step(), anchored(anchor)

    away.rename(mount)
    monkeypatch.setattr("coi.services.anchor_file.AT_ONCE", 2)
    kept_later, (stands,) = keeper.step(), anchored(anchor)

    assert (kept_while_away, kept_later) == (False, True)
    assert stood.trouble.endswith("cannot be reached: No such file or directory.")
    assert stands.waiting == 0
    assert len(sizes_in(anchor)) == 4
    assert sizes_in(anchor) == sorted(set(sizes_in(anchor)))


def test_a_file_is_never_made_where_its_mount_should_be(anchor):
    """Or it would lie on this machine's own disk, and nobody would know."""
    anchor.settings.anchor_file.unlink()

    with pytest.raises(AnchorAway):
        FileAnchor(anchor.settings.anchor_file).keep(anchor)

    assert not anchor.settings.anchor_file.exists()


def test_a_place_that_is_away_is_told_once(anchor, caplog):
    """And again when it is away for another reason."""
    anchor.settings.anchor_file.unlink()
    keeper = Anchorer(anchor, anchors_of(anchor.settings)[0])

    keeper.step()
    keeper.step()

    assert [record.message for record in caplog.records].count("anchor_away") == 1


def test_a_note_that_a_power_cut_tore_is_written_again(anchor, clinic):
    """What is behind it is as good as before."""
    keep_everywhere(anchor)
    file = anchor.settings.anchor_file
    file.write_bytes(file.read_bytes()[:-60])
    grown(clinic)

    keep_everywhere(anchor)

    assert sizes_in(anchor)[-1] == anchor.read(tree.newest_checkpoint).size
    assert verify_record(anchor).holds


def _put_back_with_its_key(anchor, clinic, tmp_path):
    """Put back the database and the folder of the key alike, to before something was anchored."""
    anchor.engine.dispose()
    home = anchor.settings.home
    shutil.copytree(home, tmp_path / "earlier")
    grown(clinic)
    keep_everywhere(anchor)
    clinic.installation.engine.dispose()
    anchor.engine.dispose()
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "earlier", home)


def test_what_was_put_back_with_its_key_is_found(anchor, clinic, tmp_path):
    """Nothing on the machine knows of it; the file elsewhere does (T6, T12, TL-18)."""
    assert verify_record(anchor).holds
    _put_back_with_its_key(anchor, clinic, tmp_path)

    whole, new = verify_record(anchor), verify_new(anchor).verdict

    assert verify_record(clinic.installation).holds
    for verdict in (whole, new):
        (finding,) = verdict.findings
        assert finding.key == str(anchor.settings.anchor_file)
        assert "entries were signed, and there are" in finding.what


def test_nothing_is_appended_to_a_file_that_the_record_does_not_continue(
    anchor, clinic, tmp_path, caplog
):
    """The alarm is told, and the file stays the witness that it is (TL-07)."""
    _put_back_with_its_key(anchor, clinic, tmp_path)
    before = anchor.settings.anchor_file.read_bytes()
    for name in ("quincy", "quinn", "quentin"):
        grown(clinic, name)

    with pytest.raises(HistoryChanged, match="are not those that were signed"):
        FileAnchor(anchor.settings.anchor_file).keep(anchor)
    keep_everywhere(anchor)

    assert anchor.settings.anchor_file.read_bytes() == before
    assert "history_changed" in [record.message for record in caplog.records]


def test_an_older_note_that_differs_is_found_behind_a_newer_one_that_fits(anchor, clinic):
    """A whole look compares all that is kept there, and names the first that differs."""
    keep_everywhere(anchor)
    grown(clinic)
    keep_everywhere(anchor)
    file = anchor.settings.anchor_file
    first, second = read_checkpoints(file.read_bytes())
    other = replace(first.checkpoint, root=bytes(32))
    file.write_text(f"{replace(first, checkpoint=other).text}\n{second.text}\n")

    (finding,) = verify_record(anchor).findings

    assert finding.key == str(file)
    assert "has not signed it" in finding.what


def test_a_place_that_is_away_is_no_finding_and_is_told(anchor, caplog):
    """Whether the record is whole and whether it was compared with a place are two things."""
    keep_everywhere(anchor)
    anchor.settings.anchor_file.unlink()

    assert verify_record(anchor).holds
    assert any("Not compared" in record.getMessage() for record in caplog.records)
    assert last_file(anchor.settings).exists()


def test_a_record_that_goes_on_is_anchored_under_another_name(anchor, clinic, tmp_path):
    """What was signed of the lost entries stays where it is, and contradicts nothing (TL-18)."""
    clinic.hire("quinta", ("qa_reviewer", "works-production"))
    Sequencer(anchor).run_until_empty()
    _put_back_with_its_key(anchor, clinic, tmp_path)
    lost = read_checkpoints(anchor.settings.anchor_file.read_bytes())[-1]
    seen_file(anchor.settings).unlink()
    assert anchor.look_at_length()

    acknowledge(anchor, authenticate(anchor, "quinta", PASSWORD), "The disk failed at noon.")
    Sequencer(anchor).run_until_empty()
    keep_everywhere(anchor)

    newest = read_checkpoints(anchor.settings.anchor_file.read_bytes())[-1]
    (stands,) = anchored(anchor)
    assert newest.checkpoint.origin.startswith(f"{lost.checkpoint.origin}/2026")
    assert newest.text == anchor.read(tree.newest_checkpoint).note
    assert (stands.size, stands.waiting) == (newest.checkpoint.size, 0)
    assert verify_record(anchor).holds
    assert verify_record(anchor, checkpoints={"lost": lost.text.encode()}).holds


def test_what_was_signed_of_what_is_left_must_still_be_as_it_was(anchor, clinic):
    """That a record goes on excuses nothing of what it kept."""
    clinic.hire("quinta", ("qa_reviewer", "works-production"))
    Sequencer(anchor).run_until_empty()
    kept = read_checkpoints(last_file(anchor.settings).read_bytes() + b"\n")[0]
    seen_file(anchor.settings).unlink()
    anchor.look_at_length()
    acknowledge(anchor, authenticate(anchor, "quinta", PASSWORD), "The disk failed at noon.")
    Sequencer(anchor).run_until_empty()
    key = read_signing_key(anchor.settings.checkpoint_key_file)
    forged = signed(replace(kept.checkpoint, root=bytes(32)), kept.checkpoint.origin, key)

    (finding,) = verify_record(anchor, checkpoints={"forged": forged.text.encode()}).findings

    assert "are not those that were signed" in finding.what

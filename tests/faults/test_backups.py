"""A backup is whole or none; what is restored is what was copied; drills are on record (F-19)."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from coi.ledger.findings import Head, heads_digest, heads_text
from coi.services.acknowledging import acknowledge
from coi.services.backups import CannotBackUp, back_up
from coi.services.batch_runs import keep_run
from coi.services.drawing import PDF
from coi.services.drills import drill, last_drilled
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import open_installation
from coi.services.manifest import BackupDamaged, NoBackup, read_backup, sum_of, write_manifest
from coi.services.people import NewPerson, enter_program
from coi.services.print_queue import NewPrint, queue_print
from coi.services.printers import DOWNLOAD, About, printer_named
from coi.services.proofs import JustProven, person_of
from coi.services.registering_printers import register_printer
from coi.services.restoring import OtherVersion, restore
from coi.services.seen import begin_seen, seen_file
from coi.services.vault import NO_KEY, Vault
from coi.services.verifying import verify_record
from coi.store import batch_runs, print_jobs
from coi.store.batch_runs import CUSTODY_RECORDS, LABELS, PartRow
from coi.store.copying import CannotCopy, NotEmpty
from coi.store.labels import lives_of
from coi.store.sessions import SessionRow, begin, session
from coi.store.tokens import TokenRow, keep_token, token
from tests.faults.instances import Places, at_work
from workflows.label_life import LabelState

AT = "2026-11-22T09:00:00.000000Z"
DAMAGED = ("manifest.json", "heads.json", "the copy")


@pytest.fixture
def places(url, request, tmp_path):
    """Where instances of this kind of database can be."""
    on_postgres = url.startswith("postgresql")
    server = request.getfixturevalue("postgres_server") if on_postgres else None
    return Places(tmp_path / "places", server)


@pytest.fixture
def instance(places, clinic, url):
    """The clinic's installation, in a folder of its own with its key."""
    settings = places.settings("clinic", url)
    settings.home.mkdir(parents=True)
    return replace(clinic.installation, settings=settings)


@pytest.fixture
def backup(instance, tmp_path):
    """A backup of the clinic."""
    folder = tmp_path / "backup"
    back_up(instance, folder)
    return folder


def file_of(backup, name):
    """One of the three files of a backup."""
    return backup / (read_backup(backup)[0].copy if name == "the copy" else name)


def flip(file, at):
    """Change one bit of a byte."""
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


@pytest.fixture
def loaded(opened, url, bags):
    """Lets a bag go back and forth all the while."""
    return lambda: at_work(opened(url), bags[0])


@pytest.fixture
def other(instance, clinic, bags, tmp_path):
    """A second backup, of the next moment."""
    clinic.hand_over(bags[0], clinic.turn_of(bags[0]), "one more")
    back_up(instance, tmp_path / "other")
    return tmp_path / "other"


# -- backup and restore ---------------------------------------------------------------------------


def test_a_backup_under_load_is_restored_as_its_manifest_says(instance, places, loaded, tmp_path):
    """While a bag goes back and forth, each copy is of one moment, and whole."""
    with loaded():
        made = [back_up(instance, tmp_path / f"backup-{number}") for number in range(5)]

    with places.fresh("restored") as settings:
        restored = restore(settings, tmp_path / "backup-3")
    assert (restored.holds, restored.verdict.digest) == (True, made[3].digest)
    assert restored.verdict.entries == made[3].entries


@pytest.mark.soak
def test_a_hundred_backups_under_load_are_whole(instance, places, loaded, tmp_path):
    """Each of them is restored and proven (F-19)."""
    folders = [tmp_path / f"backup-{number}" for number in range(100)]
    with loaded():
        for folder in folders:
            back_up(instance, folder)

    for folder in folders:
        with places.fresh(f"of {folder.name}") as settings:
            assert restore(settings, folder).holds


def quality(installation):
    """Quality assurance of the manufacturer, who has just typed a password."""
    known = installation.read(lambda tx: person_of(tx, "queenie"))
    return JustProven("queenie", known.person.id, known.credential)


def wait_for_printer(clinic, instance, bag):
    """Let the label of a bag wait for a printer from which somebody fetches it; returns its id."""
    about = About("Desk", DOWNLOAD, PDF, 300, 100, 50)
    printer = register_printer(
        instance, quality(instance), "works-production", about, key="printer"
    )

    def work(tx):
        told = Registered(document={"kind": "label", "about": bag.serial})
        occasion = Occasion(clinic.proven["leo"].person, "works-production", instance.clock.now())
        entry = write_site_entry(tx, "print_label", occasion, told, "site:works")
        one = NewPrint(b"%PDF-1.4", PDF, (bag.serial,), bag.coi)
        return queue_print(tx, instance, printer_named(tx, printer), [one], entry)[0]

    return instance.transact(work)


def test_a_batch_that_was_under_way_in_a_backup_does_not_go_on_where_it_is_restored(
    instance, clinic, places, tmp_path
):
    """It may have gone on since: no label of it is sent and no file of it is kept by itself."""
    leo = clinic.proven["leo"]

    def begin_batches(tx):
        for kind in (LABELS, CUSTODY_RECORDS):
            keep_run(tx, instance, leo, (kind, kind), {"cois": [], "serials": []})
        batch_runs.keep_part(tx, PartRow(CUSTODY_RECORDS, 0, "drawn C-1", "5ea1ed"))

    instance.transact(begin_batches)
    back_up(instance, tmp_path / "with-batch")
    with places.fresh("with-batch") as settings:
        restored = restore(settings, tmp_path / "with-batch")
        ours = open_installation(settings, key_needed=False)
        left = ours.read(
            lambda tx: [batch_runs.run(tx, kind) for kind in (LABELS, CUSTODY_RECORDS)]
        )
        files = ours.read(lambda tx: batch_runs.parts_of(tx, CUSTODY_RECORDS))
        ours.engine.dispose()

    assert restored.holds
    assert (left, files) == ([None, None], {})
    assert instance.read(lambda tx: batch_runs.run(tx, LABELS)) is not None


@pytest.mark.parametrize("is_remembered", [True, False])
def test_a_label_that_waited_in_a_backup_is_void_in_what_is_restored(
    instance, clinic, places, bags, tmp_path, is_remembered
):
    """Its therapy is told by the restore itself, or by the signature that lets it go on (LB-04)."""
    job = wait_for_printer(clinic, instance, bags[0])
    back_up(instance, tmp_path / "with-label")

    with places.fresh("with-label") as settings:
        if is_remembered:
            file = seen_file(settings)
            file.parent.mkdir(parents=True, exist_ok=True)
            instance.read(lambda tx: begin_seen(tx, file))
        restored = restore(settings, tmp_path / "with-label")
        ours = open_installation(settings, key_needed=False)
        before = ours.read(lambda tx: print_jobs.job(tx, job))
        if not is_remembered:
            acknowledge(ours, quality(ours), "the disk failed")
        row = ours.read(lambda tx: print_jobs.job(tx, job))
        lives = ours.read(lambda tx: lives_of(tx, bags[0].coi))
        whole = verify_record(ours).holds
        ours.engine.dispose()

    assert (restored.holds, bool(restored.standstill), whole) == (True, not is_remembered, True)
    assert (before.state, before.sealed) == ("unconfirmed" if is_remembered else "sending", "-")
    assert (row.state, row.sealed) == ("unconfirmed", "-")
    assert [one.state for one in lives if one.serial == bags[0].serial] == [LabelState.VOIDED]


def test_nobody_is_stopped_by_a_backup(clinic, instance, loaded, bags, tmp_path):
    """The handoffs of the meantime are all there, and follow each other."""
    before = clinic.turn_of(bags[0])
    with loaded():
        back_up(instance, tmp_path / "backup")

    assert clinic.turn_of(bags[0]) > before
    assert verify_record(instance).holds


def test_the_digest_is_that_of_the_verifier(instance, backup):
    """Whoever kept heads elsewhere can compare them."""
    assert read_backup(backup)[0].digest == verify_record(instance).digest


def test_a_place_with_a_record_is_left_as_it_is(instance, backup):
    """Nobody restores over a record."""
    with pytest.raises(NotEmpty):
        restore(instance.settings, backup)
    assert verify_record(instance).holds


def test_a_restored_record_is_not_restored_over(places, backup):
    """Not even by the same backup."""
    with places.fresh("restored") as settings:
        restore(settings, backup)
        with pytest.raises(NotEmpty):
            restore(settings, backup)


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.999])
def test_a_flipped_bit_is_found(places, backup, name, part):
    """Wherever it is, and in whichever file; nothing is restored."""
    file = file_of(backup, name)
    flip(file, int(file.stat().st_size * part))

    with places.fresh("restored") as settings:
        with pytest.raises((BackupDamaged, NoBackup)):
            restore(settings, backup)
        assert not (settings.home / "coi.sqlite3").exists()


@pytest.mark.parametrize("name", DAMAGED)
def test_a_missing_file_is_found(places, backup, name):
    """A backup has all of its files."""
    file_of(backup, name).unlink()

    with places.fresh("restored") as settings, pytest.raises((BackupDamaged, NoBackup)):
        restore(settings, backup)


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_of_another_backup_is_found(places, backup, other, name):
    """Two backups are never mixed."""
    shutil.copy(file_of(other, name), file_of(backup, name))

    with places.fresh("restored") as settings, pytest.raises(BackupDamaged):
        restore(settings, backup)


def test_a_backup_of_other_tables_is_refused(places, backup):
    """It is restored with the version that made it."""
    write_manifest(backup, replace(read_backup(backup)[0], schema="0" * 64))

    with places.fresh("restored") as settings, pytest.raises(OtherVersion):
        restore(settings, backup)


# -- no place -------------------------------------------------------------------------------------


def test_a_folder_that_holds_something_is_left_as_it_is(instance, tmp_path):
    """An older backup is never mixed with a newer one."""
    (tmp_path / "something").write_text("else")

    with pytest.raises(CannotBackUp):
        back_up(instance, tmp_path)
    assert (tmp_path / "something").read_text() == "else"


def test_a_place_that_cannot_be_written_is_refused(instance):
    """In a sentence, and nothing is left."""
    with pytest.raises(CannotBackUp):
        back_up(instance, Path("/proc/backup"))


def test_a_full_disk_leaves_nothing(instance, tmp_path):
    """What was begun is removed again."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises((CannotCopy, CannotBackUp)):
            back_up(instance, tmp_path / "backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "backup").exists()


def test_a_killed_backup_is_none(instance, places, tmp_path, url):
    """Wherever it was killed: the folder is a whole backup, or is not taken for one."""
    settings = instance.settings
    environ = {**os.environ, "COI_HOME": str(settings.home), "COI_DATABASE_URL": url}
    environ["COI_OWNER_DATABASE_URL"] = settings.owner_database_url if places.server else ""
    for number in range(4):
        folder = tmp_path / f"killed-{number}"
        command = [sys.executable, "-m", "coi.cli", "backup", str(folder)]
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        while not folder.exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(number * 0.01)
        process.kill()
        process.wait()
        try:
            read_backup(folder)
        except NoBackup:
            with places.fresh(f"restored-{number}") as fresh, pytest.raises(NoBackup):
                restore(fresh, folder)


def test_a_missing_program_is_named(instance, tmp_path, monkeypatch, url):
    """PostgreSQL's own program is needed there, and nothing on SQLite."""
    monkeypatch.setenv("PATH", str(tmp_path))
    if url.startswith("sqlite"):
        assert back_up(instance, tmp_path / "backup").entries
        return
    with pytest.raises(CannotCopy, match="The program pg_dump is not there"):
        back_up(instance, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


# -- drills ---------------------------------------------------------------------------------------


def test_a_drill_is_on_record(instance):
    """It passed, when, and the record holds with it."""
    drilled = drill(instance)

    assert (drilled.passed, last_drilled(instance)) == (True, (drilled.recorded_at, True))
    assert "its names open" in drilled.told
    assert verify_record(instance).holds


def test_a_drill_with_a_damaged_backup_fails_on_record(instance, backup):
    """What failed is never silent."""
    flip(file_of(backup, "the copy"), 5000)

    drilled = drill(instance, backup)

    assert (drilled.passed, last_drilled(instance)) == (False, (drilled.recorded_at, False))
    assert "BACKUP_DAMAGED" in drilled.told


def test_a_drill_leaves_nothing_behind(instance, tmp_path, monkeypatch):
    """Neither a folder nor a database."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    drill(instance)

    assert [*(tmp_path / "temporary").iterdir()] == []


def test_a_drill_with_another_key_fails(instance):
    """A backup whose names nobody can open is none to rely on."""
    drilled = drill(instance.with_vault(Vault(b"x" * 32, os.urandom)))

    assert (drilled.passed, "is not that of this record" in drilled.told) == (False, True)


def test_a_drill_without_the_key_says_so(instance):
    """The record itself can be proven; the names were not tried."""
    drilled = drill(instance.with_vault(Vault(NO_KEY, os.urandom)))

    assert (drilled.passed, "not here to be tried" in drilled.told) == (True, True)


def test_a_backup_of_another_record_fails_the_drill(instance, backup, bags):
    """One that says more than this record knows is not of this record, or this one lost some."""
    manifest, heads = read_backup(backup)
    coi = bags[0].coi
    changed = {**heads, coi: Head(heads[coi].seq + 1, "0" * 64)}
    (backup / "heads.json").write_text(heads_text(changed))
    files = {**manifest.files, "heads.json": sum_of(backup / "heads.json")}
    write_manifest(backup, replace(manifest, files=files, digest=heads_digest(changed)))

    drilled = drill(instance, backup)

    assert (drilled.passed, "not of this record" in drilled.told) == (False, True)


# -- an older record ------------------------------------------------------------------------------


def test_an_older_backup_starts_read_only(instance, backup, places, clinic, bags):
    """On either database: what was seen since is missed, and said (TL-18)."""
    clinic.hand_over(bags[0], clinic.turn_of(bags[0]), "one more")
    with places.fresh("restored") as settings:
        instance.read(lambda tx: begin_seen(tx, seen_file(settings)))
        restored = restore(settings, backup)

    assert restored.holds
    assert "were seen before" in restored.standstill


def test_the_newest_backup_is_written_at_once(instance, backup, places):
    """Nothing is missing."""
    with places.fresh("restored") as settings:
        instance.read(lambda tx: begin_seen(tx, seen_file(settings)))
        restored = restore(settings, backup)

    assert (restored.holds, restored.standstill) == (True, "")


def test_whoever_was_signed_in_is_signed_out_by_a_restore(instance, places, tmp_path):
    """Who signed out after the backup does not come back to life with it."""
    known = instance.read(lambda tx: person_of(tx, "nina"))
    row = SessionRow(
        *("0" * 64, "browser", known.person.id, "nina", known.credential, "-", "-", AT, AT),
        held="0" * 64,
    )
    instance.transact_always(lambda tx: begin(tx, row))
    back_up(instance, tmp_path / "with-session")

    with places.fresh("restored") as settings:
        restore(settings, tmp_path / "with-session")
        opened = open_installation(settings)
        found = opened.read(lambda tx: session(tx, row.id))
        opened.engine.dispose()
    assert (instance.read(lambda tx: session(tx, row.id)), found) == (row, None)


def test_no_token_opens_anything_after_a_restore(instance, places, tmp_path):
    """A token that was revoked after the backup does not come back to life with it."""
    occasion, new = Occasion("-", "-", instance.clock.now()), NewPerson("gateway", "Gateway")
    program = instance.transact(lambda tx: enter_program(tx, instance, occasion, new))
    row = TokenRow("0" * 64, "one", program, "gateway", frozenset(), frozenset(), AT, AT, "-", "-")
    instance.transact_always(lambda tx: keep_token(tx, row))
    back_up(instance, tmp_path / "with-token")

    with places.fresh("restored") as settings:
        restore(settings, tmp_path / "with-token")
        opened = open_installation(settings)
        found = opened.read(lambda tx: token(tx, row.id))
        opened.engine.dispose()
    assert (instance.read(lambda tx: token(tx, row.id)).goes_on, found.goes_on) == (True, False)

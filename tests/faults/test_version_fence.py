"""Two versions at once: whoever runs on after an upgrade writes no entry and shows no page (F-25).

The newer one is a second installation, a copy with one migration more, that runs in processes of
its own.
"""

from dataclasses import replace

import pytest

from coi.errors import DiskFailed, OldProgram
from coi.services.backups import back_up
from coi.services.disk import disk_of
from coi.services.installation import open_installation
from coi.services.proofs import person_of
from coi.services.seen import begin_seen, seen_file
from coi.services.upgrading import NotBackedUp, upgrade_record
from coi.services.vault import write_key_file
from coi.settings import Settings
from coi.store.fence import NotUpgraded
from coi.store.sessions import SessionRow, begin, session
from tests.faults.instances import Places
from tests.faults.newer import newer_version, run_newer
from tests.faults.traces import nothing_is_wrong, trace

AT = "2026-11-28T09:00:00.000000Z"


@pytest.fixture
def instance(url, request, clinic, tmp_path):
    """The clinic's installation, in a folder of its own."""
    on_postgres = url.startswith("postgresql")
    server = request.getfixturevalue("postgres_server") if on_postgres else None
    settings = Places(tmp_path / "places", server).settings("clinic", url)
    write_key_file(settings.vault_key_file, bytes(32))
    clinic.installation.read(lambda tx: begin_seen(tx, seen_file(settings)))
    return replace(clinic.installation, settings=settings)


@pytest.fixture
def backup(instance, tmp_path):
    """A backup of the record as it is."""
    back_up(instance, tmp_path / "backup")
    return tmp_path / "backup"


@pytest.fixture
def newer(instance, tmp_path):
    """Run a module of Python's with the newer version, on the same record."""
    folder = newer_version(tmp_path / "newer")
    settings = instance.settings
    environ = {"COI_HOME": str(settings.home), "COI_DATABASE_URL": settings.database_url}
    if settings.owner_database_url != settings.database_url:
        environ["COI_OWNER_DATABASE_URL"] = settings.owner_database_url
    return lambda *arguments: run_newer(folder, *arguments, **environ)


@pytest.fixture
def at_a_page(instance):
    """The session of somebody who is signed in."""
    known = instance.read(lambda tx: person_of(tx, "nina"))
    row = SessionRow(
        "0" * 64, "browser", known.person.id, "nina", known.credential, "-", "-", AT, AT
    )
    instance.transact_always(lambda tx: begin(tx, row))
    return row.id


@pytest.fixture
def upgraded(newer, backup, at_a_page):
    """The newer version has upgraded the record; somebody was signed in before."""
    del at_a_page
    return newer("coi.cli", "upgrade", "--backup", str(backup))


def test_an_old_program_is_stopped_by_an_upgrade(clinic, instance, bags, upgraded, at_a_page):
    """Amidst its work, at the next step; and it does not start again."""
    bag, before = bags[0], trace(instance.engine, bags[0])
    assert "from version 0001 of the tables to 0002" in upgraded.stdout, upgraded.stderr

    with pytest.raises(OldProgram):
        clinic.hand_over(bag, before.turn, "the key")
    with pytest.raises(OldProgram):
        instance.read(lambda tx: session(tx, at_a_page))
    with pytest.raises(OldProgram):
        open_installation(instance.settings)
    assert trace(instance.engine, bag) == before


@pytest.mark.usefixtures("upgraded")
def test_the_new_program_goes_on(instance, bags, newer):
    """It starts, and the next handoff follows the last one of the old program."""
    bag, before = bags[0], trace(instance.engine, bags[0])
    asked = (instance.settings.database_url, bag.subject, bag.serial, bag.coi, "1")

    went_on = newer("tests.faults.handing_over", *asked)
    assert went_on.stdout == "key-0\n", went_on.stderr
    assert trace(instance.engine, bag) == before.after(1)
    assert nothing_is_wrong(instance.engine)


def test_a_record_that_went_on_since_its_backup_is_not_upgraded(clinic, instance, bags, backup):
    """Whoever was not stopped may have written what no backup has."""
    clinic.hand_over(bags[0], clinic.turn_of(bags[0]), "one more")

    with pytest.raises(NotBackedUp):
        upgrade_record(instance.settings, backup)


def test_what_is_upgraded_already_is_left_as_it_is(instance, backup):
    """Asked twice, it is done once."""
    before, now = upgrade_record(instance.settings, backup)

    assert before == now
    assert nothing_is_wrong(instance.engine)


def test_a_record_whose_disk_failed_is_not_upgraded(instance, backup):
    """What it holds is verified first: a migration would write to it."""
    disk_of(instance.settings).fail()

    with pytest.raises(DiskFailed):
        upgrade_record(instance.settings, backup)


def test_where_there_is_no_record_nothing_is_upgraded(backup, tmp_path):
    """The folder is another one than was meant; it says so in a sentence."""
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Settings.from_environment({"COI_HOME": str(tmp_path / "elsewhere")})

    with pytest.raises(NotUpgraded, match="not there"):
        upgrade_record(elsewhere, backup)

"""A disk that is full, at each step of a handoff: nothing is half there (F-04)."""

import os
import shutil
import subprocess
from dataclasses import replace

import pytest
from sqlalchemy import text

from coi.errors import DiskFull
from coi.services.alarms import look_at_disk
from coi.services.disk import RESERVE, Disk
from coi.services.installation import open_installation
from coi.services.vault import write_key_file
from coi.settings import Settings
from coi.store.engine import write
from tests.faults.traces import nothing_is_wrong, trace

PAGE = 4096
MIB = 1024 * 1024


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 40 MiB; to mount it takes root, as a container's user is."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False).returncode != 0:
        pytest.skip("mounting a small file system takes root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def clinic(sqlite_clinic, small_disk, opened):
    """The clinic's file on the small disk, with a reserve beside it."""
    file = shutil.copy(sqlite_clinic[0], small_disk / "coi.sqlite3")
    found = opened(f"sqlite+pysqlite:///{file}")
    disk = Disk(small_disk, small_disk / "reserve", small_disk / "disk-failed")
    assert disk.keep_reserve()
    return replace(found, installation=replace(found.installation, disk=disk))


@pytest.fixture
def bag(sqlite_clinic):
    """A bag of the clinic."""
    return sqlite_clinic[1][0]


def fill(folder, free=0):
    """Fill the disk until so many bytes are free."""
    room = os.statvfs(folder)
    with (folder / "filler").open("ab") as filler:
        size = filler.tell() + room.f_bavail * room.f_frsize - free
        filler.truncate(size)
        os.posix_fallocate(filler.fileno(), 0, size)


def test_a_handoff_finds_no_room_at_each_page(clinic, bag, small_disk):
    """A page more is free each time: nothing is half there, all can be read, then it goes through.

    The reserve is not asked, so that the disk is as full at the next step.
    """
    bare = replace(clinic, installation=replace(clinic.installation, disk=Disk()))
    engine = clinic.installation.engine
    before = trace(engine, bag)
    for pages in range(100):
        fill(small_disk, free=min(pages, 1) * PAGE)
        try:
            bare.hand_over(bag, before.turn, "the key")
        except DiskFull:
            assert trace(engine, bag) == before
        else:
            break

    assert pages > 10
    assert trace(engine, bag) == before.after(1)
    assert nothing_is_wrong(engine)


def test_a_full_disk_is_read_until_there_is_room(clinic, bag, small_disk):
    """Whoever finds it full says so, and everybody after; with room it goes on by itself."""
    fill(small_disk)
    turn = clinic.turn_of(bag)
    for _ in range(3):
        with pytest.raises(DiskFull, match="paper procedure"):
            clinic.hand_over(bag, turn, "the key")
    assert clinic.turn_of(bag) == turn

    (small_disk / "filler").unlink()
    clinic.hand_over(bag, turn, "the key")

    assert (small_disk / "reserve").stat().st_size == RESERVE
    assert nothing_is_wrong(clinic.installation.engine)


def test_that_the_disk_was_full_stands_on_record(clinic, bag, small_disk):
    """The reserve is room for that, and for the end of it."""
    installation = clinic.installation
    fill(small_disk)
    with pytest.raises(DiskFull):
        clinic.hand_over(bag, clinic.turn_of(bag), "the key")
    look_at_disk(installation)
    look_at_disk(installation)
    (small_disk / "filler").unlink()
    look_at_disk(installation)

    assert actions(installation) == ["disk_full", "disk_has_room"]
    assert nothing_is_wrong(installation.engine)


def actions(installation):
    """What the organisation's chain says of the disk."""
    query = text("SELECT action FROM entry WHERE action LIKE 'disk%' ORDER BY seq")
    return installation.read(lambda tx: [*tx.execute(query).scalars()])


def test_another_process_knows_it_at_once(clinic, bag, small_disk):
    """The empty reserve tells whoever writes there."""
    fill(small_disk)
    with pytest.raises(DiskFull):
        clinic.hand_over(bag, clinic.turn_of(bag), "the key")
    other = Disk(small_disk, small_disk / "reserve")

    assert isinstance(other.stands_in_the_way(), DiskFull)


def test_a_program_starts_on_a_full_disk(clinic, bag, small_disk):
    """With what is kept in reserve; what is there can be read."""
    clinic.installation.engine.dispose()
    settings = Settings.from_environment({"COI_HOME": str(small_disk)})
    write_key_file(settings.vault_key_file, bytes(32))
    fill(small_disk)
    installation = open_installation(settings)

    assert replace(clinic, installation=installation).turn_of(bag) == 3
    assert isinstance(installation.disk.stands_in_the_way(), DiskFull)
    installation.engine.dispose()


@pytest.mark.parametrize(("free", "alarm"), [(20, 0), (7, 80), (3.5, 90), (1, 95)])
def test_there_is_an_alarm_before_it_is_full(clinic, small_disk, caplog, free, alarm):
    """At 80, 90 and 95 percent, told to the log once."""
    fill(small_disk, free=int(free * MIB))
    for _ in range(2):
        look_at_disk(clinic.installation)

    assert clinic.installation.disk.alarm() == alarm
    assert caplog.text.count("full: make room") == int(alarm > 0)


def test_a_full_disk_of_the_server_is_told_alike(on_postgres, opened):
    """PostgreSQL says 53100: the same sentence and code, and nothing is saved."""
    url, (bag, *_) = on_postgres
    engine = opened(url).installation.engine
    before = trace(engine, bag)

    raised = "DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$"

    with pytest.raises(DiskFull), write(engine) as connection:
        connection.execute(text(raised))
    assert trace(engine, bag) == before

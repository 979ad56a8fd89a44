"""Archived records are read: which ones, how, what is on record of it, and who signs when."""

import io
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from zipfile import ZipFile

import pytest
from pysqlite3 import dbapi2 as sqlite3

from coi.clock import SteppedClock
from coi.demo.cast import PASSWORD
from coi.errors import DataRefused
from coi.reports.archive import archive
from coi.reports.readable import Unreadable, read_back
from coi.services.archive_check import (
    ARCHIVE,
    CHECKED,
    FRESH,
    SAMPLE,
    archive_checked,
    draw,
    last_reading,
    read_archive,
    sign_archive,
)
from coi.services.overdue import overdue
from coi.services.proofs import NotAllowed, authenticate
from coi.services.proving import NotSignedYet
from coi.services.sequencing import Sequencer
from coi.services.verifying import verify_record
from coi.services.whole_record import drawn_whole
from coi.store import tree
from tests.journeys.worlds import Databases, copy_of

ROOT = sha256(b"the root of a tree").digest()
EVERY = tuple(f"TEST-{number:06}-X" for number in range(1_000))


@pytest.fixture(scope="module")
def performer(lives, migrated_file, tmp_path_factory):
    """The cast, in a world of therapies that went through a good deal; each test adds to it."""
    with copy_of(Databases(migrated_file), lives, tmp_path_factory.mktemp("archived")) as acting:
        yield acting


@pytest.fixture(scope="module")
def here(performer):
    """The installation, where everything stands below a checkpoint."""
    Sequencer(performer.installation).run_until_empty()
    return performer.installation


@pytest.fixture(scope="module")
def queenie(here):
    """Quality assurance."""
    return authenticate(here, "queenie", PASSWORD)


@pytest.fixture(scope="module")
def reading(here):
    """What came of the first reading."""
    return read_archive(here)


def later(installation, days):
    """The same installation so many days later."""
    moment = installation.clock.now() + timedelta(days=days)
    return replace(installation, clock=SteppedClock(moment, timedelta(seconds=1)))


def test_the_oldest_the_newest_and_some_by_the_root_are_drawn():
    """Anybody who has the checkpoint finds the same; another root draws others (A11-17)."""
    drawn = draw(EVERY, ROOT)

    turn = int.from_bytes(sha256(ROOT + bytes(8)).digest(), "big") % len(EVERY)
    assert drawn[:3] == (EVERY[0], EVERY[-1], EVERY[turn])
    assert len(set(drawn)) == SAMPLE
    assert draw(EVERY, ROOT) == drawn != draw(EVERY, ROOT[::-1])
    assert [len(draw(EVERY[:number], ROOT)) for number in (0, 1, 2, 6)] == [0, 1, 2, 5]


def test_each_record_of_the_sample_is_read_and_that_is_on_record(here, reading):
    """By nobody's choice: the product writes the result, with what was said of each (A11-17)."""
    newest = here.read(tree.newest_checkpoint)
    every = here.read(lambda tx: tree.therapies_below(tx, newest.size))
    told = [line.partition(": ") for line in reading.told]

    assert (reading.passed, len(told)) == (True, min(SAMPLE, len(every)))
    assert [coi for coi, _colon, _said in told][:2] == [every[0], every[-1]]
    assert all(said.startswith(f"HOLDS: the record of {coi}") for coi, _colon, said in told)
    assert reading.about.startswith(f"{newest.size}/")
    assert here.read(last_reading) == reading
    assert verify_record(here).findings == ()


@pytest.mark.usefixtures("reading")
def test_quality_assurance_signs_once_for_a_reading_of_these_days(here, queenie):
    """Not for one that is old, was signed for, or was followed by another one (A11-17)."""
    shown = archive_checked(here).reading
    with pytest.raises(NotAllowed):
        sign_archive(here, authenticate(here, "carla", PASSWORD), shown.digest, "")
    with pytest.raises(DataRefused, match="another reading came meanwhile"):
        sign_archive(here, queenie, "0" * 64, "")
    with pytest.raises(DataRefused, match="older than 30 days"):
        sign_archive(later(here, FRESH.days + 1), queenie, shown.digest, "")
    assert archive_checked(here).stands.reviews == ()

    sign_archive(here, queenie, shown.digest, "The disks of 2026 open too.")
    with pytest.raises(DataRefused, match="signed for already"):
        sign_archive(here, queenie, shown.digest, "")
    found = archive_checked(here)
    (review,) = found.stands.reviews
    assert (found.is_signed, review.remark) == (True, "The disks of 2026 open too.")
    assert [(one.username, one.meaning) for one in review.signatures] == [("queenie", CHECKED)]

    days = here.settings.archive_check_days
    assert ARCHIVE not in overdue(later(here, days - 1))
    assert ARCHIVE in overdue(later(here, days + 1))


def test_what_cannot_be_read_is_on_record_and_signed_by_nobody(here, queenie, reading):
    """A name that was changed in the database fails the reading of its therapies (A11-17)."""
    coi = reading.told[0].partition(":")[0]
    with closing(sqlite3.connect(here.settings.database_path)) as database:
        found = database.execute("SELECT min(printed_name) FROM signature WHERE chain = ?", (coi,))
        (commitment,) = found.fetchone()
        other = ("UPDATE erasable SET text = text || ? WHERE commitment = ?", ("son", commitment))
        database.execute(*other)
        database.commit()
        failed = read_archive(here)
        mended = "UPDATE erasable SET text = substr(text, 1, length(text) - 3) WHERE commitment = ?"
        database.execute(mended, (commitment,))
        database.commit()

    assert (failed.passed, here.read(last_reading)) == (False, failed)
    assert failed.told[0].startswith(f"{coi}: NOT READABLE: record.json tells another text")
    with pytest.raises(DataRefused, match="this reading failed"):
        sign_archive(here, queenie, failed.digest, "")
    assert read_archive(here).passed


@pytest.fixture(scope="module")
def packed(here, reading):
    """The COI of a therapy, and each file of its exported record."""
    coi = reading.told[0].partition(":")[0]
    file = ZipFile(io.BytesIO(drawn_whole(here, coi, "Queenie Quality", copy=1)))
    return coi, {name: file.read(name) for name in file.namelist() if "MANIFEST" not in name}


@pytest.mark.parametrize(
    ("name", "spoilt", "why"),
    [
        ("custody.pdf", lambda pdf: pdf[:400], "custody.pdf cannot be opened"),
        ("index.html", lambda _page: b"<html></html>", "index.html does not tell"),
        ("entries.csv", lambda table: table[: table.rindex(b"\r\n", 0, -2) + 2], "other entries"),
        ("moves.csv", lambda table: table + b"one cell\r\n", "a row of another length"),
        ("entries/0001.json", lambda text: text.replace(b"0", b"1", 1), "entries/000[12].json"),
        ("entries/0000.json", lambda _text: b"{}", "entries/0000.json"),
    ],
)
def test_a_part_that_cannot_be_read_is_named(packed, name, spoilt, why):
    """Also where the list of hashes was made to fit: each form is opened (A11-17)."""
    coi, files = packed
    assert read_back(archive(files), coi).startswith("HOLDS")

    with pytest.raises(Unreadable, match=why):
        read_back(archive({**files, name: spoilt(files[name])}), coi)


def test_a_file_of_another_therapy_or_no_file_is_none_of_this_one(packed):
    """What was drawn is what is read."""
    coi, files = packed

    with pytest.raises(Unreadable, match="another therapy"):
        read_back(archive(files), f"{coi}-OTHER")
    with pytest.raises(Unreadable, match="no ZIP"):
        read_back(b"PK nothing", coi)


def test_without_a_checkpoint_nothing_is_drawn(clinic):
    """Nobody chooses in its place."""
    with pytest.raises(NotSignedYet):
        read_archive(clinic.installation)

"""A bag leaks, and is photographed: the picture goes with the record, out of the house, away."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update
from sqlalchemy.event import listen

from coi.clock import SteppedClock
from coi.demo import departures
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import play
from coi.demo.performer import Wish
from coi.errors import Busy, DataRefused, Unknown
from coi.services.batch_upkeep import BatchUpkeep
from coi.services.custody_events import event_of
from coi.services.custody_reading import ERASED, read_custody
from coi.services.erasing import Wish as Erasing
from coi.services.erasing import erase_patient
from coi.services.file_kinds import NoFile
from coi.services.proofs import authenticate
from coi.services.step_files import MOST_WAITING, FileDamaged, file_of, files_in, hold_file
from coi.services.therapies import look
from coi.services.whole_record import drawn_whole
from coi.store import tables as t
from coi.store.engine import write
from coi.store.registers import text_of
from tests.coi.services.test_pictures import drawn
from tests.journeys.asking import act, ids, refused, until
from tests.journeys.worlds import verdict_of
from tests.plans import plan_of
from workflows.files import Reference
from workflows.model import FileKind

PICTURE = drawn("JPEG", (64, 48))
DIGEST = sha256(PICTURE).hexdigest()
TOLD = Reference(FileKind.JPEG, len(PICTURE), DIGEST).text


@pytest.fixture
def coi(performer):
    """Give a therapy whose bags are thawed."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, until(departures.DAMAGED_AT_THAW, "report_damage"))
    return coi


@pytest.fixture
def leaking(performer, coi):
    """The request in which the first bag is reported, with what is told as its picture."""

    def report(picture=TOLD, **changes):
        bag = ids(performer, coi, "product", "thawed")[0]
        wish = Wish(on=(bag,), values={"damage_picture": picture})
        wanted, *who = performer.request(coi, "report_damage", wish)
        return (replace(wanted, **changes), *who)

    return report


def held(performer, coi, content=PICTURE, by="leo"):
    """What is told of a file once it is held."""
    return hold_file(performer.installation, performer.proven[by], coi, content).text


@pytest.fixture
def reported(performer, coi, leaking):
    """The entry in which a bag was reported with its picture."""
    held(performer, coi)
    return act(performer, leaking()).seq


def fetched(performer, coi, seq, digest=DIGEST, by="ines"):
    """What comes back of a file."""
    return file_of(performer.installation, performer.proven[by], coi, seq, digest)


def content_of(performer, coi, seq):
    """What an entry says."""
    return look(performer.installation, coi).history[seq].content


def value_of(performer, coi, seq):
    """The value of the picture, as the entry keeps it."""
    values = content_of(performer, coi, seq)["values"]
    return next(one for one in values if one["field"] == "damage_picture")


def waiting(performer):
    """What is sealed of the files that are held."""
    rows = performer.installation.read(lambda tx: tx.execute(select(t.held_file)).all())
    return {row.reference: row.sealed for row in rows}


def test_the_picture_comes_back_as_it_was(performer, coi, reported):
    """Whoever sees the therapy reads what it is, and fetches it; a stranger learns nothing."""
    content, found = fetched(performer, coi, reported)

    assert (content, found.text) == (PICTURE, TOLD)
    with pytest.raises(Unknown):
        fetched(performer, coi, reported, by="jan")
    for seq, digest in ((reported - 1, DIGEST), (reported, "0" * 64), (9_999, DIGEST)):
        with pytest.raises(Unknown):
            fetched(performer, coi, seq, digest)


def test_the_entry_holds_commitments_alone(performer, coi, reported):
    """What it is and its content both stand apart, and can be erased."""
    content = content_of(performer, coi, reported)

    value = value_of(performer, coi, reported)
    what = performer.installation.read(lambda tx: text_of(tx, value["content"]))
    assert what == TOLD
    assert [*files_in(content)] == [value["limits"]]
    assert DIGEST not in json.dumps(content)


def test_the_custody_record_says_what_it_is_and_calls_nothing_a_limit(performer, coi, reported):
    """Its kind, its size and its hash stand on the paper."""

    def work(tx):
        reading = read_custody(tx, performer.installation, coi)
        return event_of(reading, reading.view.history[reported])

    told = performer.installation.read(work)

    (value,) = [one for one in told.values if one.title == "Picture of the damage"]
    assert value.content == TOLD
    assert value_of(performer, coi, reported)["limits"] not in str(told)


def test_what_is_held_is_sealed_and_then_kept_once(performer, coi, leaking):
    """Until the entry is there only the vault key opens it; afterwards it lies in one place."""
    reference = held(performer, coi)
    before = waiting(performer)[reference]

    act(performer, leaking())

    assert PICTURE.hex() not in before
    assert waiting(performer) == {reference: "-"}


def test_the_same_picture_may_be_taken_twice(performer, coi, leaking, reported):
    """The second bag is reported with the content of the first; each entry leads to it."""
    again = held(performer, coi)
    second = act(performer, leaking(key="second")).seq

    assert again == TOLD
    assert second > reported
    assert fetched(performer, coi, second) == fetched(performer, coi, reported)


@pytest.mark.parametrize("other", [TOLD.replace("SHA-256 ", "SHA-256 0")[:-1], "bag.jpg"])
def test_a_picture_that_is_not_there_is_refused(performer, coi, leaking, other):
    """The refusal is on record, and the bag is reported once the picture is there."""
    held(performer, coi)
    code = "CONTENT_NOT_HELD" if "SHA-256" in other else "FIELD_UNREADABLE"

    with refused(performer, coi, code):
        act(performer, leaking(other))

    assert act(performer, leaking(key="again")).seq


def test_a_picture_of_another_therapy_is_not_there(performer, coi, leaking):
    """What is held for one patient is never told of another."""
    elsewhere = performer.order(PATIENTS[1])
    held(performer, elsewhere, by="ines")

    with refused(performer, coi, "CONTENT_NOT_HELD"):
        act(performer, leaking())


def test_what_no_step_takes_up_is_forgotten(performer, coi):
    """After twelve hours; the next that is held clears it away."""
    held(performer, coi)
    at = performer.installation.clock.now() + timedelta(hours=13)
    later = replace(performer.installation, clock=SteppedClock(at, timedelta(seconds=1)))
    other = drawn("PNG")
    told = hold_file(later, performer.proven["leo"], coi, other).text

    assert [*waiting(performer)] == [told]


def test_what_no_step_takes_up_is_forgotten_by_itself(performer, coi):
    """Twelve hours later, though nobody hands in anything else."""
    held(performer, coi)
    at = performer.installation.clock.now() + timedelta(hours=13)
    later = replace(performer.installation, clock=SteppedClock(at, timedelta(seconds=1)))

    BatchUpkeep(later).step()

    assert waiting(performer) == {}


def test_a_file_that_is_forgotten_in_this_moment_is_put_on_no_record(
    performer, coi, leaking, monkeypatch
):
    """It was there when the step was judged, and is gone as the entry takes it up."""
    held(performer, coi)
    monkeypatch.setattr("coi.store.held_files.behind", lambda *_asked, **_more: None)
    before = len(look(performer.installation, coi).history)

    with pytest.raises(Busy):
        act(performer, leaking())

    assert len(look(performer.installation, coi).history) == before


def test_nobody_fills_the_disk_with_files(performer, coi):
    """So many wait for one person and therapy; another person's still find room."""
    for number in range(MOST_WAITING):
        held(performer, coi, f"reading {number}".encode())

    with pytest.raises(DataRefused, match="finish a step first"):
        held(performer, coi)
    assert held(performer, coi, by="ines") == TOLD


def test_a_person_does_not_fill_the_disk_over_many_therapies(performer, coi, leaking, monkeypatch):
    """What waits of one person is bounded in all; what an entry keeps waits no more."""
    elsewhere, other = performer.order(PATIENTS[1]), drawn("PNG")
    monkeypatch.setattr("coi.services.step_files.MOST_BYTES", len(PICTURE) + len(other) - 1)
    held(performer, coi, by="ines")

    with pytest.raises(DataRefused, match="finish a step first, in whichever therapy"):
        held(performer, elsewhere, other, by="ines")
    assert held(performer, coi, other, by="leo")
    act(performer, leaking())

    assert held(performer, elsewhere, other, by="ines")


def test_what_waits_is_counted_without_reading_it(performer, coi):
    """Its sizes stand in an index; of a content nothing is opened to count it."""
    engine, sent = performer.installation.engine, []
    listen(engine, "before_cursor_execute", lambda _c, _cu, *asked: sent.append(asked[:2]))
    held(performer, coi)

    ((statement, values),) = [one for one in sent if "sum(held_file" in one[0]]
    with engine.connect() as connection:
        plan = plan_of(connection, statement, values)
    assert "sealed" not in statement
    assert "ix_held_file_person" in plan
    assert engine.dialect.name != "sqlite" or "COVERING INDEX" in plan


def test_what_is_held_again_is_held_from_then_on(performer, coi, leaking):
    """Twelve hours after it was handed in first it is still there, for who handed it in again."""
    held(performer, coi)
    clock = performer.installation.clock
    clock.advance(timedelta(hours=11))
    held(performer, coi)
    clock.advance(timedelta(hours=2))
    BatchUpkeep(performer.installation).step()

    assert [*waiting(performer)] == [TOLD]
    assert act(performer, leaking()).seq


def test_what_is_no_file_is_not_held(performer, coi):
    """Nothing is saved of it."""
    with pytest.raises(NoFile):
        held(performer, coi, b"MZ\x90\x00")

    assert waiting(performer) == {}


def test_a_stranger_holds_nothing(performer, coi):
    """Another hospital's therapy is answered as one that does not exist."""
    with pytest.raises(Unknown):
        held(performer, coi, by="jan")


# -- out of the house ------------------------------------------------------------------------------


def exported(performer, coi):
    """The files of the whole record."""
    file = ZipFile(io.BytesIO(drawn_whole(performer.installation, coi, "Q", 1)))
    return {name: file.read(name) for name in file.namelist()}


@pytest.fixture
def folder(tmp_path_factory):
    """A folder in which nothing else lies."""
    return tmp_path_factory.mktemp("export")


def verified(files, folder):
    """What the program in the export says of it."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    command = [sys.executable, "-I", "-S", "verify.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def listed(files):
    """The files with a manifest that fits, as somebody with a text editor would make it."""
    lines = (
        f"{sha256(content).hexdigest()}  {name}\n"
        for name, content in files.items()
        if name != "MANIFEST.sha256"
    )
    return {**files, "MANIFEST.sha256": "".join(lines).encode()}


def test_the_export_holds_the_picture_under_its_hash(performer, coi, reported, folder):
    """The program that lies beside it compares it with what the entry committed to."""
    files = exported(performer, coi)

    name = f"files/{reported:04}-{DIGEST}.jpg"
    status, said = verified(files, folder)
    assert files[name] == PICTURE
    assert status == 0, said
    assert TOLD in files["values.csv"].decode()


@pytest.mark.usefixtures("reported")
def test_a_picture_that_was_changed_outside_is_found(performer, coi, folder):
    """Also where whoever changed it wrote a list that fits."""
    files = exported(performer, coi)
    (name,) = [one for one in files if one.startswith("files/")]

    status, said = verified(listed({**files, name: drawn("JPEG", (64, 47))}), folder)

    assert status == 1
    assert "another text than was committed to" in said


def test_a_picture_that_was_changed_inside_is_found(performer, coi, reported):
    """The verifier compares what is kept apart with the entry; nobody is given another (WL-06)."""
    row = t.erasable.c
    before = verdict_of(performer.installation)
    with write(performer.installation.engine) as tx:
        kept = tx.execute(select(row.commitment, row.text).where(row.text.startswith("/9j/"))).one()
        changed = update(t.erasable).where(row.commitment == kept.commitment)
        tx.execute(changed.values(text=kept.text[:-4] + "AAAA"))

    found = verdict_of(performer.installation).findings
    with pytest.raises(FileDamaged):
        fetched(performer, coi, reported)

    with write(performer.installation.engine) as tx:
        tx.execute(changed.values(text=kept.text))
    assert before.findings == ()
    assert [(one.table, one.what) for one in found] == [
        ("erasable", "is not what was registered last")
    ]


# -- away ------------------------------------------------------------------------------------------


def test_the_picture_is_erased_with_the_patient(performer, coi, reported, monkeypatch):
    """Its content, what it was, and what only waited; the record holds without them."""
    held(performer, coi, drawn("PNG"))
    monkeypatch.setattr("coi.services.retention.YEARS", 0)
    at = performer.installation.clock.now() + timedelta(days=400)
    installation = replace(performer.installation, clock=SteppedClock(at, timedelta(seconds=1)))
    by, second = (authenticate(installation, one, PASSWORD) for one in ("queenie", "quirin"))

    erase_patient(installation, Erasing(coi, "asked", "A letter of the 20th."), by, second)

    with pytest.raises(Unknown):
        fetched(performer, coi, reported)
    assert waiting(performer) == {}
    assert not [one for one in exported(performer, coi) if one.startswith("files/")]
    reading = installation.read(lambda tx: read_custody(tx, installation, coi))
    told = event_of(reading, reading.view.history[reported])
    (value,) = [one for one in told.values if one.title == "Picture of the damage"]
    assert value.content == ERASED
    with pytest.raises(Unknown):
        hold_file(installation, by, coi, PICTURE)


def test_nothing_sealed_of_an_erased_picture_stays_in_the_file(performer, coi, leaking):
    """As soon as an entry has taken it up, what was sealed is written over where it lay."""
    engine = performer.installation.engine
    held(performer, coi)
    ((_reference, sealed),) = waiting(performer).items()
    act(performer, leaking())

    left = repr(waiting(performer)).encode()
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        left += Path(engine.url.database).read_bytes()

    assert sealed.encode()[:200] not in left
    assert sealed.encode()[-200:] not in left

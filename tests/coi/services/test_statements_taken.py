"""What a driver stated lies in the whole record, with the picture of the papers if it is kept."""

import base64
import io
import json
import re
import subprocess
from hashlib import sha256
from html import unescape
from zipfile import ZipFile

import jsonschema
import pytest
from sqlalchemy import delete

from coi.demo.cast import PASSWORD
from coi.reports.offline import verify
from coi.services.drivers import Statement, take_statement
from coi.services.pictures import picture_in
from coi.services.proofs import authenticate
from coi.services.therapies import look
from coi.services.verifying import verify_record
from coi.services.whole_record import write_whole_record
from coi.store import tables as t
from coi.store.engine import write
from tests.coi.services.resealed import listed_anew, with_record
from tests.coi.services.test_pictures import drawn
from tests.journeys.worlds import Databases, copy_of
from workflows.told_by_others import HANDOFFS

SAID = {
    "name": "Dora O'Driver",
    "company": "Cold <b>Chain</b> Couriers",
    "time": "14:05",
    "papers": "AWB 4711",
}
ANOTHERS = {"name": "Emil Elsewhere", "company": "Others", "time": "9:00"}
LIFE, OTHER = "handed to the courier", "packed"


@pytest.fixture
def performer(lives, migrated_file, tmp_path):
    """The cast, in a world of therapies whose cells were handed over."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as acting:
        yield acting


def state(performer, coi, picture, said):
    """Take down what a driver says of the first handoff of a therapy; returns the entry."""
    history = look(performer.installation, coi).history
    handoff = next(
        one
        for one in history
        if any(move["custody"] in HANDOFFS for move in one.content.get("moves", ()))
    )
    by = authenticate(performer.installation, "nina", PASSWORD)
    pictured = picture_in(picture) if picture else None
    statement = Statement(coi, handoff.seq, **said, picture=pictured)
    return take_statement(performer.installation, by, statement, key=f"stated-{coi}")


@pytest.fixture
def coi(performer, lives):
    """A therapy with a statement and its picture; and another one, with other words and papers."""
    state(performer, lives.cois[OTHER], drawn("JPEG"), ANOTHERS)
    state(performer, lives.cois[LIFE], drawn("PNG"), SAID)
    return lives.cois[LIFE]


def taken(performer, coi):
    """Each file of the whole record by its name."""
    by = authenticate(performer.installation, "queenie", PASSWORD)
    file = ZipFile(io.BytesIO(write_whole_record(performer.installation, by, coi)))
    return {name: file.read(name) for name in file.namelist()}


def unpacked(files, folder):
    """The files where they can be read."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder


def test_the_statement_is_told_with_its_picture(performer, coi):
    """For programs and in the page: what was said, of which handoff, the picture with its hash."""
    newest = look(performer.installation, coi).history[-1]

    files = taken(performer, coi)

    record = json.loads(files["record.json"])
    jsonschema.Draft202012Validator(json.loads(files["record.schema.json"])).validate(record)
    (told,), (picture,) = record["statements"], record["pictures"]
    document = newest.content["document"]
    assert told["said"] == SAID
    assert (told["entry"], told["hash"]) == (newest.seq, newest.hash)
    assert (str(told["of_entry"]), told["of_hash"]) == (document["entry"], document["hash"])
    assert told["picture"] == picture["commitment"] == document["picture"]
    assert files[picture["file"]] == drawn("PNG")
    assert picture["sha256"] == sha256(drawn("PNG")).hexdigest()
    page = files["index.html"].decode()
    assert f'<a href="{picture["file"]}">' in page
    assert picture["sha256"] in page
    assert "A STATEMENT, NOT A SIGNATURE" in page
    assert "Dora O'Driver" in unescape(page)
    assert "<b>Chain" not in page


@pytest.mark.usefixtures("coi")
def test_the_picture_is_known_to_the_record_and_the_record_is_whole(performer):
    """Nothing that is kept apart is there without an entry that commits to it."""
    verdict = verify_record(performer.installation)

    assert verdict.holds, verdict.findings
    assert verdict.entries > 0


def test_of_another_patients_handoffs_nothing_lies_in_it(performer, coi):
    """Neither what that driver said nor that picture."""
    files = taken(performer, coi)

    assert [name for name in files if name.startswith("pictures/")] == [
        json.loads(files["record.json"])["pictures"][0]["file"]
    ]
    for content in files.values():
        assert b"Elsewhere" not in content
        assert drawn("JPEG") not in content
        assert base64.b64encode(drawn("JPEG")) not in content


def test_it_is_checked_by_the_program_and_by_the_commands_that_lie_in_it(performer, coi, tmp_path):
    """The picture is the one that was committed to."""
    files = taken(performer, coi)
    folder = unpacked(files, tmp_path / "record")
    (picture,) = json.loads(files["record.json"])["pictures"]
    (asked,) = re.findall(
        r"\(printf '%s' SALT \| xxd -r -p; base64.*", files["README.txt"].decode()
    )

    status = verify.main([str(folder)])
    command = asked.replace("SALT", picture["salt"]).replace("pictures/0009.png", picture["file"])
    done = subprocess.run(
        ["/bin/bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True
    )

    assert status == 0
    assert done.stdout.split() == [picture["commitment"], "-"]


def another_picture(files):
    """Another picture lies there, and everything that can be made to fit it does."""
    (picture,) = json.loads(files["record.json"])["pictures"]

    def fit(record):
        record["pictures"][0]["sha256"] = sha256(drawn("JPEG")).hexdigest()

    return with_record({**files, picture["file"]: drawn("JPEG")}, fit)


def a_picture_that_nobody_took(files):
    """A picture with a salt and a hash of its own, to which no entry committed."""
    salt = bytes(32)
    commitment = sha256(salt + base64.b64encode(drawn("JPEG"))).hexdigest()

    def add(record):
        (one,) = record["pictures"]
        more = {"file": "pictures/9999.jpg", "salt": salt.hex(), "commitment": commitment}
        record["pictures"].append({**one, **more})

    return with_record({**files, "pictures/9999.jpg": drawn("JPEG")}, add)


def no_picture(files):
    """It is spoken of, and is not there."""
    (picture,) = json.loads(files["record.json"])["pictures"]
    return listed_anew({name: one for name, one in files.items() if name != picture["file"]})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (another_picture, "tells another text"),
        (a_picture_that_nobody_took, "tells a text that nobody committed to"),
        (no_picture, "record.json is not of the form"),
    ],
)
def test_a_picture_that_somebody_changed_is_named(performer, coi, tmp_path, capsys, change, named):
    """With a list of hashes that fits it, too."""
    status = verify.main([str(unpacked(change(taken(performer, coi)), tmp_path / "record"))])

    assert status == 1
    assert named in capsys.readouterr().out


def test_what_was_erased_is_not_in_it_and_all_holds_without(performer, coi, tmp_path):
    """The commitment stays, and the page says that it was erased."""
    content = look(performer.installation, coi).history[-1].content
    gone = [content["document"]["picture"], content["notes"]["name"]]
    with write(performer.installation.engine) as connection:
        connection.execute(delete(t.erasable).where(t.erasable.c.commitment.in_(gone)))

    files = taken(performer, coi)

    record = json.loads(files["record.json"])
    (told,) = record["statements"]
    assert record["pictures"] == []
    assert told["picture"] == gone[0]
    assert told["said"] == {name: text for name, text in SAID.items() if name != "name"}
    assert not [name for name in files if name.startswith("pictures/")]
    assert f"(erased), committed to by <code>{gone[0]}" in files["index.html"].decode()
    assert verify.main([str(unpacked(files, tmp_path / "record"))]) == 0

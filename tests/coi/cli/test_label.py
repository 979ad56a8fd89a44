"""`coi label` and `coi report` write documents that say what the record says."""

import json
from hashlib import sha256

import pytest
from pysqlite3 import dbapi2 as sqlite

from coi.services import labelling
from coi.services.installation import DEMONSTRATION
from coi.store.entries import entries_of
from coi.store.transactions import reading
from tests.coi.reports.pages import text_of
from tests.labels.reading import read


def test_a_bag_label_is_read_back_as_it_was_recorded(collected, tmp_path):
    """The symbol holds serial and COI; the words come from the record, in the site's own time."""
    label, path = collected.labels[1], tmp_path / "label.pdf"

    result = collected.paper("label", "bag", label, "-o", str(path))

    seen = read(path.read_bytes())
    assert result.stdout.startswith(f"Written to {path} (")
    assert ("]d1", f"{label}/{collected.coi}") in seen.symbols
    assert "2 of 2" in seen.text
    assert "115.5 mL" in seen.text
    assert "Autologous CAR-T: starting material" in seen.text
    assert "Collected 2026-11-23 10:0" in seen.text
    assert "North Hospital, DE" in seen.text
    assert "NOT EVALUATED FOR INFECTIOUS SUBSTANCES" in seen.text
    assert "NOT FOR CLINICAL USE" not in seen.text
    assert "Wuckert" not in seen.text


def test_a_container_is_named_by_its_subject_too(collected, tmp_path):
    """The newest label of a subject is the one that is drawn."""
    path = tmp_path / "label.pdf"

    collected.paper("label", "bag", f"{collected.coi}/6.1", "-o", str(path))

    assert collected.labels[0] in read(path.read_bytes()).text


def test_a_wristband_names_the_patient(collected, tmp_path):
    """Name, birth date and record number come from the vault; the symbol holds the serial alone."""
    path = tmp_path / "band.pdf"

    collected.paper("label", "wristband", collected.coi, "-o", str(path))

    seen = read(path.read_bytes())
    assert seen.symbols == [("]Q1", collected.wristband)]
    assert "Wuckert783, Anissa357" in seen.text
    assert "1959-05-26" in seen.text


def test_a_demonstration_is_printed_as_one(collected, tmp_path):
    """Nothing that a demonstration prints can be taken for real."""
    (collected.clinic.installation.settings.home / DEMONSTRATION).touch()

    collected.paper("label", "bag", collected.labels[0], "-o", str(tmp_path / "a.pdf"))

    assert "NOT FOR CLINICAL USE" in read((tmp_path / "a.pdf").read_bytes()).text


def test_no_file_is_written_over_unasked(collected, tmp_path):
    """A file that is there stays as it is, until --force is said."""
    path = tmp_path / "label.pdf"
    path.write_text("mine")
    words = ("label", "bag", collected.labels[0], "-o", str(path))

    refused = collected.paper(*words)
    kept = path.read_text(errors="replace")
    forced = collected.paper(*words, "--force")

    assert (refused.exit_code, "[FILE_EXISTS]" in refused.stderr, kept) == (1, True, "mine")
    assert (forced.exit_code, path.read_bytes()[:5]) == (0, b"%PDF-")


def test_a_folder_that_is_not_there_is_named(collected, tmp_path):
    """A file that cannot be written is named, and nothing is left behind."""
    result = collected.paper(
        "label", "bag", collected.labels[0], "-o", str(tmp_path / "no" / "a.pdf")
    )

    assert (result.exit_code, "No such file" in result.stderr) == (1, True)


@pytest.mark.parametrize("code", ["B-TEST-ABCDEFGH-0", "TEST-ABCDEFGH-0/6.1", "nonsense"])
def test_an_unknown_label_is_refused(collected, tmp_path, code):
    """What was never issued is never printed."""
    result = collected.paper("label", "bag", code, "-o", str(tmp_path / "a.pdf"))

    assert (result.exit_code, "[UNKNOWN]" in result.stderr) == (1, True)
    assert not (tmp_path / "a.pdf").exists()


def test_no_wristband_before_the_admission(desk, tmp_path):
    """A patient who was not admitted has no wristband to print."""
    desk.order()

    result = desk.paper("label", "wristband", desk.coi, "-o", str(tmp_path / "a.pdf"), by="carla")

    assert (result.exit_code, "No wristband was issued" in result.stderr) == (1, True)


def test_no_wristband_of_an_erased_patient(collected, tmp_path):
    """Once the identity is erased nobody can print the name, and nobody is told to admit anew."""
    erase_everybody(collected.clinic.installation)

    result = collected.paper("label", "wristband", collected.coi, "-o", str(tmp_path / "a.pdf"))

    assert "The patient's identity was erased." in result.stderr
    assert "Admit" not in result.stderr


def erase_everybody(installation):
    """Throw away the keys of every patient's identity, as an erasure does."""
    with sqlite.connect(installation.settings.database_path) as connection:
        connection.execute("DELETE FROM patient_identity")
        connection.execute("DELETE FROM patient_key")


def test_a_label_is_not_printed_with_another_template(collected, tmp_path, monkeypatch):
    """The version with which the label was issued is not kept here: nothing is printed."""
    monkeypatch.setattr(labelling, "version_of_hash", lambda _tx, _sha256: None)

    result = collected.paper("label", "bag", collected.labels[0], "-o", str(tmp_path / "a.pdf"))

    assert "was issued with a version of its template that is not kept here" in result.stderr


def test_the_custody_record_is_written(collected, tmp_path):
    """The document of the whole therapy is a PDF."""
    path = tmp_path / "record.pdf"

    collected.paper("report", "custody", collected.coi, "-o", str(path))

    assert path.read_bytes()[:5] == b"%PDF-"


def test_the_label_reconciliation_is_written(collected, tmp_path):
    """Each label of the therapy stands in it, with what is still open."""
    path = tmp_path / "labels.pdf"

    collected.paper("report", "labels", collected.coi, "-o", str(path))

    text = text_of(path.read_bytes())
    assert all(serial in text for serial in collected.labels)
    assert "NOT RECONCILED: 2 not accounted for" in text


def test_the_order_sheet_is_written(collected, tmp_path):
    """What is scanned as the order is the COI."""
    path = tmp_path / "order.pdf"

    collected.paper("report", "order", collected.coi, "-o", str(path))

    assert read(path.read_bytes()).symbols == [("]d1", collected.coi)]


def test_a_place_is_registered_printed_and_scanned(collected, tmp_path):
    """By those who work at its unit; the label carries its serial."""
    path = tmp_path / "place.pdf"
    collected.run("approve", "template", "location-label", "--as", "queenie", passwords=1)
    added = collected.paper("sites", "add-place", "Shelf 3", "--unit", "north-apheresis").stdout
    serial = added.split()[1]

    collected.paper("label", "place", serial, "-o", str(path))

    assert read(path.read_bytes()).symbols == [("]d1", serial)]
    assert "Shelf 3, North-Apheresis, North Hospital" in collected.run("scan", serial).stdout


def documents(desk):
    """The documents that were printed, as they are on record: kind, about, hash."""
    with reading(desk.clinic.installation.engine) as tx:
        texts = [text for _, text, _ in entries_of(tx, "site:north")]
    told = (json.loads(text).get("document") for text in texts)
    return [(one["kind"], one["about"], one["sha256"]) for one in told if one and "sha256" in one]


def test_every_document_is_on_record(collected, tmp_path):
    """What was written, about what, and the hash of its bytes stand in the maker's site chain."""
    path = tmp_path / "band.pdf"

    collected.paper("label", "wristband", collected.coi, "-o", str(path))

    expected = ("wristband", collected.coi, sha256(path.read_bytes()).hexdigest())
    assert documents(collected) == [expected]


def test_nobody_gets_a_document_without_a_password(collected, tmp_path):
    """A name alone proves nobody."""
    words = ("label", "bag", collected.labels[0], "--as", "nina", "-o", str(tmp_path / "a.pdf"))

    result = collected.run(*words, passwords=("not the password",))

    assert (result.exit_code, "[WRONG_PASSWORD]" in result.stderr) == (1, True)
    assert not (tmp_path / "a.pdf").exists()


def test_a_name_is_printed_for_those_alone_who_meet_the_patient(collected, tmp_path):
    """A planner at the manufacturer gets no wristband, and nothing is on record."""
    words = ("label", "wristband", collected.coi, "-o", str(tmp_path / "a.pdf"))

    result = collected.paper(*words, by="paula")

    assert (result.exit_code, "[ROLE_LACKING]" in result.stderr) == (1, True)
    assert documents(collected) == []

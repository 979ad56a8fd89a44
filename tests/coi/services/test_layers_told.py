"""What is closed around a thing is told wherever it is told where the thing is."""

import csv
import io
from zipfile import ZipFile

import pytest

from coi.demo.cast import PASSWORD
from coi.services.custody_reading import layers_around, read_custody
from coi.services.documents import write_custody_record
from coi.services.label_ledger import label_ledger
from coi.services.proofs import authenticate
from coi.services.reconciling import write_reconciliation
from coi.services.whole_record import write_whole_record
from tests.coi.layered import ARRIVED
from tests.coi.reports.pages import squeezed, text_of
from tests.journeys.asking import ids
from tests.journeys.worlds import Databases, copy_of


@pytest.fixture(scope="module")
def performer(shipped, migrated_file, tmp_path_factory):
    """The cast, in a copy of the world in which something has arrived in layers."""
    with copy_of(Databases(migrated_file), shipped, tmp_path_factory.mktemp("told")) as acting:
        yield acting


@pytest.fixture(scope="module")
def coi(shipped):
    """That therapy."""
    return shipped.cois[ARRIVED]


@pytest.fixture(scope="module")
def by(performer):
    """Quality assurance."""
    return authenticate(performer.installation, "queenie", PASSWORD)


@pytest.fixture(scope="module")
def bags(performer, coi):
    """The bag in the cassette, and the one that lies in the shipper bare."""
    return ids(performer, coi, "product")


@pytest.fixture(scope="module")
def around(performer, coi, bags):
    """What is around the bag in the cassette, as the custody record calls it."""
    reading = performer.installation.read(lambda tx: read_custody(tx, performer.installation, coi))
    return layers_around(reading, reading.view.subjects[bags[0]])


def test_the_innermost_layer_is_told_first(around):
    """Cassette, canister, shipper."""
    assert [one.split()[1] for one in around.split(", ")] == ["Cassette", "Canister", "Shipment"]


def test_the_label_ledger_says_in_what_a_thing_is(performer, coi, by, bags):
    """On the labels page, and to programs."""
    lines = label_ledger(performer.installation, by, coi).lines
    places = {line.life.subject: line.place for line in lines}

    assert [one.split()[1] for one in places[bags[0]].split(", ")[3:]] == [
        *("cassette", "canister", "shipment"),
    ]
    assert [one.split()[1] for one in places[bags[1]].split(", ")[3:]] == ["shipment"]


def test_the_documents_say_so(performer, coi, by, around):
    """The custody record beside who holds it, the reconciliation beside each label."""
    installation = performer.installation
    custody = text_of(write_custody_record(installation, by, coi))
    reconciled = text_of(write_reconciliation(installation, by, coi))

    assert squeezed(around) in squeezed(custody)
    assert all(f"in{word}" in squeezed(reconciled) for word in ("cassette", "canister", "shipment"))


def test_the_tables_of_the_whole_record_say_so(performer, coi, by, bags, around):
    """Now, and at each move."""
    file = ZipFile(io.BytesIO(write_whole_record(performer.installation, by, coi, "")))
    tables = {
        name: [*csv.DictReader(io.StringIO(file.read(name).decode("utf-8-sig"), newline=""))]
        for name in ("subjects.csv", "moves.csv")
    }
    now = {row["Subject"]: row["Inside"] for row in tables["subjects.csv"]}
    moves = [row for row in tables["moves.csv"] if row["Subject"] == bags[0]]

    cassette = around.partition(",")[0].removeprefix("in ")
    assert now[bags[0]] == around
    assert ("", cassette) in [(row["Inside before"], row["Inside after"]) for row in moves]
    assert moves[-1]["Inside after"] == cassette

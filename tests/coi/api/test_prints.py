"""A program sends labels to a printer: within rights, once for a request, and is told of each."""

from dataclasses import replace

import pytest

from coi.app import create_app
from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, ORDERED, filled, play
from coi.services.approvals import approve_template
from coi.services.drawing import ZPL
from coi.services.label_papers import PRINTED_AGAIN
from coi.services.labelling import newest_serial
from coi.services.places import register_place
from coi.services.print_deeds import fetch_job
from coi.services.print_sending import PrintSender
from coi.services.print_view import look_at_queue
from coi.services.printers import DOWNLOAD, About
from coi.services.proofs import JustProven, NotAllowed, person_of
from coi.services.registering_printers import register_printer
from coi.settings import Settings
from tests.coi.printing import AT_ONCE, PATIENT
from tests.journeys.asking import ids
from tests.printer9100 import a_printer

UNIT = "works-production"


@pytest.fixture
def installation(performer):
    """The installation, on whose machine printers may be."""
    home = str(performer.installation.settings.home)
    settings = Settings.from_environment({"COI_HOME": home, "COI_PRINTER_ALLOW": "127.0.0.1"})
    return replace(performer.installation, settings=settings)


@pytest.fixture
def app(installation):
    """The application over it."""
    return create_app(installation)


@pytest.fixture
def keeper(installation):
    """The administrator, who keeps every printer."""
    known = installation.read(lambda tx: person_of(tx, "root"))
    return JustProven("root", known.person.id, known.credential)


@pytest.fixture
def register(installation, keeper):
    """Register a printer of a unit."""

    def registered(unit, address=DOWNLOAD):
        about = About("Desk", address, ZPL, 203, 260, 100)
        return register_printer(installation, keeper, unit, about, key=f"printer {unit}")

    return registered


@pytest.fixture
def coi(performer):
    """A therapy whose product was just filled into two bags."""
    coi = performer.order(dict(PATIENTS[2]))
    play(performer, coi, (*IN_MANUFACTURE, *MADE, filled(2)[0]))
    return coi


@pytest.fixture
def labels(performer, coi):
    """The labels of its bags."""
    return [newest_serial(performer.installation, bag) for bag in ids(performer, coi, "product")]


def send(program, coi, printer, labels, key="send"):
    """Send labels to a printer."""
    body = {"printer": printer, "labels": labels}
    return program.send("POST", f"/therapies/{coi}/prints", body, Idempotency_Key=key)


def test_labels_are_sent_and_told_of(program, coi, labels, register, installation):
    """Each with its job; the same request is answered the same, and prints nothing more."""
    with a_printer() as printer:
        at, mia = register(UNIT, printer.address), program("mia")
        first, again = send(mia, coi, at, labels), send(mia, coi, at, labels)
        PrintSender(installation, PATIENT, AT_ONCE).run_until_empty()
        jobs = mia.get(f"/printers/{at}").json["jobs"]

    assert first.status_code == 201, first.text
    assert first.json == again.json
    assert [one["serial"] for one in first.json["labels"]] == labels
    assert {one["id"] for one in jobs} == {one["job"] for one in first.json["labels"]}
    assert len(printer.printed) == 2
    listed = mia.get(f"/therapies/{coi}/labels").json["items"]
    assert {one["state"] for one in listed if one["serial"] in labels} == {"printed"}


def test_what_was_printed_is_refused_with_the_way_on(program, coi, labels, register):
    """As a problem with a reason for each label."""
    at, mia = register(UNIT), program("mia")
    send(mia, coi, at, labels[:1])

    refused = send(mia, coi, at, labels, key="other")

    assert refused.status_code == 409
    assert [one["code"] for one in refused.json["reasons"]] == ["LABEL_WAITS"]
    assert refused.json["reasons"][0]["next_step"]


def test_a_serial_before_its_collection_is_unknown(program, performer, register):
    """Labels of a collection come with the scan of the wristband, for programs too (LB-11)."""
    coi = performer.order(dict(PATIENTS[3]))
    play(performer, coi, ORDERED)

    answer = send(program("nina"), coi, register("north-apheresis"), ["B-TEST-4F8H2K6P-3"])

    assert (answer.status_code, answer.json["code"]) == (404, "UNKNOWN")


def test_another_sites_label_is_unknown(program, coi, labels, register):
    """And so is its printer (SEC-27)."""
    at, south = register(UNIT), program("luc")

    assert send(south, coi, at, labels).status_code == 404
    assert send(program("mia"), coi, "nowhere", labels).status_code == 404


def test_a_wristband_is_sent_once_and_again_with_a_signature(program, coi, register):
    """By those who meet the patient; others are refused."""
    at, nina = register("north-apheresis"), program("nina")
    path, body = f"/therapies/{coi}/wristband/prints", {"printer": at}

    first = nina.send("POST", path, body, Idempotency_Key="one")
    second = nina.send("POST", path, body, Idempotency_Key="two")
    again = {**body, "again": {"reason": "damaged", "seen": 1}}
    third = nina.signed(path, again, PRINTED_AGAIN)
    others = program("leo").send("POST", path, body, Idempotency_Key="three")

    assert first.json == {"printer": at, "left_off": []}
    assert (second.status_code, second.json["code"]) == (409, "PRINTED_BEFORE")
    assert third.status_code == 201, third.text
    assert others.status_code == 403


def test_a_wristband_is_fetched_by_those_who_meet_the_patient_alone(
    program, performer, coi, register, installation
):
    """It holds the name: whoever else prints at the site reads none by its queue (SEC-08)."""
    at = register("north-apheresis")
    body = {"printer": at}
    program("nina").send("POST", f"/therapies/{coi}/wristband/prints", body, Idempotency_Key="one")
    (job,) = look_at_queue(installation, performer.proven["leo"], at).jobs

    with pytest.raises(NotAllowed, match="meets the patient"):
        fetch_job(installation, performer.proven["leo"], job.id)
    content, _media_type = fetch_job(installation, performer.proven["nina"], job.id)

    assert content.startswith(b"^XA")


def test_the_labels_of_places_are_sent_together(program, performer, register, installation):
    """By those who keep them."""
    approve_template(installation, performer.proven["queenie"], "location-label")
    by, at = performer.proven["mia"], register(UNIT)
    shelves = [
        register_place(installation, by, UNIT, f"Shelf {n}", key=f"shelf {n}") for n in "123"
    ]
    body = {"printer": at, "places": shelves}

    sent = program("mia").send("POST", "/places/prints", body, Idempotency_Key="one")
    others = program("leo").send("POST", "/places/prints", body, Idempotency_Key="two")

    assert [one["serial"] for one in sent.json["labels"]] == shelves
    assert others.status_code == 404

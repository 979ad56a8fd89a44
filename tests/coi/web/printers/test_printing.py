"""Labels are sent to a printer from a page: all of a step at once, and what becomes of each."""

import re
import time

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, ORDERED, Step, filled, play
from coi.services.approvals import approve_template
from coi.services.badges import issue_badge
from coi.services.drawing import ZPL
from coi.services.places import register_place
from coi.services.print_sending import PrintSender
from coi.services.printers import About, every_printer
from coi.services.proofs import JustProven, person_of
from coi.services.registering_printers import register_printer
from coi.services.therapies import look
from coi.store.places import places
from tests.coi.printing import AT_ONCE, PATIENT
from tests.coi.web.printers.registering import UNIT, key_on, register


@pytest.fixture
def coi(performer):
    """A therapy whose product was just filled into three bags."""
    coi = performer.order(dict(PATIENTS[2]))
    play(performer, coi, (*IN_MANUFACTURE, *MADE, filled(3)[0]))
    return coi


def page_of(coi):
    """Where its labels are printed."""
    return f"/therapies/{coi}/printing"


def ready_on(text):
    """The serials that can be chosen on a page."""
    return re.findall(r'name="label" value="([^"]+)"', text)


def send(browser, coi, printer, *labels, key="page-send"):
    """Send the form of a step."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page_of(coi)).text)[1]
    form = {"csrf_token": token, "printer": printer, "label": [*labels], "key": key}
    return browser.client.post(page_of(coi), data=form)


def print_all(installation):
    """Print what waits."""
    return PrintSender(installation, PATIENT, AT_ONCE).run_until_empty()


def data_again(page):
    """Where a page looks again by itself, as it stands in its text."""
    return re.search(r'data-again="([^"]+)"', page)[1]


def test_all_labels_of_a_step_are_printed_at_once(someone, coi, desk, printer, installation):
    """Ticked from the start; the page shows what became of each."""
    mia = someone("mia")
    labels = ready_on(mia.get(page_of(coi)).text)

    answer = send(mia, coi, desk, *labels)
    again = send(mia, coi, desk, *labels)
    waiting = mia.get(answer.headers["Location"]).text
    print_all(installation)
    done = mia.get(page_of(coi)).text

    assert (len(labels), answer.status_code, again.status_code) == (3, 303, 303)
    assert len(printer.printed) == 3
    assert '<progress id="progress" class="whole" max="3" value="0">' in waiting
    assert "by_itself=1" in data_again(waiting)
    assert f"url={data_again(waiting)}" in waiting
    assert "data-again" not in done
    assert ready_on(done) == []
    assert done.count('<span class="tag">printed</span>') >= 3


def test_where_there_is_no_printer_labels_are_fetched(someone, coi):
    """The page says so, and has each label as a file."""
    page = someone("mia").get(page_of(coi)).text

    assert "No printer is registered at your site" in page
    assert page.count("As a file") >= 3
    assert ready_on(page) == []


def test_the_printer_that_the_unit_used_last_comes_first(someone, coi, desk, installation):
    """Nobody chooses the same one each time."""
    queenie, mia = someone("queenie"), someone("mia")
    register(queenie, "socket://127.0.0.1:9198", name="Aaa")
    (other,) = (one.id for one in installation.read(every_printer) if one.id != desk)
    mia.send("/unit", page="/", unit=UNIT)
    first, second, *_ = ready_on(mia.get(page_of(coi)).text)
    for at, label in ((desk, first), (other, second)):
        send(mia, coi, at, label, key=f"page-{at}")

    choices = re.findall(r'<option value="(\w+)">', mia.get(page_of(coi)).text)

    assert choices.index(other) < choices.index(desk)


def test_what_cannot_be_printed_is_said_with_the_way_on(someone, coi, desk):
    """Nothing is sent, and each reason stands there."""
    mia = someone("mia")
    first, *_ = ready_on(mia.get(page_of(coi)).text)
    send(mia, coi, desk, first)

    refused = send(mia, coi, desk, first, key="page-other")
    none = send(mia, coi, desk, key="page-none")

    assert (refused.status_code, none.status_code) == (409, 422)
    assert "LABEL_WAITS" in refused.text
    assert "Choose 1 to 50 labels" in none.text


def test_a_collection_has_no_label_before_the_wristband_is_scanned(
    someone, performer, desk, installation
):
    """Neither the page nor a guessed serial prints one; with the collection it is there (LB-11)."""
    coi = performer.order(dict(PATIENTS[3]))
    play(performer, coi, (*ORDERED, Step("plan_collection")))
    nina = someone("nina")

    before = nina.get(page_of(coi)).text
    guessed = send(nina, coi, desk, "B-TEST-4F8H2K6P-3")
    play(performer, coi, [Step("collect", born=1)])
    after = nina.get(page_of(coi)).text

    scans = next(
        one.content["scans"] for one in look(installation, coi).history if one.action == "collect"
    )
    assert "after the wristband was scanned" in before
    assert guessed.status_code == 404
    assert look(installation, coi).labels
    assert any(one["raw"].startswith("W-") for one in scans)
    assert next(iter(look(installation, coi).labels.values()))[0] in after


def test_a_wristband_is_printed_by_those_who_meet_the_patient(someone, coi, printer, installation):
    """With the name, at a printer of the hospital; the second one takes a signature."""
    root = installation.read(lambda tx: person_of(tx, "root"))
    administrator = JustProven("root", root.person.id, root.credential)

    about = About("Ward", printer.address, ZPL, 203, 260, 50)
    at = register_printer(installation, administrator, "north-ward", about, key="ward printer")
    carla, page = someone("carla"), page_of(coi)

    sent = carla.send(f"{page}/wristband", page, printer=at)
    twice = carla.send(f"{page}/wristband", page, printer=at)
    print_all(installation)

    assert (sent.status_code, twice.status_code) == (303, 409)
    assert "PRINTED_BEFORE" in twice.text
    assert len(printer.printed) == 1
    assert "The patient&#39;s wristband" not in someone("mia").get(page).text


def test_what_is_not_on_a_wristband_is_told(someone, performer, printer, installation):
    """A name that cannot be printed exactly, on the page where it was sent from."""
    root = installation.read(lambda tx: person_of(tx, "root"))
    administrator = JustProven("root", root.person.id, root.credential)
    about = About("Ward", printer.address, ZPL, 203, 260, 50)
    at = register_printer(installation, administrator, "north-ward", about, key="ward printer")
    told = {
        **PATIENTS[4],
        "family_name": "\u0645\u062d\u0645\u062f",
        "medical_record_number": "MRN-8",
    }
    coi = performer.order(told)
    play(performer, coi, ORDERED[:4])
    carla, page = someone("carla"), page_of(coi)

    carla.send(f"{page}/wristband", page, printer=at)

    assert "Not on the wristband: patient_name=" in carla.get(page).text


def test_all_labels_of_a_unit_are_one_batch_with_its_progress(
    someone, performer, desk, printer, installation
):
    """Drawn beside the page, queued in one deed; sent twice it is the same batch."""
    approve_template(installation, performer.proven["queenie"], "location-label")
    for n in range(1, 6):
        by = performer.proven["mia"]
        register_place(installation, by, UNIT, f"Freezer 1, shelf {n}", key=f"shelf {n}")
    mia = someone("mia")
    key = key_on(mia, "/places")

    begun = [
        mia.send(f"/places/units/{UNIT}/labels", "/places", printer=desk, key=key) for _ in "ab"
    ]
    page = begun[0].headers["Location"]
    until = time.monotonic() + 60
    while "labels ended" not in mia.get(page).text:
        assert time.monotonic() < until
        time.sleep(0.05)
    waiting = mia.get(page).text
    print_all(installation)
    done = mia.get(page).text

    count = sum(at == UNIT for _serial, at, _name in installation.read(places))
    assert [one.status_code for one in begun] == [303, 303]
    assert f"0 of {count} labels ended" in waiting
    assert "by_itself=1" in data_again(waiting)
    assert f"url={data_again(waiting)}" in waiting
    assert f"{count} of {count} labels ended" in done
    assert "data-again" not in done
    assert len(printer.printed) == count
    assert someone("milo").get(page).status_code == 404


def test_why_a_batch_was_not_sent_is_said(someone, performer, desk, installation):
    """Quality assurance does not approve the template any more: nothing waits."""
    approve_template(installation, performer.proven["queenie"], "location-label", holds=False)
    register_place(installation, performer.proven["mia"], UNIT, "Shelf 1", key="shelf")
    mia = someone("mia")
    form = {"printer": desk, "key": key_on(mia, "/places")}
    page = mia.send(f"/places/units/{UNIT}/labels", "/places", **form).headers["Location"]
    until = time.monotonic() + 60
    while "Nothing was sent" not in (told := mia.get(page).text):
        assert time.monotonic() < until
        time.sleep(0.05)

    assert "has not approved the label of a place" in told
    assert print_all(installation) == 0


def test_a_badge_is_printed_at_a_printer(administrator, someone, performer, printer, installation):
    """By an administrator, from the page of the person; sent twice it is printed once."""
    register(someone("queenie"), printer.address, height_mm="60")
    desk = installation.read(every_printer)[0].id
    approve_template(installation, performer.proven["queenie"], "staff-badge")
    role = ("manufacturing_technician", UNIT)
    known = installation.read(lambda tx: person_of(tx, "root"))
    by = JustProven("root", known.person.id, known.credential)
    issue_badge(installation, by, "mia", role, key="badge")
    page = "/people/mia"

    answers = [
        administrator.send(f"{page}/badge/print", page, printer=desk, key="badge-print")
        for _ in "ab"
    ]
    print_all(installation)

    assert [one.status_code for one in answers] == [303, 303]
    assert len(printer.printed) == 1

"""The pages of printers and of the print queue."""

import re

import pytest

from coi.demo.cast import PASSWORD
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.print_queue import NewPrint, queue_print
from coi.services.print_sending import PrintSender
from coi.services.printers import DOWNLOAD, every_printer, printer_named
from tests.cast import WHY
from tests.coi.printing import AT_ONCE, FIRST, PATIENT, SECOND
from tests.coi.web.printers.registering import REGISTER, UNIT, key_on, register
from tests.printer9100 import State


@pytest.fixture
def queue(installation, performer):
    """Prints one label of a therapy at a printer; returns its id in the queue."""

    def print_(printer, therapy=FIRST):
        serial = installation.new_id()

        def work(tx):
            mia, now = performer.proven["mia"].person, installation.clock.now()
            told = Registered(document={"kind": "label", "about": serial})
            occasion = Occasion(mia, UNIT, now)
            entry = write_site_entry(tx, "print_label", occasion, told, "site:works")
            known = printer_named(tx, printer)
            content, takes = f"^XA^FD{serial}^XZ".encode(), known.about.media_type
            one = NewPrint(content, takes, (serial,), therapy)
            return queue_print(tx, installation, known, [one], entry)[0]

        return installation.transact(work)

    return print_


def send(installation):
    """Try everything that is due, once."""
    sender = PrintSender(installation, PATIENT, AT_ONCE)
    sender.step()
    sender.finish()


def test_where_there_is_no_printer_the_pages_teach(someone):
    """What one is for, and who registers it."""
    assert "fetched as files" in someone("mia").get("/printers").text
    assert "No printer is registered" in someone("queenie").get(REGISTER).text


def test_a_printer_is_registered_with_a_password(someone, printer, installation):
    """A wrong one registers nothing, and nothing that was typed is lost but it."""
    queenie = someone("queenie")

    refused = register(queenie, printer.address, password="wrong")
    done = register(queenie, printer.address)

    assert (refused.status_code, done.status_code) == (401, 303)
    assert printer.address in refused.text
    assert "wrong" not in re.findall(r'value="([^"]*)"', refused.text)
    assert [one.about.name for one in installation.read(every_printer)] == ["Desk"]


def test_what_is_wrong_with_a_printer_is_said(someone):
    """Beside what was typed."""
    refused = register(someone("queenie"), "socket://127.0.0.1:22", dpi="many")

    assert refused.status_code == 422
    assert "at which no printer listens" in refused.text
    assert 'value="socket://127.0.0.1:22"' in refused.text


def test_a_printer_is_changed_and_retired(someone, desk, installation):
    """Each by a signature."""
    queenie, page = someone("queenie"), f"{REGISTER}/{desk}"
    told = {"name": "Hall", "address": "", "media_type": "application/pdf", "dpi": "300"}
    told |= {"width_mm": "50", "height_mm": "25", "key": "change", "password": PASSWORD}

    changed = queenie.send(page, page=page, why=WHY, **told)
    (known,) = installation.read(every_printer)
    retired = queenie.send(f"{page}/retire", page=page, password=PASSWORD, why=WHY)

    assert (changed.status_code, retired.status_code) == (303, 303)
    assert (known.about.name, known.about.address, known.about.dpi) == ("Hall", DOWNLOAD, 300)
    assert installation.read(every_printer) == ()


def test_a_label_that_is_held_says_why_and_is_tried_again(
    someone, desk, queue, printer, installation
):
    """The person at the bench sees what to mend."""
    printer.behave(before=State(paper_out=1))
    job, mia = queue(desk), someone("mia")
    send(installation)
    held = mia.get("/printers").text
    printer.behave()

    answer = mia.send(f"/printers/{desk}/labels/{job}/again", page=f"/printers/{desk}")
    send(installation)

    assert "the labels are used up" in held
    assert answer.status_code == 303
    assert ">printed<" in mia.get(f"/printers/{desk}").text


def test_the_labels_of_another_therapy_wait_for_a_signature(
    someone, desk, queue, printer, installation
):
    """The page says so, and where it is cleared (LB-07)."""
    mia, page = someone("mia"), f"/printers/{desk}"
    queue(desk)
    queue(desk, SECOND)
    send(installation)
    waits = mia.get(page).text
    told = {"holds": FIRST, "key": "clear"}

    refused = mia.send(f"{page}/line", page=page, password="wrong", **told)
    cleared = mia.send(f"{page}/line", page=page, password=PASSWORD, **told)
    send(installation)

    assert "until the line is clear" in waits
    assert (refused.status_code, cleared.status_code) == (401, 303)
    assert len(printer.printed) == 2


def test_a_label_is_moved_cancelled_or_fetched(someone, desk, queue, installation):
    """By whoever prints at the site, and signed where it goes elsewhere."""
    register(someone("queenie"), "", name="File")
    (other,) = (one.id for one in installation.read(every_printer) if one.id != desk)
    mia, page = someone("mia"), f"/printers/{desk}"
    moved, cancelled = queue(desk), queue(desk)

    answers = [
        mia.send(f"{page}/labels/{moved}/move", page, printer=other, password=PASSWORD, key="move"),
        mia.send(f"{page}/labels/{cancelled}/cancel", page),
        mia.send(f"/printers/{other}/labels/{moved}/file", page),
        mia.send(f"/printers/{other}/labels/{moved}/file", page),
    ]

    assert [one.status_code for one in answers] == [303, 303, 200, 409]
    assert answers[2].data.startswith(b"^XA")
    assert "fetched as a file" in mia.get(f"/printers/{other}").text


def test_a_printer_is_asked_and_tried(someone, desk, printer, installation):
    """What it says is shown; a test print is one, however often the form is sent."""
    mia, page = someone("mia"), f"/printers/{desk}"
    key = key_on(mia, page)

    asked = mia.send(f"{page}/ask", page)
    told = mia.get(page).text
    for _ in "ab":
        mia.send(f"{page}/test", page, key=key)
    send(installation)
    send(installation)

    assert asked.status_code == 303
    assert "It says: ready." in told
    assert len(printer.printed) == 1


def test_another_site_sees_no_printer_of_this_one(someone, desk):
    """It answers as if there were none."""
    luc = someone("luc")

    assert luc.get(f"/printers/{desk}").status_code == 404
    assert luc.send(f"/printers/{desk}/test", "/printers", key="x").status_code == 404
    assert "No printer is registered" in luc.get("/printers").text


def test_whoever_keeps_no_printers_sees_none_to_keep(someone):
    """Nor learns which there are."""
    assert someone("mia").get(REGISTER).status_code == 403


def test_the_label_of_a_place_is_printed_at_a_printer(someone, installation):
    """It waits there with the entry that says who printed it; at none it stays a file."""
    register(someone("queenie"), "", name="File", media_type="application/pdf")
    (printer,) = installation.read(every_printer)
    mia = someone("mia")
    told = {"unit": UNIT, "name": "Shelf 1", "key": "shelf"}
    mia.send("/places", "/places", **told)
    (serial,) = set(re.findall(r"/places/(L-[^/]+)/label", mia.get("/places").text))

    at_printer = mia.send(f"/places/{serial}/label", "/places", printer=printer.id, key="print")
    as_file = mia.send(f"/places/{serial}/label", "/places", printer="")

    assert (at_printer.status_code, as_file.status_code) == (303, 200)
    page = mia.get(f"/printers/{printer.id}").text
    assert serial in page
    assert "Fetch it as a file, once" in page

"""The print queue: what waits, what was sent once, and whose labels lie at a printer."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from coi.errors import DataRefused, KeyReused, Refused, Unknown
from coi.services.print_deeds import (
    ask_printer,
    cancel_job,
    clear_line,
    fetch_job,
    move_job,
    print_test,
    try_again,
)
from coi.services.print_sending import BY_ITSELF, KEPT, PrintPace, PrintSender
from coi.services.printers import DOWNLOAD, PDF
from coi.services.registering_printers import change_printer
from coi.services.verifying import verify_record
from coi.store import print_jobs
from coi.store.entries import entries_of
from coi.store.print_jobs import jobs_of
from tests.cast import WHY
from tests.coi.printing import FIRST, HASTY, PATIENT, SECOND, a_ward
from tests.printer9100 import State, a_printer

PAPER_OUT = State(paper_out=1)
LONG = PrintPace(lease=timedelta(minutes=3), again=timedelta(hours=1))


@pytest.fixture
def ward(clinic):
    """Where labels are printed."""
    return a_ward(clinic)


@pytest.fixture
def printer():
    """A printer that prints each label once."""
    with a_printer() as there:
        yield there


def actions(ward):
    """What the site's chain tells, in its order."""
    chain = ward.installation.read(lambda tx: list(entries_of(tx, "site:north")))
    return [json.loads(content)["action"] for _hash, content, _signed in chain]


def on_line(ward, printer):
    """Whose labels lie at a printer."""
    return ward.installation.read(lambda tx: print_jobs.line(tx, printer)).therapy


class CountedStop(Event):
    """A sign to stop that comes after so many waits, and keeps how long each was to be."""

    def __init__(self, after):
        super().__init__()
        self.after, self.waits = after, []

    def wait(self, timeout=None):
        """Sleep no longer than that; the last time, say that it is over."""
        self.waits.append(timeout)
        time.sleep(timeout)
        if len(self.waits) == self.after:
            self.set()
        return self.is_set()


def test_nobody_is_woken_while_nothing_is_under_way(ward):
    """A sender that has nothing to do sleeps from one look to the next."""
    stop = CountedStop(after=3)

    PrintSender(ward.installation, PATIENT, PrintPace(look=0.2)).run(stop)

    assert len(stop.waits) == 3
    assert all(0.02 < one <= 0.2 for one in stop.waits)


# -- what becomes of a label -----------------------------------------------------------------------


def test_a_label_is_printed_and_its_bytes_are_gone(ward, printer):
    """It came out once, it stands on record, and nothing is left that could be sent again."""
    job = ward.queue(ward.register(printer.address))

    ward.send()
    ward.send()

    assert len(printer.printed) == 1
    assert (ward.job(job).state, ward.job(job).sealed) == ("printed", "-")
    assert actions(ward)[-1] == "label_printed"
    assert verify_record(ward.installation).findings == ()


def test_what_waits_is_not_readable_in_the_database(ward, printer):
    """A label may bear a name: its bytes are sealed with the vault key."""
    job = ward.queue(ward.register(printer.address), content=b"^XA^FDMustermann^FS^XZ")

    assert b"Mustermann".hex() not in ward.job(job).sealed
    assert "TXVzdGVybWFub" not in ward.job(job).sealed


def test_a_label_waits_for_paper_and_is_printed_then(ward, printer):
    """It is held, and says why; nobody has to send it again (LB-10)."""
    printer.behave(before=PAPER_OUT)
    job = ward.queue(ward.register(printer.address))

    ward.send()
    held = ward.job(job)
    printer.behave()
    ward.send()

    assert (held.state, held.why) == ("held", "the labels are used up")
    assert ward.states(job) == ["printed"]
    assert len(printer.printed) == 1


def test_a_printer_that_is_switched_off_holds_its_labels(ward):
    """They stay where they are: none goes to another printer by itself (LB-10)."""
    with a_printer() as other:
        held_at = ward.register("socket://127.0.0.1:9199", "Off")
        ward.register(other.address, "On")
        job = ward.queue(held_at)
        ward.send()

    assert (ward.job(job).state, ward.job(job).printer) == ("held", held_at)
    assert other.printed == []


def test_a_label_of_which_nobody_knows_is_never_sent_again(ward, printer):
    """There may be none, one or two: it is unconfirmed for ever, on record (LB-04)."""
    printer.behave(silent_after=True)
    job = ward.queue(ward.register(printer.address))

    ward.send(reach=HASTY)
    printer.behave()
    ward.send()

    assert (ward.job(job).state, ward.job(job).sealed) == ("unconfirmed", "-")
    assert len(printer.printed) == 1
    assert actions(ward)[-1] == "print_unconfirmed"
    with pytest.raises(Refused):
        try_again(ward.installation, ward.nina, job)


def test_what_is_no_label_is_refused_for_good(ward, printer):
    """It is cancelled, with the reason."""
    job = ward.queue(ward.register(printer.address), content=b"no label")

    ward.send()

    assert (ward.job(job).state, ward.job(job).why) == ("cancelled", "it does not take this format")
    assert printer.received == b""


def test_a_label_that_a_sender_left_behind_is_unconfirmed(ward, printer):
    """Whoever took it died: nobody sends it again, and it is told (LB-04)."""
    job = ward.queue(ward.register(printer.address))
    until = ward.job(job).made_at
    ward.installation.transact(
        lambda tx: print_jobs.take(tx, print_jobs.job(tx, job), "-", "dead", until)
    )

    ward.send()

    assert (ward.job(job).state, ward.job(job).why) == (
        "unconfirmed",
        "the program ended while it was being sent",
    )
    assert printer.received == b""


def test_after_half_an_hour_a_label_waits_for_a_person(ward, printer):
    """Nobody stands there any more when it comes out: somebody lets it go on."""
    printer.behave(before=PAPER_OUT)
    job = ward.queue(ward.register(printer.address))
    ward.installation.clock.advance(BY_ITSELF + timedelta(minutes=1))
    ward.send()
    printer.behave()
    ward.send()
    waited = ward.states(job)

    try_again(ward.installation, ward.nina, job)
    ward.send()

    assert waited == ["held"]
    assert ward.states(job) == ["printed"]


def test_what_was_printed_long_ago_is_forgotten_in_the_queue(ward, printer):
    """On record it stays."""
    job = ward.queue(ward.register(printer.address))
    ward.send()
    ward.installation.clock.advance(KEPT + timedelta(days=1))
    ward.send()

    assert ward.installation.read(lambda tx: print_jobs.job(tx, job)) is None
    assert "label_printed" in actions(ward)


def test_two_senders_print_a_label_once(ward, printer):
    """Both found it; the second one finds it taken."""
    job = ward.queue(ward.register(printer.address))
    found = ward.job(job)

    def take(name):
        until = "2030-01-01T00:00:00.000000Z"
        return ward.installation.transact(lambda tx: print_jobs.take(tx, found, "-", name, until))

    assert [take("one"), take("two")] == [True, False]


# -- whose labels lie there ------------------------------------------------------------------------


def test_labels_of_another_therapy_wait_until_the_line_is_clear(ward, printer):
    """One therapy's labels at a time; a person signs that none is left (LB-07)."""
    at = ward.register(printer.address)
    first, second, third = ward.queue(at), ward.queue(at, SECOND), ward.queue(at)
    for _ in range(3):
        ward.send()
    before = ward.states(first, second, third)

    clear_line(ward.installation, ward.nina, at, FIRST, key="clear")
    ward.send()

    assert before == ["printed", "queued", "printed"]
    assert ward.states(second) == ["printed"]
    assert on_line(ward, at) == SECOND
    assert "clear_printer_line" in actions(ward)


def test_a_line_is_cleared_of_what_was_seen_there(ward, printer):
    """Who saw the labels of one therapy clears those of no other; the same request clears once."""
    at = ward.register(printer.address)
    ward.queue(at)
    ward.send()

    with pytest.raises(Refused):
        clear_line(ward.installation, ward.nina, at, SECOND, key="wrong")
    for _ in "ab":
        clear_line(ward.installation, ward.nina, at, FIRST, key="clear")

    assert on_line(ward, at) == "-"
    with pytest.raises(KeyReused):
        clear_line(ward.installation, ward.nina, at, SECOND, key="clear")
    with pytest.raises(Refused):
        clear_line(ward.installation, ward.nina, at, FIRST, key="nothing there")


def test_a_line_is_not_cleared_while_a_label_is_being_sent(ward, printer):
    """It is about to come out."""
    at = ward.register(printer.address)
    job = ward.queue(at)
    until = "2030-01-01T00:00:00.000000Z"
    ward.installation.transact(
        lambda tx: print_jobs.take(tx, print_jobs.job(tx, job), "-", "alive", until)
    )

    with pytest.raises(Refused) as caught:
        clear_line(ward.installation, ward.nina, at, FIRST, key="clear")
    assert [one.code for one in caught.value.refusals] == ["PRINTER_IN_USE"]


def test_a_test_print_is_of_no_therapy(ward, printer):
    """It comes out whatever lies there, and says of itself that it is no label."""
    at = ward.register(printer.address)
    for _ in "ab":
        print_test(ward.installation, ward.quentin, at, key="test")

    ward.send()

    assert b"No label: destroy it" in printer.printed[0]
    assert len(printer.printed) == 1
    assert on_line(ward, at) == "-"


# -- what people do --------------------------------------------------------------------------------


def test_a_label_goes_to_another_printer_by_a_signature(ward, printer):
    """Somebody says so, and signs it (LB-10)."""
    printer.behave(before=PAPER_OUT)
    first = ward.register(printer.address)
    with a_printer() as other:
        second = ward.register(other.address, "Other")
        job = ward.queue(first)
        ward.send()
        move_job(ward.installation, ward.nina, job, second, key="move")
        ward.send()

    assert (ward.job(job).state, ward.job(job).printer) == ("printed", second)
    assert len(other.printed) == 1
    assert "move_print" in actions(ward)


def test_a_label_goes_to_no_printer_that_does_not_take_it(ward, printer):
    """Nor to the same one, nor to one of another site."""
    at = ward.register(printer.address)
    of_pdf = ward.register(DOWNLOAD, "File", media_type=PDF)
    job = ward.queue(at)

    for to in (of_pdf, at):
        with pytest.raises(DataRefused):
            move_job(ward.installation, ward.nina, job, to, key=f"to {to}")
    with pytest.raises(Unknown):
        move_job(ward.installation, ward.nina, job, "nowhere", key="to nowhere")


@pytest.mark.parametrize("about", [{"dpi": 600}, {"width_mm": 51}, {"height_mm": 25}])
def test_a_label_goes_to_no_printer_that_would_print_it_in_another_size(ward, printer, about):
    """Its dots were made for those of the first: a third of the size is read by no scanner."""
    job = ward.queue(ward.register(printer.address))
    other = ward.register(DOWNLOAD, "Other", **about)

    with pytest.raises(DataRefused, match="other labels in it, or another resolution"):
        move_job(ward.installation, ward.nina, job, other, key="move")

    assert ward.states(job) == ["queued"]


def test_a_label_comes_out_as_it_was_drawn_or_not_at_all(ward):
    """Neither at a printer of other dots or smaller labels, nor at its own once that has them."""
    at = ward.register("socket://127.0.0.1:9199")
    others = [
        ward.register(DOWNLOAD, "Fine", dpi=300),
        ward.register(DOWNLOAD, "Low", height_mm=25),
    ]
    large = ward.register(DOWNLOAD, "Large", width_mm=104, height_mm=150)
    job = ward.queue(at)
    finer = replace(ward.printer(at).about, dpi=600)

    for to in others:
        with pytest.raises(DataRefused):
            move_job(ward.installation, ward.nina, job, to, key=f"to {to}")
    with pytest.raises(Refused):
        change_printer(ward.installation, ward.quentin, at, finer, key="finer", why=WHY)
    move_job(ward.installation, ward.nina, job, large, key="to large")
    change_printer(ward.installation, ward.quentin, at, finer, key="now finer", why=WHY)

    assert ward.job(job).printer == large
    assert ward.printer(at).about.dpi == 600


def test_a_label_that_waits_is_cancelled(ward, printer):
    """It is not printed, and its bytes are gone."""
    job = ward.queue(ward.register(printer.address))

    cancel_job(ward.installation, ward.nina, job)
    ward.send()

    assert (ward.job(job).state, ward.job(job).sealed) == ("cancelled", "-")
    assert printer.received == b""


def test_a_label_is_fetched_as_a_file_once(ward):
    """Whoever has the file counts as having printed it."""
    job = ward.queue(ward.register(DOWNLOAD), content=b"^XA^FDA^FS^XZ")
    ward.send()

    content, media_type = fetch_job(ward.installation, ward.nina, job)

    assert (content, media_type) == (b"^XA^FDA^FS^XZ", "application/vnd.zebra-zpl")
    assert ward.states(job) == ["printed"]
    with pytest.raises(Refused):
        fetch_job(ward.installation, ward.nina, job)


def test_a_file_of_another_therapy_waits_for_clearance_too(ward):
    """The line of a printer that prints from files is one like any other."""
    at = ward.register(DOWNLOAD)
    first, second = ward.queue(at), ward.queue(at, SECOND)
    fetch_job(ward.installation, ward.nina, first)

    with pytest.raises(Refused) as caught:
        fetch_job(ward.installation, ward.nina, second)
    assert [one.code for one in caught.value.refusals] == ["LINE_NOT_CLEAR"]


def test_whoever_prints_elsewhere_sees_no_label_here(ward, printer):
    """Another site's queue answers as if it were not there."""
    vera = ward.clinic.hire("vera", ("apheresis_nurse", "south-ward"))
    at = ward.register(printer.address)
    job = ward.queue(at)

    for deed in (
        lambda: cancel_job(ward.installation, vera, job),
        lambda: try_again(ward.installation, vera, job),
        lambda: move_job(ward.installation, vera, job, at, key="x"),
        lambda: clear_line(ward.installation, vera, at, FIRST, key="x"),
        lambda: print_test(ward.installation, vera, at, key="x"),
        lambda: ask_printer(ward.installation, vera, at),
    ):
        with pytest.raises(Unknown):
            deed()


def test_another_site_s_label_answers_as_one_that_there_is_not(ward, printer):
    """In the same words: nobody learns that it waits, or where."""
    vera = ward.clinic.hire("vera", ("apheresis_nurse", "south-ward"))
    job = ward.queue(ward.register(printer.address))
    there_is_none = ward.installation.new_id()

    told = []
    for one in (job, there_is_none):
        with pytest.raises(Unknown) as unknown:
            cancel_job(ward.installation, vera, one)
        told.append(str(unknown.value).replace(one, "it"))

    assert told[0] == told[1]


def test_a_printer_says_how_it_is_when_it_is_asked(ward, printer):
    """Nothing is recorded of it."""
    printer.behave(before=PAPER_OUT)
    at = ward.register(printer.address)
    before = len(actions(ward))

    told = ask_printer(ward.installation, ward.nina, at)

    assert [one.value for one in told.troubles] == ["the labels are used up"]
    assert len(actions(ward)) == before


def test_what_a_printer_does_not_take_is_not_queued(ward, printer):
    """Nor what is empty."""
    at = ward.register(printer.address)

    with pytest.raises(DataRefused):
        ward.queue(at, content=b"x" * 5_000_000)
    assert ward.installation.read(lambda tx: jobs_of(tx, at, 10)) == []

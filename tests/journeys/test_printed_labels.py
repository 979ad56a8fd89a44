"""Labels that are sent to a printer: what it says stands with each, and what it does not say."""

import pytest
import zxingcpp

from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, RELEASED, Step, filled, play
from coi.errors import DataRefused, KeyReused, Refused, Unknown
from coi.services.documents import write_custody_record
from coi.services.drawing import NotPrinted
from coi.services.label_ledger import TurnLabel, turn_label
from coi.services.label_papers import write_bag_label
from coi.services.labelling import newest_serial
from coi.services.print_queue import give_up_restored
from coi.services.proofs import Signer
from coi.services.reconciling import write_reconciliation
from coi.services.therapies import look
from coi.services.verifying import verify_record
from coi.store import print_jobs
from tests.coi.printing import HASTY, PATIENT
from tests.coi.reports.pages import text_of
from tests.journeys.asking import ids, labelled_anew, states, take_refused, values
from tests.journeys.printing import a_desk
from tests.printer9100 import State, a_printer
from workflows import label_deeds
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed

BURNT = ((label_deeds.DESTROYED, "mia"), (label_deeds.WITNESSED, "milo"))
EXPLAINED = ((label_deeds.SEARCHED, "mia"), (label_deeds.EXPLAINED_BY, "queenie"))


@pytest.fixture
def coi(performer):
    """Give a therapy whose lot is about to be filled."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*IN_MANUFACTURE, *MADE))
    return coi


@pytest.fixture
def desk(performer):
    """Where its labels are printed."""
    return a_desk(performer)


@pytest.fixture
def printer():
    """A printer that prints each label once."""
    with a_printer() as there:
        yield there


def fill(performer, coi, bags):
    """Fill so many bags; returns the serials of their labels."""
    play(performer, coi, filled(bags)[:1])
    return [newest_serial(performer.installation, bag) for bag in ids(performer, coi, "product")]


def do(performer, coi, deed, *signed):
    """Do something with a label of the works, signed by these people."""
    signers = tuple(Signer(performer.proven[who], meaning) for meaning, who in signed)
    key = performer.installation.new_id()
    asked = TurnLabel(coi, deed, "works-production", key)
    turn_label(performer.installation, asked, performer.proven["mia"], signers)


def codes_of(caught):
    """Give the codes of a refusal."""
    return [refusal.code for refusal in caught.value.refusals]


def test_twenty_labels_on_a_hostile_printer_are_accounted_for_before_release(
    performer, coi, desk, printer
):
    """One torn, one printed twice, one lost: the lot waits until each piece is somewhere."""
    serials = fill(performer, coi, 20)
    twice, lost, torn = serials[4], serials[9], serials[19]
    desk.send(coi, serials, at := desk.register(printer.address))
    for serial in serials:
        printer.behave(
            pieces=2 if serial == twice else 1,
            silent_after=serial == twice,
            reads_at_most=40 if serial == lost else None,
        )
        desk.print_next(HASTY if serial == twice else PATIENT)
    printer.behave()
    told = desk.lives(coi)

    bags = dict(zip(serials, ids(performer, coi, "product"), strict=True))
    anew = [labelled_anew(performer, bags[one]) for one in (twice, lost, torn)]
    desk.send(coi, anew, at)
    desk.print_all()
    play(performer, coi, (*filled(20)[1:], *RELEASED[:-1]))
    release = Step("release_lot")
    take_refused(performer, coi, release, "LABELS_UNACCOUNTED")
    ended = LabelDeed.ACCOUNT
    do(performer, coi, Deed(ended, torn, end="destroyed", pieces=1), *BURNT)
    do(performer, coi, Deed(ended, twice, end="destroyed", pieces=2), *BURNT)
    searched = "The printer was opened: it had half of the label, and printed nothing"
    do(performer, coi, Deed(ended, lost, searched, "lost", 1), *EXPLAINED)
    play(performer, coi, [release])

    assert {told[one] for one in serials} == {"printed", "voided"}
    assert [one for one in serials if told[one] == "voided"] == [twice, lost]
    assert states(performer, coi, "lot") == {"released": 1}
    assert len(printer.printed) == 19 + 1 + 3
    assert verify_record(performer.installation).holds


def test_what_the_printer_says_stands_in_the_record_of_the_therapy(performer, coi, desk, printer):
    """The product itself tells it, where the printer stands; nothing of it can be forged."""
    (serial,) = fill(performer, coi, 1)
    sent = desk.send(coi, [serial], desk.register(printer.address))
    before = desk.lives(coi)[serial]

    desk.print_all()

    told = look(performer.installation, coi).history[-1]
    assert (before, desk.lives(coi)[serial], desk.states(sent)) == (
        "issued",
        "printed",
        ["printed"],
    )
    assert (told.action, told.actor, told.unit) == ("note_printed", "-", "works-production")
    assert verify_record(performer.installation).holds


def test_the_documents_name_the_product_where_a_printer_spoke(performer, coi, desk, printer):
    """Nobody reads that somebody erased told it; custody record and reconciliation hold."""
    (serial,) = fill(performer, coi, 1)
    desk.send(coi, [serial], desk.register(printer.address))
    desk.print_all()
    queenie = performer.proven["queenie"]

    told = text_of(write_reconciliation(performer.installation, queenie, coi))

    assert "the product itself" in told.replace("\n", " ")
    assert write_custody_record(performer.installation, queenie, coi).startswith(b"%PDF")


def test_the_same_request_prints_once(performer, coi, desk, printer):
    """A double click, or a line that was dead: one deed, one label, one answer (SEC-04)."""
    serials = fill(performer, coi, 2)
    at = desk.register(printer.address)

    first = desk.send(coi, serials, at, key="send")
    again = desk.send(coi, serials, at, key="send")
    with pytest.raises(KeyReused):
        desk.send(coi, serials[:1], at, key="send")
    desk.print_all()

    assert again == first
    assert len(printer.printed) == 2
    assert desk.send(coi, serials, at, key="send") == first


def test_a_label_is_printed_once_under_its_serial(performer, coi, desk, printer):
    """Neither while it waits, nor once it was printed, at a printer or as a file (LB-05)."""
    first, second = fill(performer, coi, 2)
    at, mia = desk.register(printer.address), performer.proven["mia"]
    desk.send(coi, [first], at)

    refused = {}
    for name, label in (("waits", first), ("printed", first), ("fetched", second)):
        with pytest.raises(Refused) as caught:
            desk.send(coi, [label], at)
        refused[name] = codes_of(caught)
        with pytest.raises(Refused):
            write_bag_label(desk.installation, mia, label)
        desk.print_all()
        if name == "printed":
            write_bag_label(desk.installation, mia, second)

    assert refused == {
        "waits": ["LABEL_WAITS"],
        "printed": ["NEW_SERIAL_NEEDED"],
        "fetched": ["NEW_SERIAL_NEEDED"],
    }


def test_of_several_labels_all_wait_or_none(performer, coi, desk, printer):
    """One that was printed before keeps the others from the queue."""
    first, second = fill(performer, coi, 2)
    at = desk.register(printer.address)
    write_bag_label(desk.installation, performer.proven["mia"], second)

    with pytest.raises(Refused):
        desk.send(coi, [first, second], at)

    assert desk.print_all() == 0
    assert desk.lives(coi)[first] == "issued"


def test_a_printer_that_is_unplugged_amidst_a_label_loses_nothing(performer, coi, desk):
    """What was begun is void; what waits is printed when the printer is back (LB-04, LB-10)."""
    serials = fill(performer, coi, 3)
    with a_printer(reads_at_most=200) as there:
        at = desk.register(there.address)
        sent = desk.send(coi, serials, at)
        desk.print_next()
        there.behave(closes_first=True)
        desk.print_next()
        unplugged = desk.states(sent)
        there.behave()
        desk.print_all()

        assert unplugged == ["unconfirmed", "held", "queued"]
        assert desk.states(sent) == ["unconfirmed", "printed", "printed"]
        assert [desk.lives(coi)[one] for one in serials] == ["voided", "printed", "printed"]
        assert len(there.printed) == 2


def test_a_label_that_is_void_by_now_is_not_sent(performer, coi, desk, printer):
    """It was printed anew while the printer had no paper: the old one does not come out."""
    (serial,) = fill(performer, coi, 1)
    (bag,) = ids(performer, coi, "product")
    printer.behave(before=State(paper_out=1))
    sent = desk.send(coi, [serial], desk.register(printer.address))
    desk.print_next()
    labelled_anew(performer, bag)
    printer.behave()

    desk.print_all()

    assert desk.states(sent) == ["cancelled"]
    assert printer.printed == []


def test_what_came_back_from_a_backup_is_void_until_it_is_accounted_for(
    performer, coi, desk, printer
):
    """It may have come out since: in the transaction of the queue the label is dead (LB-04)."""
    serials = fill(performer, coi, 2)
    sent = desk.send(coi, serials, desk.register(printer.address))

    def put_back(tx):
        print_jobs.give_up_every_one(tx, "2027-01-01T00:00:00.000000Z")
        give_up_restored(tx, desk.installation)

    desk.installation.transact(put_back)
    desk.print_all()

    assert desk.states(sent) == ["unconfirmed"] * 2
    assert {desk.lives(coi)[one] for one in serials} == {"voided"}
    assert printer.received == b""
    assert verify_record(performer.installation).holds


def test_a_label_that_does_not_read_as_given_opens_an_exception(
    performer, coi, desk, printer, monkeypatch
):
    """Nothing is printed, at a printer or as a file; quality assurance is told once (BD-03)."""
    first, second = fill(performer, coi, 2)
    at, mia = desk.register(printer.address), performer.proven["mia"]
    # The reader of symbols stands outside: one that finds none is a drawing without one.
    monkeypatch.setattr(zxingcpp, "read_barcodes", lambda *_of, **_how: [])

    for tried in (
        lambda: desk.send(coi, [first, second], at),
        lambda: write_bag_label(desk.installation, mia, first),
    ):
        with pytest.raises(NotPrinted) as caught:
            tried()
        assert caught.value.reason == "NOT_READ_BACK"

    assert values(performer, coi, "kind") == ["label discrepancy"]
    refused = [one for one in look(performer.installation, coi).history if one.kind == "refused"]
    assert [one.code for event in refused for one in event.refusals] == ["NOT_READ_BACK"] * 2
    assert desk.print_all() == 0
    assert desk.lives(coi)[first] == "issued"


def test_a_label_goes_to_printers_of_the_therapys_sites_alone(performer, coi, desk, printer):
    """And is asked for by those alone who print there; another therapy's label is unknown."""
    (serial,) = fill(performer, coi, 1)
    at = desk.register(printer.address)
    other = performer.order(dict(PATIENTS[1]))

    with pytest.raises(Unknown):
        desk.send(coi, [serial], at, by="nina")
    with pytest.raises(Unknown):
        desk.send(other, [serial], at)
    with pytest.raises(Unknown):
        desk.send(coi, [serial], "nowhere")
    with pytest.raises(DataRefused):
        desk.send(coi, [serial, serial], at)


def test_a_label_that_is_larger_than_what_is_in_the_printer_is_refused(
    performer, coi, desk, printer
):
    """Cut off it would lose a code, or a statement."""
    (serial,) = fill(performer, coi, 1)
    at = desk.register(printer.address, width_mm=51, height_mm=25)

    with pytest.raises(NotPrinted) as caught:
        desk.send(coi, [serial], at)

    assert caught.value.reason == "LABEL_TOO_LARGE"

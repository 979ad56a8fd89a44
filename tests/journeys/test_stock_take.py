"""A stock-take is closed on either database, and what it finds stands in the therapy."""

from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_LAB, play
from coi.services.exceptions import exceptions_of
from coi.services.labelling import newest_serial
from coi.services.proofs import Signer
from coi.services.scanning import Code
from coi.services.stock_closing import (
    STOCK_COUNTED,
    CloseStockTake,
    close_stock_take,
    outcome,
)
from coi.services.stock_takes import WHOLE_UNIT, begin_stock_take, scan_stock
from coi.services.therapies import look
from coi.services.verifying import verify_record
from tests.journeys.asking import ids
from tests.journeys.test_label_ledger import do
from workflows.label_deeds import PRINTED_ANEW, Deed
from workflows.label_life import LabelDeed
from workflows.stock import Finding

LAB = "north-lab"


def test_a_dead_label_and_a_missing_bag_are_told_to_their_therapy(performer):
    """Each by an exception on its bag, which moves nowhere; the record verifies."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, AT_LAB)
    installation, leo = performer.installation, performer.proven["leo"]
    dead, *missing = ids(performer, coi, "material")
    serial = newest_serial(installation, dead)
    do(performer, coi, Deed(LabelDeed.VOID, serial, "Torn"), by="leo", unit=LAB)
    take = begin_stock_take(installation, leo, LAB, WHOLE_UNIT, key="one")
    before = look(installation, coi).subjects

    found = scan_stock(installation, leo, take, Code(serial, "scanned"))
    signers = (Signer(leo, STOCK_COUNTED.meaning),)
    shown = outcome(installation, leo, take).shown
    close_stock_take(installation, CloseStockTake(take, "close", shown), leo, signers)

    after = look(installation, coi)
    told = {one.on: one.seen for one in exceptions_of(after) if "Stock-take" in one.seen}
    assert found.finding is Finding.DEAD
    assert "dead label" in told.pop(dead)
    assert {*told} == {*missing}
    assert all(after.subjects[name] == thing for name, thing in before.items())
    assert verify_record(installation).findings == ()


def test_a_dead_label_hides_no_bag_that_nobody_scanned(performer):
    """An old label that lies about is not its bag: the bag is missing until its own is read."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, AT_LAB)
    installation, leo = performer.installation, performer.proven["leo"]
    bag = ids(performer, coi, "material")[0]
    old = newest_serial(installation, bag)
    deed, signed = Deed(LabelDeed.REPRINT, old, "Torn"), (PRINTED_ANEW, "leo")
    do(performer, coi, deed, signed, by="leo", unit=LAB)
    new = newest_serial(installation, bag)
    take = begin_stock_take(installation, leo, LAB, WHOLE_UNIT, key="one")

    found = scan_stock(installation, leo, take, Code(old, "scanned"))

    lines = {(line.finding, line.serial) for line in outcome(installation, leo, take).lines}
    assert found.finding is Finding.DEAD
    assert {(Finding.DEAD, old), (Finding.MISSING, new)} <= lines


def test_each_dead_label_is_told_once_and_each_by_itself(performer):
    """Two dead labels of one bag are two exceptions; counted again, they are the same two."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, AT_LAB)
    installation, leo = performer.installation, performer.proven["leo"]
    bag = ids(performer, coi, "material")[0]
    dead = []
    for _ in range(2):
        dead.append(newest_serial(installation, bag))
        deed, signed = Deed(LabelDeed.REPRINT, dead[-1], "Torn"), (PRINTED_ANEW, "leo")
        do(performer, coi, deed, signed, by="leo", unit=LAB)
    signers = (Signer(leo, STOCK_COUNTED.meaning),)

    for key in ("one", "two"):
        take = begin_stock_take(installation, leo, LAB, WHOLE_UNIT, key=key)
        for serial in dead:
            scan_stock(installation, leo, take, Code(serial, "scanned"))
        shown = outcome(installation, leo, take).shown
        wanted = CloseStockTake(take, f"close {key}", shown)
        close_stock_take(installation, wanted, leo, signers)

    seen = [one.seen for one in exceptions_of(look(installation, coi)) if one.on == bag]
    told = sorted(text for text in seen if "dead label" in text)
    assert [serial in text for serial, text in zip(sorted(dead), told, strict=True)] == [True, True]
    assert all("counted again" in text for text in told)

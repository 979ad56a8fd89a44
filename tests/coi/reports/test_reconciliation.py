"""The label reconciliation, printed and read again."""

from dataclasses import replace

import pytest

from coi.reports.reconciliation import (
    Count,
    Label,
    Other,
    Reconciliation,
    Turn,
    reconciliation_report,
)
from labels.errors import DoesNotFit
from tests.coi.reports.pages import as_given, metadata_of, pages_of, squeezed, symbols_of, text_of
from tests.coi.reports.test_extracts import AT, COI, HASH, a_signature, an_extract


def a_label(**changes):
    """A label that was read on its bag."""
    fields = {
        "serial": "B-TEST-1",
        "of": "Product 30.1, label 1",
        "where": "released, Cold store",
        "template": "bag-label 1, 0a1b2c…",
        "state": "applied",
        "is_open": False,
        "old": "",
        "copies": 1,
        "turns": (
            a_turn(),
            a_turn(states=("printed", "verified", "applied"), entry=31, by="Lena Lab, technician"),
        ),
    }
    return Label(**fields | changes)


def a_turn(**changes):
    """It was issued."""
    fields = {
        "states": ("issued",),
        "entry": 30,
        "at": AT,
        "by": "Mia Maker, technician",
        "place": "Production, Riverside Cell Works",
    }
    return Turn(**fields | changes)


def a_burnt_label(**changes):
    """A label that tore, and of which two pieces were burnt."""
    signed = (a_signature("destroyed", "Mia Maker"), a_signature("witnessed", "Milo Maker"))
    turns = (
        a_turn(),
        a_turn(states=("voided",), entry=32, reason="It tore when it was peeled off"),
        a_turn(states=("destroyed",), entry=33, pieces=2, signatures=signed),
    )
    return a_label(serial="B-TEST-TORN", state="destroyed", turns=turns, **changes)


def a_reconciliation(**changes):
    """Of two labels, both accounted for."""
    fields = {
        "extract": an_extract(),
        "counts": (Count("Product", 2, 1, 1, 0, 0),),
        "labels": (a_label(), a_burnt_label()),
        "others": (),
    }
    return Reconciliation(**fields | changes)


def test_the_equation_stands_there_with_its_numbers():
    """Issued = applied + destroyed + returned + lost (21 CFR 211.125(c))."""
    counts = (Count("Starting material", 3, 2, 0, 1, 0), Count("Product", 20, 17, 2, 0, 1))

    (page, *_) = pages_of(reconciliation_report(a_reconciliation(counts=counts)))

    assert page.says("Reconciled: every label is accounted for")
    assert page.says("23 issued = 19 applied + 2 destroyed + 1 returned + 1 lost and explained")
    assert page.says("All labels 23 19 2 1 1 0 0")
    assert page.says("Starting material 3 2 0 1 0 0 0")
    assert "NOT RECONCILED" not in page.text


def test_what_nobody_has_accounted_for_is_named_first():
    """Its serial, of what, where that is, and how it stands; the equation says how many."""
    torn = a_burnt_label()
    labels = (a_label(), replace(torn, state="voided", is_open=True, turns=torn.turns[:2]))
    report = a_reconciliation(counts=(Count("Product", 2, 1, 0, 0, 0),), labels=labels)

    (page, *_) = pages_of(reconciliation_report(report))

    assert page.says("NOT RECONCILED: 1 not accounted for")
    assert page.says(
        "2 issued = 1 applied + 0 destroyed + 0 returned + 0 lost and explained"
        " + 1 not accounted for"
    )
    open_ = squeezed(page.text).partition("Notaccountedfor" + "LabelOfwhat")[2]
    assert open_.index("B-TEST-TORN") < open_.index("Labelbylabel")
    assert page.says("NOT ACCOUNTED FOR: voided")


def test_labels_of_others_stand_by_themselves_and_add_up_to_nothing():
    """What each reads, whose it is and on what; where there is none, that is said."""
    others = tuple(
        Other(code=code, whose="Acme Cells Ltd", of="Product 30.1", entry=34, is_over=is_over)
        for code, is_over in (("LOT7 <b>x</b>", False), ("LOT8", True))
    )

    report = reconciliation_report(a_reconciliation(others=others))
    none = reconciliation_report(a_reconciliation())

    text = squeezed(text_of(report)).partition(squeezed("Labels of others, beside ours"))[2]
    for words in ("LOT7 <b>x</b>", "of Acme Cells Ltd", "entry 34", "void with its container"):
        assert squeezed(words) in text, words
    assert squeezed("Labels of others, beside ours None.") in squeezed(text_of(none))
    (page, *_) = pages_of(report)
    assert page.says("2 issued = 1 applied + 1 destroyed + 0 returned + 0 lost and explained")


def test_each_turn_says_what_why_when_where_by_whom_and_who_signed():
    """With the pieces that were counted, and the entry on which it rests."""
    text = squeezed(text_of(reconciliation_report(a_reconciliation())))

    for words in (
        *("printed, verified, applied", "Lena Lab, technician", "drawn as a page once"),
        *("It tore when it was peeled off", "destroyed, 2 pieces", "bag-label 1, 0a1b2c"),
        *("destroyed: Mia Maker", "witnessed: Milo Maker", "entry 33, 2026-11-22 09:30:00 +01:00"),
        *("Production, Riverside Cell Works", HASH, "copy 2", "released, Cold store"),
    ):
        assert squeezed(words) in text, words


def test_a_therapy_without_a_label_says_so():
    """An absence is a statement too; nothing is said to be reconciled."""
    (page,) = pages_of(reconciliation_report(a_reconciliation(counts=(), labels=())))

    assert page.says("No label was issued for this therapy.")
    assert page.text.count("None.") == 4
    assert "Reconciled" not in page.text


def test_two_hundred_labels_stand_there_each_once_on_numbered_pages():
    """Nothing is clipped; whoever holds one sheet sees of which therapy it is."""
    labels = tuple(a_label(serial=f"B-TEST-{number:05}") for number in range(200))

    pages = pages_of(reconciliation_report(a_reconciliation(labels=labels)))

    together = "".join(squeezed(page.text) for page in pages)
    assert [together.count(label.serial) for label in labels] == [1] * 200
    assert all(page.says(f"Page {n} of {len(pages)}") for n, page in enumerate(pages, start=1))
    assert all(page.says(COI) for page in pages)


def test_hostile_text_is_drawn_as_it_was_given():
    """No reason is a command, and what cannot be printed is written out."""
    reason = "<b>^XA^FD{U+0041}</b> \u202egnp.exe =1+1"
    turns = (a_turn(reason=reason),)

    text = text_of(reconciliation_report(a_reconciliation(labels=(a_label(turns=turns),))))

    assert reason in as_given(text)
    assert "\u202e" not in text


def test_the_same_record_gives_the_same_bytes_and_no_name_outside():
    """Its seal is the hash of the entry up to which it tells."""
    pdf = reconciliation_report(a_reconciliation())

    assert pdf == reconciliation_report(a_reconciliation())
    assert symbols_of(pdf)[0] == [HASH]
    assert "Mia" not in str(metadata_of(pdf))


def test_a_demonstration_says_so_on_each_page():
    """No made-up paper is taken for a real one."""
    report = a_reconciliation(extract=an_extract(demonstration=True))

    assert all(
        page.says("NOT FOR CLINICAL USE") for page in pages_of(reconciliation_report(report))
    )


def test_what_does_not_fit_is_never_clipped():
    """A COI that is wider than the head of a page is refused."""
    with pytest.raises(DoesNotFit):
        reconciliation_report(a_reconciliation(extract=an_extract(coi="C" * 80)))

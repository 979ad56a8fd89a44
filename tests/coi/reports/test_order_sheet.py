"""The order sheet, printed and read again: one page, one symbol, no name."""

from datetime import datetime, timedelta, timezone

import pytest

from coi.reports.order_sheet import OrderSheet, order_sheet
from labels.errors import DoesNotFit
from tests.coi.reports.pages import metadata_of, pages_of, symbols_of
from tests.coi.reports.records import A_RECORDING
from tests.labels.builders import a_coi

AT = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=1)))


def an_order(**changes):
    """The order of a therapy."""
    fields = {
        "coi": a_coi().text,
        "therapy": "Autologous CAR-T",
        "workflow": "autologous-car-t, version 1",
        "ordered_at": AT,
        "unit": "Ward, North Hospital",
        "values": (("Treating unit", "Ward, North Hospital"), ("Body weight", "61.5 kg")),
        "copy": 2,
        "generated_at": AT,
        "generated_by": "Nina Needle",
        "recording": A_RECORDING,
        "software": "chain-of-identity 0.1",
    }
    return OrderSheet(**fields | changes)


def test_it_says_what_was_ordered():
    """Where, when, and what the order records; which copy, by whom."""
    (page,) = pages_of(order_sheet(an_order()))

    for words in (a_coi().text, "2026-11-22 09:30:00 +01:00", "Body weight", "61.5 kg", "Copy 2"):
        assert page.says(words)
    assert page.says("by Nina Needle")
    assert "NOT FOR CLINICAL USE" not in page.text


def test_it_has_one_symbol_and_that_is_the_order():
    """Whatever a scanner meets on this sheet is the COI."""
    assert symbols_of(order_sheet(an_order())) == [[a_coi().text]]


@pytest.mark.parametrize("title", ["A", "Autologous CAR-T, " * 12])
def test_nothing_comes_near_the_symbol(title):
    """A long title or a short one: it is read, and the sheet stays one page."""
    assert symbols_of(order_sheet(an_order(therapy=title, values=()))) == [[a_coi().text]]


def test_a_demonstration_says_so():
    """Nothing that a demonstration prints can be taken for real."""
    (page,) = pages_of(order_sheet(an_order(demonstration=True)))

    assert "NOT FOR CLINICAL USE" in page.text


def test_the_same_order_gives_the_same_bytes():
    """Its hash stands in the record."""
    pdf = order_sheet(an_order())

    assert order_sheet(an_order()) == pdf
    assert metadata_of(pdf)["Title"] == f"Order of a therapy {a_coi().text}"


def test_who_prints_it_is_named_whole_or_not_at_all():
    """A name that is too long for the foot is refused, never cut."""
    with pytest.raises(DoesNotFit):
        order_sheet(an_order(generated_by="x" * 300))

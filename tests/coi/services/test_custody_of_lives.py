"""What the custody record says of therapies that went through a good deal."""

from datetime import UTC, datetime

import pytest

from coi.services.custody_reading import read_custody
from coi.services.custody_telling import tell

AT = datetime(2026, 12, 30, 8, tzinfo=UTC)


@pytest.fixture
def record_of(lives):
    """Tell the record of a therapy, by the name of its life."""

    def told(name):
        installation = lives.performer.installation
        reading = installation.read(
            lambda tx: read_custody(tx, installation, lives.cois[name]),
        )
        return tell(reading, AT, "Vera Example", "this software", demo=True)

    return told


def event(record, title):
    """The last entry of this title."""
    return [one for one in record.events if one.title == title][-1]


def custody(record, title):
    """Where each thing was and where it went, in the last entry of this title."""
    return {
        (item, move.custody_from, move.custody_to)
        for move in event(record, title).movements
        for item in move.items
        if move.custody_to
    }


# -- quality ---------------------------------------------------------------------------------------


def test_a_result_stands_with_method_unit_limits_and_verdict(record_of):
    """A number without what it is compared with says nothing to whoever releases the lot."""
    record = record_of("positive after infusion")

    viability = next(result for result in record.results if result.test == "Viability")

    assert (viability.lot, viability.result, viability.unit) == ("Lot 1", "91.5", "%")
    assert (viability.limits, viability.within) == ("≥ 70 %", True)


def test_a_repeated_test_hides_no_result(record_of):
    """Each occurrence of a test is a row of its own, in the order of the ledger."""
    record = record_of("positive after infusion")

    sterility = [result for result in record.results if result.test.startswith("Sterility")]

    assert [result.result for result in sterility] == ["growth", "growth"]
    assert sterility[0].entry < sterility[1].entry


def test_a_test_without_a_result_is_named(record_of):
    """Released with sterility outstanding: the row is there, and says that nothing is in it."""
    record = record_of("recorded late")

    missing = [(result.lot, result.test) for result in record.results if result.entry is None]

    assert missing == [("Lot 1", "Sterility, 14 days")]


def test_of_a_lot_in_manufacture_no_result_is_missing_yet(record_of):
    """Before the first result of a lot there is nothing to be outstanding."""
    assert record_of("in manufacture").results == ()


def test_each_decision_about_a_lot_has_its_signatures(record_of):
    """Released early and rejected later: both stand there, each with who signed what."""
    record = record_of("positive after infusion")

    decided = [(one.decision, [s.meaning for s in one.signatures]) for one in record.decisions]

    assert decided == [
        ("released with results outstanding", ["reviewed", "released"]),
        ("rejected", ["reviewed", "rejected"]),
    ]


# -- custody ---------------------------------------------------------------------------------------


def test_a_handoff_leads_by_way_of_the_courier(record_of):
    """Released is not yet accepted: in between, a thing is on its way to somebody by name."""
    record = record_of("in manufacture")
    works = "Production, Riverside Cell Works"

    assert custody(record, "Hand a shipment over") == {
        (item, "Van, Cold Chain Couriers", f"in transit to {works}")
        for item in ("Shipment 1", *(f"Starting material {n}" for n in (1, 2, 3)))
    }
    assert ("Shipment 1", "Van, Cold Chain Couriers", works) in custody(record, "Accept a shipment")


def test_what_is_infused_is_with_the_patient(record_of):
    """The last place of a product is the patient, who appears without a name."""
    record = record_of("positive after infusion")

    product = next(item for item in record.items if item.name == "Product 1")

    assert (product.state, product.held_by) == ("infused", "the patient")


def test_what_ended_is_held_by_nobody_and_says_why(record_of):
    """Used, tested, unpacked, destroyed: what became of a thing stands where its holder stood."""
    record = record_of("positive after infusion")

    ends = {item.held_by for item in record.items if item.held_by.startswith("nobody")}

    assert ends == {
        "nobody (used)",
        "nobody (tested)",
        "nobody (unpacked)",
        "nobody (destroyed)",
    }


def test_things_that_moved_alike_are_told_together(record_of):
    """Three bags in one shipper are one line of the timeline."""
    record = record_of("in manufacture")

    bags = [move.items for move in event(record, "Accept a shipment").movements]

    assert ("Starting material 1", "Starting material 2", "Starting material 3") in bags


def test_a_shipment_is_named_by_shipper_seal_and_logger(record_of):
    """What stands on the box outside is what names it elsewhere."""
    record = record_of("packed")

    shipment = next(item for item in record.items if item.name == "Shipment 1")

    assert [title for title, _ in shipment.numbers] == [
        "Seal number",
        "Temperature logger",
        "Shipper",
    ]


def test_what_was_packed_is_told_apart_from_what_was_made(record_of):
    """A shipment contains bags; a lot is made of them."""
    record = record_of("in manufacture")

    relations = {(descent.child, descent.relation) for descent in record.descents}

    assert {("Shipment 1", "contains"), ("Lot 1", "made of")} <= relations


# -- holds, departures, late entries ---------------------------------------------------------------


def test_a_therapy_on_hold_says_so_beside_its_state(record_of):
    """A hold is no state: the therapy is where it was, and stopped there."""
    record = record_of("on hold")

    assert record.state == "collected, ON HOLD"
    assert event(record, "Put the whole therapy on hold").marks == (
        "THE WHOLE THERAPY IS PUT ON HOLD",
    )


def test_a_bag_on_hold_says_so_though_it_was_destroyed(record_of):
    """Its exception is still open: the hold outlives the bag until somebody lifts it."""
    record = record_of("a bag on hold")

    assert record.items[1].state == "destroyed, ON HOLD"
    assert "PUT ON HOLD" in {move.stop for one in record.events for move in one.movements}


def test_a_closed_exception_names_who_closed_it_and_what_was_found(record_of):
    """Opened by the laboratory, closed by two of quality assurance: three people, two entries."""
    record = record_of("positive after infusion")

    closed, opened = record.departures

    assert (closed.is_open, closed.opened_by) == (False, "Anna Analyst")
    assert [signature.printed_name for signature in closed.closed_by] == [
        *("Queenie Quality", "Quirin Quality"),
    ]
    assert dict(closed.told)["Root cause"] == "human error"
    assert "What was found and done" in dict(closed.told)
    assert (opened.is_open, opened.closed, opened.closed_by) == (True, None, ())


def test_a_withdrawn_dispensation_stands_beside_one_that_holds(record_of):
    """Both departures are told with their rule; only the one that still holds is open."""
    record = record_of("dispensed")

    told = [
        (one.state, one.is_open, dict(one.told)["Rule departed from"]) for one in record.departures
    ]

    assert told == [
        ("withdrawn", False, "material_is_fresh"),
        ("granted", True, "material_is_fresh"),
    ]


def test_a_late_entry_shows_both_times_and_the_rules_that_did_not_hold(record_of):
    """It is told as it happened; what was against a rule is marked and has its exception."""
    record = record_of("recorded late")

    late = event(record, "Infuse (the bag is empty afterwards)")

    assert late.late
    assert late.happened_at < late.recorded_at
    assert late.marks == ("RULES DID NOT HOLD: exceptions were opened",)


def test_a_wrong_scan_names_the_pair_that_may_not_check_again(record_of):
    """The persons are kept by id; on paper they stand by name."""
    (mix_up,) = record_of("mixed up").departures

    assert dict(mix_up.told)["Pair that may not check again"] == "Leo Lab"


# -- labels ----------------------------------------------------------------------------------------


def test_each_label_says_how_often_it_was_read(record_of):
    """The label of a shipment that nobody has handed over was issued, and never scanned."""
    record = record_of("packed")

    reads = {label.on: (label.scanned, label.typed) for label in record.labels}

    assert reads["Shipment 1"] == (0, 0)
    assert reads["Starting material 1"] == (4, 0)


def test_a_new_wristband_is_told_beside_the_one_before(record_of):
    """Whoever was admitted twice has worn two bands; each says where it was issued."""
    record = record_of("on hold")

    bands = [label for label in record.labels if label.on == "the patient"]

    assert len({band.serial for band in bands}) == len(bands) == 2
    assert bands[0].entry < bands[1].entry

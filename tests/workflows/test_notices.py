"""Soft warnings: each says what a person should know, and none stands in the way."""

from dataclasses import replace
from datetime import timedelta

from tests.builders import a_bag, a_lot, a_shipment, a_therapy, a_value, decided, facts
from tests.cast import NOW
from tests.performer import a_request, told_late
from workflows.facts import Label, Mode


def warned(told, request):
    """The codes of the notices of an allowed request."""
    decision = decided(request, told)
    assert decision.refusals == ()
    return [notice.code for notice in decision.draft.notices]


HELD = facts(a_bag("frozen"))


def test_what_goes_as_it_should_needs_no_warning():
    """A scanned handoff says nothing."""
    assert warned(HELD, a_request(HELD, "release_custody")) == []


def test_a_typed_code_is_told():
    """Typing is allowed and stays visible."""
    request = a_request(HELD, "release_custody")
    typed = tuple(replace(scan, how="typed") for scan in request.scans)

    assert warned(HELD, replace(request, scans=typed)) == ["TYPED"]


def test_a_late_fact_is_told():
    """Who reads the entry sees that it was entered afterwards."""
    late = told_late(a_request(HELD, "release_custody"), NOW - timedelta(hours=2))

    assert warned(HELD, late) == ["LATE_ENTRY"]


def test_a_shipment_that_is_opened_unread_is_told():
    """Nobody has read the logger yet: that is seen, and the cells are not kept waiting."""
    bag = a_bag("released", holder="cell-lab")
    told = facts(bag, a_shipment("packed", holder="cell-lab"), packed=[bag])
    request = a_request(told, "unpack")
    unread = {k: v for k, v in request.values.items() if k != "temperature_high_celsius"}

    assert "LOGGER_NOT_READ" in warned(told, replace(request, values=unread))


def test_destruction_during_lymphodepletion_is_told():
    """The physician must hear of it at once, and it is not stopped."""
    told = facts(a_therapy("conditioning"), a_bag("thawed"))

    assert warned(told, a_request(told, "destroy")) == ["CONDITIONING_RUNS"]


def test_a_late_fact_lies_in_the_past():
    """Tomorrow has not happened; without a time nothing has."""
    request = a_request(HELD, "release_custody")
    for at in (NOW + timedelta(minutes=1), None):
        decision = decided(replace(request, mode=Mode.LATE, happened_at=at), HELD)

        assert [refusal.code for refusal in decision.refusals] == ["NOT_IN_THE_PAST"]


def test_daily_work_has_no_time_of_its_own():
    """Whoever asks may not back-date."""
    request = replace(a_request(HELD, "release_custody"), happened_at=NOW - timedelta(days=1))

    assert [refusal.code for refusal in decided(request, HELD).refusals] == ["NOT_LATE"]


def test_a_rejection_during_lymphodepletion_is_told():
    """The product is taken away while the patient has no way back."""
    told = facts(a_therapy("conditioning"), a_lot("provisionally_released"), a_bag("accepted"))

    assert warned(told, a_request(told, "reject_lot")) == ["CONDITIONING_RUNS"]


def test_much_less_than_the_bag_held_is_told_unless_it_is_explained():
    """Half of the bag is nowhere: somebody says why, or it stays on the record as unsaid."""
    told = facts(a_bag("checked"))
    request = a_request(told, "infuse")
    least = {**request.values, "infused_ml": "48", "remainder_because": ""}
    warnings = [
        warned(told, replace(request, values={**least, **changes}))
        for changes in ({}, {"infused_ml": "47.9"}, {"infused_ml": "5", "remainder_because": "ill"})
    ]

    assert warnings == [[], ["REMAINDER_UNEXPLAINED"], []]


def test_a_part_of_a_bag_needs_no_reason():
    """The rest follows."""
    told = facts(a_bag("checked"))

    assert warned(told, a_request(told, "infuse_part")) == []


def test_what_is_stopped_on_arrival_during_lymphodepletion_is_told():
    """The patient waits for the bag that leaks, and for the one that is held on its way."""
    arrived = facts(a_therapy("conditioning"), a_bag("accepted", consignee="ward"))
    leaking = a_request(arrived, "accept_custody", values={"condition": "damaged"})
    away = facts(
        *(a_therapy("conditioning"), a_lot("provisionally_released")),
        a_bag("released", consignee="courier"),
    )

    assert warned(arrived, leaking) == ["CONDITIONING_RUNS"]
    assert warned(away, a_request(away, "reject_lot")) == ["CONDITIONING_RUNS"]


def test_at_the_bedside_newer_infection_tests_are_told_and_keep_no_cells_back():
    """The patient's own cells are given, and whoever handles it knows what reacted."""
    bag = a_bag("thawed", holder="ward")
    told = facts(bag, values=[a_value("COI-A", "donor_test_hbv", "reactive")])
    request = a_request(told, "check_at_bedside")
    scans = tuple(
        replace(scan, means=replace(scan.means, issued_in=10, changed_in=49))
        if isinstance(scan.means, Label)
        else scan
        for scan in request.scans
    )

    assert warned(told, replace(request, scans=scans)) == ["INFECTION_TESTS_NEWER"]

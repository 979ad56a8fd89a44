"""A deliberate departure from a rule: for one thing, once, for a while, and never from identity."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_deed,
    a_dispensation,
    a_lot,
    a_material,
    a_therapy,
    a_value,
    codes,
    decided,
    facts,
)
from tests.performer import a_request


def expired(*bags):
    """Tell of these bags, all of them out of date."""
    return replace(facts(*bags), now=cast.NOW + timedelta(days=400))


def test_a_dispensation_lets_one_thing_depart_from_one_rule_and_is_used_up():
    """It is recorded first, and consumed by the guard that it is from."""
    bag = a_bag("accepted")
    told = expired(bag, a_dispensation(on=bag))

    draft = decided(a_request(told, "thaw"), told).draft

    used = [move for move in draft.moves if move.machine == "dispensation"]
    assert [(m.before.state, m.after.state, m.action) for m in used] == [
        ("granted", "used", "thaw")
    ]
    assert draft.births == ()


def test_a_dispensation_that_is_not_needed_is_kept():
    """The rule holds: nothing departs from it."""
    bag = a_bag("accepted")
    told = facts(bag, a_dispensation(on=bag))

    draft = decided(a_request(told, "thaw"), told).draft

    assert "dispensation" not in {move.machine for move in draft.moves}


@pytest.mark.parametrize(("hours", "answer"), [(0, []), (1, ["EXPIRED"])])
def test_a_dispensation_runs_out(hours, answer):
    """It serves until the time that it names, and not afterwards."""
    bag = a_bag("accepted")
    departure = a_dispensation(on=bag)
    told = expired(bag, departure)
    until = a_value(departure, "valid_until", (told.now - timedelta(hours=hours)).isoformat())
    told = replace(told, values=(*told.values, until))

    assert codes(decided(a_request(told, "thaw"), told)) == answer


def test_a_dispensation_from_the_expiry_is_none_from_the_thaw_window():
    """Two rules, two departures: an expired bag that was thawed too long ago takes both."""
    bag = a_bag("checked")
    one, both = [a_dispensation(on=bag)], [a_dispensation(on=bag), a_dispensation(on=bag, n=2)]
    window = a_value(both[1], "guard", "thaw_window_is_open")
    answers = []
    for granted, values in ((one, []), (both, [window])):
        told = facts(bag, *granted, values=values)
        told = replace(told, now=cast.NOW + timedelta(days=400))
        answers.append(codes(decided(a_request(told, "infuse"), told)))

    assert answers == [["THAW_WINDOW_PASSED", "CHECK_TOO_OLD"], ["CHECK_TOO_OLD"]]


@pytest.mark.parametrize("state", ["used", "withdrawn"])
def test_a_dispensation_serves_once(state):
    """What was used or withdrawn lets nothing pass."""
    bag = a_bag("accepted")
    told = expired(bag, a_dispensation(on=bag, state=state))

    assert codes(decided(a_request(told, "thaw"), told)) == ["EXPIRED"]


def test_a_dispensation_of_one_bag_does_not_cover_another():
    """Two expired bags are thawed together; one of them has a dispensation."""
    bags = a_bag("accepted"), a_bag("accepted", 2)
    told = expired(*bags, a_dispensation(on=bags[0]))

    assert codes(decided(a_request(told, "thaw"), told)) == ["EXPIRED"]


def test_each_bag_uses_its_own_dispensation():
    """Two expired bags, two dispensations, both used."""
    bags = a_bag("accepted"), a_bag("accepted", 2)
    told = expired(*bags, a_dispensation(on=bags[0]), a_dispensation(on=bags[1], n=2))

    draft = decided(a_request(told, "thaw"), told).draft

    assert [m.after.state for m in draft.moves if m.machine == "dispensation"] == ["used"] * 2


def test_two_dispensations_of_one_bag_are_used_one_by_one():
    """The second is kept for the next step."""
    bag = a_bag("accepted")
    told = expired(bag, a_dispensation(on=bag), a_dispensation(on=bag, n=2))

    draft = decided(a_request(told, "thaw"), told).draft

    assert [m.subject for m in draft.moves if m.machine == "dispensation"] == ["COI-A/45.1"]


def test_a_dispensation_from_another_rule_does_not_serve():
    """Each is from the one rule that it names."""
    bag = a_bag("accepted")
    departure = a_dispensation(on=bag)
    told = expired(bag, departure)
    other = a_value(departure, "guard", "material_is_fresh")
    told = replace(told, values=(*told.values, other))

    assert codes(decided(a_request(told, "thaw"), told)) == ["EXPIRED"]


def test_a_rule_that_is_not_dispensable_knows_no_dispensation():
    """A dispensation that names a lock is waste paper."""
    bag = a_bag("accepted")
    departure = a_dispensation(on=bag)
    told = facts(
        *(bag, a_lot("filled"), departure),
        values=[a_value(departure, "guard", "disposition_is_released")],
    )

    assert codes(decided(a_request(told, "thaw"), told)) == ["NOT_RELEASED"]


def test_material_that_is_not_fresh_is_used_with_a_dispensation():
    """The second dispensable rule works as the first does."""
    material = a_material("accepted")
    departure = a_dispensation(on=material)
    values = [a_value(departure, "guard", "material_is_fresh")]
    told = facts(a_therapy("collected"), material, departure, values=values)
    told = replace(told, now=cast.NOW + timedelta(hours=80))

    draft = decided(a_request(told, "start_lot"), told).draft

    assert [m.after.state for m in draft.moves if m.machine == "dispensation"] == ["used"]


def test_what_needs_no_dispensation_does_not_hide_what_has_one():
    """One bag is in date, the other has its dispensation: both are thawed."""
    fresh, old = a_bag("accepted"), a_bag("accepted", 2)
    told = expired(fresh, old, a_dispensation(on=old))
    later = a_value(fresh, "expires_at", (told.now + timedelta(days=1)).isoformat())
    told = replace(told, values=(*told.values, replace(later, revision=2)))

    draft = decided(a_request(told, "thaw"), told).draft

    assert draft is not None
    assert [m.after.state for m in draft.moves if m.machine == "dispensation"] == ["used"]


def test_departures_from_two_rules_are_both_used():
    """An expired bag, thawed too long ago and freshly checked, takes two, and neither is kept."""
    bag = a_bag("checked")
    departures = [a_dispensation(on=bag), a_dispensation(on=bag, n=2)]
    window = a_value(departures[1], "guard", "thaw_window_is_open")
    later = cast.NOW + timedelta(days=400)
    told = facts(bag, *departures, values=[window])
    checked = a_deed("check_at_bedside", bag, seq=56, happened_at=later)
    told = replace(told, now=later, history=(*told.history, checked))

    draft = decided(a_request(told, "infuse"), told).draft

    used = {move.subject for move in draft.moves if move.machine == "dispensation"}
    assert used == {departure.id for departure in departures}

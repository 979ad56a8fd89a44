"""At the edge of each limit, and for the second of several things: where a slip would hide."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import (
    a_bag,
    a_lot,
    a_material,
    a_shipper,
    a_therapy,
    a_value,
    a_workflow,
    an_exception,
    codes,
    decided,
    facts,
)
from tests.cast import NOW
from tests.performer import a_request
from workflows.case import Arrival, Case, Turn
from workflows.facts import NewSubject, Request
from workflows.guards import bedside, custody, quality, time
from workflows.model import Kind, MoveRule, Pick


def case_of(told, action="infuse", **changes):
    """A case with a turn for each container that is told of."""
    found = a_workflow()
    request = a_request(told, action)
    case = Case(found, found.actions[action], replace(request, **changes), told)
    rule = MoveRule("product", (), "", Pick.NAMED)
    turns = [Turn(subject, rule) for subject in case.subjects_of(Kind.CONTAINER)]
    return replace(case, turns=tuple(turns))


def test_a_rejected_bag_does_not_hide_the_next_one():
    """Every bag that moves is looked at, not only those before a rejected one."""
    told = facts(a_lot("filled"), a_bag("rejected", 1), a_bag("frozen", 2))

    refusal = quality.disposition_is_released(case_of(told, "destroy"))

    assert refusal is not None
    assert refusal.code == "NOT_RELEASED"


def test_a_closed_exception_does_not_hide_an_open_one():
    """Every exception is looked at, not only those before a closed or a pairing's one."""
    first, pairing, third = (
        an_exception("closed", 1),
        an_exception("open", 2),
        an_exception("open", 3),
    )
    values = [
        a_value(pairing, "stops", "pairing"),
        a_value(pairing, "class", "critical"),
        a_value(third, "stops", "nothing"),
        a_value(third, "class", "critical"),
    ]
    told = facts(a_bag("checked"), first, pairing, third, values=values)

    refusal = quality.no_critical_exception_is_open(case_of(told))

    assert refusal is not None
    assert third.id in refusal.sentence


def test_an_exception_of_another_sort_does_not_hide_a_stopped_pair():
    """Whoever was at a wrong scan is found behind an exception that names nobody."""
    plain, stopped = an_exception("open", 1), an_exception("open", 2)
    told = facts(a_bag("thawed", holder="ward"), plain, stopped)
    case = case_of(told, "check_at_bedside")
    named = a_value(stopped, "pairing", case.request.actor.id)
    case = replace(case, facts=replace(told, values=(*(told.values or ()), named)))

    refusal = bedside.another_pair_checks_after_a_mismatch(case)

    assert refusal is not None
    assert refusal.code == "SAME_PAIR_AFTER_MISMATCH"


def test_frozen_cells_do_not_hide_old_ones():
    """Every bag of starting material is looked at, not only those before a frozen one."""
    frozen, old = a_material("received", 1), a_material("received", 2)
    told = facts(frozen, old)
    case = case_of(told, "accept_material")
    freezing = [
        replace(
            deed,
            action="freeze_material",
            subjects=(frozen.id,),
            happened_at=NOW - timedelta(days=29),
        )
        for deed in (told.history or ())[:1]
    ]
    aged = [replace(d, happened_at=NOW - timedelta(days=30)) for d in told.history or ()]
    case = replace(case, facts=replace(told, history=(*aged, *freezing)))

    refusal = time.material_is_fresh(case)

    assert refusal is not None
    assert old.id in refusal.sentence


@pytest.mark.parametrize(("hours", "refused"), [(54, None), (53, "SHIPPER_HOLD_TIME")])
def test_a_shipper_must_hold_exactly_as_long_as_it_takes(hours, refused):
    """Thirty hours of transit and a day's margin are fifty-four; one hour less is too short."""
    told = facts(a_material("frozen"))
    request = a_request(told, "pack")
    values = {**request.values, "planned_transit_hours": "30"}
    scans = tuple(
        replace(scan, means=a_shipper(hours)) if isinstance(scan.means, type(a_shipper())) else scan
        for scan in request.scans
    )

    decision = decided(replace(request, values=values, scans=scans), told)

    assert codes(decision) == ([refused] if refused else [])


def test_what_is_born_is_stopped_with_its_therapy():
    """On a therapy on hold nothing new comes into being either."""
    told = facts(a_therapy("collecting"), stops=1)
    found = a_workflow()
    asked = a_request(told, "hold_therapy")
    request = Request(told.therapy.coi, "collect", asked.actor, asked.unit)
    born = Arrival(NewSubject("material"), MoveRule("material", (), "collected", Pick.BORN))
    case = Case(found, found.actions["collect"], request, told, arrivals=(born,))

    refusal = custody.nothing_is_on_hold(case)

    assert refusal is not None
    assert refusal.code == "THERAPY_ON_HOLD"

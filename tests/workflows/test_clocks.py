"""Which clocks run for the things of a therapy: until when, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coi.definitions import packaged_workflow
from workflows.clocks import Planned, Sort, Told, running

CAR_T = packaged_workflow("autologous-car-t")
AT_THE_POINT_OF_CARE = packaged_workflow("point-of-care-car-t")
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
COLLECTED = Told("C/2.1", "material", "collected", "lab", "ended_at", "2026-11-30T08:40:00Z", AT)
THAWED = Told("C/9.1", "product", "thawed", "ward", "thawed_at", "2026-11-30T09:05:00Z", AT)
PACKED = Told("C/5.1", "shipment", "packed", "van", "hold_hours", "120", AT)
HARVEST = Told("C/4.1", "lot", "expanded", "works", "harvest_planned_on", "2026-12-09", AT)


def of(told, *planned, workflow=CAR_T):
    """What runs, by its sort."""
    return {one.sort: one for one in running(workflow, told, planned)}


def test_the_hold_time_runs_from_the_collection_until_it_is_frozen_or_used():
    """From the earlier of what was written down and recorded: whoever errs makes it shorter."""
    clock = of([COLLECTED])[Sort.HOLD]

    assert clock.ends_at == datetime(2026, 12, 3, 8, 40, tzinfo=UTC)
    assert clock.why == "at most 72 h from the collection until it is frozen or used"
    assert (clock.thing, clock.unit) == ("C/2.1", "lab")


@pytest.mark.parametrize("state", ["used", "destroyed", "lost", "a state of an older version"])
def test_nothing_runs_for_what_has_come_to_its_end(state):
    """Used, destroyed or lost: there is nothing to hurry for."""
    assert of([replace(COLLECTED, state=state)]) == {}


def test_what_is_frozen_waits_no_more():
    """Freezing ends the hold time, in the same therapy for this thing alone."""
    frozen = replace(COLLECTED, field="frozen_at", content="2026-11-30T12:00:00Z")
    other = replace(COLLECTED, subject="C/2.2")

    clocks = running(CAR_T, [COLLECTED, other, frozen], ())

    assert [one.thing for one in clocks] == ["C/2.2"]


def test_the_thaw_window_runs_from_the_earlier_time():
    """What was recorded before it was written down counts."""
    clock = of([THAWED])[Sort.THAW]

    assert clock.ends_at == AT + timedelta(minutes=60)
    assert "60 min" in clock.why


def test_a_correction_of_the_time_counts_where_it_makes_the_window_shorter():
    """The newest text, and the first entry that told of it."""
    corrected = replace(THAWED, content="2026-11-30T08:50:00Z", happened_at=AT + timedelta(hours=1))

    assert of([THAWED, corrected])[Sort.THAW].ends_at == datetime(2026, 11, 30, 9, 50, tzinfo=UTC)


def test_a_time_that_cannot_be_read_leaves_the_time_of_its_entry():
    """The page is shown all the same."""
    assert of([replace(THAWED, content="?")])[Sort.THAW].ends_at == AT + timedelta(minutes=60)


def test_a_shipper_keeps_cold_from_when_it_was_closed():
    """For as long as its qualification says, until it is unpacked."""
    assert of([PACKED])[Sort.SHIPPER].ends_at == AT + timedelta(hours=120)
    assert of([replace(PACKED, state="unpacked")]) == {}
    assert of([replace(PACKED, content="some")]) == {}


def test_a_planned_day_of_the_manufacture_is_shown():
    """It lay ahead when it was recorded; a day that lay behind was no plan."""
    clock = of([HARVEST], workflow=AT_THE_POINT_OF_CARE)[Sort.PLAN]

    assert clock.ends_at == datetime(2026, 12, 9, tzinfo=UTC)
    past = replace(HARVEST, content="2026-11-01")
    assert of([past], workflow=AT_THE_POINT_OF_CARE) == {}


def test_the_next_step_at_the_bench_is_due():
    """Of what is due at one moment, the work on cells; nothing else is a clock here."""
    due = AT + timedelta(hours=24)
    clock = of([], Planned(("activate", "accept_custody"), "works", due))[Sort.STEP]

    assert (clock.ends_at, clock.steps) == (due, ("activate",))
    assert clock.why == CAR_T.actions["activate"].title
    assert of([], Planned(("accept_custody",), "works", due)) == {}


def test_what_a_definition_does_not_limit_has_no_clock():
    """Where nothing is thawed there is no window of it."""
    assert of([replace(THAWED, state="accepted")], workflow=AT_THE_POINT_OF_CARE) == {}


def test_what_ends_first_is_told_first():
    """Whatever it is."""
    clocks = running(CAR_T, [PACKED, COLLECTED, THAWED], ())

    assert [one.sort for one in clocks] == [Sort.THAW, Sort.HOLD, Sort.SHIPPER]

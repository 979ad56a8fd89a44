"""Which clocks run for the things of a therapy: until when, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coi.definitions import packaged_workflow
from workflows.clocks import Planned, Sort, Told, culture_states, lots, running

CAR_T = packaged_workflow("autologous-car-t")
TIL = packaged_workflow("til")
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


def lot(now, *states, workflow=CAR_T, subject="C/4.1"):
    """The clock of a culture, of a lot that stands here, and came into these states day by day."""
    entered = [
        Told(subject, "lot", now, "works", "-state", one, AT + timedelta(days=day))
        for day, one in enumerate(states)
    ]
    return of(entered, workflow=workflow).get(Sort.CULTURE)


def test_a_culture_without_a_limit_tells_since_when_it_runs():
    """From when the lot came where a step tells the day of the culture, through each such state."""
    begun = lot("transduced", "started", "activated", "transduced")
    looked_at = lot("expanded", "started", "activated", "transduced", "expanded", "expanded")

    assert (begun.since, begun.ends_at) == (AT + timedelta(days=2), None)
    assert (begun.thing, begun.unit, begun.why) == ("C/4.1", "works", "transduced")
    assert (looked_at.since, looked_at.why) == (AT + timedelta(days=2), "expanded")


def test_a_culture_of_fragments_runs_from_their_first_day():
    """Where another definition says so of other states."""
    culture = lot("rapidly_expanding", "started", "pre_expanded", "rapidly_expanding", workflow=TIL)

    assert culture.since == AT
    assert culture.why == "rapid expansion begun (REP)"


@pytest.mark.parametrize("now", ["activated", "harvested", "failed", "a state of an older version"])
def test_what_does_not_grow_is_no_culture(now):
    """Before it, behind it, and where it has failed."""
    assert lot(now, "started", "transduced", now) is None


def test_a_culture_that_was_begun_anew_runs_from_then():
    """What was before it lay elsewhere does not count."""
    assert lot("expanded", "transduced", "activated", "expanded").since == AT + timedelta(days=2)
    assert lot("expanded") is None


def test_a_definition_without_cultures_has_none():
    """No step of it tells the day of one."""
    assert culture_states(packaged_workflow("gene-edited-hsc"), "lot") == frozenset()
    assert lots(CAR_T) == {"lot"}


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
    """Whatever it is; what has no end comes last."""
    grows = Told("C/4.1", "lot", "expanded", "works", "-state", "expanded", AT)
    clocks = running(CAR_T, [grows, PACKED, COLLECTED, THAWED], ())

    assert [one.sort for one in clocks] == [Sort.THAW, Sort.HOLD, Sort.SHIPPER, Sort.CULTURE]

"""What is not released stays where it was made; what was too old is not made young by freezing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import rfc3339
from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    ORDERED,
    RECEIVED_FRESH,
    RECEIVED_FROZEN,
    Step,
    closed,
    collected,
    play,
    results,
)
from coi.demo.performer import RESULTS, Wish
from coi.demo.stories import FILLED
from coi.errors import Refused


@pytest.fixture
def another(ward):
    """Play steps in a new therapy of another patient."""

    def tell(*steps):
        coi = ward.performer.order(PATIENTS[2])
        play(ward.performer, coi, steps)
        return coi

    return tell


def codes_of(caught):
    """The codes of a refusal."""
    return {reason.code for reason in caught.value.refusals}


def bag_of(ward, coi, machine, state):
    """The first container of a machine in a state."""
    found = ward.look(coi).subjects.values()
    return next(s.id for s in found if (s.machine, s.position.state) == (machine, state))


def test_an_unreleased_bag_does_not_leave_its_site(ward, another):
    """By hand it would go unpacked and unasked; only what is released leaves the manufacturer."""
    coi = another(*FILLED)
    bag = bag_of(ward, coi, "product", "frozen")

    for unit in ("wheels-van", "north-lab"):
        with pytest.raises(Refused) as caught:
            ward.performer.do(coi, "release_custody", Wish(on=(bag,), to=unit))
        assert codes_of(caught) == {"NOT_RELEASED"}


def test_a_result_out_of_specification_is_not_tested_away(ward, another):
    """A second, passing result does not make the first one unsaid: QA looks into it first."""
    coi = another(*FILLED, *results(*RESULTS, viability="58.0"))
    play(ward.performer, coi, [Step("record_result", values={"test": "viability", "result": "91"})])

    with pytest.raises(Refused) as caught:
        ward.performer.do(coi, "release_lot")
    assert codes_of(caught) == {"EXCEPTION_OPEN"}

    play(ward.performer, coi, closed())
    ward.performer.do(coi, "release_lot")


@pytest.fixture
def collected_long_ago(another, ward):
    """Cells whose collection ended four days before anybody recorded it."""
    now = ward.performer.installation.clock.now()
    times = {"started_at": "2026-11-01T08:00Z", "ended_at": rfc3339(now - timedelta(days=4))}
    return another(
        *ORDERED,
        Step("plan_collection"),
        Step("collect", values=times),
        *collected()[2:],
    )


@pytest.mark.parametrize("way", [RECEIVED_FRESH, RECEIVED_FROZEN], ids=["fresh", "frozen"])
def test_old_cells_do_not_become_fresh(ward, collected_long_ago, way):
    """Their time runs from the end of the collection, and freezing does not set it back."""
    play(ward.performer, collected_long_ago, way)

    with pytest.raises(Refused) as caught:
        ward.performer.do(collected_long_ago, "accept_material")
    assert codes_of(caught) == {"NOT_FRESH"}


def test_cells_that_wait_too_long_are_not_made_fresh_by_freezing(ward, another):
    """What was frozen after its time is as if it had never been."""
    way = (replace(RECEIVED_FROZEN[0], after_hours=80), *RECEIVED_FROZEN[1:])
    coi = another(*ORDERED, *collected(), *way)

    with pytest.raises(Refused) as caught:
        ward.performer.do(coi, "accept_material")
    assert codes_of(caught) == {"NOT_FRESH"}

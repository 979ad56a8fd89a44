"""What is not released stays where it was made; what was too old is not made young by freezing."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, play, results
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

    play(ward.performer, coi, [Step("close_exception", "exception", "open")])
    ward.performer.do(coi, "release_lot")

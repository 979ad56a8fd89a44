"""With what a step is done: equipment of its unit, in service and calibrated at that time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_lot,
    a_piece_of_equipment,
    a_therapy,
    a_value,
    a_workflow,
    decided,
    facts,
)
from tests.performer import a_request, told_late
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.correcting import correctable
from workflows.decide import CHECK_FAILED, needs
from workflows.facts import Equipment, Facts
from workflows.model import EquipmentKind

GUARD = "equipment_is_fit"
FILLED = facts(a_therapy("testing"), a_bag("filled"))
GROWING = facts(a_therapy("manufacturing"), a_lot("transduced"))
INCUBATOR = a_piece_of_equipment("INC-04", EquipmentKind.INCUBATOR)
FREEZER = a_piece_of_equipment("CRF-01", EquipmentKind.CONTROLLED_RATE_FREEZER)


def having(told: Facts, *pieces: Equipment) -> Facts:
    """The same, where the unit has this equipment."""
    return replace(told, equipment={piece.number: piece for piece in pieces})


def naming(field: str, number: str):
    """A change of a request: this equipment is named in this field."""
    return lambda request: {**request.values, field: number}


def used(told: Facts, action: str, field: str, number: str):
    """The request in which this equipment is named."""
    request = a_request(told, action)
    return replace(request, values={**request.values, field: number})


EXAMPLES = [
    Example(
        GUARD,
        "freeze_product",
        having(FILLED, FREEZER),
        "the unit has no such equipment",
        "EQUIPMENT_UNKNOWN",
        {"values": naming("freezer", "CRF-09")},
    ),
    Example(
        GUARD,
        "expand",
        having(GROWING, INCUBATOR, FREEZER),
        "a freezer is named where an incubator is asked for",
        "EQUIPMENT_OF_ANOTHER_KIND",
        {"values": naming("incubator", "CRF-01")},
    ),
    Example(
        GUARD,
        "expand",
        having(GROWING, replace(INCUBATOR, in_service=False)),
        "the incubator is out of service",
        "EQUIPMENT_OUT_OF_SERVICE",
        {"values": naming("incubator", "INC-04")},
    ),
    Example(
        GUARD,
        "expand",
        having(GROWING, replace(INCUBATOR, calibrated_until=cast.NOW - timedelta(seconds=1))),
        "the calibration of the incubator is over",
        "CALIBRATION_OVER",
        {"values": naming("incubator", "INC-04")},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_holds(example):
    """An action that keeps to the rule is allowed."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails(example):
    """An action that breaks the rule is refused, with a reason and a next step."""
    asking.fails(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails_with_another(example):
    """Whoever breaks two rules hears of both at once."""
    asking.fails_beside_another(example)


def test_what_was_used_is_recorded_with_the_end_of_its_calibration():
    """Whoever reads the entry later needs no register: the number and the day stand in it."""
    told = replace(GROWING, equipment={"l-test-1": INCUBATOR})

    decision = decided(used(GROWING, "expand", "incubator", "l-test-1"), told)

    (value,) = [one for one in decision.draft.values if one.field == "incubator"]
    assert (value.content, value.limits) == ("INC-04", "calibrated until 2027-03-31")


def test_the_last_moment_of_a_calibration_is_part_of_it():
    """It holds to its end, and not a moment longer."""
    told = having(GROWING, replace(INCUBATOR, calibrated_until=cast.NOW))

    assert decided(used(told, "expand", "incubator", "INC-04"), told).allowed


def test_the_refusal_names_the_equipment_and_the_day():
    """Whoever stands before it reads which it is, and since when it may not be used."""
    sentences = [asking.answer(one, decided(*one.bad))[0].sentence for one in EXAMPLES]

    assert sentences[0] == "“CRF-09” is no equipment of this unit"
    assert sentences[1] == "CRF-01 (Left by the door) is not what “Incubator” asks for"
    assert sentences[2] == "INC-04 (Left by the door) is out of service"
    over = f"The calibration of INC-04 (Left by the door) ended on {cast.NOW:%Y-%m-%d}"
    assert sentences[3] == over


def test_a_late_fact_is_judged_by_its_own_time():
    """What was calibrated when the step happened was fit, though its calibration is over by now."""
    ended = replace(INCUBATOR, calibrated_until=cast.NOW - timedelta(minutes=5))
    told = having(GROWING, ended)
    request = used(told, "expand", "incubator", "INC-04")

    late = decided(told_late(request, cast.NOW - timedelta(minutes=10)), told)

    assert late.allowed
    assert not [one for one in late.draft.values if "CALIBRATION_OVER" in one.content]


def test_a_late_fact_with_unfit_equipment_is_recorded_with_an_exception():
    """What has happened is on record; the lot is stopped until somebody has looked at it."""
    told = having(GROWING, replace(INCUBATOR, in_service=False))
    request = used(told, "expand", "incubator", "INC-04")

    late = decided(told_late(request, cast.NOW - timedelta(minutes=10)), told)

    assert late.allowed
    seen = "EQUIPMENT_OUT_OF_SERVICE: INC-04 (Left by the door) is out of service"
    assert seen in {value.content for value in late.draft.values}


def test_a_step_that_names_none_needs_no_register():
    """Where a field may stay empty, and no equipment is registered, work goes on."""
    assert decided(a_request(FILLED, "freeze_product"), FILLED).allowed


def test_not_knowing_the_register_is_a_refusal():
    """SEC-45: equipment that is named is judged by its register, or refused."""
    told = replace(FILLED, equipment=None)

    found = decided(used(FILLED, "freeze_product", "freezer", "CRF-01"), told)

    assert (CHECK_FAILED, GUARD) in [(one.code, one.guard) for one in found.refusals]


def test_only_steps_that_ask_for_equipment_read_the_register():
    """A handoff does not ask which incubators there are."""
    actions = a_workflow().actions

    assert "equipment" in needs(actions["expand"])
    assert "equipment" not in needs(actions["release_custody"])


def test_what_was_used_is_not_corrected_as_a_text():
    """Another incubator would be judged by nobody: an exception tells that it was another."""
    lot = a_lot("expanded")
    told = facts(a_therapy("manufacturing"), lot, values=[a_value(lot, "incubator", "INC-04")])

    found = correctable(a_workflow(), told.subjects, told.values)

    assert "incubator" not in {one.value.field for one in found}


def test_no_more_than_64_characters_of_what_is_unknown_are_said():
    """What was scanned instead may be as long as a code can be."""
    long = "X" * 63 + "YZ"

    decision = decided(used(GROWING, "expand", "incubator", long), having(GROWING, INCUBATOR))

    (said,) = [one.sentence for one in decision.refusals if one.code == "EQUIPMENT_UNKNOWN"]
    assert said.startswith(f"“{long[:64]}” is")

"""Whoever types a serial need not have the bag in hand: it stops the step, and not the bag."""

import pytest

from coi.demo.performer import Wish
from coi.services.scanning import Code


def exceptions(ward, coi):
    """Class and stop of each exception of a therapy."""
    values = ward.look(coi).values
    classes = [v.content for v in values if v.field == "class"]
    stops = [v.content for v in values if v.field == "stops"]
    return list(zip(classes, stops, strict=True))


def stopped(ward, coi):
    """How often the bags of a therapy are stopped."""
    return sum(subject.position.stops for subject in ward.look(coi).subjects.values())


@pytest.fixture
def take_danaes_bag(ward):
    """Check Danae's bag at Anissa's bedside, its label read in these ways."""

    def take(*ways):
        bag, strange = ward.bags()[0], ward.bags(ward.danae)[0]
        wanted, *_ = ward.performer.request(ward.anissa, "check_at_bedside", Wish(on=(bag,)))
        label = ward.label(strange).raw
        codes = (*wanted.codes[:-1], *(Code(label, how) for how in ways))
        return ward.refusals("check_at_bedside", bag, codes=codes)

    return take


def test_a_typed_serial_holds_no_bag(ward, take_danaes_bag):
    """It is refused; the other therapy is told, and nothing of it is stopped."""
    assert "WRONG_THERAPY" in take_danaes_bag("typed")

    assert (exceptions(ward, ward.danae), stopped(ward, ward.danae)) == ([("major", "nothing")], 0)
    assert exceptions(ward, ward.anissa) == [("critical", "pairing")]
    assert ward.look(ward.danae).history[-1].kind == "incident"


@pytest.mark.parametrize("ways", [("scanned",), ("camera",), ("typed", "scanned")], ids=str)
def test_a_bag_that_a_device_has_read_is_held(ward, take_danaes_bag, ways):
    """The bag is here, whatever was typed besides."""
    take_danaes_bag(*ways)

    assert (exceptions(ward, ward.danae), stopped(ward, ward.danae)) == ([("critical", "item")], 1)


def test_a_scan_confirms_what_was_typed(ward, take_danaes_bag):
    """What was a suspicion becomes a hold."""
    take_danaes_bag("typed")
    take_danaes_bag("scanned")

    assert stopped(ward, ward.danae) == 1


def test_the_person_is_told_what_the_code_did(ward, take_danaes_bag):
    """Nobody is told that a bag is on hold which is not."""
    take_danaes_bag("typed")
    take_danaes_bag("scanned")

    typed, scanned = (
        next(r for r in event.refusals if r.code == "WRONG_THERAPY")
        for event in ward.look().history[-2:]
    )
    assert "scan its label" in typed.next_step
    assert "on hold" in scanned.next_step


def test_a_suspicion_does_not_keep_the_right_patient_from_treatment(ward, take_danaes_bag):
    """Danae's own bag is checked and infused, while QA has a look."""
    take_danaes_bag("typed")
    bag = ward.bags(ward.danae)[0]

    for action in ("check_at_bedside", "infuse"):
        ward.performer.do(ward.danae, action, Wish(on=(bag,)))

    assert bag in ward.bags(ward.danae, "infused")

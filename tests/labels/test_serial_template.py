"""A site's own wristband, badge or label of a place says what the packaged one says, no more."""

from dataclasses import replace

import pytest

from labels.layout import Slot
from labels.serial_template import WITH_A_SERIAL, faults_beside
from labels.templates import TEMPLATES

BAND, BADGE = TEMPLATES["wristband"], TEMPLATES["staff-badge"]


def faults(template, packaged=BAND):
    """Everything that is wrong with it, as one text."""
    return "\n".join(faults_beside(template, packaged))


@pytest.mark.parametrize("name", WITH_A_SERIAL)
def test_each_packaged_one_could_be_a_sites_own(name):
    """The rules ask of nobody more than of ourselves; and each is no other one."""
    others = [TEMPLATES[other] for other in WITH_A_SERIAL if other != name]

    assert faults(TEMPLATES[name], TEMPLATES[name]) == ""
    assert all(faults(TEMPLATES[name], other) for other in others)


def test_a_wristband_has_a_qr_code_with_its_serial_and_nothing_else():
    """So that no copy of a bag label, and no chart, can stand in for one (SEC-28)."""
    (symbol,) = BAND.symbols

    as_matrix = replace(BAND, symbols=(replace(symbol, kind="data_matrix"),))
    with_more = replace(BAND, symbols=(symbol, replace(symbol, payload="container")))

    assert "symbols[0]: 'data_matrix' is not 'qr_code'" in faults(as_matrix)
    assert "symbols[1]: 'container' is not 'serial'" in faults(with_more)
    assert "symbols: none holds 'serial'" in faults(replace(BAND, symbols=()))


def test_no_badge_has_a_qr_code():
    """A QR code stands on wristbands, and nowhere else."""
    badge = replace(BADGE, symbols=tuple(replace(one, kind="qr_code") for one in BADGE.symbols))

    assert "symbols[0]: 'qr_code' is not 'data_matrix'" in faults(badge, BADGE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"required": ("serial", "birth_date")}, "required: 'patient_name' is missing"),
        ({"left_off": ()}, "left_off: 'patient_name' is missing"),
        (
            {"left_off": (("patient_name", "Doe, John"),)},
            "left_off: in the place of 'patient_name' stands “not printable here: see the record”",
        ),
        (
            {"left_off": (*BAND.left_off, ("birth_date", "see the chart"))},
            "left_off: 'birth_date' is never left off",
        ),
        ({"accompanying": ("contact",)}, "accompanying: nothing goes along"),
        (
            {"slots": tuple(one for one in BAND.slots if one.field != "record_number")},
            "slots: 'record_number' has no place",
        ),
        (
            {"slots": tuple(one for one in BAND.slots if one.asks != "demonstration")},
            "slots: 'demonstration' has no place",
        ),
        (
            {"slots": (*BAND.slots, Slot(field="coi", x_mm=36, y_mm=4, width_mm=20, size_pt=6))},
            "nothing is known of 'coi' for wristband",
        ),
        (
            {"slots": tuple(replace(s, say="Demo!" if s.say else "") for s in BAND.slots)},
            "'demonstration' is said in these words",
        ),
    ],
)
def test_what_identifies_a_patient_can_be_left_out_in_no_way(change, said):
    """Each is told with its place."""
    assert said in faults(replace(BAND, **change))

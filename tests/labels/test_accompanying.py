"""What a label leaves off stands on the sheet, in the words of the label that has room for it."""

import pytest

from labels.accompanying import CAPTIONS, STATEMENTS, sheet_lines
from labels.drawing import drawing_of
from labels.templates import TEMPLATES
from labels.text import SHOWN
from tests.labels.builders import a_full_label

OF_CONTAINERS = sorted(
    name for name in TEMPLATES if name not in {"wristband", "location-label", "staff-badge"}
)
IN_THE_HEAD = {"coi", "serial", "patient_name", "birth_date", "record_number", "origin"}


@pytest.mark.parametrize("template", OF_CONTAINERS)
def test_nothing_that_a_label_leaves_off_is_lost(template):
    """Each field that goes along is told, as what is not on the label; the rest as what is."""
    content = a_full_label(template)
    left_off = drawing_of(content).left_off

    lines = sheet_lines(content, left_off)

    told = {
        STATEMENTS[field] if text == SHOWN else text
        for field, text in content.texts.items()
        if text and field in left_off and field not in IN_THE_HEAD
    }
    assert told == {line.text for line in lines if not line.is_on_label}
    assert len(lines) == len([f for f, t in content.texts.items() if t and f not in IN_THE_HEAD])


def test_what_is_left_off_comes_first():
    """Whoever reads the sheet looks for what the label does not say."""
    content = a_full_label("bag-label-51x25")

    where = [line.is_on_label for line in sheet_lines(content, drawing_of(content).left_off)]

    assert where == sorted(where)
    assert {*where} == {True, False}


def test_a_label_with_room_leaves_off_whom_it_goes_to():
    """Only its consignee is no part of the largest label."""
    content = a_full_label("bag-label-100x100")

    lines = sheet_lines(content, drawing_of(content).left_off)

    assert [(one.caption, one.text) for one in lines if not one.is_on_label] == [
        ("To", "Ward 7, Example Hospital")
    ]


def test_each_statement_has_the_words_of_its_rule():
    """21 CFR 1271.90(c) has them, and the labels print the same."""
    assert STATEMENTS["autologous"] == "FOR AUTOLOGOUS USE ONLY"
    assert STATEMENTS["not_evaluated"] == "NOT EVALUATED FOR INFECTIOUS SUBSTANCES"
    assert not {*STATEMENTS} & {*CAPTIONS}
    for template in OF_CONTAINERS:
        for slot in TEMPLATES[template].slots:
            if slot.when in STATEMENTS and "☣" not in slot.say and slot.when != "demonstration":
                assert STATEMENTS[slot.when].split(" (")[0].startswith(slot.say.split(" (")[0])

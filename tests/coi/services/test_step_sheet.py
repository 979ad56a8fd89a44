"""The sheet of steps: each cell in its parts, and none that keeps the machine busy."""

from time import process_time

import pytest

from coi.services.step_sheet import STEPS, read_step_sheet
from tests.paper_book import ORDER, a_book, steps

BLANKS = " " * 30_000


def read(**cells):
    """The sheet with one step, some cells of it changed."""
    return read_step_sheet(a_book([ORDER], steps(cells | {"action": "collect"})))


def test_parts_are_parted_whatever_blanks_stand_between():
    """By semicolons; a comma parts values alone, and only where a name follows."""
    sheet = read(
        things="collection 1 ;  B-1;",
        born="2 material ;material:volume_ml = 60 ; note=a, b,weight=3; sample",
        values="note = a; b, c ,weight=61.5",
    )

    (step,) = sheet.steps
    assert (step.things, step.codes) == ((("collection", 1),), ("B-1",))
    assert [(one.machine, dict(one.values)) for one in step.births] == [
        ("material", {}),
        ("material", {}),
        ("material", {"volume_ml": "60", "note": "a, b", "weight": "3"}),
        ("sample", {}),
    ]
    assert (step.values["note"], step.values["weight"]) == ("a; b, c", "61.5")


@pytest.mark.parametrize("column", ["things", "born", "values", "identifiers"])
@pytest.mark.parametrize("text", [f"a={BLANKS}b", f"a{BLANKS};{BLANKS}b", f"a{BLANKS}=;,{BLANKS}b"])
def test_a_cell_of_blanks_is_read_as_fast_as_any(column, text):
    """Nobody at a bedside waits while a pattern goes through it again and again."""
    began = process_time()

    read(**{column: text})

    assert process_time() - began < 2


def test_a_step_that_makes_more_than_any_does_is_told():
    """Some characters do not become millions of bags in memory."""
    sheet = read(born="999 material;" * 100)

    (problem,) = sheet.problems
    assert (problem.column, problem.sheet) == ("born", STEPS)
    assert "more than 999" in problem.reason

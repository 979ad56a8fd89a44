"""docs/exits.md names steps that exist, and therapies that the demonstration really has."""

import re
from pathlib import Path

import pytest

from coi.definitions import packaged, packaged_workflow
from coi.demo.stories import STORIES

TEXT = (Path(__file__).parents[2] / "docs" / "exits.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")][1:]
ACTIONS = {
    action for name in packaged() for action in packaged_workflow(name.rpartition(".")[0]).actions
}
ENDING = {
    *("fail_collection", "reject_material", "fail_lot", "reject_lot", "discontinue_lot"),
    *("reject_product", "report_lost", "report_shipment_lost", "report_damage", "cancel"),
    *("destroy", "withdraw_consent", "postpone_infusion", "make_again", "extend_expiry"),
}
"""Steps that no usual way takes."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_way_is_taken_by_steps_that_exist(row):
    """So that whoever reads it finds the step on the page."""
    steps = set(re.findall(r"`([a-z_]+)`", row[1]))

    assert len(row) == 5
    assert steps <= ACTIONS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_way_can_be_looked_at_in_the_demonstration(row):
    """The stories are named as they are told."""
    named = [] if row[4] == "none" else row[4].split("; ")

    assert [name for name in named if name not in STORIES] == []


def test_no_ending_is_left_out():
    """What ends or interrupts something stands in the table."""
    told = set(re.findall(r"`([a-z_]+)`", TEXT))

    assert ENDING <= ACTIONS
    assert ENDING - told == set()

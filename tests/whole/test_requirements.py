"""docs/requirements.md and docs/threat-model.md speak of tests, commands and numbers that exist."""

import re
from collections import Counter

import pytest

from tests.whole.requirements import (
    DOCUMENT,
    LISTED,
    NUMBERS,
    PARTS,
    ROOT,
    STATES,
    by_risk,
    known_tests,
    requirements,
    with_tables,
)

HOW_MANY = {
    "TL": 25,
    "P11": 29,
    "A11": 12,
    "A11d": 19,
    "DI": 17,
    "WL": 8,
    "CL": 6,
    "SEC": 50,
    "F": 26,
    "LB": 13,
    "LD": 6,
    "BD": 20,
}
"""Whoever adds a demand, or drops one, says so here."""

THREATS = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
ROWS = re.findall(r"^\| (T\d+) \|(.+)\|$", THREATS, re.MULTILINE)
ASKED = requirements()
PARTS_OF_THE_PRODUCT = ("coi", "workflows", "labels")


def named_by_tests() -> set[str]:
    """Each number that some test says it proves."""
    return {number for said in known_tests().values() for number in NUMBERS.findall(said)}


def test_the_document_is_what_is_written():
    """`python -m tests.whole.requirements` would change nothing."""
    text = DOCUMENT.read_text("utf-8")

    assert with_tables(text) == text


def test_every_demand_has_its_row_once():
    """None is left out because nobody has got to it, and none hides behind its own number."""
    numbers = re.findall(r"^(\S+):$", LISTED.read_text("utf-8"), re.MULTILINE)

    assert numbers == [one.number for one in ASKED]
    assert Counter(one.part for one in ASKED) == HOW_MANY
    assert list(HOW_MANY) == list(PARTS)


def test_a_state_has_what_it_takes():
    """Something is proven, in whole or in part, by tests; whatever is not proven says why."""
    proven = {one.number for one in ASKED if one.state in {"proven", "partly"}}

    assert {one.state for one in ASKED} <= set(STATES)
    assert {one.number for one in ASKED if one.tests} == proven
    assert [one.number for one in ASKED if not one.remark and one.state != "proven"] == []
    assert [one.number for one in ASKED if not one.asked] == []


def test_every_demand_has_one_class_of_risk():
    """DI-16: and whatever could harm a patient is tested by a script, or said to be open first."""
    classed = [number for numbers in by_risk().values() for number in numbers]
    untested = {one.number for one in ASKED if one.risk == "high" and not one.tests}
    _before, after = DOCUMENT.read_text("utf-8").split("## Of high risk, and not proven\n")
    said = set(re.findall(r"^\| (\S+) \|", after.partition("\n## ")[0], re.MULTILINE))

    assert list(by_risk()) == ["high", "medium", "low"]
    assert Counter(classed) == Counter(one.number for one in ASKED)
    assert (
        untested
        <= said
        == {one.number for one in ASKED if one.risk == "high" and one.state != "proven"}
    )


def test_every_test_that_proves_something_exists():
    """A test that was renamed or dropped proves nothing any more."""
    named = {(one.number, test) for one in ASKED for test in one.tests}

    assert {(number, test) for number, test in named if test not in known_tests()} == set()


def test_a_test_names_no_number_that_is_not_there():
    """A misspelt one would look like a proof of something."""
    assert named_by_tests()
    assert named_by_tests() - {one.number for one in ASKED} == set()


def test_the_product_names_no_number_that_is_not_there():
    """Whoever reads a reason in the code finds it in the table."""
    sources = [path for part in PARTS_OF_THE_PRODUCT for path in (ROOT / part).rglob("*.py")]
    named = {number for path in sources for number in NUMBERS.findall(path.read_text("utf-8"))}

    assert named
    assert named - {one.number for one in ASKED} == set()


def test_nothing_that_is_not_there_is_claimed_by_a_test():
    """Who builds what was missing says so in the table."""
    missing = {one.number for one in ASKED if one.state == "not yet"}

    assert missing & named_by_tests() == set()


def test_every_way_to_bend_the_record_is_answered():
    """Eighteen, each with what finds it, what does not, and the tests."""
    assert [name for name, _ in ROWS] == [f"T{number}" for number in range(1, 19)]
    assert all(len(row.split(" | ")) == 4 and all(row.split(" | ")) for _, row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_finds_it_exists(row):
    """Each test that is named is there, and at least one is."""
    named = re.findall(r"`([\w/]+\.py::\w+)`", row[1])

    assert named
    assert [test for test in named if f"tests/{test}" not in known_tests()] == []


def test_its_commands_exist():
    """Whoever assesses the risk can try each of them."""
    commands = set(re.findall(r"`coi (\w+)", THREATS))

    assert commands
    assert all((ROOT / "coi" / "cli" / f"{name}.py").is_file() for name in commands)


@pytest.mark.parametrize("document", ["limits.md", "threat-model.md"])
def test_it_is_said_that_who_owns_the_file_can_rewrite_it(document):
    """In the documents that everybody is told to read first (TL-17)."""
    text = " ".join((ROOT / "docs" / document).read_text("utf-8").split())

    assert re.search(r"(?i)on SQLite,? whoever owns the file can rewrite (all of )?it", text)

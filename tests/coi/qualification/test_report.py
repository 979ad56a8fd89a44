"""The report: passed only where everything was tried and nothing failed; on paper, and as data."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coi.qualification.performance import TASKS
from coi.qualification.report import Report, as_data, as_pdf
from coi.qualification.trials import Outcome, Trial
from tests.coi.reports.pages import pages_of

BEGUN = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
GOOD = Outcome(Trial("the package", ("SEC-49",), "As released"), passed=True, seen="120 files")
BAD = Outcome(
    Trial("another patient's bag", ("BD-03",), "It is refused"),
    passed=False,
    seen="<b>accepted</b>",
)
REPORT = Report("/srv/coi", BEGUN, BEGUN + timedelta(minutes=1), (GOOD,), (GOOD,))


@pytest.mark.parametrize(
    ("installed", "operating", "passed"),
    [
        ((GOOD,), (GOOD,), True),
        ((GOOD, BAD), (GOOD,), False),
        ((GOOD,), (BAD, GOOD), False),
        ((), (GOOD,), False),
        ((GOOD,), (), False),
    ],
)
def test_it_passes_where_all_of_both_parts_passed(installed, operating, passed):
    """Nothing tried is nothing shown."""
    assert replace(REPORT, installed=installed, operating=operating).passed is passed


def test_paper_says_what_failed_and_what_was_seen():
    """In words, besides what is shaded; what was seen is text, whatever stands in it."""
    pages = pages_of(as_pdf(replace(REPORT, operating=(GOOD, BAD)), demonstration=False))

    text = " ".join(page.text for page in pages)
    assert any(page.says("NOT PASSED: 1 of 3 trials failed") for page in pages)
    assert any(page.says("FAILED") and page.says("<b>accepted</b>") for page in pages)
    assert any(page.says("another patient's bag") and page.says("BD-03") for page in pages)
    assert "compliant" not in text


def test_paper_leaves_room_for_what_people_carry_out():
    """Each task stands there with what must be seen, and three sign."""
    pages = pages_of(as_pdf(REPORT, demonstration=True))

    for task in TASKS:
        assert any(page.says(task.does) for page in pages), task.does
        assert any(page.says(task.sees) for page in pages), task.sees
    assert pages[0].says("2 passed")
    assert any(page.says("Approved by quality assurance") for page in pages)
    assert all(page.says("NOT FOR CLINICAL USE") for page in pages)


def test_data_say_the_same():
    """For a machine that compares two qualifications."""
    data = as_data(replace(REPORT, operating=(BAD,)))

    assert data["passed"] is False
    assert data["begun_at"] == "2026-11-30T09:00:00.000000Z"
    assert data["operation"] == [
        {
            "trial": {
                "name": "another patient's bag",
                "shows": ("BD-03",),
                "expected": "It is refused",
            },
            "passed": False,
            "seen": "<b>accepted</b>",
        }
    ]
    assert len(data["performance"]) == len(TASKS)

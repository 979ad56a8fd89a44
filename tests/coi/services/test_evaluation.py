"""The system is evaluated: what the report names, what it counts, and who signs for it when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from coi.errors import DataRefused
from coi.services.evaluation import EVALUATED, SYSTEM, evaluate, evaluated
from coi.services.overdue import overdue
from coi.services.people import close_account, grant_role
from coi.services.periodic import LONGEST_REMARK
from coi.services.proofs import NotAllowed
from coi.services.upkeep import BACKUP, note_done
from coi.services.verifying import verify_record
from tests.coi.clinic import NOW


@pytest.fixture
def queenie(clinic):
    """Quality assurance."""
    return clinic.hire("queenie", ("qa_reviewer", "works-production"))


def later(clinic, days):
    """The same installation so many days later."""
    clock = SteppedClock(NOW + timedelta(days=days), timedelta(seconds=1))
    return replace(clinic.installation, clock=clock)


def parts_of(report):
    """The lines of each part, by its title."""
    return {part.title: dict(part.lines) for part in report.parts}


@pytest.mark.usefixtures("queenie")
def test_it_names_people_rules_and_procedures(clinic):
    """Administrators, roles, rules for passwords, backups and archives (DI-12)."""
    clinic.hire("nina", ("infusion_nurse", "north-ward"))
    clinic.hire("gone", ("infusion_nurse", "north-ward"))
    close_account(clinic.installation, clinic.root, "gone", why="They left.")

    before = parts_of(evaluated(clinic.installation).report)
    note_done(clinic.installation, BACKUP, passed=False)
    after = parts_of(evaluated(clinic.installation).report)

    people = before["Who answers for what"]
    assert (people["administrator"], people["QA reviewer"]) == ("root", "queenie")
    assert people["infusion nurse"] == "1"
    rules = before["By which rules people are let in"]
    assert rules["Signed out without use after"] == "15 min"
    assert rules["Wrong tries"] == "5, then locked for 15 minutes"
    assert "10 000 000 000 tries" in rules["Passwords"].replace("\N{NO-BREAK SPACE}", " ")
    procedures = before["Backups, verifications, archives"]
    assert procedures["Backup, last"] == "never"
    assert procedures["How records are archived and read"] == "docs/exports.md"
    assert after["Backups, verifications, archives"]["Backup, last"].endswith(", FAILED")


def test_it_counts_what_has_happened_since_the_evaluation_before(clinic, queenie):
    """Changes and departures (DI-13); what was counted once is not counted again."""
    here = clinic.installation
    clinic.hire("nina", ("infusion_nurse", "north-ward"))
    shown = evaluated(here).report
    grant_role(here, clinic.root, "queenie", "qa_reviewer", "north-ward")
    after = evaluated(here).report

    changes = "Changes since then, of the system and its people"
    first, second = parts_of(shown)[changes], parts_of(after)[changes]
    assert int(second["Role given"]) == int(first["Role given"]) + 1
    assert set(parts_of(shown)["Departures and incidents since then"].values()) == {"0"}

    evaluate(here, queenie, after.until, after.digest, "")
    anew = evaluated(here)
    assert "Role given" not in parts_of(anew.report)[changes]
    # Nothing falls between two: not even what was recorded between the look and the signature.
    assert anew.report.since == after.until < anew.stands.reviews[0].at
    assert parts_of(anew.report)[changes]["System evaluated"] == "1"


def test_quality_assurance_alone_signs_and_only_for_what_was_shown(clinic, queenie):
    """What is recorded after the moment that was shown is the next one's; a rule is not."""
    here = clinic.installation
    shown = evaluated(here).report

    with pytest.raises(NotAllowed):
        evaluate(here, clinic.root, shown.until, shown.digest, "")
    with pytest.raises(DataRefused, match="at most"):
        evaluate(here, queenie, shown.until, shown.digest, "x" * (LONGEST_REMARK + 1))
    stricter = replace(here, settings=replace(here.settings, idle_minutes=5))
    with pytest.raises(DataRefused, match="changed meanwhile"):
        evaluate(stricter, queenie, shown.until, shown.digest, "")
    with pytest.raises(DataRefused, match="changed meanwhile"):
        evaluate(here, queenie, "2099-01-01T00:00:00.000000Z", shown.digest, "")
    assert evaluated(here).stands.reviews == ()

    evaluate(here, queenie, shown.until, shown.digest, "Train the night shift anew.")
    (review,) = evaluated(here).stands.reviews
    assert review.remark == "Train the night shift anew."
    assert [(one.username, one.meaning) for one in review.signatures] == [("queenie", EVALUATED)]
    assert verify_record(here).findings == ()


def test_it_is_overdue_a_year_after_the_last_one_or_the_beginning(clinic, queenie):
    """The next one counts from the last; nobody is shut out."""
    there = later(clinic, 366)

    assert SYSTEM not in overdue(later(clinic, 364))
    assert SYSTEM in overdue(there)
    assert evaluated(there).stands.is_overdue
    report = evaluated(there).report
    evaluate(there, queenie, report.until, report.digest, "")
    assert SYSTEM not in overdue(there)
    assert not evaluated(there).stands.is_overdue

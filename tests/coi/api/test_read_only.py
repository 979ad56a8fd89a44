"""A record that may be older than it was: programs come and go, read, and QA lets it go on."""

from datetime import timedelta

import pytest

from coi.ledger.findings import Finding, Verdict
from coi.services import doubt, stepped
from coi.services.acknowledging import GOES_ON
from coi.services.doubt import note_verdict
from coi.services.hands import Reading
from coi.services.seen import begin_seen, keep_asking, seen_file
from coi.services.stepped import note_step

OLDER = "it has 3 entries, and 4 were seen before"
SPOILT = Verdict(9, (Finding("move", "x/3/1", "x", 3, "says another holder"),), {}, {})


@pytest.fixture
def older(installation, program):
    """The record was found to be older than it was, after somebody came in."""
    known = program("nina")
    file = seen_file(installation.settings)
    installation.read(lambda tx: begin_seen(tx, file))
    keep_asking(file, OLDER)
    installation.look_at_length()
    return known


def test_whoever_works_with_a_program_comes_and_goes(program, older):
    """To read, one signs in; and a session that shall end ends now."""
    other = program("nina")

    left = older.send("DELETE", "/sessions/current")

    assert other.get("/work").status_code == 200
    assert (left.status_code, older.get("/work").status_code) == (204, 401)


@pytest.mark.usefixtures("older")
def test_nothing_that_a_program_sends_is_saved(program):
    """It is told so before anything of it is looked at."""
    answer = program("nina").send("POST", "/orders", {}, Idempotency_Key="k")

    assert (answer.status_code, answer.json["code"]) == (503, "READ_ONLY")


@pytest.mark.usefixtures("older")
def test_quality_assurance_lets_the_record_go_on(program, installation):
    """With a grant of this meaning, as on the page."""
    answer = program("queenie").signed("/record", {"why": "The disk failed at noon."}, GOES_ON)

    assert answer.status_code == 204, answer.text
    assert installation.why_read_only() == ""


def test_a_clock_that_is_behind_is_a_matter_of_the_machine(program, installation):
    """Whoever sends something is told what to do, and that it is none of their faults."""
    now = installation.clock.now()
    queenie = program("queenie")
    note_step(installation, "server", now, Reading(now + timedelta(hours=1), 5.0, "boot"))

    answer = queenie.signed("/record/clock", {"why": "It was set by hand."}, stepped.GOES_ON)

    assert (answer.status_code, answer.json["code"]) == (503, "CLOCK_WENT_BACK")


@pytest.mark.parametrize("what", ["clock", "findings"])
def test_quality_assurance_signs_for_a_doubt(program, installation, what):
    """What is in doubt is told with the rest of the record, and over once somebody signed."""
    now = installation.clock.now()
    note_step(installation, "server", now - timedelta(hours=1), Reading(now, 5.0, "boot"))
    note_verdict(installation, SPOILT, whole=True)
    queenie, told = program("queenie"), {"clock": "clock_in_doubt", "findings": "findings_since"}
    meaning = {"clock": stepped.GOES_ON, "findings": doubt.GOES_ON}[what]

    before = queenie.get("/record").json
    answer = queenie.signed(f"/record/{what}", {"why": "It was set by hand."}, meaning)
    after = queenie.get("/record").json

    assert answer.status_code == 204, answer.text
    assert (bool(before[told[what]]), after[told[what]]) == (True, "")
    assert [one["seconds"] for one in after["clock_steps"]] == [3600.0]

"""A record that may be older than it was: programs come and go, read, and QA lets it go on."""

import pytest

from coi.services.acknowledging import GOES_ON
from coi.services.seen import begin_seen, keep_asking, seen_file

OLDER = "it has 3 entries, and 4 were seen before"


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

"""`coi clock` records that a clock which went back was checked."""

from datetime import timedelta

import pytest

from coi.services import people
from coi.services.hands import Reading
from coi.services.proofs import authenticate
from coi.services.stepped import note_step
from tests.coi.clinic import PASSWORD


@pytest.fixture
def rosa(desk):
    """A second administrator, whose password is known."""
    new = people.NewPerson("rosa", "Rosa Root", PASSWORD)
    people.register_person(desk.clinic.installation, desk.clinic.root, new)
    people.grant_role(desk.clinic.installation, desk.clinic.root, "rosa", "administrator", "-")
    people.record_proofing(desk.clinic.installation, desk.clinic.root, "rosa", "passport")
    rosa = authenticate(desk.clinic.installation, "rosa", PASSWORD)
    people.accept_policy(desk.clinic.installation, rosa)
    return rosa


def test_an_administrator_signs_that_the_clock_is_right(desk, rosa):
    """The answer says how far the record had run ahead."""
    result = desk.run("clock", "--why", "an hour ahead", "--as", rosa.username, passwords=1)

    assert result.stdout.startswith("Recorded: the clock was checked; the record had")


def test_nobody_else_does(desk):
    """A coordinator is told what is missing."""
    result = desk.run("clock", "--why", "because", "--as", "carla", passwords=1)

    assert (result.exit_code, "carla is no administrator" in result.stderr) == (1, True)


def test_quality_assurance_signs_that_work_goes_on(desk):
    """After a clock was set by much; once there is nothing to sign for, that is said (CL-03)."""
    desk.hire()
    installation = desk.clinic.installation
    now = installation.clock.now()
    note_step(installation, "server", now - timedelta(hours=1), Reading(now, 5.0, "boot"))
    words = ("approve", "clock", "--why", "It was set by hand.", "--as", "queenie")

    signed, again = desk.run(*words, passwords=1), desk.run(*words, passwords=1)

    assert signed.stdout.startswith("Signed: work goes on"), signed.stderr
    assert (again.exit_code, "not in doubt" in again.stderr) == (1, True)

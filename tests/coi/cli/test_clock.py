"""`coi clock` records that a clock which went back was checked."""

import pytest

from coi.services import people
from coi.services.proofs import authenticate
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

"""`coi init` sets up an instance once, and shows the first password once."""

import re

import pytest
from click.testing import CliRunner

from coi.cli import main
from coi.services.installation import DEMONSTRATION
from tests.coi.clinic import PASSWORD


@pytest.fixture
def run(tmp_path, quick):
    """Type a command in an empty folder."""
    del quick  # it is in force

    def typed(*words, passwords=""):
        environment = {"COI_HOME": str(tmp_path / "home")}
        return CliRunner().invoke(main, words, input=passwords, env=environment)

    return typed


def test_an_instance_is_set_up_with_an_administrator_who_can_sign_in(run):
    """The secret that is printed opens the choice of a password, and that opens the rest."""
    answer = run("init", "--administrator", "rosa", "--name", "Rosa Root").stdout
    secret = re.findall(r"secret of rosa: (\S+)", answer)[0]
    run("users", "set-password", "--as", "rosa", passwords=f"{secret}\n{PASSWORD}\n")

    site = ("--kind", "hospital", "--name", "North", "--country", "DE", "--zone", "Europe/Berlin")
    added = run("sites", "add", "north", *site, "--as", "rosa", passwords=f"{PASSWORD}\n")

    assert "Administrator: rosa (Rosa Root)" in answer
    assert added.stdout == "Registered the hospital north (North).\n"


def test_the_first_secret_administers_nothing(run):
    """Whoever set the instance up has seen it: its owner chooses a password first."""
    secret = re.findall(r"secret of admin: (\S+)", run("init").stdout)[0]

    refused = run("users", "accept-policy", "--as", "admin", passwords=f"{secret}\n")

    assert "[OWN_PASSWORD_FIRST]" in refused.stderr


def test_what_is_there_is_left_alone(run):
    """A second time is refused, with a code and the next step."""
    run("init")

    again = run("init")

    assert again.exit_code == 1
    assert "holds an installation already. Nothing was changed." in again.stderr
    assert "[ALREADY_BEGUN]" in again.stderr


def test_without_an_instance_every_command_says_so(run):
    """A command in an empty folder names the folder and the way out."""
    result = run("therapy")

    assert result.exit_code == 1
    assert "There is no installation in" in result.stderr
    assert "`coi init`" in result.stderr


def test_a_demonstration_says_that_it_is_one(run, tmp_path):
    """Each command in a demonstration's folder begins with the warning."""
    run("init")
    (tmp_path / "home" / DEMONSTRATION).touch()

    assert "NOT FOR CLINICAL USE" in run("therapy").stderr

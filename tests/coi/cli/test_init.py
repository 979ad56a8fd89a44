"""`coi init` sets up an instance once, and shows the first password once."""

import re

import pytest
from click.testing import CliRunner

from coi.cli import main
from coi.demo.cast import PASSWORD as DEMO
from coi.services.installation import DEMONSTRATION
from tests.coi.clinic import PASSWORD

USUAL_NAMES = ("admin", "administrator", "coi", "demo", "root", "test", "user")
USUAL_WORDS = (
    "admin",
    "administrator",
    "changeme",
    "coi",
    "demo",
    "password",
    "secret",
    "test",
    DEMO,
)
"""What people try first at a system that was just installed, and the word of the demonstration."""


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


@pytest.mark.parametrize("administrator", ["admin", "rosa"])
def test_nobody_is_there_by_default_and_no_usual_word_opens_anything(run, administrator):
    """One account, the one that was asked for; neither it nor any usual name has a usual word.

    The same holds of another instance: the secret was drawn for this one (SEC-13).
    """
    secret = re.findall(
        r"secret of \w+: (\S+)", run("init", "--administrator", administrator).stdout
    )[0]
    accounts = run("users", "list").stdout

    names = {administrator, *USUAL_NAMES}
    opened = {
        (name, word)
        for name in names
        for word in ("", name, *USUAL_WORDS)
        if run("users", "set-password", "--as", name, passwords=f"{word}\n{PASSWORD}\n").exit_code
        == 0
    }

    assert {name for name in names if re.search(rf"^{name}\b", accounts, re.MULTILINE)} == {
        administrator
    }
    assert opened == set()
    assert secret not in {*names, *USUAL_WORDS}


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

"""`coi stop-ship`: what is concerned is listed, and with a reason stopped."""

import pytest

from coi.demo.cast import PASSWORD
from coi.services.therapies import look
from tests.coi.cli.desk import Desk

CONCERNED = ("stop-ship", "batch_number", "Batch number (demonstration)")


@pytest.fixture
def run(line, quick):
    """Type a command, and everybody's password as often as it is asked for."""
    del quick  # it is in force

    def typed(*words, passwords=1):
        at = ("--unit", "works-production", "--as", "queenie")
        return Desk(line).run(*words, *at, passwords=(PASSWORD,) * passwords)

    return typed


def test_without_a_reason_it_is_only_looked_for(line, run):
    """Every therapy of the lot, where it stands, and that none was touched."""
    answer = run(*CONCERNED)

    assert f"{line.first}  manufacturing, goes on; on its way: nothing" in answer.stdout
    assert "concerned, none touched." in answer.stdout
    assert look(line.installation, line.first).therapy.stops == 0


def test_with_a_reason_it_is_stopped(line, run):
    """One signature, and each therapy is on hold."""
    answer = run(*CONCERNED, "--reason", "The reagent was contaminated")

    assert "Stopped: " in answer.stdout
    assert look(line.installation, line.first).therapy.stops == 1


def test_nobody_lifts_their_own(run):
    """The engine's reason is printed, and the exit says that nothing was done."""
    run(*CONCERNED, "--reason", "The reagent was contaminated")

    answer = run(*CONCERNED, "--reason", "It was another", "--lift")

    assert answer.exit_code == 1
    assert "OWN_EXCEPTION" in answer.stderr


def test_a_list_that_is_empty_stops_nothing(run):
    """Nothing is concerned: it says so."""
    answer = run("stop-ship", "batch_number", "nothing of that name", "--reason", "by a slip")

    assert answer.stdout == "0 concerned, none touched.\n"

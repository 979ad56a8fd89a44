"""`coi equipment`: registered, calibrated anew, out of service; `coi act` names it by number."""

from datetime import timedelta

import pytest

from coi.demo.cast import PASSWORD
from coi.services.therapies import look
from tests.cast import WHY
from tests.coi.cli.desk import Desk

AS_MIA = ("--as", "mia")


@pytest.fixture
def run(line, quick):
    """Type a command, and everybody's password as often as it is asked for."""
    del quick  # it is in force

    def typed(*words, passwords=1):
        return Desk(line).run(*words, passwords=(PASSWORD,) * passwords)

    return typed


@pytest.fixture
def add(line, run):
    """Register an incubator; returns the serial."""

    def added(*options):
        until = f"{line.installation.clock.now() + timedelta(days=200):%Y-%m-%d}"
        words = ("equipment", "add", "works-production", "--number", "INC-04", "--name", "Mia's")
        told = ("--kind", "incubator", "--maker-serial", "SN 7741", "--certificate", "CAL-12")
        return run(*words, *told, "--until", until, *AS_MIA, *options).stdout.split()[1]

    return added


def test_equipment_is_registered_and_listed_with_its_calibration(line, run, add):
    """What is out of service says so."""
    serial = add()
    until = f"{line.installation.clock.now() + timedelta(days=200):%Y-%m-%d}"
    before = run("equipment", "list", passwords=0).stdout
    out = run("equipment", "service", serial, "--out", "--why", WHY, *AS_MIA).stdout

    told = f"{serial}  INC-04, Mia's, works-production"
    assert before == f"{told}: in service, calibrated until {until}\n"
    assert out == f"Entered: {serial} is out of service.\n"
    assert f"{told}: out of service" in run("equipment", "list", passwords=0).stdout


def test_a_calibration_is_entered_with_its_reason(run, add):
    """Without one nothing is."""
    words = ("equipment", "calibrate", add(), "--until", "2028-01-31", "--certificate", "CAL-13")

    without = run(*words, *AS_MIA)
    entered = run(*words, "--why", "yearly", *AS_MIA)

    assert "REASON_MISSING" in without.stderr
    assert entered.stdout.endswith("is calibrated until 2028-01-31.\n")


def test_a_step_names_it_by_its_number(line, run, add):
    """Like every field of a step."""
    add()
    signed = (*AS_MIA, "--unit", "works-production", "--sign", "mia", "--sign", "max")
    told = ("reagent_lot=R-1", "viability_percent=90", "incubator=inc-04")
    given = [word for one in told for word in ("--with", one)]

    answer = run(
        "act", line.first, "activate", *signed, *given, "--bench", line.benches[0], passwords=3
    )

    assert answer.exit_code == 0
    values = look(line.installation, line.first).history[-1].content["values"]
    assert "INC-04" in {value["content"] for value in values}

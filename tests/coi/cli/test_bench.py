"""`coi bench`: which benches there are, and the changeover; `coi act --bench` works at one."""

import pytest

from coi.demo.cast import PASSWORD
from tests.cast import WHY
from tests.coi.cli.desk import Desk


@pytest.fixture
def run(line, quick):
    """Type a command, and everybody's password as often as it is asked for."""
    del quick  # it is in force

    def typed(*words, passwords=0):
        return Desk(line).run(*words, passwords=(PASSWORD,) * passwords)

    return typed


@pytest.fixture
def activate(line, run):
    """Activate the lot of the first therapy, with these options."""

    def act(*options):
        words = ("--as", "mia", "--unit", "works-production", "--sign", "mia", "--sign", "max")
        told = ("--with", "reagent_lot=R-1", "--with", "viability_percent=90", *options)
        return run("act", line.first, "activate", *words, *told, passwords=3)

    return act


def test_benches_are_listed_with_what_is_on_them(line, run, activate):
    """By unit and name."""
    activate("--bench", line.benches[0].lower())

    first, second = run("bench", "list").stdout.splitlines()

    assert first.startswith(f"{line.benches[0]}  Isolator 1, works-production: {line.first}, ")
    assert second.startswith(f"{line.benches[1]}  Isolator 2, works-production: cleared, ")


def test_hands_on_work_without_a_bench_is_refused(activate):
    """The same rule as on the pages."""
    answer = activate()

    assert answer.exit_code == 1
    assert "BENCH_NOT_NAMED" in answer.stderr


def test_a_changeover_is_signed_by_two(line, run, activate):
    """The passwords are asked for one after the other."""
    activate("--bench", line.benches[0])
    clear = ("bench", "clear", line.benches[0], line.first, "--as", "mia", "--sign", "mia")

    alone = run(*clear, passwords=2)
    together = run(*clear, "--sign", "max", passwords=3)

    assert "SIGNATURE_MISSING" in alone.stderr
    assert "Nothing was saved." in alone.stderr
    assert together.stdout == "Cleared: Isolator 1.\n"
    assert line.bench().holds == "-"


def test_an_administrator_registers_and_retires_a_bench(desk):
    """The serial goes on its label."""
    add = ("bench", "add", "north-ward", "--name", "Water bath", "--as")
    desk.clinic.hire("rosa", ("administrator", "-"))

    added = desk.run(*add, "rosa", passwords=1).stdout
    serial = added.split()[2]
    retired = desk.run("bench", "retire", serial, "--why", WHY, "--as", "rosa", passwords=1)

    assert added.startswith("Registered: bench L-TEST-")
    assert retired.stdout == f"Retired: bench {serial}.\n"
    assert desk.run("bench", "list").stdout == ""


@pytest.mark.parametrize("serial", ["L-TEST-00000000-0", "nonsense", "]C1"])
def test_an_unknown_bench_is_told_in_a_sentence(run, serial):
    """And nothing is asked of anybody else."""
    answer = run("bench", "clear", serial, "X", "--as", "mia", passwords=1)

    assert answer.exit_code == 1
    assert "is known here" in answer.stderr

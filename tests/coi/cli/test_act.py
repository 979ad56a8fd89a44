"""`coi act` takes an action, asks for what is missing, or says every reason why not."""

import os
import pty
import subprocess
import sys
import time

import pytest

from coi.cli.words import pairs
from tests.coi.cli.desk import TOLD, both_nurses
from tests.coi.clinic import PASSWORD


@pytest.fixture
def ordered(desk):
    """A therapy that was ordered and not yet approved."""
    desk.hire()
    desk.order()
    return desk


def test_an_action_is_recorded_and_told(ordered):
    """The receipt names the action in the clinic's words, the entry and the therapy."""
    result = ordered.act("approve", "ines", "north-ward", "--sign", "ines")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Recorded: “Approve the order”, entry 2 of {ordered.coi} (")


def test_nobody_signs_the_end_of_a_transcription_unseen(ordered):
    """Here no step stands above the signatures: it is said where they are compared."""
    signed = ("--with", "compared_until=2", "--sign", "nina", "--sign", "nora")
    result = ordered.act("end_transcription", "nina", "north-apheresis", *signed)

    assert result.exit_code == 2
    assert "on the page of the therapy" in result.stderr


def test_what_is_born_and_labelled_is_told(collected):
    """Two bags were born, each with a label of its own, and the therapy's wristband before."""
    assert len(collected.labels) == 2
    assert collected.wristband.startswith("W-TEST-")


def test_a_therapy_can_be_named_by_any_code_of_it(collected):
    """The label's symbol names the therapy as well as its COI does, in capitals or not."""
    collected.coi = f"{collected.labels[0]}/{collected.coi}".lower()

    result = collected.act("complete_collection", "carla", "north-ward")

    assert result.exit_code == 0


def test_every_refusal_has_lines_of_its_own(ordered):
    """Code, sentence and next step of each reason; exit status 1; the attempt is on record."""
    result = ordered.act("approve", "carla", "north-ward", "--sign", "carla")

    assert result.exit_code == 1
    assert result.stderr == (
        "REFUSED: “Approve the order”\n"
        "  ROLE_LACKING: “Approve the order” is not among your tasks at this unit.\n"
        "    → Ask somebody who is here as: treating physician.\n"
        "  SIGNER_NOT_ENTITLED: carla cannot sign “prescribed” here.\n"
        "    → prescribed: treating physician.\n"
        "The attempt is on record.\n"
    )
    assert (
        "refused in entry 2 (approve): ROLE_LACKING" in ordered.run("therapy", ordered.coi).stdout
    )


def test_an_unknown_action_is_refused_and_recorded(ordered):
    """Even a misspelt action is an attempt."""
    result = ordered.act("aprove", "ines", "north-ward")

    assert "ACTION_UNKNOWN" in result.stderr


def test_a_typed_code_is_noticed(collected):
    """What was typed by hand is recorded as such, and noticed."""
    label = collected.labels[0]
    options = ("--typed", label, "--to", "north-ward", "--sign", "nina")

    assert (
        "notice     TYPED"
        in collected.act("release_custody", "nina", "north-apheresis", *options).stdout
    )


def test_a_stale_screen_is_refused(collected):
    """Who looked before somebody else acted is told to look again; nothing is saved."""
    seen = ("--seen", f"{collected.coi}=1")

    result = collected.act("complete_collection", "carla", "north-ward", *seen)

    assert (result.exit_code, "[STALE]" in result.stderr) == (1, True)


def test_a_late_fact_is_recorded_as_it_happened(collected):
    """What happened on paper is recorded afterwards, with its own time."""
    late = ("--late", "--happened-at", "2026-11-23T08:00:00+01:00")

    result = collected.act("complete_collection", "carla", "north-ward", *late)

    assert "notice     LATE_ENTRY" in result.stdout
    assert "[late]" in collected.run("therapy", collected.coi).stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--with", "slot_on"), "“slot_on” is not written as NAME=VALUE"),
        (("--seen", "a=b"), "“a=b” is not written as SUBJECT=TURN"),
        (("--happened-at", "yesterday"), "is not a time like"),
    ],
)
def test_an_option_that_cannot_be_read_is_named(ordered, options, told):
    """Nothing is asked, and nothing recorded, when the command itself is a slip."""
    assert told in ordered.act("confirm_slot", "paula", "works-production", *options).stderr


def test_a_comma_inside_a_value_does_no_harm():
    """Only a comma before the next NAME= parts two values."""
    assert pairs("seen=one, two,class=minor") == {"seen": "one, two", "class": "minor"}


def test_a_wrong_signature_password_signs_nothing(ordered):
    """The action stands only with every signature proven."""
    words = (
        "act",
        ordered.coi,
        "approve",
        "--as",
        "ines",
        "--unit",
        "north-ward",
        "--sign",
        "ines",
    )

    result = ordered.run(*words, passwords=(PASSWORD, "wrong"))

    assert "[WRONG_PASSWORD]" in result.stderr
    assert "ordered" in ordered.run("therapy").stdout


def typed_in_a_terminal(desk, words, answers):
    """Run a command in a terminal of its own; each answer is typed when its question is shown."""
    keyboard, terminal = pty.openpty()
    environment = {**os.environ, "COI_HOME": str(desk.clinic.installation.settings.home)}
    program = [sys.executable, "-m", "tests.coi.cli.later", *words]
    process = subprocess.Popen(
        program, stdin=terminal, stdout=terminal, stderr=terminal, env=environment
    )
    os.close(terminal)
    shown, deadline = "", time.monotonic() + 60
    try:
        for question, answer in answers:
            while question not in shown:
                assert time.monotonic() < deadline, shown
                shown += os.read(keyboard, 4096).decode(errors="replace")
            shown = shown.rpartition(question)[2]
            os.write(keyboard, f"{answer}\n".encode())
        rest = _until_the_end(keyboard)
    finally:
        os.close(keyboard)
        status = process.wait(60)
    return status, shown + rest


def _until_the_end(keyboard):
    """Everything that is still printed."""
    read = b""
    while True:
        try:
            read += os.read(keyboard, 4096)
        except OSError:
            return read.decode(errors="replace")


def test_in_a_terminal_it_asks_for_what_is_missing(ordered):
    """Signers, scans, what the patient states, how many bags, each field with its limits."""
    ordered.admit()
    words = ["act", ordered.coi, "collect", "--as", "nina", "--unit", "north-apheresis"]
    family, birth = (part.partition("=")[2] for part in TOLD.split(","))
    answers = [
        ("Password of nina, who acts:", PASSWORD),
        ("Who signs “performed” (apheresis nurse) [nina]:", ""),
        ("Who signs “verified” (apheresis nurse or treating physician):", "nora"),
        ("Scan a code", ordered.coi),
        ("Scan a code", ordered.wristband),
        ("Scan a code", ""),
        ("nina, the patient states family_name:", family),
        ("nina, the patient states birth_date:", birth),
        ("nora, the patient states family_name:", family),
        ("nora, the patient states birth_date:", birth),
        ("How many of: starting material [1]:", "2"),
        ("Volume of number 1 (mL, 1 to 1000):", "a lot"),
        ("Volume of number 1 (mL, 1 to 1000):", "120"),
        ("Anticoagulant of number 1 (ACD-A/heparin/both):", "ACD-A"),
        ("Volume of number 2 (mL, 1 to 1000):", "115.5"),
        ("Anticoagulant of number 2 (ACD-A/heparin/both):", "ACD-A"),
        ("Started at (as 2026-11-30T09:15+01:00, or now):", "now"),
        ("Ended at (as 2026-11-30T09:15+01:00, or now):", "now"),
        ("Password of nina, who signs “performed”:", PASSWORD),
        ("Password of nora, who signs “verified”:", PASSWORD),
    ]

    status, shown = typed_in_a_terminal(ordered, words, answers)

    assert status == 0, shown
    assert shown.count("label      B-TEST-") == 2
    assert PASSWORD not in shown


def test_two_nurses_are_asked_nothing_when_all_is_said(collected):
    """With everything given, only passwords are read; that is how the tests themselves act."""
    answer = collected.act("admit_patient", "nina", "north-apheresis", *both_nurses())

    assert (answer.exit_code, "wristband" in answer.stdout) == (0, True)

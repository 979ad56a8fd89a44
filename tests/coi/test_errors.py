"""Errors: a code for machines, a sentence and a next step for people."""

from dataclasses import dataclass

import pytest

from coi import errors


@dataclass(frozen=True)
class AReason:
    """A refusal as the engine gives it."""

    code: str
    sentence: str
    next_step: str


ONE_OF_EACH = [
    errors.SettingError("COI_HOME", "is empty.", "Write a folder."),
    errors.Refused([AReason("EXCEPTION_OPEN", "One is open.", "QA resolves it first.")]),
    errors.Conflict("Bag 2", shown_turn=3, current_turn=4),
    errors.KeyReused("01K"),
    errors.Unknown("therapy", "DEM0-1"),
    errors.NotSignedIn(),
    errors.WrongPassword(),
    errors.SignedOut("nina"),
    errors.SessionEnded("nobody did anything for 15 minutes"),
    errors.SignedInElsewhere(),
    errors.OutsideWithoutFactor(),
    errors.ClockWentBack("2026-11-22T09:00:00.000000Z", "2026-11-22T10:00:00.000000Z"),
    errors.Busy(),
    errors.Crowded(),
    errors.NotWritten("it may be older than it once was", "Ask quality assurance."),
    errors.DiskFull(),
    errors.DiskFailed(),
    errors.OldProgram(),
    errors.DataRefused([errors.Problem("is not a date", line=7, column="birth_date")]),
]


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
def test_every_error_speaks_to_people(error):
    """Every error says what is wrong and what to do next, in whole sentences."""
    assert error.code.isupper()
    assert str(error) == f"{error.sentence} {error.next_step}"
    assert error.sentence.endswith(".")
    assert error.next_step.endswith(".")


def test_every_error_has_its_own_code():
    """A program can tell the errors apart, and none was forgotten above."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    kinds = [kind for kind in kinds if issubclass(kind, errors.CoiError)]
    kinds.remove(errors.CoiError)

    assert {type(error) for error in ONE_OF_EACH} == set(kinds)
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_a_refusal_gives_every_reason():
    """The person at the bench learns all that stands in the way, not only the first."""
    reasons = [
        AReason("EXCEPTION_OPEN", "One exception is open.", "QA resolves it first."),
        AReason("EXPIRED", "It expired.", "Discard it."),
    ]

    refused = errors.Refused(reasons)

    assert refused.refusals == tuple(reasons)
    assert refused.sentence == "One exception is open. It expired."
    assert refused.next_step == "QA resolves it first. Discard it."


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (errors.Problem("is empty"), "is empty"),
        (errors.Problem("is empty", line=7), "line 7: is empty"),
        (errors.Problem("is empty", column="mrn"), "column mrn: is empty"),
        (errors.Problem("is empty", line=7, column="mrn"), "line 7, column mrn: is empty"),
    ],
)
def test_a_problem_says_where_it_stands(problem, text):
    """Whoever mends a file finds the place."""
    assert str(problem) == text


def test_all_problems_of_a_file_are_listed():
    """A file is mended once, not once for each problem."""
    problems = [errors.Problem("is empty", line=2), errors.Problem("is not a date", line=9)]

    refused = errors.DataRefused(problems)

    assert refused.problems == tuple(problems)
    assert "2 problem(s): line 2: is empty; line 9: is not a date." in refused.sentence

"""Trials, and what came out of each: what could not be tried is never taken as passed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from coi.errors import CoiError


class NotAsExpected(Exception):
    """What was seen is not what the trial asks for; the text says what was."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is asked, and the requirements that it shows (docs/requirements.md)."""

    name: str
    shows: tuple[str, ...]
    expected: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was seen when a trial was made."""

    trial: Trial
    passed: bool
    seen: str


Try = tuple[Trial, Callable[[], str]]
"""A trial, and how it is made: it returns what was seen, or raises."""


def outcomes(tries: Iterable[Try]) -> Iterator[Outcome]:
    """Make each trial, whatever becomes of the others."""
    for trial, make in tries:
        yield _outcome(trial, make)


def _outcome(trial: Trial, make: Callable[[], str]) -> Outcome:
    try:
        return Outcome(trial, passed=True, seen=make())
    except NotAsExpected as seen:
        return Outcome(trial, passed=False, seen=str(seen))
    except CoiError as error:
        return Outcome(trial, passed=False, seen=f"Broke off, {error.code}: {error.sentence}")
    # Whatever else happens was not foreseen, and shows nothing.
    except Exception as error:  # noqa: BLE001
        return Outcome(trial, passed=False, seen=f"Broke off: {type(error).__name__}")

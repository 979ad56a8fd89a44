"""Is an installation as it should be? Named checks, each with what was found and what to do.

A check that itself fails is `wrong`: what could not be looked at is never taken for sound.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from coi.errors import CoiError
from coi.services.installation import Installation
from coi.services.mounts import MOUNTS
from coi.settings import Settings


class Verdict(IntEnum):
    """How serious what was found is; the worst one is the exit status of `coi doctor`."""

    OK = 0
    LOOK = 1
    WRONG = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and what to do about it."""

    check: str
    verdict: Verdict
    told: str
    to_do: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the machine gives to an installation."""

    environ: Mapping[str, str]
    settings: Settings
    now: datetime
    tls: tuple[Path, Path] | None = None
    mounts: Path = MOUNTS


Found = tuple[Verdict, str, str]
MachineCheck = Callable[[Surroundings], Found]
RecordCheck = Callable[[Installation], Found]
UNABLE = "Find out why, and run it again: what could not be looked at is not known to be sound."


def ok(told: str) -> Found:
    """It is as it should be."""
    return Verdict.OK, told, ""


def look(told: str, to_do: str) -> Found:
    """Somebody should look at it, and work goes on."""
    return Verdict.LOOK, told, to_do


def wrong(told: str, to_do: str) -> Found:
    """The record, or somebody's work, is in danger."""
    return Verdict.WRONG, told, to_do


def examined(name: str, check: Callable[[], Found]) -> Finding:
    """The finding of one check, whatever becomes of it."""
    try:
        return Finding(name, *check())
    except CoiError as error:
        return Finding(name, Verdict.WRONG, error.sentence, error.next_step)
    # The text of an error that nobody foresaw may quote what stands in the record.
    except Exception as error:  # noqa: BLE001
        told = f"It could not be checked: {type(error).__name__}."
        return Finding(name, Verdict.WRONG, told, UNABLE)


def machine(checks: Mapping[str, MachineCheck], around: Surroundings) -> Iterator[Finding]:
    """What is found without the record."""
    for name, check in checks.items():
        yield examined(name, lambda check=check: check(around))  # type: ignore[misc]


def record(checks: Mapping[str, RecordCheck], installation: Installation) -> Iterator[Finding]:
    """What is found in the record and its database."""
    for name, check in checks.items():
        yield examined(name, lambda check=check: check(installation))  # type: ignore[misc]


def worst(findings: Iterable[Finding]) -> Verdict:
    """The most serious of all findings."""
    return max((one.verdict for one in findings), default=Verdict.OK)

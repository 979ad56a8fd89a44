"""The report of a qualification: what was tried by the machine, and what is left to people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from coi.clock import rfc3339
from coi.qualification.performance import TASKS
from coi.qualification.trials import Outcome
from coi.reports import qualification
from coi.services.reporting import software

FORMAT = 1
INSTALLED, OPERATING = "Installation", "Operation"


@dataclass(frozen=True, slots=True)
class Report:
    """What came out of every trial, of which installation, and when."""

    about: str
    begun_at: datetime
    ended_at: datetime
    installed: tuple[Outcome, ...]
    operating: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        """Something was tried, and nothing failed."""
        made = (*self.installed, *self.operating)
        return bool(self.installed and self.operating) and all(one.passed for one in made)


def as_data(report: Report) -> dict[str, object]:
    """The same as plain data, for a machine."""
    return {
        "format": FORMAT,
        "software": software(),
        "about": report.about,
        "begun_at": rfc3339(report.begun_at),
        "ended_at": rfc3339(report.ended_at),
        "passed": report.passed,
        "installation": [asdict(one) for one in report.installed],
        "operation": [asdict(one) for one in report.operating],
        "performance": [one._asdict() for one in TASKS],
    }


def as_pdf(report: Report, *, demonstration: bool) -> bytes:
    """The same as paper, with room for those who carry out the rest and sign."""
    return qualification.qualification_report(
        qualification.Qualification(
            about=report.about,
            begun_at=report.begun_at,
            ended_at=report.ended_at,
            passed=report.passed,
            parts=((INSTALLED, _lines(report.installed)), (OPERATING, _lines(report.operating))),
            tasks=tuple((one.does, one.who, one.sees, ", ".join(one.shows)) for one in TASKS),
            software=software(),
            demonstration=demonstration,
        )
    )


def _lines(outcomes: Sequence[Outcome]) -> tuple[qualification.Line, ...]:
    return tuple(
        qualification.Line(
            name=one.trial.name,
            shows=", ".join(one.trial.shows),
            expected=one.trial.expected,
            seen=one.seen,
            passed=one.passed,
        )
        for one in outcomes
    )

"""When a unit's dock is attended, and what to do there when nobody is: told at each handoff.

It bars nothing: a shipper that stands before a closed door is not turned away by a rule. Outside of
these hours the page says what to do, in the words of whoever keeps the unit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.asked import bad_key, entry_answering, fingerprint
from coi.services.directory import ListedUnit, units_by_id
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.proofs import ADMINISTRATOR, Proven, holding
from coi.services.reasons import noted, require_reason
from coi.store.kept import KeptRow, every_kept, kept
from coi.store.transactions import Transaction

KIND = "hours"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST = 300
"""Characters of what to do: it is read standing, with a shipper in hand."""

_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")
_NEVER = "-"


@dataclass(frozen=True, slots=True)
class Hours:
    """On which days (1 is Monday) from when until when somebody is there, and what to do else."""

    days: str
    opens: str
    closes: str
    otherwise: str

    def is_attended(self, at: datetime) -> bool:
        """Somebody is there at this moment of the site's own clock."""
        return str(at.isoweekday()) in self.days and self.opens <= f"{at:%H:%M}" < self.closes

    @property
    def in_words(self) -> str:
        """When somebody is there."""
        if not self.days:
            return "never attended"
        days = ", ".join(DAYS[int(day) - 1] for day in self.days)
        return f"attended {days} from {self.opens} to {self.closes}"


@dataclass(frozen=True, slots=True)
class Unattended:
    """A unit at which nobody is now, and what to do there."""

    unit: str
    place: str
    hours: Hours


def set_hours(
    installation: Installation, by: Proven, unit: str, hours: Hours, *, key: str, why: str
) -> None:
    """From now on each handoff to the unit and at it says outside of these hours what to do.

    Raises:
        DataRefused: a day or a time is none, or it is not said what to do.
        ReasonMissing: nobody says why.
        Unknown: there is no such unit.
        NotAllowed: the person administers nothing.
        KeyReused: the key already stands for another request.
    """
    reason = require_reason(why)
    if problems := [*bad_key(key), *_bad(hours)]:
        raise DataRefused(problems)
    digest = fingerprint(installation.vault, "set_hours", by.person, unit, hours, reason)

    def work(tx: Transaction) -> None:
        person = holding(tx, by, ADMINISTRATOR)[0].person
        if entry_answering(tx, key, digest) is not None:
            return
        found = units_by_id(tx).get(unit)
        if found is None:
            raise Unknown("unit", unit)
        told = Attestation(KIND, unit, unit=unit, detail=_detail(hours))
        occasion = Occasion(person.id, "-", installation.clock.now(), key=key, digest=digest)
        registered = Registered((told,), notes=noted(tx, installation, reason))
        write_site_entry(tx, "set_hours", occasion, registered, site_chain(found.site.id))

    installation.transact(work)


def hours_of(installation: Installation, unit: str) -> Hours | None:
    """The hours of a unit; None where none are said, and it counts as attended."""
    row = installation.read(lambda tx: kept(tx, KIND, unit))
    return _hours(row) if row else None


def unattended(installation: Installation, units: Iterable[str]) -> tuple[Unattended, ...]:
    """Those of these units at which nobody is now."""
    wanted = set(units)

    def work(tx: Transaction) -> tuple[Unattended, ...]:
        found = [row for row in every_kept(tx, KIND) if row.id in wanted]
        known = units_by_id(tx) if found else {}
        now = installation.clock.now()
        told = [(known[row.id], _hours(row)) for row in found]
        return tuple(
            Unattended(unit.id, f"{unit.name}, {unit.site.name}", hours)
            for unit, hours in told
            if not hours.is_attended(_there(unit, now))
        )

    return installation.read(work)


def _there(unit: ListedUnit, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(unit.site.time_zone))


def _bad(hours: Hours) -> list[Problem]:
    problems = []
    if set(hours.days) - set("1234567") or len(set(hours.days)) != len(hours.days):
        problems.append(Problem("are not days of a week", column="days"))
    if hours.days and not (_TIME.fullmatch(hours.opens) and _TIME.fullmatch(hours.closes)):
        problems.append(Problem("are no times such as 07:00", column="opens"))
    elif hours.days and hours.opens >= hours.closes:
        problems.append(Problem("is not before it closes", column="opens"))
    text = hours.otherwise
    if not (text.strip() == text != "" and text.isprintable() and len(text) <= LONGEST):
        problems.append(Problem(f"is not 1 to {LONGEST} visible characters", column="otherwise"))
    return problems


def _detail(hours: Hours) -> str:
    """As the record keeps it: days, times, and what to do."""
    days = "".join(sorted(hours.days)) or _NEVER
    times = f"{hours.opens} {hours.closes}" if hours.days else f"{_NEVER} {_NEVER}"
    return f"{days} {times} {hours.otherwise}"


def _hours(row: KeptRow) -> Hours:
    days, opens, closes, otherwise = row.detail.split(" ", 3)
    return Hours(days.removeprefix(_NEVER), opens, closes, otherwise)

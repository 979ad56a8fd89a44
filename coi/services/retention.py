"""Until when a therapy is kept, and each product of it: thirty years, computed and never typed.

Directive 2004/23/EC, Article 8, and Regulation (EC) 1394/2007, Article 15: who gave and who got
cells is traced for thirty years after the product expires, or after the last that was recorded.
Nothing of the record is deleted at all; what is erased before is refused by name (`erasing`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from coi.clock import parse_rfc3339
from coi.services.therapies import TherapyView

YEARS = 30
_EXPIRES = "expires_at"
FROM_EXPIRY, FROM_ENTRY = "its expiry", "the last entry"


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when something is kept, and from what that is counted."""

    subject: str
    called: str
    until: datetime
    counted_from: datetime
    why: str


def kept_until(one: TherapyView) -> datetime:
    """Until when the therapy is traced: by what was recorded last, or by its latest expiry."""
    return _years_after(max((_last_entry(one), *_expiries(one).values())))


def is_traced(one: TherapyView) -> bool:
    """Something came of the order that is traced to its patient."""
    return len(one.subjects) > 1


def retention(one: TherapyView) -> tuple[Kept, ...]:
    """The therapy as a whole, then each thing that expires; of what was never begun nothing."""
    return tuple(_retention(one)) if is_traced(one) else ()


def _retention(one: TherapyView) -> Iterator[Kept]:
    last, expiries = _last_entry(one), _expiries(one)
    latest = max((last, *expiries.values()))
    root = one.therapy.coi
    why = FROM_EXPIRY if latest > last else FROM_ENTRY
    yield Kept(root, one.workflow.title, _years_after(latest), latest, why)
    for subject, expires in expiries.items():
        title = one.workflow.machines[one.subjects[subject].machine].title
        counted_from = max(expires, last)
        why = FROM_EXPIRY if expires > last else FROM_ENTRY
        yield Kept(subject, title, _years_after(counted_from), counted_from, why)


def _last_entry(one: TherapyView) -> datetime:
    return parse_rfc3339(one.history[-1].recorded_at)


def _expiries(one: TherapyView) -> dict[str, datetime]:
    """When each thing expires, by the newest that was recorded of it."""
    told = {value.subject: value.content for value in one.values if value.field == _EXPIRES}
    return {subject: parse_rfc3339(text) for subject, text in told.items()}


def _years_after(last: datetime) -> datetime:
    try:
        return last.replace(year=last.year + YEARS)
    except ValueError:  # the 29th of February has no such day in every year
        return last.replace(year=last.year + YEARS, month=3, day=1)

"""What becomes of a delivery when an answer came, or none: tried again, given up, or done.

Pure: what is to be written follows from the answer, from what was tried before, and from the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from coi.interop.posting import Answer

DELAYS: Sequence[timedelta] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""How long until it is tried again: ten tries over a little more than three days."""

LONGEST_WAIT = timedelta(days=1)
"""No receiver makes a message wait longer than this, whatever it asks for."""

TRUSTED_FAILURES = 2
"""After so many failures in a row a receiver is left alone for a while."""

_FIRST_QUIET, _LONGEST_QUIET = timedelta(seconds=30), timedelta(minutes=15)
_JITTER = 0.2
_ABOUT_ALL = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery stands now; `due_at` is None where nothing more is tried."""

    delivered: bool
    due_at: datetime | None
    quiet_until: datetime | None = None
    """Until when nothing else is sent to this receiver; None where others may go at once."""
    is_down: bool = False
    """The receiver as a whole failed, and not only this message."""


def outcome(answer: Answer, attempts: int, failures: int, now: datetime, chance: float) -> Outcome:
    """What becomes of a delivery at its next answer, after so many tries and failures in a row.

    `chance` is from 0 to 1, so that those who failed together do not come again together.
    """
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome(delivered=True, due_at=None)
    if answer.status == HTTPStatus.GONE:
        return Outcome(delivered=False, due_at=None)
    asked = asked_to_wait(answer.retry_after, now)
    due_at = None
    if attempts < len(DELAYS):
        spread = 1 - _JITTER + 2 * _JITTER * chance
        due_at = now + max(DELAYS[attempts] * spread, asked)
    if _is_about_this_one(answer):
        return Outcome(delivered=False, due_at=due_at)
    return Outcome(
        delivered=False,
        due_at=due_at,
        quiet_until=_quiet_until(failures, now, asked),
        is_down=True,
    )


def asked_to_wait(text: str, now: datetime) -> timedelta:
    """How long the receiver asks to be left alone, in seconds or as a date; a day at most."""
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        wanted = parsedate_to_datetime(text) - now
    except (TypeError, ValueError):
        return timedelta()
    return min(max(wanted, timedelta()), LONGEST_WAIT)


def _is_about_this_one(answer: Answer) -> bool:
    """The receiver listens, and does not want this message; it may want the others."""
    refused = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return refused and answer.status not in _ABOUT_ALL


def _quiet_until(failures: int, now: datetime, asked: timedelta) -> datetime | None:
    """Until when the receiver is left alone; each time twice as long."""
    more = failures + 2 - TRUSTED_FAILURES
    quiet = min(_FIRST_QUIET * 2 ** min(more - 1, 10), _LONGEST_QUIET) if more > 0 else timedelta()
    quiet = max(quiet, min(asked, _LONGEST_QUIET))
    return now + quiet if quiet else None

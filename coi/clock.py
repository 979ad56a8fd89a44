"""Time: where the product gets it, and how it is written.

Whoever needs the time is given a clock. A time is always aware and in UTC; its text form is always
the one that `rfc3339` writes, so that the same moment has the same bytes.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Clock(Protocol):
    """What can be asked for the time."""

    def now(self) -> datetime:
        """Return this moment, aware and in UTC."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return this moment as the machine sees it."""
        return datetime.now(UTC)


class SteppedClock:
    """A clock for demonstrations and tests: each look at it moves it on by one step."""

    def __init__(self, start: datetime, step: timedelta) -> None:
        self._next = _in_utc(start)
        self._step = step

    def now(self) -> datetime:
        """Return the next moment; the first one is `start`."""
        moment = self._next
        self._next += self._step
        return moment

    def advance(self, duration: timedelta) -> None:
        """Let a time pass, as a night or a transport does."""
        self._next += duration


def rfc3339(moment: datetime) -> str:
    """Write a moment in its only form: UTC, six digits of a second, `2026-11-22T03:04:05.123456Z`.

    Raises ValueError when the moment does not say its time zone.
    """
    return _in_utc(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_rfc3339(text: str) -> datetime:
    """Read a moment in any offset, and give it in UTC.

    Raises ValueError where the text is no such moment, has no offset, or is finer than a
    microsecond (which would be lost silently). Source: RFC 3339, section 5.6.
    """
    if not _RFC3339.fullmatch(text):
        raise ValueError(f"{text!r} is not a time like 2026-11-22T03:04:05.123456Z.")
    return _in_utc(datetime.fromisoformat(text))


def _in_utc(moment: datetime) -> datetime:
    """Return the same moment in UTC; one without a time zone is refused, never guessed."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} does not say its time zone.")
    return moment.astimezone(UTC)

"""Warnings of what goes on for long: told once for each cause, and then at most once an hour.

Whoever looks every twenty seconds meets the same trouble each time; a log that says so each time
hides what else it says. How often it was met stands in the next warning.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

EVERY = timedelta(hours=1)
MOST_CAUSES = 100
"""So many are told apart; whatever comes on top of them within the hour is one cause more."""

_OTHERS = "Further warnings like these"


@dataclass(slots=True)
class _Met:
    """A cause: when it was told last, when it was met last, and how often since it was told."""

    told_at: datetime
    met_at: datetime
    times: int = 0


@dataclass(frozen=True, slots=True)
class Seldom:
    """What one process has told lately; `met` is what it remembers of it."""

    met: dict[str, _Met] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def tell(self, cause: str, now: datetime) -> str:
        """What is to be said of a cause that was just met; '' where it was said lately."""
        with self.lock:
            return self._tell(cause, now)

    def _tell(self, cause: str, now: datetime) -> str:
        found = self.met.get(cause)
        if found is None:
            self._forget(now)
            if len(self.met) >= MOST_CAUSES and cause != _OTHERS:
                return self._tell(_OTHERS, now)
            self.met[cause] = _Met(now, now)
            return cause
        found.met_at, found.times = now, found.times + 1
        if now - found.told_at < EVERY:
            return ""
        minutes = (now - found.told_at) // timedelta(minutes=1)
        told = f"{cause} ({found.times} times in the last {minutes} minutes)"
        found.told_at, found.times = now, 0
        return told

    def _forget(self, now: datetime) -> None:
        """Forget what was not met for as long as it is told seldom."""
        for cause, one in [*self.met.items()]:
            if now - one.met_at >= EVERY:
                del self.met[cause]

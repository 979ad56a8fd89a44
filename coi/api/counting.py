"""Counters of this process, for the library that says how often somebody may ask.

Its own storage in memory starts a thread with nearly each count, to forget what is over: a tenth of
what a handoff takes. Here who counts forgets, once in each window.
"""

from dataclasses import dataclass
from threading import Lock
from time import time

from limits.storage import Storage


@dataclass(slots=True)
class _Window:
    """How much was counted, and when that is over (seconds since 1970)."""

    counted: int
    over_at: float


class Counters(Storage):
    """Counts by key; each begins anew when its window is over, and no more are kept than go on."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._windows: dict[str, _Window] = {}
        self._forget_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong in it: nothing of its own."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count; returns how much was counted in this window of so many seconds."""
        now = time()
        with self._lock:
            self._forget(now, expiry)
            window = self._windows.get(key)
            if window is None or window.over_at <= now:
                window = self._windows[key] = _Window(0, now + expiry)
            window.counted += amount
            return window.counted

    def get(self, key: str) -> int:
        """What was counted in the window that goes on; 0 where none does."""
        window = self._windows.get(key)
        return window.counted if window and window.over_at > time() else 0

    def get_expiry(self, key: str) -> float:
        """When the window is over, or now where none goes on."""
        window, now = self._windows.get(key), time()
        return max(window.over_at, now) if window else now

    def check(self) -> bool:
        """It is always there."""
        return True

    def reset(self) -> int:
        """Forget everything; returns how many windows there were."""
        with self._lock:
            number = len(self._windows)
            self._windows.clear()
            return number

    def clear(self, key: str) -> None:
        """Forget one."""
        with self._lock:
            self._windows.pop(key, None)

    def _forget(self, now: float, expiry: float) -> None:
        """Once in the length of a window, forget those that are over."""
        if now < self._forget_at:
            return
        self._forget_at = now + expiry
        self._windows = {key: one for key, one in self._windows.items() if one.over_at > now}

"""The hands of a machine's clock: the time that somebody can set, and the time that passes.

The second counts from the start of the machine, sleeps of it included, and nobody can set it. As
long as the two go on together the clock was not set; by how much they differ it was (CL-03).
"""

import ctypes
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from coi.clock import Clock

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_LARGEST_ERROR = 16_000_000
"""So many microseconds the kernel tells of a clock that follows no other; less of one that does."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Both hands at one moment, and since which start of the machine the second one counts."""

    at: datetime
    ticks: float
    boot: str

    @property
    def began(self) -> datetime:
        """When the machine would have started by this clock: it moves only where that is set."""
        return self.at - timedelta(seconds=self.ticks)


@dataclass(frozen=True, slots=True)
class Hands:
    """Where both are read; and whether the clock follows others, None where nobody can tell."""

    clock: Clock
    ticks: Callable[[], float]
    follows: Callable[[], bool | None]
    boot: str
    server: str

    def read(self) -> Reading:
        """Both, as close to each other as can be."""
        return Reading(self.clock.now(), self.ticks(), self.boot)


def hands_of(clock: Clock, server: str = "") -> Hands:
    """Those of this machine, with the clock that the product is given; and under which name."""
    return Hands(clock, _ticks, follows_others, _boot(), server or platform.node() or "-")


def _ticks() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _boot() -> str:
    """Which start of the machine this is; '' where nobody can tell."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""


class _Timex(ctypes.Structure):
    """The beginning of what the kernel tells of its clock, and room for the rest (adjtimex(2))."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_char * 512),
    )


def follows_others() -> bool | None:
    """Whether the kernel's clock follows others (NTP); None where it does not say (CL-04).

    It is asked without a right to set anything, and answers in a container too.
    """
    told = _Timex()
    try:
        answered = ctypes.CDLL(None).adjtimex(ctypes.byref(told))
    except (OSError, AttributeError):
        return None
    return None if answered < 0 else told.maxerror < _LARGEST_ERROR

"""Stories that overlap in time, told so that what several of them write into is written in order.

Each story has a clock of its own and runs by itself, until it is about to write into a chain that
is not its therapy's: there it waits until every other story has come as far, and the earliest goes
on. Only one of them runs at any moment.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush

Wait = Callable[[datetime], None]
"""Wait until nobody is earlier than this moment."""


@dataclass(slots=True)
class _Told:
    """One story, in a thread that runs only while it is let."""

    tell: Callable[[Wait], None]
    at: datetime | None = None  # where it waits; None once it has ended
    error: BaseException | None = None
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    back: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def begin(self) -> None:
        """Tell it until it waits or ends."""
        threading.Thread(target=self._run, daemon=True).start()
        self.go_on()

    def go_on(self) -> None:
        """Tell it on until it waits again or ends; what went wrong in it goes wrong here."""
        self.go.release()
        self.back.acquire()
        if self.error is not None:
            raise self.error

    def _wait(self, at: datetime) -> None:
        self.at = at
        self.back.release()
        self.go.acquire()

    def _run(self) -> None:
        self.go.acquire()
        try:
            self.tell(self._wait)
        except BaseException as error:  # noqa: BLE001 - it is raised where the others are told
            self.error = error
        self.at = None
        self.back.release()


def told_in_turn(stories: Iterable[Callable[[Wait], None]]) -> None:
    """Tell every story to its end, one beside the other."""
    every = [_Told(story) for story in stories]
    for one in every:
        one.begin()
    waiting = [(one.at, n) for n, one in enumerate(every) if one.at is not None]
    heapify(waiting)
    while waiting:
        _at, n = heappop(waiting)
        one = every[n]
        one.go_on()
        if one.at is not None:
            heappush(waiting, (one.at, n))

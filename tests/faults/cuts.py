"""Cuts a handoff short: before or after its n-th statement, at its commit, or right after that.

What a cut does is given: raise, let the database itself fail, or kill the process.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor

from benchmarks.clinic import Bag, open_clinic
from coi.store.engine import open_engine

Fault = Callable[[], None]


class Moment(StrEnum):
    """When the cut comes."""

    BEFORE = "before a statement"
    AFTER = "after a statement"
    COMMIT = "at the commit"
    COMMITTED = "after the commit, before the answer"


class Cut(Exception):
    """The fault that was asked for."""


def raising() -> None:
    """Raise something that nobody expects."""
    raise Cut


def killing() -> None:
    """End this process as a power cut would: nothing is closed, nothing rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class Scissors:
    """Cuts at one moment, of the n-th statement; `fired` says whether it came to that."""

    engine: Engine
    moment: Moment
    nth: int
    fault: Fault
    count: int = 0
    fired: bool = False
    _listeners: list[tuple[str, Callable[..., None]]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listeners = {
            Moment.BEFORE: [("before_cursor_execute", self._statement)],
            Moment.AFTER: [("after_cursor_execute", self._statement)],
            Moment.COMMIT: [("commit", self._end)],
            Moment.COMMITTED: [("reset", self._end)],
        }[self.moment]
        for name, listener in self._listeners:
            event.listen(self.engine, name, listener)
        return self

    def __exit__(self, *_: object) -> None:
        for name, listener in self._listeners:
            event.remove(self.engine, name, listener)

    def _statement(self, _c: Connection, _cursor: DBAPICursor, *_more: object) -> None:
        self.count += 1
        if self.count == self.nth:
            self._cut()

    def _end(self, *_: object) -> None:
        self._cut()

    def _cut(self) -> None:
        self.fired = True
        self.fault()


def hand_over_and_be_killed(url: str, bag: Bag, turn: int, moment: Moment, nth: int) -> None:
    """Hand a bag over in a process of its own, which is killed on the way (or ends with 0)."""
    clinic = open_clinic(open_engine(url))
    with Scissors(clinic.installation.engine, moment, nth, killing):
        clinic.hand_over(bag, turn, "cut")

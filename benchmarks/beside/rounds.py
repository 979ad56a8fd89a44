"""Contenders by turns, round after round: A B C A B C, so that what else goes on meets all."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.beside.figures import Case, Measured
from benchmarks.beside.load import Failed, Ready, Work, burst
from benchmarks.beside.processes import cpu_seconds
from benchmarks.beside.words import ALONE
from benchmarks.measure import calibrate

Tell = Callable[[str], None]

SHORTEST_MS = 250.0  # of a burst: the kernel counts in ticks of ten milliseconds
FEWEST, MOST = 8, 120


@dataclass(slots=True)
class Contender:
    """Somebody who takes part: the servers' processes, and what it can do."""

    name: str
    roots: Sequence[int]
    operations: Mapping[str, Ready]
    lacks: Mapping[str, str] = field(default_factory=dict)  # by operation, what it does less of


class Runs(Protocol):
    """Somebody at one piece of work."""

    measured: Measured

    def warm_up(self) -> None:
        """Load what is loaded at first, and find out how much makes a burst."""

    def run(self) -> None:
        """One burst, kept in `measured`."""


def by_turns(running: Sequence[Runs], rounds: int, tell: Tell = print) -> list[Measured]:
    """Each of them once in each round."""
    for one in running:
        one.warm_up()
    for number in range(rounds):
        tell(f"round {number + 1} of {rounds}")
        for one in _turned(running, number):
            one.run()
    return [one.measured for one in running]


def at_each(cases: Sequence[Case], contenders: Sequence[Contender]) -> list[Runs]:
    """Every case by every contender that knows its operation."""
    return [
        _Asked(case, one, Measured(case, one.name, one.lacks.get(case.operation, "")))
        for case in cases
        for one in contenders
        if case.operation in one.operations
    ]


def _turned(running: Sequence[Runs], number: int) -> Iterator[Runs]:
    """Each second round backwards, so that nobody is always behind the same."""
    return iter(running) if number % 2 == 0 else reversed(running)


@dataclass(slots=True)
class _Asked:
    """One contender in one case, and how many operations make a burst that is long enough."""

    case: Case
    contender: Contender
    measured: Measured
    number: int = FEWEST

    def warm_up(self) -> None:
        """Find out how long an operation takes; what is loaded at first is loaded."""
        for _ in range(2):
            each = self._burst(keep=False)
            if each:
                self.number = int(min(max(SHORTEST_MS / each, FEWEST), MOST))

    def run(self) -> None:
        """One burst, kept."""
        self._burst(keep=True)

    def _burst(self, *, keep: bool) -> float:
        """CPU of one operation; whoever fails once is not asked again."""
        if self.measured.not_run:
            return 0.0
        clients, ready = self.case.clients, self.contender.operations[self.case.operation]
        share = max(self.number // clients, 2)
        try:
            numbers = [ALONE] if clients == 1 else range(1, clients + 1)
            calls = [ready(client, share) for client in numbers]
            done = burst(self.contender.roots, calls)
        except (Failed, OSError, AssertionError) as error:
            self.measured.not_run = f"it failed: {error!r}"
            return 0.0
        if keep:
            self.measured.cpu_ms.append(done.each_ms)
            self.measured.wall_ms += done.wall_ms
            self.measured.operations += len(done.wall_ms)
            self.measured.calibration_ms.append(calibrate())
        return done.each_ms


@dataclass(slots=True)
class Inside:
    """Work in this very process, with the CPU of other processes that take part in it."""

    measured: Measured
    work: Work
    roots: Sequence[int] = ()
    number: int = FEWEST

    def warm_up(self) -> None:
        """Find out how often it is done in a burst."""
        for _ in range(2):
            each = self._burst()[0]
            self.number = int(min(max(SHORTEST_MS / max(each, 0.001), FEWEST), 2_000))

    def run(self) -> None:
        """One burst, kept."""
        each, walls = self._burst()
        self.measured.cpu_ms.append(each)
        self.measured.wall_ms += walls
        self.measured.operations += len(walls)
        self.measured.calibration_ms.append(calibrate())

    def _burst(self) -> tuple[float, list[float]]:
        walls = []
        others = cpu_seconds(self.roots) if self.roots else 0.0
        own = time.process_time()
        for _ in range(self.number):
            started = time.perf_counter()
            self.work()
            walls.append((time.perf_counter() - started) * 1000)
        own = time.process_time() - own
        if self.roots:
            own += cpu_seconds(self.roots) - others
        return own * 1000 / self.number, walls

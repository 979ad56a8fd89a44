"""What is kept of a measurement, and what is worked out of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


def percentile(samples: Sequence[float], part: float) -> float:
    """The value below which such a part (0 to 1) of the samples lies, between its neighbours."""
    ordered = sorted(samples)
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@dataclass(frozen=True, slots=True)
class Case:
    """What is done: which operation, on which database, by how many clients at once."""

    operation: str
    database: str
    clients: int = 1

    def __str__(self) -> str:
        """As a row of the table names it."""
        many = f", {self.clients} clients" if self.clients > 1 else ""
        return ", ".join(filter(None, (self.operation, self.database))) + many


@dataclass(slots=True)
class Measured:
    """One contender in one case: CPU of one operation in each round, and each wall time.

    Where nothing was measured, `not_run` says why.
    """

    case: Case
    who: str
    lacks: str = ""
    cpu_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)
    operations: int = 0
    calibration_ms: list[float] = field(default_factory=list)
    not_run: str = ""

    @property
    def middle(self) -> float:
        """The median of the rounds."""
        return median(self.cpu_ms)

    @property
    def spread(self) -> tuple[float, float]:
        """The tenth and the ninetieth percentile of the rounds."""
        return percentile(self.cpu_ms, 0.1), percentile(self.cpu_ms, 0.9)


def ratio(ours: Measured, theirs: Measured) -> float:
    """How much we take of what they take: the median over the rounds that both ran in.

    The two stand beside each other in each round, so what else the machine did meets both.
    """
    pairs = zip(ours.cpu_ms, theirs.cpu_ms, strict=False)
    return median(first / second for first, second in pairs)


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted: at most so much of a peer's CPU, or at most so many milliseconds."""

    operation: str
    peer: str
    at_most: float

    def __str__(self) -> str:
        """As the table says it."""
        if not self.peer:
            return f"at most {self.at_most:g} ms"
        return f"at most 1/{1 / self.at_most:g} of {self.peer}"

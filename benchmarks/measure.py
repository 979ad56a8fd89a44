"""How we measure: CPU time, interleaved, with a calibration loop that tells how fast it is here."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

REFERENCE_MS = 19.0  # the calibration loop where the peers were measured

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `met` is None where nothing was promised."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        return f"{self.what:<58} {self.measured:<40} {self.target:<24} {verdict}"


def calibrate() -> float:
    """Milliseconds of CPU for a loop of 200,000 additions; the best of three."""
    best = float("inf")
    for _ in range(3):
        started, x = time.process_time(), 0
        for i in range(200_000):
            x += i
        best = min(best, (time.process_time() - started) * 1000)
    return best


def cpu_ms(work: Work) -> float:
    """Milliseconds of CPU that one call takes."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def interleaved(
    first: Work, second: Work, rounds: int, ready: Work = lambda: None
) -> tuple[list[float], list[float]]:
    """Both by turns, A B A B, so that whatever else the machine does meets both.

    What makes the first ready is not counted.
    """
    pairs = []
    for _ in range(rounds):
        ready()
        pairs.append((cpu_ms(first), cpu_ms(second)))
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def ratio(first: Sequence[float], second: Sequence[float]) -> float:
    """How much the first takes of what the second takes, by their medians."""
    return median(first) / median(second)


def spread(samples: Sequence[float]) -> str:
    """The median with the tenth and the ninetieth percentile."""
    tenths = quantiles(samples, n=10)
    return f"{median(samples):.2f} ms ({tenths[0]:.2f} to {tenths[-1]:.2f})"


def per_second(milliseconds: float, calibration: float) -> tuple[float, float]:
    """A rate as it is here, and as it would be on the reference machine."""
    rate = 1000 / milliseconds
    return rate, rate * calibration / REFERENCE_MS

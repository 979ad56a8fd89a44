"""What a whole verification takes of one process, and of several: by turns, in wall time.

Several processes take a little more of all cores together and less of one's time, so what counts
here is how long one waits; it tells something only on a machine that does nothing else.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.growth.making import Place
from benchmarks.growth.workshop import installation_on
from coi.ledger.reviewed import UNREVIEWED
from coi.services.installation import Installation
from coi.services.verifying import verify_record

GOAL = 1.6  # as fast with two processes, on two cores
MANY = 6_000_000
MINUTES = 5.0


@dataclass(frozen=True, slots=True)
class Waited:
    """Seconds of each round, with one process and with several."""

    entries: int
    processes: int
    alone: tuple[float, ...]
    together: tuple[float, ...]

    @property
    def faster(self) -> float:
        """How many times as fast several are."""
        return median(self.alone) / median(self.together)

    @property
    def minutes_of_many(self) -> float:
        """How long several take for six million entries, if each takes as long as here."""
        return median(self.together) / self.entries * MANY / 60

    def lines(self) -> Iterator[str]:
        """What it comes to, beside what was wished (TL-23)."""
        one, several = median(self.alone), median(self.together)
        each = f"one process {one:.1f} s, {self.processes} together {several:.1f} s"
        yield f"{self.entries:,} entries: {each}"
        met = "met" if self.faster >= GOAL else "MISSED"
        yield f"... {self.faster:.2f} times as fast; at least {GOAL} on two cores: {met}"
        met = "met" if self.minutes_of_many <= MINUTES else "MISSED"
        minutes = f"{self.minutes_of_many:.1f} minutes"
        yield f"... {MANY:,} entries in {minutes}; at most {MINUTES:.0f}: {met}"


def waited(place: Place, processes: int, rounds: int) -> Waited:
    """Verify a record so often, by turns."""
    installation = installation_on(place.engine(), place.settings, place.seed)
    pairs = []
    entries = 0
    for _ in range(rounds):
        alone, entries = _seconds(installation, 1)
        pairs.append((alone, _seconds(installation, processes)[0]))
    installation.engine.dispose()
    one, several = zip(*pairs, strict=True)
    return Waited(entries, processes, one, several)


def _seconds(installation: Installation, processes: int) -> tuple[float, int]:
    started = time.monotonic()
    verdict = verify_record(installation, processes=processes)
    # Therapies that are told again have no review: it stands in the chain of a site.
    others = [one for one in verdict.findings if one.what != UNREVIEWED]
    assert not others, others[:3]
    return time.monotonic() - started, verdict.entries

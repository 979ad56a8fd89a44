"""What each operation takes in records of several sizes, by turns; the largest by the smallest.

All records are open in one process, and each round asks each of them once: whatever else the
machine does meets all sizes alike. The verdict is by CPU: of this process, and of the processes of
PostgreSQL that answer it, where they run on this machine.
"""

import resource
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from sqlalchemy import text

from benchmarks.growth.making import Place
from benchmarks.growth.places import Opened, opened
from benchmarks.measure import Work
from coi.services.verifying import verify_record
from coi.store.size import entries_in

LIMIT = 1.5
WARM_ROUNDS, ROUNDS = 20, 100
VERIFIED = "verifying what is new, a thousand entries of it"
VERIFY_ROUNDS = 7
_ours = text(
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_type = 'client backend'"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """The samples of one operation in one record, in milliseconds."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def take(self, work: Work, answering: Sequence[Path]) -> None:
        """Do it once more; `answering` is what the kernel counts of the database's processes."""
        began, busy = time.perf_counter(), time.process_time() + _counted(answering)
        work()
        self.processor.append((time.process_time() + _counted(answering) - busy) * 1000)
        self.wall.append((time.perf_counter() - began) * 1000)

    def share(self, parts: float) -> None:
        """Tell of the last sample what one of so many parts took."""
        self.processor[-1] /= parts
        self.wall[-1] /= parts


@dataclass(frozen=True, slots=True)
class Measured:
    """One record: how large it is, and what each operation takes there."""

    entries: int
    database: str
    taken: Mapping[str, Taken]


def measured(places: Sequence[Place]) -> list[Measured]:
    """Measure every operation in every one of these records."""
    every = [opened(place) for place in places]
    for one in every:
        one.take_as_verified()
    results = [_blank(one) for one in every]
    operations = [one.operations() for one in every]
    for name in operations[0]:
        for _ in range(WARM_ROUNDS):
            for works in operations:
                works[name]()
        for _ in range(ROUNDS):
            for one, works, result in zip(every, operations, results, strict=True):
                result.taken[name].take(works[name], _answering(one))
    for _ in range(VERIFY_ROUNDS):
        for one, works, result in zip(every, operations, results, strict=True):
            for _ in one.bags:
                works["a signed handoff, in process"]()
            _verify(one, result.taken[VERIFIED])
    return results


def _verify(one: Opened, taken: Taken) -> None:
    """Verify what is new; the chains in turn are as long in no two records, so by their entries."""
    entries: list[int] = []
    taken.take(lambda: entries.append(one.verify_new()), _answering(one))
    taken.share(entries[0] / 1000)


def _answering(one: Opened) -> Sequence[Path]:
    """What the kernel counts of each process of PostgreSQL that answers us, if it runs here."""
    engine = one.clinic.installation.engine
    if engine.dialect.name == "sqlite":
        return ()
    with engine.connect() as connection:
        pids = connection.scalars(_ours)
        files = [Path(f"/proc/{pid}/schedstat") for pid in pids]
    return [file for file in files if file.exists()]


def _counted(files: Iterable[Path]) -> float:
    """Seconds of CPU that these processes took so far."""
    return sum(int(file.read_text(encoding="ascii").split()[0]) for file in files) / 1e9


def _blank(one: Opened) -> Measured:
    installation = one.clinic.installation
    names = [*one.operations(), VERIFIED]
    return Measured(
        installation.read(entries_in),
        installation.engine.dialect.name,
        {name: Taken() for name in names},
    )


def table(results: Sequence[Measured]) -> Iterator[str]:
    """The medians of each operation on each database, and the largest by the smallest."""
    for database in dict.fromkeys(one.database for one in results):
        sizes = sorted((one for one in results if one.database == database), key=_entries)
        heads = " | ".join(f"{one.entries:,} entries" for one in sizes)
        yield f"| {database}: wall, and CPU | {heads} | wall, by wall | CPU, by CPU | |"
        yield "|---" * (len(sizes) + 4) + "|"
        for name in sizes[0].taken:
            yield _line(name, [one.taken[name] for one in sizes])
        yield ""


def memory(place: Place) -> Iterator[str]:
    """What this process holds in memory, before and after a thousand operations of every kind."""
    one = opened(place)
    operations = [*one.operations().values()]
    entries = one.clinic.installation.read(entries_in)
    for rounds, after in ((WARM_ROUNDS, "warm"), (1_000 // len(operations), "1,000 operations on")):
        for _ in range(rounds):
            for work in operations:
                work()
        yield f"{entries:,} entries: {after}: {_resident():.0f} MiB"
    for verified in ("whole", "whole again"):
        assert verify_record(one.clinic.installation).holds
        yield f"{entries:,} entries: verified {verified}: {_resident():.0f} MiB"


def _resident() -> float:
    """MiB of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


def _entries(one: Measured) -> int:
    return one.entries


def _line(name: str, taken: Sequence[Taken]) -> str:
    cells = [f"{median(one.wall):.2f} ms, {median(one.processor):.2f}" for one in taken]
    waited = median(taken[-1].wall) / median(taken[0].wall)
    more = median(taken[-1].processor) / median(taken[0].processor)
    verdict = "met" if more <= LIMIT else "**missed**"
    return f"| {name} | {' | '.join(cells)} | {waited:.2f} | {more:.2f} | {verdict} |"

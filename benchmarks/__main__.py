"""Prints the table: `python -m benchmarks`, or with names, only those parts of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import deciding, handoffs, pages, starting, verifying, writers
from benchmarks.clinic import Bag, Clinic, new_clinic, open_clinic
from benchmarks.measure import REFERENCE_MS, Row, calibrate
from coi.store.engine import open_engine
from coi.store.migrate import upgrade

ENTRIES = 20_000


@contextmanager
def a_clinic(folder: Path, file: str) -> Iterator[tuple[Clinic, list[Bag]]]:
    """A clinic in a file of its own."""
    engine = open_engine(f"sqlite+pysqlite:///{folder / file}")
    upgrade(engine)
    bags = new_clinic(engine, handoffs.THERAPIES)
    yield open_clinic(engine), bags
    engine.dispose()


def _handoffs(folder: Path) -> Iterator[Row]:
    with a_clinic(folder, "handoffs.db") as (clinic, bags):
        yield from handoffs.rows(clinic, bags, folder)


def _pages(folder: Path) -> Iterator[Row]:
    with a_clinic(folder, "pages.db") as (clinic, bags):
        yield from pages.rows(clinic, bags)


def _deciding(folder: Path) -> Iterator[Row]:
    with a_clinic(folder, "deciding.db") as (clinic, bags):
        yield from deciding.rows(clinic, bags[0], calibrate())


def _verifying(folder: Path) -> Iterator[Row]:
    with a_clinic(folder, "verifying.db") as (clinic, bags):
        verifying.grow(clinic, bags, ENTRIES)
        yield from verifying.rows(clinic, folder / "verifying.db", calibrate())


def _writers(_folder: Path) -> Iterator[Row]:
    yield from writers.rows()


def _starting(_folder: Path) -> Iterator[Row]:
    yield from starting.rows(calibrate())


PARTS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "handoffs": _handoffs,
    "pages": _pages,
    "deciding": _deciding,
    "verifying": _verifying,
    "writers": _writers,
    "starting": _starting,
}


def main(names: list[str]) -> None:
    """Print a row as soon as it is measured."""
    print(Row("calibration", f"{calibrate():.1f} ms", f"reference {REFERENCE_MS:.0f} ms"))
    for name in names or PARTS:
        with TemporaryDirectory() as folder:
            for row in PARTS[name](Path(folder)):
                print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

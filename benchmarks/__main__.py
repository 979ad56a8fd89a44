"""Prints the table: `python -m benchmarks`, or with names, only those parts of it."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import (
    batches,
    deciding,
    handoffs,
    pages,
    printing,
    reading,
    screens,
    starting,
    tree,
    verifying,
    writers,
)
from benchmarks.beside.environments import PLACE, ROOT
from benchmarks.beside.figures import Measured
from benchmarks.beside.keeping import keep, show
from benchmarks.beside.run import FULL, QUICK, Size, measure, room_for
from benchmarks.beside.told import machine
from benchmarks.clinic import Bag, Clinic, new_clinic, open_clinic
from benchmarks.measure import REFERENCE_MS, Row, calibrate
from coi.store.engine import open_engine
from coi.store.migrate import upgrade

ENTRIES = 20_000
RESULTS = PLACE / "results"


@contextmanager
def a_clinic(folder: Path, file: str) -> Iterator[tuple[Clinic, list[Bag]]]:
    """A clinic in a file of its own, with a key that signs its checkpoints."""
    engine = open_engine(f"sqlite+pysqlite:///{folder / file}")
    upgrade(engine)
    key = folder / f"{file}.keys" / "checkpoint.key"
    bags = new_clinic(engine, handoffs.THERAPIES, key=key)
    yield open_clinic(engine, key), bags
    engine.dispose()


def _handoffs(folder: Path) -> Iterator[Row]:
    with a_clinic(folder, "handoffs.db") as (clinic, bags):
        yield from handoffs.rows(clinic, bags, folder)


def _tree(folder: Path) -> Iterator[Row]:
    with a_clinic(folder, "tree.db") as (clinic, bags):
        yield from tree.rows(clinic, bags, folder)
        with a_clinic(folder, "bare.db") as (bare, bare_bags):
            yield from tree.beside_bare((clinic, bags), (bare, bare_bags))


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


def _reading(_folder: Path) -> Iterator[Row]:
    yield from reading.rows(calibrate())


def _printing(_folder: Path) -> Iterator[Row]:
    yield from printing.rows(calibrate())


def _batches(folder: Path) -> Iterator[Row]:
    with a_clinic(folder, "batches.db") as (clinic, _bags):
        yield from batches.rows(clinic)


def _tell(told: str) -> None:
    """How far it is, for whoever waits."""
    print(f"  {datetime.now():%H:%M:%S} {told}", flush=True)  # noqa: DTZ005 - by the clock on the wall


def _beside(folder: Path, size: Size) -> list[Measured]:
    """Ourselves beside others."""
    return measure(room_for(folder / "beside"), size, _tell)


def _screens(folder: Path) -> Iterator[Row]:
    yield from screens.rows(folder)


PARTS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "handoffs": _handoffs,
    "tree": _tree,
    "pages": _pages,
    "deciding": _deciding,
    "verifying": _verifying,
    "writers": _writers,
    "starting": _starting,
    "reading": _reading,
    "printing": _printing,
    "batches": _batches,
    "screens": _screens,
}
BESIDE = "beside"
ABOUT = {
    "handoffs": "a signed handoff in process, beside the floor",
    "tree": "handoffs with the tree grown behind them, and a proof of one entry",
    "pages": "a handoff by its last screen in process, and a scan",
    "deciding": "the guards alone",
    "verifying": "the verifier over 20,000 entries",
    "writers": "four writers on PostgreSQL",
    "starting": "`coi --help`",
    "reading": "a scan, of each dialect",
    "printing": "a label drawn, and read back",
    "batches": "two hundred labels of places sent at once",
    "screens": "a scan until its answer is painted in a browser, and a first load",
    BESIDE: "over HTTP beside the peers, labels, and the physical limits",
}


def main(words: Sequence[str]) -> None:
    """Print a row as soon as it is measured; what stands beside others comes at the end."""
    asked = _read(words)
    if asked.list:
        for name, told in ABOUT.items():
            print(f"{name:<12} {told}")
        return
    names = asked.part or ([BESIDE, "deciding"] if asked.quick else list(ABOUT))
    print(f"{date.today():%Y-%m-%d}, {machine()}")  # noqa: DTZ011 - the day on which somebody ran it
    print(Row("calibration", f"{calibrate():.1f} ms", f"reference {REFERENCE_MS:.0f} ms"))
    for name in names:
        with TemporaryDirectory() as folder:
            if name == BESIDE:
                found = _beside(Path(folder), QUICK if asked.quick else FULL)
                show(found)
                keep(found, RESULTS, ROOT / "docs" / "images" if asked.docs else RESULTS)
                continue
            for row in PARTS[name](Path(folder)):
                print(row, flush=True)


def _read(words: Sequence[str]) -> Namespace:
    """What the command line says."""
    parser = ArgumentParser("benchmarks", description="Prints what the performance claims rest on.")
    parser.add_argument("part", nargs="*", choices=[*ABOUT, []], help="only these parts")
    parser.add_argument("--list", action="store_true", help="tell the parts, and end")
    parser.add_argument("--quick", action="store_true", help="few rounds: about three minutes")
    parser.add_argument("--docs", action="store_true", help="put the charts into docs/images")
    return parser.parse_args(words)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Two hundred labels of places sent at once: how soon whoever asks is free, and what each takes."""

import time
from collections.abc import Iterator

from benchmarks.clinic import Clinic
from benchmarks.measure import Row, calibrate, cpu_ms, per_second
from coi.services.approvals import approve_template
from coi.services.batches import Batch, Batches
from coi.services.drawing import ZPL
from coi.services.installation import Installation
from coi.services.places import register_place
from coi.services.printers import DOWNLOAD, About
from coi.services.proofs import JustProven, person_of
from coi.services.registering_printers import register_printer
from coi.services.thing_sending import SendPlaces

LABELS, ROUNDS = 200, 3
UNIT, KEEPER = "north-lab", "leo"
MOST_MS = 50
SLOWEST = 5


def rows(clinic: Clinic) -> Iterator[Row]:
    """A batch begun; and drawn for a label printer, read back, on record and in the queue."""
    ours, keeper = clinic.installation, clinic.proven[KEEPER]
    printer, places = _made_ready(ours, keeper)
    begun, each = [], []
    for n in range(ROUNDS):
        asked = SendPlaces(places, printer, f"batch {n}")
        waited, taken = _sent(ours, keeper, asked)
        begun.append(waited)
        each.append(taken / LABELS)
    yield Row(
        f"a batch of {LABELS} labels of places asked for: answered",
        f"{min(begun):.1f} ms by the clock",
        f"at most {MOST_MS} ms",
        min(begun) <= MOST_MS,
    )
    here, there = per_second(min(each), calibrate())
    told = f"{min(each):.1f} ms each: {here:.0f}/s; {there:.0f}/s scaled"
    yield Row("… drawn, read back and queued", told, f"{SLOWEST}/s", here >= SLOWEST)


def _sent(ours: Installation, keeper: JustProven, asked: SendPlaces) -> tuple[float, float]:
    """Milliseconds until whoever asks is answered, and of CPU until every label waits."""
    started: list[tuple[float, Batch]] = []

    def work() -> None:
        before = time.perf_counter()
        batch = Batches().begin(ours, keeper, asked)
        started.append(((time.perf_counter() - before) * 1000, batch))
        batch.ended.wait()

    taken = cpu_ms(work)
    ((waited, batch),) = started
    if batch.error is not None:
        raise batch.error
    return waited, taken


def _made_ready(ours: Installation, keeper: JustProven) -> tuple[str, tuple[str, ...]]:
    """A label printer that is fetched from, and the places whose labels it gets."""
    root, quality = (_proven(ours, username) for username in ("root", "queenie"))
    approve_template(ours, quality, "location-label")
    about = About("Freezers", DOWNLOAD, ZPL, 203, 100, 50)
    printer = register_printer(ours, root, UNIT, about, key="printer of places")
    places = (
        register_place(ours, keeper, UNIT, f"Freezer 9, shelf {n}", key=f"place {n}")
        for n in range(LABELS)
    )
    return printer, tuple(places)


def _proven(ours: Installation, username: str) -> JustProven:
    found = ours.read(lambda tx: person_of(tx, username))
    return JustProven(username, found.person.id, found.credential)

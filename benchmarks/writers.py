"""Four writers on PostgreSQL: each on a therapy of its own, and all on one (TL-03)."""

from collections.abc import Iterator, Sequence
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from time import monotonic

from benchmarks.clinic import Bag, new_clinic, open_clinic
from benchmarks.measure import Row
from coi.store.engine import open_engine
from tests.postgres import running_server

WRITERS = 4
SLICES = 8
SECONDS = 1.0
TIMES = 1.5


def rows() -> Iterator[Row]:
    """Handoffs a second of the four together, by turns on their own therapies and on one."""
    with running_server() as server:
        url = server.url(server.new_database())
        engine = open_engine(url)
        bags = new_clinic(engine, 1 + WRITERS, WRITERS)
        engine.dispose()
        shared, own = bags[:WRITERS], bags[WRITERS::WRITERS]
        apart, together = _by_turns(url, list(zip(own, shared, strict=True)))
    times = median(apart) / median(together)
    told = f"{median(apart):.0f} and {median(together):.0f} handoffs/s"
    yield Row("four writers on four therapies, and on one", told)
    yield Row("... as a multiple", f"{times:.2f}", f"at least {TIMES}", times >= TIMES)


def _by_turns(url: str, bags: Sequence[tuple[Bag, Bag]]) -> tuple[list[float], list[float]]:
    """Rates of slice after slice: the first bags of all, then the second ones, and again."""
    processes = get_context("forkserver")
    lines = [processes.Pipe() for _ in bags]
    writers = [
        processes.Process(target=write_slices, args=(url, pair, line[1]))
        for pair, line in zip(bags, lines, strict=True)
    ]
    for writer in writers:
        writer.start()
    ends = [line[0] for line in lines]
    rates = [_slice(ends, number % 2) for number in range(2 * (SLICES + 1))]
    for end in ends:
        end.send(None)
    for writer in writers:
        writer.join()
    return rates[2::2], rates[3::2]  # the first of each warmed up


def _slice(ends: Sequence[Connection], which: int) -> float:
    for end in ends:
        end.send(which)
    done: list[int] = [end.recv() for end in ends]
    return sum(done) / SECONDS


def write_slices(url: str, bags: tuple[Bag, Bag], line: Connection) -> None:
    """In a process of its own: for each number received, hand that bag over for a second."""
    clinic = open_clinic(open_engine(url))
    turns = [clinic.turn_of(bag) for bag in bags]
    while (which := line.recv()) is not None:
        until = monotonic() + SECONDS
        for done in count():
            if monotonic() >= until:
                line.send(done)
                break
            bag, turn = bags[which], turns[which]
            clinic.hand_over(bag, turn, f"{bag.subject} {turn}")
            turns[which] += 1

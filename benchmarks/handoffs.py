"""A signed handoff from the request to the commit, beside the floor."""

import secrets
from collections.abc import Iterator, Sequence
from itertools import count, cycle
from pathlib import Path

from sqlalchemy import event

from benchmarks.clinic import LEGS, Bag, Clinic, leg_after
from benchmarks.floor import floor
from benchmarks.measure import Row, Work, cpu_ms, interleaved, ratio, spread
from coi.services.passwords import check_password, hasher

THERAPIES = 40
WARM = 2 * len(LEGS)  # with the eleven entries before, about twenty in each therapy
ROUNDS = 800


def rows(clinic: Clinic, bags: Sequence[Bag], folder: Path) -> Iterator[Row]:
    """CPU of a handoff on SQLite (WAL, FULL), interleaved with the floor's; and its statements."""
    for bag in bags:
        for _ in range(WARM):
            walk_on(clinic, bag)
    ours, least = interleaved(handing_over(clinic, bags), floor(folder / "floor.db", 200), ROUNDS)
    quotient = ratio(ours, least)
    yield Row("the floor: ORM, one item, one chained event", spread(least))
    yield Row("a signed handoff, password apart", spread(ours))
    yield Row("... as a multiple of the floor", f"{quotient:.2f}", "at most 1", quotient <= 1)
    for leg in LEGS[:2]:
        yield Row(f"... statements of {leg.action}", str(statements(clinic, bags[0])))
    password = hasher()
    stored = password.hash("for the benchmark only")
    checking = [
        cpu_ms(lambda: check_password(password, stored, "for the benchmark only")) for _ in range(9)
    ]
    yield Row("the password check of a signature (Argon2id)", spread(checking), "at most 100 ms")


def handing_over(clinic: Clinic, bags: Sequence[Bag]) -> Work:
    """Each call hands the next bag over; the request is made before it is asked for."""
    # What is asked today must not be taken for what was asked of this record when it was measured.
    key = secrets.token_hex(8)
    turns = {bag: clinic.turn_of(bag) for bag in bags}
    numbers, queue = count(), cycle(bags)

    def one() -> None:
        bag = next(queue)
        clinic.hand_over(bag, turns[bag], f"{key}-{next(numbers)}")
        turns[bag] += 1

    return one


def walk_on(clinic: Clinic, bag: Bag) -> None:
    """Take the bag's next leg."""
    turn = clinic.turn_of(bag)
    clinic.hand_over(bag, turn, f"{bag.subject} {turn}")


def statements(clinic: Clinic, bag: Bag) -> int:
    """How many statements the bag's next leg sends, between beginning and commit."""
    sent: list[str] = []
    engine = clinic.installation.engine

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    turn = clinic.turn_of(bag)
    event.listen(engine, "before_cursor_execute", note)
    clinic.hand_over(bag, turn, f"{bag.subject} {turn} {leg_after(turn).action}")
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)

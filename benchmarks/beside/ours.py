"""Ourselves over HTTP: a clinic of our own with ten thousand therapies, and its server."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from argon2 import PasswordHasher

from benchmarks.beside.environments import ROOT
from benchmarks.beside.load import Ready, Work
from benchmarks.beside.rounds import Contender
from benchmarks.beside.serving import Place, granian, serving
from benchmarks.beside.visiting import Visitor
from benchmarks.beside.words import HANDOFF, HISTORY, WITH_HASH, WORK_LIST, Base
from benchmarks.clinic import CHEAP, LEGS, Bag, Clinic, leg_after, new_clinic, open_clinic
from benchmarks.crowd import crowd
from benchmarks.handoffs import walk_on
from benchmarks.pages import up_to_signing
from coi.services.passwords import hasher
from coi.services.therapies import look
from coi.store.engine import open_engine
from coi.store.migrate import upgrade

SLOTS = 64  # handoffs that can be made ready at once; each has a bag and two sessions of its own
HASHED_SLOTS = 16
ENTRIES = 60


@dataclass(slots=True)
class Served:
    """A clinic with its server, and the turn of each bag."""

    port: int
    clinic: Clinic
    bags: Sequence[Bag]
    turns: dict[Bag, int]

    def next_leg(self, bag: Bag) -> int:
        """The turn of the leg that is taken now; the bag is expected to be one further on then."""
        self.turns[bag] += 1
        return self.turns[bag] - 1


@contextmanager
def a_clinic(base: Base, slots: int, others: int, with_: PasswordHasher) -> Iterator[Served]:
    """A clinic in a new database, served; with so many other therapies beside its own."""
    url, place = base.new_url(), base.folder / f"ours-{slots}.log"
    engine = open_engine(url)
    if base.server is None:
        upgrade(engine)
    bags = new_clinic(engine, slots + 1, hasher=with_)
    clinic = open_clinic(engine)
    if others:
        for n, bag in enumerate(bags[:4]):
            for _ in range(n):
                walk_on(clinic, bag)
        crowd(engine, [bag.coi for bag in bags[:4]], others)
    while len(look(clinic.installation, bags[-1].coi).history) < ENTRIES:
        walk_on(clinic, bags[-1])
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BENCH_URL": url}
    command = granian(sys.executable, "benchmarks.beside.application:application", base.workers)
    with serving([*command, "--factory"], Place(ROOT, environ, place)) as (pid, port):
        base.ours.append(pid)
        yield Served(port, clinic, bags, {bag: clinic.turn_of(bag) for bag in bags})
    engine.dispose()


@contextmanager
def by_the_page(base: Base, items: int) -> Iterator[Contender]:
    """Ourselves as people use us: the last screen of a guided handoff, and pages."""
    with (
        a_clinic(base, SLOTS, items, CHEAP) as cheap,
        a_clinic(base, HASHED_SLOTS, 0, hasher()) as hashed,
    ):
        operations = {
            HANDOFF: _signing(cheap, SLOTS),
            WITH_HASH: _signing(hashed, HASHED_SLOTS),
            HISTORY: _getting(cheap, "leo", f"/therapies/{cheap.bags[-1].coi}"),
            WORK_LIST: _getting(cheap, "carla", "/?which=all"),
        }
        yield Contender("ours, by the page", base.with_database(*base.ours), operations)


def _signing(served: Served, slots: int) -> Ready:
    """The last screen of handoffs; each is led so far in a session of its own."""
    usernames = dict.fromkeys(leg.username for leg in LEGS)
    sessions: dict[int, Mapping[str, Visitor]] = {}
    numbers = count()

    def ready(client: int, number: int) -> list[Work]:
        number = min(number, slots if client == 0 and number > slots // 8 else slots // 8)
        return [one(client * number + n) for n in range(number)]

    def one(slot: int) -> Work:
        if slot not in sessions:
            sessions[slot] = {name: Visitor(served.port, name) for name in usernames}
        bag = served.bags[slot]
        leg = leg_after(served.next_leg(bag))
        key = f"beside-{next(numbers):022}"
        return up_to_signing(sessions[slot][leg.username], bag, leg, key)

    return ready


def _getting(served: Served, username: str, path: str) -> Ready:
    """A page, again and again; each client with its own browser."""
    visitors: dict[int, Visitor] = {}

    def ready(client: int, number: int) -> list[Work]:
        if client not in visitors:
            visitors[client] = Visitor(served.port, username)
        line = visitors[client].line
        return [lambda: line.must(200, "GET", path)] * number

    return ready

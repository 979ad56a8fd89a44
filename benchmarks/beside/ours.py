"""Ourselves over HTTP: a clinic of our own with ten thousand therapies, and its server."""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.beside.environments import ROOT
from benchmarks.beside.load import Line, Ready, Work
from benchmarks.beside.rounds import Contender
from benchmarks.beside.serving import Place, granian, serving
from benchmarks.beside.visiting import Visitor
from benchmarks.beside.words import ALONE, CLIENTS, HANDOFF, HISTORY, WITH_HASH, WORK_LIST, Base
from benchmarks.clinic import LEGS, Bag, Clinic, Leg, leg_after, new_clinic, open_clinic
from benchmarks.crowd import crowd
from benchmarks.handoffs import walk_on
from benchmarks.pages import up_to_signing
from benchmarks.peers.ring import PASSWORD as REAL_PASSWORD
from coi.demo.cast import PASSWORD
from coi.services.installation import Installation
from coi.services.passwords import hasher
from coi.services.people import set_password
from coi.services.proofs import authenticate
from coi.services.therapies import look
from coi.store.engine import open_engine
from coi.store.migrate import upgrade

SLOTS = 32  # handoffs that can be made ready at once; each has a bag and two sessions of its own
ENTRIES = 60
HASHED = {"nina": "nora", "leo": "lena"}
"""Who signs where the hash counts: colleagues whose passwords cost what they do at work."""


@dataclass(slots=True)
class Served:
    """A clinic with its server."""

    process: int
    port: int
    clinic: Clinic
    bags: Sequence[Bag]
    lines: list[Line] = field(default_factory=list)

    def slots(self, client: int, number: int) -> range:
        """So many bags for a client, as far as there are: of several, each has a share of its own.

        The last bag is handed over by nobody: its therapy is looked at.
        """
        bags = len(self.bags) - 1
        if client == ALONE:
            return range(min(number, bags))
        share = max(bags // CLIENTS, 2)
        first = (client - 1) * share
        return range(first, first + min(number, share))

    def visitor(self, username: str, password: str = PASSWORD) -> Visitor:
        """Somebody who signs in here; their connection is closed at the end."""
        visitor = Visitor(self.port, username, password)
        self.lines.append(visitor.line)
        return visitor

    def next_leg(self, bag: Bag) -> Leg:
        """The leg that is taken now: as the bag lies, whatever went wrong before."""
        return leg_after(self.clinic.turn_of(bag))


@contextmanager
def a_clinic(base: Base, others: int, slots: int = SLOTS) -> Iterator[Served]:
    """A clinic in a new database, served; with so many other therapies beside its own.

    The last bag is of a therapy with a long history.
    """
    with base.filled() as url:
        engine = open_engine(url)
        if base.server is None:
            upgrade(engine)
        bags = new_clinic(engine, slots + 1)
        clinic = open_clinic(engine)
        _grow(clinic, bags, others)
        for username in HASHED.values():
            _give_real_password(clinic.installation, username)
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BENCH_URL": url}
    command = granian(
        Path(sys.executable), "benchmarks.beside.application:application", base.workers
    )
    place = Place(ROOT, environ, base.folder / "ours.log")
    with serving([*command, "--factory"], place) as (pid, port):
        served = Served(pid, port, clinic, bags)
        try:
            yield served
        finally:
            for line in served.lines:
                line.close()
            engine.dispose()


def _grow(clinic: Clinic, bags: Sequence[Bag], others: int) -> None:
    """Bags at each turn of their way, so many copies of their therapies, and a long life."""
    for number, bag in enumerate(bags[: len(LEGS)]):
        for _ in range(number):
            walk_on(clinic, bag)
    if others:
        originals = [bag.coi for bag in bags[: len(LEGS)]]
        crowd(clinic.installation.engine, originals, others)
    while len(look(clinic.installation, bags[-1].coi).history) < ENTRIES:
        walk_on(clinic, bags[-1])


def _give_real_password(installation: Installation, username: str) -> None:
    """A password whose check takes as long as the product's own."""
    proven = authenticate(installation, username, PASSWORD)
    set_password(replace(installation, hasher=hasher()), proven, REAL_PASSWORD)


@contextmanager
def by_the_page(served: Served, base: Base) -> Iterator[Contender]:
    """Ourselves as people use us: the last screen of a guided handoff, and pages."""
    operations = {
        HANDOFF: _Signing(served, {"nina": PASSWORD, "leo": PASSWORD}, {}).ready,
        WITH_HASH: _Signing(served, dict.fromkeys(HASHED, REAL_PASSWORD), HASHED).ready,
        HISTORY: _getting(served, "leo", f"/therapies/{served.bags[-1].coi}"),
        WORK_LIST: _getting(served, "carla", "/?which=all"),
    }
    yield Contender("ours, by the page", base.with_database(served.process), operations)


@dataclass(slots=True)
class _Signing:
    """The last screen of handoffs; each is led so far in a session of its own.

    A session has one step in hand, so that each of a burst has two people's sessions to itself.
    """

    served: Served
    passwords: Mapping[str, str]
    colleagues: Mapping[str, str]  # who takes whose place
    sessions: dict[int, Mapping[str, Visitor]] = field(default_factory=dict)

    def ready(self, client: int, number: int) -> list[Work]:
        """Handoffs with bags that no other client has in hand."""
        return [self._one(slot) for slot in self.served.slots(client, number)]

    def _one(self, slot: int) -> Work:
        if slot not in self.sessions:
            self.sessions[slot] = {
                name: self.served.visitor(self.colleagues.get(name, name), password)
                for name, password in self.passwords.items()
            }
        bag = self.served.bags[slot]
        leg = self.served.next_leg(bag)
        key = f"beside-{secrets.token_hex(12)}"
        return up_to_signing(self.sessions[slot][leg.username], bag, leg, key)


def _getting(served: Served, username: str, path: str) -> Ready:
    """A page, again and again; each client with its own browser."""
    visitors: dict[int, Visitor] = {}

    def ready(client: int, number: int) -> list[Work]:
        if client not in visitors:
            visitors[client] = served.visitor(username)
        line = visitors[client].line
        return [lambda: line.must(200, "GET", path)] * number

    return ready

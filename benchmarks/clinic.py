"""A clinic whose bags go back and forth between two units, as real handoffs through the use cases.

The tests of faults break the same handoff that is measured here.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from coi.clock import Clock, SteppedClock, SystemClock
from coi.definitions import packaged
from coi.demo import stories, world
from coi.demo.cast import PATIENTS
from coi.demo.performer import Performer
from coi.services import installing
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.checkpoint_keys import create_signing_key
from coi.services.installation import Installation
from coi.services.proofs import JustProven, Signer, authenticate, person_of
from coi.services.receipts import Receipt
from coi.services.scanning import Code
from coi.services.therapies import look
from coi.services.vault import Vault
from coi.settings import Settings
from coi.store.facts import subjects
from coi.store.transactions import Engine

_WORKFLOW = "autologous-car-t.1"
_FIRST_TURN = 3  # collected, released, accepted: the bag lies in the cell laboratory


@dataclass(frozen=True, slots=True)
class Bag:
    """A labelled bag of one therapy."""

    coi: str
    subject: str
    serial: str


@dataclass(frozen=True, slots=True)
class Leg:
    """One signed handoff: what is done where, by whom, and to whom the bag goes."""

    action: str
    unit: str
    username: str
    to: str = "-"


MEANINGS = {"release_custody": "released custody", "accept_custody": "accepted custody"}
"""What is signed with each leg."""

LEGS = (
    Leg("release_custody", "north-lab", "leo", "north-apheresis"),
    Leg("accept_custody", "north-apheresis", "nina"),
    Leg("release_custody", "north-apheresis", "nina", "north-lab"),
    Leg("accept_custody", "north-lab", "leo"),
)
"""Out and back: after the last leg the bag lies where it lay before the first."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """An installation, and who acts in it."""

    installation: Installation
    proven: Mapping[str, JustProven]

    def hand_over(self, bag: Bag, turn: int, key: str) -> Receipt:
        """Take the leg that follows this turn of the bag, signed by who acts."""
        leg = leg_after(turn)
        return self.take(a_handoff(bag, leg, key, {bag.subject: turn}), leg.username)

    def take(self, wanted: TakeAction, username: str) -> Receipt:
        """Take an action that the same person signs."""
        person = self.proven[username]
        signer = Signer(person, MEANINGS[wanted.action])
        return take_action(self.installation, wanted, person, (signer,))

    def turn_of(self, bag: Bag) -> int:
        """The bag's present turn."""
        return self.installation.read(lambda tx: subjects(tx, bag.coi)[bag.subject].position.turn)


def leg_after(turn: int) -> Leg:
    """The leg that a bag is about to take at this turn."""
    return LEGS[(turn - _FIRST_TURN) % len(LEGS)]


def a_handoff(bag: Bag, leg: Leg, key: str, seen: Mapping[str, int] | None = None) -> TakeAction:
    """The request for one leg."""
    return TakeAction(
        coi=bag.coi,
        action=leg.action,
        unit=leg.unit,
        key=key,
        codes=(Code(f"{bag.serial}/{bag.coi}"),),
        values={"condition": "intact"} if leg.action == "accept_custody" else {},
        consignee=leg.to,
        seen=seen or {},
    )


def an_installation(engine: Engine, clock: Clock, key: Path | None = None) -> Installation:
    """An installation on a migrated database, with cheap passwords; `key` signs checkpoints."""
    # A burst asks more often than anybody may.
    settings = replace(Settings.from_environment({}), requests_per_minute=1_000_000)
    if key is not None:
        settings = replace(settings, checkpoint_key_file=key)
        create_signing_key(settings)
    return Installation(
        settings=settings,
        engine=engine,
        clock=clock,
        draw=secrets.token_bytes,
        hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
        vault=Vault(bytes(32), secrets.token_bytes),
    )


def new_clinic(engine: Engine, therapies: int, bags: int = 1, key: Path | None = None) -> list[Bag]:
    """Build the made-up world in an empty database, and collect so many therapies and bags each.

    The bags of one therapy stand beside each other.
    """
    began = datetime.now(UTC) - timedelta(days=30)  # before any process opens it
    installation = an_installation(engine, SteppedClock(began, timedelta(seconds=20)), key)
    first = installing.begin(installation, {_WORKFLOW: packaged()[_WORKFLOW]}, "root", "Root")
    performer = world.build(installation, authenticate(installation, "root", first.secret))
    return [bag for number in range(therapies) for bag in _collect(performer, number, bags)]


def _collect(performer: Performer, number: int, bags: int) -> Iterator[Bag]:
    """Order a therapy and collect it, into so many bags."""
    coi = performer.order(PATIENTS[number % len(PATIENTS)])
    stories.play(performer, coi, (*stories.ORDERED, *stories.collected(bags)))
    view = look(performer.installation, coi)
    for subject in view.subjects.values():
        if subject.machine == "material":
            yield Bag(coi, subject.id, view.labels[subject.id][-1])


def open_clinic(engine: Engine, key: Path | None = None) -> Clinic:
    """The clinic in a database where it was built before, as another process would open it."""
    installation = an_installation(engine, SystemClock(), key)
    usernames = dict.fromkeys(leg.username for leg in LEGS)
    found = installation.read(lambda tx: [person_of(tx, username) for username in usernames])
    proven = {
        one.person.username: JustProven(one.person.username, one.person.id, one.credential)
        for one in found
    }
    return Clinic(installation, proven)

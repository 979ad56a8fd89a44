"""The world and the therapies that are told again: by the use cases, and the same for every seed.

Whatever an installation draws or looks up comes from the seed: randomness, time, the salts of
passwords. So two workshops of one seed hold the same bytes, and what was begun goes on.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate, count
from pathlib import Path

from argon2 import PasswordHasher

from benchmarks.growth.template import Template, template_of
from coi.clock import SteppedClock
from coi.definitions import packaged
from coi.demo import world
from coi.demo.cast import PATIENTS
from coi.demo.performer import Performer
from coi.demo.population import HOURS
from coi.demo.stories import STORIES
from coi.services import installing
from coi.services.installation import Installation
from coi.services.proofs import authenticate
from coi.services.vault import KEY_BYTES, Vault
from coi.settings import Settings
from coi.store.engine import open_engine, read
from coi.store.migrate import upgrade
from coi.store.transactions import Engine

BEGAN = datetime(2022, 1, 3, 6, tzinfo=UTC)
OPENED = BEGAN + timedelta(days=60)  # the first therapy is ordered; everybody is there by then
_STEP = timedelta(seconds=15)

STORIES_TOLD: Mapping[str, int] = {
    "waits for approval": 1,
    "waits for the patient": 1,
    "waits for freezing": 1,
    "waits for the courier": 1,
    "waits for inspection of the cells": 1,
    "waits for activation": 1,
    "waits for expansion": 1,
    "waits for quality control": 1,
    "waits for a decision on a lot out of specification": 1,
    "waits for lymphodepletion": 1,
    "waits for the bedside": 1,
    "goes well": 3,
    "fresh cells, all results before release": 2,
    "collected again": 1,
    "cells rejected at receipt": 1,
    "patient withdrew": 1,
    "consent withdrawn": 1,
    "cancelled in manufacture, stage 6": 1,
    "manufacture failed twice": 1,
    "damaged on its way": 1,
    "shipment lost": 1,
    "whole therapy on hold": 1,
}
"""Story -> how often it comes among the others; about 32 entries each."""


class Salted(PasswordHasher):
    """Hashes cheaply, and each password to the same text every time."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        """The hash under a salt that never changes: nobody's real password is made here."""
        return super().hash(password, salt=salt or b"always the same.")


def installation_on(engine: Engine, settings: Settings, seed: int) -> Installation:
    """An installation in which nothing is left to chance but by the seed."""
    draw = random.Random(f"{seed} world").randbytes
    clock = SteppedClock(BEGAN, _STEP)
    return Installation(settings, engine, clock, draw, Salted(), Vault(key_of(seed), draw))


def key_of(seed: int) -> bytes:
    """The vault key of a record of this seed."""
    return random.Random(f"{seed} key").randbytes(KEY_BYTES)


def build_world(installation: Installation) -> Performer:
    """Write what is there before any therapy: definitions, sites, units, people, approvals."""
    first = installing.begin(installation, dict(packaged()), "root", "Root")
    return world.build(installation, authenticate(installation, "root", first.secret))


@dataclass(frozen=True, slots=True)
class Workshop:
    """The therapies of one seed, to be told again."""

    seed: int
    templates: Mapping[str, Template]

    def story_of(self, number: int) -> Template:
        """Which one the therapy of this number is a telling of."""
        names = [*STORIES_TOLD]
        weights = [*accumulate(STORIES_TOLD.values())]
        chance = random.Random(f"{self.seed} story {number}")
        (name,) = chance.choices(names, cum_weights=weights)
        return self.templates[name]

    def numbers_for(self, entries: int) -> int:
        """How many therapies have so many entries, or a few more."""
        told = 0
        for number in count():
            if told >= entries:
                return number
            told += self.story_of(number).entries
        raise AssertionError("unreachable")


def open_workshop(seed: int, folder: Path) -> Workshop:
    """Tell every story once, in a database in this folder that nobody needs afterwards."""
    engine = open_engine(f"sqlite+pysqlite:///{folder / 'workshop.sqlite3'}")
    upgrade(engine)
    installation = installation_on(engine, Settings.from_environment({}), seed)
    performer = build_world(installation)
    clock = installation.clock
    assert isinstance(clock, SteppedClock)
    clock.advance(OPENED - clock.now())
    performer.pause = partial(_wait, clock)
    cois = dict(_told(performer))
    with read(engine) as connection:
        templates = {name: template_of(connection, coi) for name, coi in cois.items()}
    engine.dispose()
    return Workshop(seed, templates)


def _told(performer: Performer) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(STORIES_TOLD):
        # Somebody else each time: only so is the patient a part of what is told again.
        known = PATIENTS[number % len(PATIENTS)]
        # Nobody looks like anybody else: what is measured is a bedside at which nothing is amiss.
        own = {name: f"{known[name]}{number}" for name in ("family_name", "given_name")}
        patient = {**known, **own, "medical_record_number": f"told-{number}"}
        yield name, STORIES[name](performer, patient)


def _wait(clock: SteppedClock, action: str) -> None:
    clock.advance(timedelta(hours=HOURS.get(action, 0)))

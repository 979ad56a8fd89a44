"""Therapies that went through a good deal, to be looked at: played once, never written to."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from coi.demo.cast import PATIENTS
from coi.demo.chapters import RECEIVED_FROZEN
from coi.demo.deviations import ASKED_FOR, OUT_OF_SPECIFICATION
from coi.demo.going_live import half_way
from coi.demo.performer import Performer
from coi.demo.stories import (
    AT_LAB,
    DESTROYED_ON_HOLD,
    DISPENSATION_WITHDRAWN,
    IN_MANUFACTURE,
    LATE_FACTS,
    ON_HOLD,
    POSITIVE_AFTER_INFUSION,
    WAITING,
    mixed_up,
    told,
)
from tests.journeys.worlds import BEGINS, Databases, World, build_world, told_on

_LIVES = {
    "positive after infusion": told(POSITIVE_AFTER_INFUSION),
    "recorded late": told(LATE_FACTS),
    "on hold": told(ON_HOLD),
    "a bag on hold": told(DESTROYED_ON_HOLD[:-1]),
    "dispensed": told(DISPENSATION_WITHDRAWN, "south"),
    "packed": told(WAITING["the courier"]),
    "handed to the courier": told((*AT_LAB, *RECEIVED_FROZEN[:3])),
    "in manufacture": told(IN_MANUFACTURE),
    "mixed up": mixed_up,
    "copied from paper": half_way,
    "out of specification": told((*OUT_OF_SPECIFICATION, *ASKED_FOR[:2])),
}


def played(migrated_file: Path, folder: Path, begins: datetime = BEGINS) -> World:
    """A world in a file, with one therapy for each of these lives."""
    databases = Databases(migrated_file)
    for name in ("empty", "played"):
        (folder / name).mkdir()
    empty = build_world(databases, folder / "empty", begins)

    def tell(performer: Performer) -> Mapping[str, str]:
        return {name: live(performer, PATIENTS[0]) for name, live in _LIVES.items()}

    return told_on(databases, empty, folder / "played", tell)

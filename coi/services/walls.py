"""What hangs on the wall of a ward or of a cell laboratory: no names, and how much time is left.

Shown at a registered device of the unit to whoever passes by, with nobody signed in; elsewhere to
somebody who is. It reads what is planned to ring, so it tells of what was forgotten too.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import Unknown
from coi.services.directory import units_by_id
from coi.services.installation import Installation
from coi.store.alarm_list import MOST_COUNTED, ON_A_WALL, Soon, soon
from coi.store.alarms import NOT_YET
from coi.store.transactions import Transaction
from workflows.alarms import KINDS, Level, Rings
from workflows.model import Workflow

AHEAD = timedelta(hours=24)


class Wall(StrEnum):
    """Which wall it is."""

    LABORATORY = "laboratory"
    WARD = "ward"


TITLES = {Wall.LABORATORY: "Cell laboratory", Wall.WARD: "Ward"}
OF_THE_SITE = {
    Wall.LABORATORY: (Rings.CRITICAL, Rings.SHIPPER),
    Wall.WARD: (Rings.CRITICAL, Rings.BEDSIDE_CHECK, Rings.THAW_WINDOW),
}
"""What is shown wherever at the site it is: a shipper comes to the one, a bag to the other.
What is critical concerns both."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """One line on a wall."""

    coi: str
    thing: str  # as it is called within its therapy, with its sort; '' for the therapy itself
    state: str
    awaited: str
    due_at: datetime
    level: Level
    is_heard: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A wall as it is now."""

    wall: Wall
    place: str
    time_zone: str
    now: datetime
    lines: tuple[Hanging, ...]
    more: int = 0  # so many have no room
    is_counted: bool = True  # or there are more than that


def wall(installation: Installation, which: Wall, unit: str) -> Shown:
    """What rings at a unit, and what will within a day, the soonest first.

    Raises:
        Unknown: there is no such unit.
    """

    def work(tx: Transaction) -> Shown:
        place = units_by_id(tx).get(unit)
        if place is None:
            raise Unknown("unit", unit)
        now = installation.clock.now()
        kinds = [kind.value for kind in OF_THE_SITE[which]]
        found = soon(tx, place.site.id, unit, kinds, rfc3339(now + AHEAD))
        found.sort(key=partial(_place_on_wall, rfc3339(now)))
        shown = found[:ON_A_WALL]
        return Shown(
            *(which, f"{place.name}, {place.site.name}", place.site.time_zone, now),
            lines=tuple(
                _line(installation.workflow(tx, one.workflow, one.version), one) for one in shown
            ),
            more=len(found) - len(shown),
            is_counted=max(Counter(one.level for one in found).values(), default=0) < MOST_COUNTED,
        )

    return installation.read(work)


def _place_on_wall(now: str, one: Soon) -> tuple[bool, str]:
    """What may come to harm now stands above all that has waited longer."""
    return not (one.rings_at <= now and one.level == Level.ALARM), one.rings_at


def _line(workflow: Workflow, one: Soon) -> Hanging:
    kind = KINDS[Rings(one.kind)]
    machine = workflow.machines.get(one.machine)
    steps = ", or ".join(workflow.actions[name].title for name in one.about.split())
    own = one.subject.removeprefix(one.coi)
    return Hanging(
        coi=one.coi,
        thing=f"{machine.title} {own}" if machine and own else own,
        state=machine.states[one.state].title if machine else "",
        awaited=kind.awaited or steps,
        due_at=parse_rfc3339(one.rings_at),
        level=kind.level,
        is_heard=one.heard_by != NOT_YET,
    )

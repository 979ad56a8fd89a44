"""Which clocks run for what somebody has before them, and how long is left; asked by no rule."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from coi.services.installation import Installation
from coi.services.looking import TherapyNow
from coi.store.running import started
from coi.store.transactions import Transaction
from workflows.clocks import Clock, lots, running
from workflows.facts import Subject
from workflows.model import Workflow

_TWO_HOURS, _DAY, _FOUR_DAYS = 2, 24, 4


@dataclass(frozen=True, slots=True)
class Runs:
    """A clock as it is shown: what it is, of which thing, until when, why, and how much is left.

    One without an end is shown with the time since it began.
    """

    title: str
    ends_at: datetime | None
    seconds: int  # that are left, below zero it is over; of one without an end, that it has run
    sentence: str = ""  # why it runs
    kind: str = ""  # what its thing is called
    number: str = ""  # and which of its like it is
    since: datetime | None = None  # of one without an end

    @property
    def is_over(self) -> bool:
        """Its time has come."""
        return self.ends_at is not None and self.seconds < 0

    @property
    def ran(self) -> str:
        """How long one without an end has run: in days from the first one on."""
        hours = max(0, self.seconds) // 3600
        return (
            f"{hours // 24} d {hours % 24} h" if hours >= _DAY else in_words(max(0, self.seconds))
        )

    @property
    def left(self) -> str:
        """How much is left."""
        return in_words(max(0, self.seconds))


def in_words(seconds: int) -> str:
    """So much time: in minutes below two hours, and in days from four on."""
    minutes = seconds // 60
    hours, days = minutes // 60, minutes // (24 * 60)
    if hours < _TWO_HOURS:
        return f"{minutes} min"
    if days < _FOUR_DAYS:
        return f"{hours} h {minutes % 60} min"
    return f"{days} d {hours % 24} h"


def clocks_in(
    tx: Transaction, workflows: Mapping[str, Workflow], units: Collection[str] | None = None
) -> Mapping[str, tuple[Clock, ...]]:
    """The clocks of each of these therapies (COI to its workflow), in one look at the record.

    All of them; or of what is in the hands of these units, with what is due on paper.
    """
    names = frozenset().union(*map(lots, workflows.values()))
    found = started(tx, [*workflows], names, units)
    return {coi: running(workflows[coi], one.told, one.planned) for coi, one in found.items()}


def clocks_of(installation: Installation, page: TherapyNow) -> tuple[Runs, ...]:
    """Every clock of a therapy; none of one that others treat, or that is still copied."""
    return _shown(installation, page, lambda _clock: True)


def clocks_for(
    installation: Installation, page: TherapyNow, things: Collection[str], action: str
) -> tuple[Runs, ...]:
    """Those of what a step can move, and those that the step ends."""
    return _shown(installation, page, lambda one: one.thing in things or action in one.steps)


def _shown(
    installation: Installation, page: TherapyNow, is_meant: Callable[[Clock], bool]
) -> tuple[Runs, ...]:
    therapy, workflow = page.view.therapy, page.view.workflow
    if page.is_former or therapy.is_copied:
        return ()
    found = installation.read(lambda tx: clocks_in(tx, {therapy.coi: workflow}))
    meant = filter(is_meant, found.get(therapy.coi, ()))
    now = installation.clock.now()
    return tuple(runs(one, workflow, page.view.subjects.get(one.thing), now) for one in meant)


def runs(clock: Clock, workflow: Workflow, thing: Subject | None, now: datetime) -> Runs:
    """A clock as it is shown at this moment."""
    return Runs(
        title=clock.sort.value,
        ends_at=clock.ends_at,
        seconds=_seconds(clock, now),
        sentence=clock.why,
        kind=workflow.machines[thing.machine].title if thing else "",
        number=clock.thing.partition("/")[2],
        since=clock.since,
    )


def _seconds(clock: Clock, now: datetime) -> int:
    if clock.ends_at is not None:
        return seconds_until(clock.ends_at, now)
    return seconds_until(now, clock.since or now)


def seconds_until(moment: datetime, now: datetime) -> int:
    """How many whole seconds are left until a moment; below zero it has come."""
    return int((moment - now).total_seconds() // 1)

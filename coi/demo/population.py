"""A whole made-up population: therapies in every state, each by the same use cases as real ones."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from coi.clock import SteppedClock
from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    ACCEPTED,
    AT_LAB,
    CONDITIONED,
    FROZEN,
    ORDERED,
    OUT,
    RECEIVED_FROZEN,
    Step,
    collected,
    play,
    thawed,
    wait,
)
from coi.demo.going_live import gone_live, half_way
from coi.demo.layers import EXITS_IN_LAYERS
from coi.demo.others import PACE, AtLeisure
from coi.demo.others import SHOWN as OTHERS
from coi.demo.performer import Performer
from coi.demo.stories import EXITS, GOES_WELL, STORIES, Story, Tale
from coi.demo.turns import Wait, told_in_turn

HOURS: Mapping[str, float] = {
    "approve": 20,
    "confirm_slot": 30,
    "plan_collection": 48,
    "collect": 72,
    "pack": 6,
    "accept_shipment": 5,
    "unpack": 1,
    "activate": 4,
    "transduce": 24,
    "expand": 72,
    "harvest": 72,
    "record_result": 6,
    "release_lot": 36,
    "release_lot_provisionally": 36,
    "confirm_release": 12,
    "start_lymphodepletion": 48,
    "complete_infusion": 3,
    "close": 240,
}
"""How long people take before they take an action; everything else follows at once."""

STEP = timedelta(seconds=15)
LONGEST_DAYS = 90
A_WHILE_AGO = timedelta(minutes=7)
AT_MOST_A_STEP = timedelta(minutes=3)  # what a step takes by itself, looks at the clock and all
HOURS_AGO = (1, 2, 3, 4, 6, 10, 18)
"""So long ago the last step of a story was taken: in this shift, or in the one before."""
HOUR = timedelta(hours=1)
_TODAY = HOUR
"""What takes longer from a thaw on does not end beside a bag that is thawed."""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """What was done before, and what just now; so many hours lie between."""

    before: Sequence[Step]
    today: Sequence[Step]
    hours: float
    site: str = "north"
    ago: timedelta = A_WHILE_AGO


_UNDER_WAY: Mapping[str, _UnderWay] = {
    "waits for the bedside": _UnderWay((*OUT, *ACCEPTED, CONDITIONED), thawed(bags=2), 72),
    "waits for freezing": _UnderWay(ORDERED, collected(3), 48),
    "waits for the courier": _UnderWay((*AT_LAB, FROZEN), RECEIVED_FROZEN[1:3], 18),
}
"""None of its windows has passed for a visitor, and nobody is late with what comes before."""

_GONE_LIVE: Mapping[str, Story] = {
    "went live half-way": gone_live,
    "is copied from paper": half_way,
}
"""Therapies that ran on paper when their hospital began."""

_FIRST = (
    *_UNDER_WAY,
    "waits for approval",
    "waits for expansion",
    "waits for quality control",
    "waits for inspection of the product",
    "waits for lymphodepletion",
    "whole therapy on hold",
    "mixed up in the cell laboratory",
    "positive result after infusion",
    "goes well",
    *_GONE_LIVE,
    *OTHERS,
)
_IN_LAYERS = ("waits for opening of a cassette", "waits for opening of a canister")
_BARE = (name for name in EXITS if name not in EXITS_IN_LAYERS)
SHOWN = tuple(dict.fromkeys((*_FIRST, *_IN_LAYERS, *_BARE)))
"""The stories that a visitor finds at least: something of everything, and every way it can go.

What goes its way in layers goes it bare too, and nobody waits at the start for both of them.
"""


def populate(
    performer: Performer, therapies: int, seed: int, told: Callable[[str], None]
) -> tuple[str, ...]:
    """Play so many stories: those for a visitor, the other exits, then good ones cut anywhere.

    Returns the COI identifiers. The same seed plays the same stories; identifiers are random.
    """
    chance = random.Random(seed)  # noqa: S311 - a play, no secret
    end = performer.installation.clock.now()
    cois: dict[int, str] = {}

    def telling(n: int, name: str, story: Story) -> Callable[[Wait], None]:
        # Whoever looks finds a usual day: each story has come to where it stands a while ago, and
        # what is thawed was thawed just now.
        story = thawed_just_now(story, end)
        ago = 0 if isinstance(story, Resumed) else chance.choice(HOURS_AGO)
        begun = end - lasts(story) - ago * HOUR

        def tell(wait_: Wait) -> None:
            cois[n] = story(_at_its_pace(performer, begun, wait_), PATIENTS[n % len(PATIENTS)])
            told(name)

        return tell

    plays = enumerate(islice(_plays(chance, end), therapies))
    told_in_turn([telling(n, name, story) for n, (name, story) in plays])
    return tuple(cois[n] for n in sorted(cois))


def lasts(story: Story) -> timedelta:
    """How long a story takes from its order to where it stands, at the most."""
    if isinstance(story, Resumed):
        return _at_most(story.told.before, HOURS) + story.told.hours * HOUR
    if isinstance(story, AtLeisure):
        return _at_most(story.steps, PACE)
    # What is copied from paper is entered in one go.
    return _at_most(story.steps if isinstance(story, Tale) else AT_LAB * 2, HOURS)


def thawed_just_now(story: Story, end: datetime) -> Story:
    """The story; where it ends beside a thawed bag, the last thaw was a while before the end."""
    steps = story.steps if isinstance(story, Tale) else ()
    thaws = [n for n, one in enumerate(steps) if one.action == "thaw"]
    today = steps[thaws[-1] :] if thaws else ()
    if not (isinstance(story, Tale) and today) or _at_most(today, HOURS) > _TODAY:
        return story
    told = _UnderWay(steps[: thaws[-1]], today, 2, story.site, len(today) * AT_MOST_A_STEP)
    return Resumed(told, end)


def _at_most(steps: Sequence[Step], pace: Mapping[str, float]) -> timedelta:
    hours = sum(pace.get(one.action, 0) + one.after_hours for one in steps)
    return hours * HOUR + len(steps) * AT_MOST_A_STEP


def _at_its_pace(performer: Performer, begun: datetime, wait_: Wait) -> Performer:
    """The same people, by a clock that begins then and goes on as people take their time."""
    clock = SteppedClock(begun, STEP)
    return replace(
        performer,
        installation=replace(performer.installation, clock=clock),
        pause=lambda action: clock.advance(timedelta(hours=HOURS.get(action, 0))),
        turn=lambda: wait_(clock.now()),
    )


def _plays(chance: random.Random, end: datetime) -> Iterator[tuple[str, Story]]:
    """The stories in the order in which they are played; there is no end of good ones."""
    told: dict[str, Story] = {
        **STORIES,
        **OTHERS,
        **_GONE_LIVE,
        **{name: Resumed(one, end) for name, one in _UNDER_WAY.items()},
    }
    for name in dict.fromkeys((*SHOWN, *told)):
        yield name, told[name]
    while True:
        cut = chance.randint(1, len(GOES_WELL))
        yield GOES_WELL[cut - 1].action, Tale(GOES_WELL[:cut])


@dataclass(frozen=True, slots=True)
class Resumed:
    """A story whose last steps are taken a while before the end."""

    told: _UnderWay
    end: datetime

    def __call__(self, performer: Performer, patient: Mapping[str, str]) -> str:
        """Order it and take the steps; returns the COI identifier."""
        coi = performer.order(patient, self.told.site)
        play(performer, coi, self.told.before)
        wait(performer, (self.end - self.told.ago - performer.installation.clock.now()) / HOUR)
        # From here on nobody waits: the steps follow each other at once.
        performer.pause = lambda _action: None
        play(performer, coi, self.told.today)
        return coi

"""A whole made-up population: therapies in every state, each by the same use cases as real ones."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from coi.clock import SteppedClock
from coi.demo.cast import PATIENTS
from coi.demo.performer import Performer
from coi.demo.stories import GOES_WELL, STORIES, Story, take

_HOURS: Mapping[str, float] = {
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


def populate(
    performer: Performer, therapies: int, seed: int, told: Callable[[str], None]
) -> tuple[str, ...]:
    """Play so many therapies, the exits first, then good ones that stand at different steps.

    Returns the COI identifiers. The same seed plays the same stories; identifiers are random.
    """
    chance = random.Random(seed)  # noqa: S311 - a play, no secret
    end = performer.installation.clock.now()
    plays = _plays(therapies, chance)
    cois = []
    for n, (name, story) in enumerate(plays):
        # Begun so long ago that it ends before now, and not all on the same day.
        clock = SteppedClock(end - timedelta(days=LONGEST_DAYS - chance.randrange(20)), STEP)
        performer.installation = replace(performer.installation, clock=clock)
        # The clock is bound now: by its name the pause would move the clock of the last story.
        performer.pause = lambda action, clock=clock: clock.advance(  # type: ignore[misc]
            timedelta(hours=_HOURS.get(action, 0))
        )
        patient = PATIENTS[n % len(PATIENTS)]
        cois.append(story(performer, patient))
        told(name)
    return tuple(cois)


def how_many(therapies: int) -> int:
    """How many stories are played when so many therapies are wanted: every exit at least once."""
    return max(therapies, len(STORIES))


def _plays(therapies: int, chance: random.Random) -> Sequence[tuple[str, Story]]:
    """The stories to play: every exit once, then good ones that end at different steps."""
    good = [_until(chance.randint(1, len(GOES_WELL))) for _ in range(therapies - len(STORIES))]
    return [*STORIES.items(), *good]


def _until(cut: int) -> tuple[str, Story]:
    """The good story, ended after so many steps, by the name of its last one."""

    def story(performer: Performer, patient: Mapping[str, str]) -> str:
        coi = performer.order(patient)
        for step in GOES_WELL[:cut]:
            take(performer, coi, step)
        return coi

    return GOES_WELL[cut - 1].action, story

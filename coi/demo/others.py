"""The therapies beside the first: for each definition its hospital, its good story, and the rest.

Told together, with the tours (`coi.demo.tours`), they take every step that each definition allows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from coi.clock import SteppedClock
from coi.definitions import packaged_workflow
from coi.demo import point_of_care, stem_cells, tumour
from coi.demo.chapters import Step, play
from coi.demo.performer import Performer
from coi.demo.stories import first_times

PACE: Mapping[str, float] = {
    "approve": 20,
    "confirm_slot": 30,
    "plan_collection": 48,
    "collect": 72,
    "transduce": 24,
    "expand": 72,
    "harvest": 72,
    "close": 240,
}
"""How long people take before an action: never while something fresh waits."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How a definition is told: at which hospital, how it goes well, and what else befalls it."""

    workflow: str
    site: str
    good: Sequence[Step]
    stories: Mapping[str, Sequence[Step]]

    def tell(self, performer: Performer, patient: Mapping[str, str], steps: Sequence[Step]) -> str:
        """Order the therapy and take the steps; returns the COI identifier."""
        coi = performer.order(patient, self.site, self.workflow)
        play(performer, coi, steps)
        return coi

    def cut_short(self) -> Iterator[tuple[Step, ...]]:
        """The good story, ended after each new sort of step by which something comes to a state."""
        actions = packaged_workflow(self.workflow).actions
        for told in first_times(self.good):
            if any(rule.to_state for rule in actions[told[-1].action].moves):
                yield told


TOLD = tuple(
    Telling(told.WORKFLOW, told.SITE, told.GOES_WELL, told.STORIES)
    for told in (point_of_care, stem_cells, tumour)
)


@dataclass(frozen=True, slots=True)
class AtLeisure:
    """The story with what time passes between its steps, for a demonstration."""

    telling: Telling
    steps: Sequence[Step]

    def __call__(self, performer: Performer, patient: Mapping[str, str]) -> str:
        """Order the therapy and take the steps; returns the COI identifier."""
        clock = performer.installation.clock
        if isinstance(clock, SteppedClock):
            performer.pause = lambda action: clock.advance(timedelta(hours=PACE.get(action, 0)))
        return self.telling.tell(performer, patient, self.steps)


SHOWN = {
    f"{told.workflow}, {what}": AtLeisure(told, steps)
    for told in TOLD
    for what, steps in (("goes well", told.good), ("half way", told.good[: len(told.good) // 2]))
}
"""What a visitor of the demonstration finds of each."""

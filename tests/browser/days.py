"""What the days of people are told with: how a therapy stands in the morning, what is at hand."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle

from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, play
from coi.services.therapies import Happened, TherapyView, look
from tests.browser.house import House
from tests.journeys.asking import ids
from workflows.alarms import AlarmDeed

TABLET: Mapping[str, object] = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
WORKSTATION: Mapping[str, object] = {"viewport": {"width": 1280, "height": 800}}

IN_GERMAN = "de-DE"
_WHOEVER = cycle(PATIENTS[4:])


@dataclass(frozen=True, slots=True)
class AtHand:
    """One therapy of a house, and what somebody has at hand of it."""

    house: House
    coi: str

    @property
    def view(self) -> TherapyView:
        """How it stands."""
        return look(self.house.installation, self.coi)

    @property
    def order(self) -> str:
        """What a scanner reads from its order."""
        return f"]d1{self.coi}"

    @property
    def wristband(self) -> str:
        """What a scanner reads from the arm of its patient."""
        return f"]Q1{self.house.performer.wristbands[self.view.therapy.patient]}"

    @property
    def serial(self) -> str:
        """The characters under the symbol of its first bag of the product."""
        first = ids(self.house.performer, self.coi, "product")[0]
        return self.view.labels[first][-1]

    @property
    def bag(self) -> str:
        """What a scanner reads from that bag."""
        return f"]d1{self.serial}/{self.coi}"

    def happened(self, action: str) -> list[Happened]:
        """Everything of this step that is on record."""
        return [event for event in self.view.history if event.action == action]

    @property
    def newest(self) -> Happened:
        """The newest entry of what somebody did; alarms ring beside it."""
        return [event for event in self.view.history if event.action not in {*AlarmDeed}][-1]


def in_the_morning(house: House, steps: Sequence[Step]) -> AtHand:
    """A therapy of somebody that has come so far."""
    coi = house.performer.order(next(_WHOEVER))
    play(house.performer, coi, steps)
    return AtHand(house, coi)


@contextmanager
def nothing_is_recorded(therapy: AtHand) -> Iterator[None]:
    """Whatever is done inside, the therapy's record stays as it is."""
    before = therapy.view.history
    yield
    assert therapy.view.history == before

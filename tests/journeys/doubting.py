"""A performer who asks each time whether a release waits for the review of the trail."""

from dataclasses import dataclass, field, fields

import pytest

from coi.definitions import packaged
from coi.demo.labels import GUARD, read_back
from coi.demo.performer import Performer, Wish
from coi.errors import Refused
from coi.services.acting import take_action
from coi.services.proofs import JustProven
from coi.services.therapies import TherapyView
from coi.services.unreviewed import TRAIL_NOT_REVIEWED, unreviewed
from workflows.facts import Mode
from workflows.model import Workflow
from workflows.possible import releases_of


@dataclass(slots=True)
class Doubting(Performer):
    """Tries each release before the trail was reviewed; notes what is refused for that alone."""

    tried: set[tuple[str, str]] = field(default_factory=set)  # action, and where its lot stood

    def before_release(self, name: str, wish: Wish, view: TherapyView, actor: JustProven) -> None:
        """The same request, as it would be made; copies of a performer tell it to one list."""
        action, coi = view.workflow.actions[name], view.therapy.coi
        wanted, *_ = self.request(coi, name, wish, view)
        stood = {(name, view.subjects[one].position.state) for one in wanted.named}
        releases = bool(stood & steps_of(view.workflow)) and not view.therapy.is_copied
        if releases and unreviewed(self.installation, coi):
            if action.asks(GUARD) and wish.mode is Mode.ASK:
                read_back(self.installation, self.proven, view, actor)
            wanted, actor, signers = self.request(coi, name, wish)
            with pytest.raises(Refused) as caught:
                take_action(self.installation, wanted, actor, signers)
            codes = {one.code for one in caught.value.refusals}
            # On a tour something else can stand against it: that proves nothing.
            if codes == {TRAIL_NOT_REVIEWED}:
                self.tried |= stood & steps_of(view.workflow)
        # The dataclass with slots is another class than the one that `super()` knows.
        Performer.before_release(self, name, wish, view, actor)


def steps_of(workflow: Workflow) -> set[tuple[str, str]]:
    """Every step that releases a lot, and where the lot stands before."""
    text = packaged()[f"{workflow.name}.{workflow.version}"]
    return {(action, before) for _machine, action, before, _after in releases_of(text)}


def doubting(performer: Performer, tried: set[tuple[str, str]]) -> Doubting:
    """The same performer, who notes in `tried` what was refused."""
    known = {one.name: getattr(performer, one.name) for one in fields(performer)}
    return Doubting(**known, tried=tried)

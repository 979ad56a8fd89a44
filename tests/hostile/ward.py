"""Two patients whose bags are thawed beside each other: where a mistake would be the last one."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from coi.clock import SteppedClock
from coi.demo import cast, stories, world
from coi.demo.performer import Performer, Wish
from coi.errors import Refused
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.installation import Installation, open_installation
from coi.services.proofs import Proven, Signer
from coi.services.receipts import Receipt
from coi.services.scanning import Code
from coi.services.therapies import TherapyView, look
from coi.settings import Settings
from tests.coi.clinic import QUICK, begun

LATER = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Ward:
    """The made-up world; Anissa's therapy and Danae's, each with thawed bags on the ward."""

    performer: Performer
    anissa: str
    danae: str
    root: Proven

    def look(self, coi: str = "") -> TherapyView:
        """One therapy; Anissa's where none is named."""
        return look(self.performer.installation, coi or self.anissa)

    def bags(self, coi: str = "", state: str = "thawed") -> list[str]:
        """The product bags of a therapy in a state."""
        subjects = self.look(coi).subjects.values()
        return [s.id for s in subjects if s.machine == "product" and s.position.state == state]

    def label(self, bag: str) -> Code:
        """The label on a bag."""
        coi = bag.partition("/")[0]
        return Code(f"{self.look(coi).labels[bag][-1]}/{coi}")

    def do(self, action: str, *on: str, **wishes: Any) -> Receipt:
        """Take an action of Anissa's therapy as it should be."""
        return self.performer.do(self.anissa, action, Wish(on=on, **wishes))

    def refusals(
        self,
        action: str,
        *on: str,
        wish: Mapping[str, Any] | None = None,
        people: tuple[str, ...] = (),
        **spoilt: Any,
    ) -> set[str]:
        """Why the action is refused when it is spoilt so; empty when it was taken."""
        wanted, actor, signers = self.performer.request(
            self.anissa, action, Wish(on=on, **(wish or {}))
        )
        named = tuple(self.who(username) for username in people)
        if named:
            meanings = (one.meaning for one in signers)
            actor, signers = named[0], tuple(map(Signer, named[1:], meanings))
        if named and wanted.stated:
            told = wanted.stated[0].identifiers
            stated = tuple(replace(wanted.stated[0], username=p.username) for p in named[1:])
            spoilt = {"stated": tuple(replace(s, identifiers=told) for s in stated), **spoilt}
        try:
            take_action(self.performer.installation, replace(wanted, **spoilt), actor, signers)
        except Refused as refused:
            return {reason.code for reason in refused.refusals}
        return set()

    def refused_with(self, wanted: TakeAction, signers: tuple[Signer, ...]) -> set[str]:
        """Why a request of the first signer is refused with these signatures."""
        with pytest.raises(Refused) as caught:
            take_action(self.installation, wanted, signers[0].proven, signers)
        return {reason.code for reason in caught.value.refusals}

    @property
    def installation(self) -> Installation:
        """Where all of it is recorded."""
        return self.performer.installation

    @property
    def later(self) -> datetime:
        """A day that is far enough away."""
        return LATER

    def who(self, username: str) -> Proven:
        """Somebody of the cast."""
        return self.performer.proven[username]


def a_ward(home: Path, migrated_file: Path) -> Ward:
    """Play both therapies to the bedside."""
    installation, root = begun(home, migrated_file)
    performer = world.build(installation, root)
    cois = [performer.order(patient) for patient in cast.PATIENTS[:2]]
    for coi in cois:
        stories.play(performer, coi, stories.AT_BEDSIDE)
    return Ward(performer, *cois, root)


def copied(ward: Ward, home: Path) -> Ward:
    """The same ward in another folder, so that a test can do there what it likes."""
    before = ward.performer.installation
    shutil.copytree(before.settings.home, home)
    opened = replace(
        open_installation(Settings.from_environment({"COI_HOME": str(home)})),
        hasher=QUICK,
        clock=SteppedClock(before.clock.now(), timedelta(seconds=1)),
        _workflows=before._workflows,  # noqa: SLF001 - read once for all tests
    )
    performer = replace(
        ward.performer, installation=opened, wristbands=dict(ward.performer.wristbands)
    )
    return replace(ward, performer=performer)

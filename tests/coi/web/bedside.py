"""Three therapies of two patients: two with thawed bags on the ward, one whose cells lie frozen."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from flask import Flask

from coi.app import create_app
from coi.clock import SteppedClock
from coi.demo import cast, stories, world
from coi.demo.cast import PASSWORD
from coi.demo.performer import Performer
from coi.services.installation import Installation
from coi.services.proofs import Proven
from coi.services.therapies import Happened, TherapyView, look
from tests.coi.clinic import begun
from tests.coi.web.walk import Walker, signed_in
from tests.hostile.ward import Ward, copied

FIRST, SECOND, THIRD = "ivo", "irma", "iris"
CHECK = "check_at_bedside"
WARD = "north-ward"


@dataclass(frozen=True)
class Bedside:
    """The ward: Anissa's two therapies, Danae's one, and everybody's browsers."""

    ward: Ward
    other: str  # Anissa's other therapy
    old_band: str  # Anissa's, before the other therapy's admission replaced it
    app: Flask

    @property
    def installation(self) -> Installation:
        """Where all of it is recorded."""
        return self.ward.installation

    @property
    def performer(self) -> Performer:
        """Who takes steps without a page."""
        return self.ward.performer

    @property
    def root(self) -> Proven:
        """The administrator."""
        return self.ward.root

    @property
    def coi(self) -> str:
        """The therapy in hand: Anissa's."""
        return self.ward.anissa

    @property
    def danae(self) -> str:
        """Another patient's therapy."""
        return self.ward.danae

    def look(self, coi: str = "") -> TherapyView:
        """One therapy; the one in hand where none is named."""
        return look(self.installation, coi or self.coi)

    def last(self, coi: str = "") -> Happened:
        """The newest entry of a therapy."""
        return self.look(coi).history[-1]

    def band(self, coi: str = "") -> str:
        """The wristband that the patient of a therapy wears."""
        return self.performer.wristbands[self.look(coi).therapy.patient]

    def label(self, number: int = 0, coi: str = "") -> str:
        """What the scanner reads from a thawed bag of a therapy."""
        coi = coi or self.coi
        bag = self.ward.bags(coi)[number]
        return self.ward.label(bag).raw

    def person(self, username: str) -> Walker:
        """Somebody signed in, in a browser of their own."""
        return Walker(signed_in(self.app, username))

    def checking(self, username: str = FIRST, coi: str = "") -> Walker:
        """Somebody who has just begun to check a bag at the bedside."""
        return self.person(username).begin(coi or self.coi, CHECK, WARD)

    def heard(self) -> dict[str, str]:
        """What Anissa says, on the screen that asks her."""
        identity = self.performer.identities[self.coi]
        told = {f"said-{name}": identity[name] for name in ("family_name", "birth_date")}
        return {**told, "source": "patient"}

    def check(self, walker: Walker, number: int = 0) -> Walker:
        """Everything on the screens of a check, as far as the signature."""
        walker.scan(self.coi)
        walker.scan(self.band())
        walker.scan(self.label(number))
        walker.send(**self.heard())
        walker.send()
        return walker

    def signs(self, walker: Walker, username: str, password: str = PASSWORD) -> Walker:
        """Sign the part."""
        walker.send(**{"signer-1-username": username, "signer-1-password": password})
        return walker

    def first_part(self, number: int = 0) -> Walker:
        """The first has checked and signed."""
        return self.signs(self.check(self.checking(), number), FIRST)

    def second(self, first: Walker, username: str = SECOND) -> Walker:
        """Somebody who has just begun with the second check."""
        walker = self.person(username)
        walker.path = first.path
        walker.take_up()
        return walker

    def wait(self, minutes: int) -> None:
        """Let time pass."""
        clock = self.installation.clock
        assert isinstance(clock, SteppedClock)
        clock.advance(timedelta(minutes=minutes))


@dataclass(frozen=True)
class AtRest:
    """The same before anybody opens a page; never written to."""

    ward: Ward
    other: str
    old_band: str

    def copied(self, home: Path) -> Bedside:
        """The same in another folder, so that a test can do there what it likes."""
        ward = copied(self.ward, home)
        # Whoever works at the pages looks at the clock on each of them.
        clock = SteppedClock(ward.installation.clock.now(), timedelta(milliseconds=100))
        installation = replace(ward.installation, clock=clock)
        ward = replace(ward, performer=replace(ward.performer, installation=installation))
        return Bedside(ward, self.other, self.old_band, create_app(ward.installation))


def at_rest(home: Path, migrated_file: Path) -> AtRest:
    """Play all three, Anissa's last, so that her bags were thawed just now."""
    installation, root = begun(home, migrated_file)
    performer = world.build(installation, root)
    other = performer.order(cast.PATIENTS[0])
    stories.play(performer, other, stories.AT_LAB)
    patient = look(installation, other).therapy.patient
    old_band = performer.wristbands[patient]
    danae, anissa = performer.order(cast.PATIENTS[1]), performer.order(cast.PATIENTS[0])
    for coi in (danae, anissa):
        stories.play(performer, coi, stories.AT_BEDSIDE)
    return AtRest(Ward(performer, anissa, danae, root), other, old_band)


def bag_of(bedside: Bedside, coi: str) -> str:
    """What the scanner reads from any bag of a therapy."""
    serials = next(iter(bedside.look(coi).labels.values()))
    return f"{serials[-1]}/{coi}"

"""Two lots of two patients under way beside each other, and two benches to make them at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from coi.demo.cast import PATIENTS
from coi.demo.performer import Performer
from coi.demo.stories import IN_MANUFACTURE, told
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.benches import look_at_bench, register_bench
from coi.services.changeover import Changeover, asked_at, clear_bench
from coi.services.installation import Installation
from coi.services.proofs import JustProven, Proven, Signer, person_of
from coi.services.receipts import Receipt
from tests.journeys.worlds import Databases, World, told_on
from workflows.facts import Bench, Person

UNIT = "works-production"
NAMES = ("Isolator 1", "Isolator 2")


@dataclass(frozen=True)
class Line:
    """The cast, the two therapies, and the serials of the two benches, cleared."""

    performer: Performer
    first: str
    second: str
    benches: tuple[str, str]

    @property
    def installation(self) -> Installation:
        """Where all of it is recorded."""
        return self.performer.installation

    def activate(self, coi: str, bench: str = "", **changes: object) -> Receipt:
        """Activate the lot of a therapy at a bench, the first one where none is named."""
        wanted, actor, signers = self.wanted(coi, bench or self.benches[0])
        return self.take(replace(wanted, **changes), actor, signers)

    def take(self, wanted: TakeAction, actor: JustProven, signers: tuple[Signer, ...]) -> Receipt:
        """Take a step as it is wanted."""
        return take_action(self.installation, wanted, actor, signers)

    def wanted(self, coi: str, bench: str) -> tuple[TakeAction, JustProven, tuple[Signer, ...]]:
        """The request for that, with who acts and who signs."""
        wanted, actor, signers = self.performer.request(coi, "activate")
        return replace(wanted, bench=bench), actor, signers

    def bench(self, serial: str = "") -> Bench:
        """A bench as Mia sees it."""
        return look_at_bench(self.installation, self.person("mia"), serial or self.benches[0])

    def clear(self, *usernames: str, holds: str = "", key: str = "changeover") -> None:
        """Sign the changeover of the first bench as these people, who hand it in together."""
        proven = [self.performer.proven[username] for username in usernames]
        _bench, rules = asked_at(self.installation, self.performer.proven["mia"], self.benches[0])
        signers = tuple(Signer(one, rule.meaning) for one, rule in zip(proven, rules, strict=False))
        wanted = Changeover(self.benches[0], holds or self.bench().holds, key)
        clear_bench(self.installation, wanted, proven[0], signers)

    def person(self, username: str) -> Person:
        """Somebody with what holds of them now."""
        return self.installation.read(lambda tx: person_of(tx, username)).person


def root_of(installation: Installation) -> Proven:
    """The administrator."""
    known = installation.read(lambda tx: person_of(tx, "root"))
    return Proven("root", known.person.id, known.credential)


def register_benches(installation: Installation) -> list[str]:
    """Register the two benches; returns their serials."""
    root = root_of(installation)
    return [register_bench(installation, root, UNIT, name, key=f"bench {name}") for name in NAMES]


def a_line(migrated_file: Path, lives: World, folder: Path) -> World:
    """Bring a second therapy into manufacture, and register the benches."""

    def tell(performer: Performer) -> Mapping[str, str]:
        second = told(IN_MANUFACTURE)(performer, PATIENTS[1])
        benches = dict(zip(NAMES, register_benches(performer.installation), strict=True))
        return {"first": lives.cois["in manufacture"], "second": second, **benches}

    return told_on(Databases(migrated_file), lives, folder, tell)


def line_in(performer: Performer, world: World) -> Line:
    """The line, as a performer in a copy of its world sees it."""
    first, second, *benches = (world.cois[name] for name in ("first", "second", *NAMES))
    return Line(performer, first, second, (benches[0], benches[1]))

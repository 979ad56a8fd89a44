"""The world of the lives with somebody new for each role, who holds that role and no other."""

from pathlib import Path

from coi.demo.cast import PASSWORD
from coi.demo.performer import Performer
from coi.services import people
from coi.services.people import NewPerson
from coi.services.permissions import ROLES
from coi.services.proofs import Proven, authenticate, person_of
from tests.journeys.worlds import Databases, World, told_on

UNIT_OF = {
    "hospital": "north-ward",
    "manufacturer": "works-production",
    "laboratory": "lab-testing",
    "courier": "wheels-van",
}
"""One unit of each kind of site; all of these take part in the therapies of North Hospital."""

NOBODYS = "north-lab"
"""A unit where none of these people holds a role."""

ELSEWHERE = "south-ward"
"""A unit of a hospital that takes no part in them."""


def here(role: str) -> str:
    """Who holds a role at a unit of each kind of site, and elsewhere too."""
    return role.replace("_", "-")


def away(role: str) -> str:
    """Who holds a role elsewhere, and there only."""
    return f"{here(role)}-away"


def afar(role: str) -> str:
    """Who holds a role at the laboratory, which takes part, and there only."""
    return f"{here(role)}-afar"


def staffed_world(migrated_file: Path, lives: World, folder: Path) -> World:
    """The same world, after these people were hired."""

    def tell(performer: Performer) -> dict[str, str]:
        for role in sorted(ROLES):
            _hire(performer, here(role), role, *UNIT_OF.values(), ELSEWHERE)
            _hire(performer, away(role), role, ELSEWHERE)
            _hire(performer, afar(role), role, UNIT_OF["laboratory"])
        return dict(lives.cois)

    return told_on(Databases(migrated_file), lives, folder, tell)


def _hire(performer: Performer, username: str, role: str, *units: str) -> None:
    """Open an account with all that it takes to sign, but training."""
    installation = performer.installation
    known = installation.read(lambda tx: person_of(tx, "root"))
    root = Proven("root", known.person.id, known.credential)
    new = NewPerson(username, username.title(), PASSWORD, units[0])
    people.register_person(installation, root, new)
    for unit in units:
        people.grant_role(installation, root, username, role, unit)
    people.record_proofing(installation, root, username, "made up")
    people.accept_policy(installation, authenticate(installation, username, PASSWORD))

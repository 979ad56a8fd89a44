"""A small installation for tests of use cases and commands: two hospitals, and who orders there."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from coi.clock import SteppedClock
from coi.definitions import packaged
from coi.services import installing, people, proofs, sites
from coi.services.checkpoint_keys import create_signing_key
from coi.services.installation import Installation, open_installation
from coi.services.people import NewPerson
from coi.services.proofs import Proven
from coi.services.sites import Site
from coi.services.vault import create_key_file
from coi.settings import Settings

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "nobody guesses this one"
NORTH = Site("north", "hospital", "North Hospital", "DE", "Europe/Berlin")
SOUTH = Site("south", "hospital", "South Hospital", "FR", "Europe/Paris")
WORKS = Site("works", "manufacturer", "Riverside Cell Works", "GB", "Europe/London")
UNITS = {
    "north-apheresis": "north",
    "north-ward": "north",
    "south-apheresis": "south",
    "south-ward": "south",
    "works-production": "works",
}


@dataclass(frozen=True)
class Clinic:
    """The installation, its administrator, and who coordinates at both hospitals."""

    installation: Installation
    root: Proven
    carla: Proven

    def hire(self, username: str, *roles: tuple[str, str]) -> Proven:
        """Open an account with everything that it takes to act and to sign."""
        unit = roles[0][1] if roles else "-"
        new = NewPerson(username, f"{username.title()} Example", PASSWORD, unit)
        people.register_person(self.installation, self.root, new)
        until = NOW + timedelta(days=1000)
        for role, at in roles:
            people.grant_role(self.installation, self.root, username, role, at)
            people.record_training(self.installation, self.root, username, role, until)
        people.record_proofing(self.installation, self.root, username, "passport")
        proven = proofs.authenticate(self.installation, username, PASSWORD)
        people.accept_policy(self.installation, proven)
        return proven


def begun(
    home: Path, migrated_file: Path, draw: Callable[[int], bytes] = lambda n: b"k" * n
) -> tuple[Installation, Proven]:
    """An installation that has just begun, and its administrator; its key is drawn from this."""
    settings = Settings.from_environment({"COI_HOME": str(home)})
    create_key_file(settings.vault_key_file, draw)
    create_signing_key(settings)
    shutil.copy(migrated_file, home / "coi.sqlite3")
    clock = SteppedClock(NOW, timedelta(seconds=1))
    installation = replace(open_installation(settings), hasher=QUICK, clock=clock)
    first = installing.begin(installation, dict(packaged()), "root", "Root Example")
    root = proofs.authenticate(installation, "root", first.secret)
    people.accept_policy(installation, root)
    return installation, root


def copied(clinic: Clinic, home: Path) -> Clinic:
    """The same clinic in another folder, so that a test can do there what it likes."""
    shutil.copytree(clinic.installation.settings.home, home)
    settings = Settings.from_environment({"COI_HOME": str(home)})
    opened = replace(
        open_installation(settings),
        hasher=QUICK,
        clock=SteppedClock(NOW + timedelta(hours=1), timedelta(seconds=1)),
        _workflows=clinic.installation._workflows,  # noqa: SLF001 - read once for all tests
    )
    return replace(clinic, installation=opened)


def a_clinic(home: Path, migrated_file: Path) -> Clinic:
    """Two hospitals and a manufacturer; Carla coordinates at every unit of both hospitals."""
    installation, root = begun(home, migrated_file)
    for site in (NORTH, SOUTH, WORKS):
        sites.register_site(installation, root, site)
    for unit, site_id in UNITS.items():
        sites.register_unit(installation, root, unit, site_id, unit.title())
    clinic = Clinic(installation, root, root)
    hospital_units = [unit for unit, site in UNITS.items() if site != "works"]
    carla = clinic.hire("carla", *(("coordinator", unit) for unit in hospital_units))
    return replace(clinic, carla=carla)

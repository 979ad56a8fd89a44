"""A made-up hospital and manufacturer in a folder of their own, to try the rules in.

Nothing of it touches the record of the installation: it is another database, with other keys.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from coi.clock import SteppedClock
from coi.definitions import packaged
from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_BEDSIDE, FILLED, RELEASED
from coi.demo.performer import Performer
from coi.demo.stories import told
from coi.demo.world import build
from coi.services import installing
from coi.services.installation import DEMONSTRATION, Installation, open_installation
from coi.services.proofs import JustProven, authenticate
from coi.settings import Settings

_AGO = timedelta(days=60)
_STEP = timedelta(seconds=15)
_ADMINISTRATOR = "root"


@dataclass(frozen=True, slots=True)
class Room:
    """The made-up world, with three therapies: two at the bedside, one before its release."""

    installation: Installation
    performer: Performer
    administrator: JustProven
    at_bedside: str
    another: str
    in_testing: str

    @property
    def database(self) -> Path:
        """The file that holds the record."""
        return self.installation.settings.home / "coi.sqlite3"


@contextmanager
def made_up(folder: Path) -> Iterator[Room]:
    """Build the world in a new folder below this one; its database is an SQLite file."""
    home = folder / "made-up"
    home.mkdir(mode=0o700)
    (home / DEMONSTRATION).write_text("Not for clinical use.\n", encoding="ascii")
    settings = Settings.from_environment({"COI_HOME": str(home)})
    installing.prepare(settings)
    opened = open_installation(settings)
    try:
        yield _peopled(replace(opened, clock=SteppedClock(opened.clock.now() - _AGO, _STEP)))
    finally:
        opened.engine.dispose()


def _peopled(installation: Installation) -> Room:
    first = installing.begin(installation, dict(packaged()), _ADMINISTRATOR, "Root Admin")
    administrator = authenticate(installation, _ADMINISTRATOR, first.secret)
    performer = build(installation, administrator)
    stories = (AT_BEDSIDE, AT_BEDSIDE, (*FILLED, *RELEASED[:-1]))
    cois = [
        told(story)(performer, patient) for story, patient in zip(stories, PATIENTS, strict=False)
    ]
    return Room(installation, performer, administrator, *cois)

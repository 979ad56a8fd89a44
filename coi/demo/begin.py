"""Makes the demonstration's own data folder, and fills it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from coi.clock import SteppedClock
from coi.definitions import packaged
from coi.demo.population import LONGEST_DAYS, STEP, populate
from coi.demo.sheet import KEPT, keep
from coi.demo.world import build, give_badges
from coi.errors import CoiError
from coi.services import installing, proofs
from coi.services.installation import DEMONSTRATION, open_installation
from coi.settings import Settings

ADMINISTRATOR = "root"


class NotADemonstration(CoiError):
    """The data folder belongs to somebody's record; the demonstration does not touch it."""

    code = "NOT_A_DEMONSTRATION"


def is_there(settings: Settings) -> bool:
    """A demonstration stands in the data folder.

    Raises:
        NotADemonstration: something else stands there.
    """
    if (settings.home / DEMONSTRATION).exists():
        return True
    if settings.home.exists() and any(settings.home.iterdir()):
        raise NotADemonstration(
            f"{settings.home} holds something that is not a demonstration. Nothing was changed.",
            "Let COI_HOME name an empty or new folder.",
        )
    return False


def is_whole(settings: Settings) -> bool:
    """The demonstration in the data folder came to its end."""
    return (settings.home / KEPT).exists()


def begin(
    settings: Settings, therapies: int, seed: int, told: Callable[[str], None]
) -> tuple[str, ...]:
    """Set up the data folder and play the stories; returns the COI identifiers.

    The folder is marked before anything is written into it, and what was left of a demonstration
    that did not come to its end is removed first.

    Raises:
        NotADemonstration: the folder holds something else.
    """
    if is_there(settings):
        shutil.rmtree(settings.home)
    settings.home.mkdir(mode=0o700, parents=True)
    (settings.home / DEMONSTRATION).write_text("Not for clinical use.\n", encoding="ascii")
    installing.prepare(settings)
    installation = open_installation(settings)
    try:
        # Everybody is hired a day before the first story begins, which is long before today.
        now = installation.clock.now()
        opened = SteppedClock(now - timedelta(days=LONGEST_DAYS + 1), STEP)
        first = installing.begin(
            replace(installation, clock=opened), dict(packaged()), ADMINISTRATOR, "Root Admin"
        )
        administrator = proofs.authenticate(installation, ADMINISTRATOR, first.secret)
        performer = build(replace(installation, clock=opened), administrator)
        give_badges(performer, administrator)
        performer.installation = installation
        played = populate(performer, therapies, seed, told)
        keep(performer)
        return played
    finally:
        installation.engine.dispose()

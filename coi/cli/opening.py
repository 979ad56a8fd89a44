"""Every command's first step: the installation that the environment names."""

import os

import click

from coi.errors import CoiError
from coi.services.installation import Installation, open_installation
from coi.services.permissions import require_known_roles
from coi.settings import Settings

BANNER = "=== DEMONSTRATION: NOT FOR CLINICAL USE ==="


class NothingHere(CoiError):
    """There is no installation where one was looked for."""

    code = "NOTHING_HERE"


def settings() -> Settings:
    """What the environment variables say."""
    return Settings.from_environment(os.environ)


def opened(*, key_needed: bool = True) -> Installation:
    """The installation, closed again when the command ends; a demonstration says that it is one.

    Raises:
        NothingHere: there is none.
        SettingError: a setting cannot be used.
    """
    chosen = settings()
    if not chosen.home.is_dir():
        raise NothingHere(
            f"There is no installation in {chosen.home}.",
            "Set one up with `coi init`, or let COI_HOME name the folder of yours.",
        )
    require_known_roles(chosen)
    installation = open_installation(chosen, key_needed=key_needed)
    click.get_current_context().call_on_close(installation.engine.dispose)
    # On standard error, so that it is seen even where the answer goes into a file.
    if installation.demonstration:
        click.echo(BANNER, err=True)
    return installation

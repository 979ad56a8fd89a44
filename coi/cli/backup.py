"""`coi backup`: one copy of the record, while the pages are served."""

from pathlib import Path

import click

from coi.cli.opening import opened
from coi.cli.telling import tell_standstill
from coi.services.backups import back_up
from coi.services.upkeep import BACKUP, note_done

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
def command(folder: Path) -> None:
    """Copy the record of one moment into FOLDER, which is empty or not there yet.

    The vault key is not in the copy, and without it nobody in it can be named: keep the two apart.
    """
    # The record is copied as it is: who the patients are is not asked (SEC-35).
    installation = opened(key_needed=False)
    made = back_up(installation, folder)
    note_done(installation, BACKUP, passed=True)
    tell_standstill(installation.look_at_length())
    click.echo(f"Backed up: {made.entries} entries in {made.chains} chains, into {folder}.")
    click.echo(f"Digest {made.digest}")
    click.echo(f"It needs the vault key {made.vault_key}, which is not in it.")

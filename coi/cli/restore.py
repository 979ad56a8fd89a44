"""`coi restore`: an instance made from a backup."""

from pathlib import Path

import click

from coi.cli.opening import settings
from coi.cli.telling import tell_standstill
from coi.cli.verify import tell
from coi.services.restoring import restore

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
@click.pass_context
def command(ctx: click.Context, folder: Path) -> None:
    """Make an instance from the backup in FOLDER; a record that is there is left as it is.

    Where it is made is said by COI_HOME and COI_DATABASE_URL. The backup is looked at before, and
    the whole record is verified afterwards; exit status 1 when something is not as it was.
    """
    chosen = settings()
    restored = restore(chosen, folder)
    made = restored.manifest
    click.echo(f"Restored into {chosen.home}: the record of {made.made_at}, by {made.software}.")
    tell(restored.verdict)
    for difference in restored.differences:
        click.echo(f"NOT AS BACKED UP: {difference}.", err=True)
    click.echo(f"It needs the vault key {made.vault_key}: `coi keys check` tries it.")
    tell_standstill(restored.standstill)
    ctx.exit(0 if restored.holds else 1)

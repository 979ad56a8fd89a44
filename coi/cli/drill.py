"""`coi drill`: a backup is tried before it is needed."""

from pathlib import Path

import click

from coi.cli.opening import opened
from coi.cli.verify import RESULT
from coi.services.drills import drill

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--from", "made", type=FOLDER, help="Try this backup, and not one made for it.")
@click.pass_context
def command(ctx: click.Context, made: Path | None) -> None:
    """Restore a backup aside, prove it, remove it again; the result is put on record.

    Nobody need be there: exit status 1 when it failed. The place aside is a folder where the
    system keeps temporary files (TMPDIR), and on PostgreSQL a database of its own.
    """
    drilled = drill(opened(key_needed=False), made)
    click.echo(f"{RESULT[drilled.passed]}: {drilled.told}")
    click.echo(f"Recorded at {drilled.recorded_at}.")
    ctx.exit(0 if drilled.passed else 1)

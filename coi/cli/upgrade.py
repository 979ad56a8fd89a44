"""`coi upgrade`: the tables of a record are brought to those of this version."""

from pathlib import Path

import click

from coi.cli.opening import settings
from coi.services.upgrading import upgrade_record

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--backup", required=True, type=FOLDER, help="A backup of the record as it is now.")
def command(backup: Path) -> None:
    """Bring the tables to this version, all or nothing; every server is stopped before.

    The backup is made with the version that wrote the record, and is looked at first: it must be
    whole, and end where the record ends.
    """
    before, now = upgrade_record(settings(), backup)
    if before == now:
        click.echo(f"Nothing was to be done: the tables are those of version {now}.")
    else:
        click.echo(f"Upgraded: from version {before} of the tables to {now}. Run `coi verify` now.")

"""`coi init`: set up an instance."""

import click

from coi.cli.opening import settings
from coi.cli.telling import tell_secret
from coi.definitions import packaged
from coi.services.installation import open_installation
from coi.services.installing import begin, prepare


@click.command()
@click.option("--administrator", default="admin", show_default=True, help="The first user name.")
@click.option("--name", default="First administrator", show_default=True, help="Printed name.")
def command(administrator: str, name: str) -> None:
    """Set up an instance: folder, vault key, database, workflows, first administrator.

    Where it is set up is said by COI_HOME and the other settings. An instance that is there already
    is refused and left as it is.
    """
    chosen = settings()
    # The folder and its key come first: an installation without a key cannot be opened.
    prepare(chosen)
    installation = open_installation(chosen)
    try:
        first = begin(installation, dict(packaged()), administrator, name, one_time=True)
    finally:
        installation.engine.dispose()
    click.echo(f"Set up in {chosen.home}, with the workflows {', '.join(packaged())}.")
    click.echo(f"Administrator: {first.username} ({first.printed_name})")
    tell_secret(first.username, first.secret)
    click.echo(f"The vault key is {chosen.vault_key_file}: without it nobody can be named again.")
    click.echo("Give two people half of it each, now: `coi keys escrow`.")

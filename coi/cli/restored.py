"""`coi restored`: a record that is older than it once was goes on."""

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.services.acknowledging import GOES_ON, acknowledge


@click.command()
@click.option("--why", required=True, metavar="TEXT", help="What became of it; what is missing.")
@as_user("The QA reviewer who signs.")
def command(why: str, username: str) -> None:
    """Record, with a signature, that an older record goes on as it is.

    Until then it is read and not written. That it was so stays visible for ever.
    """
    installation = opened()
    if found := installation.why_read_only():
        click.echo(f"Found: {found}.")
    signer = prove(installation, username, f"who signs “{GOES_ON}”")
    acknowledge(installation, signer, why)
    click.echo("Recorded: the record goes on, and is written again.")

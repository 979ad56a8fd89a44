"""`coi clock`: the machine's clock was wrong, and is right again."""

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.services.clocks import CHECKED, check_clock


@click.command()
@click.option("--why", required=True, metavar="TEXT", help="What was wrong, and how it was seen.")
@as_user("The administrator who signs.")
def command(why: str, username: str) -> None:
    """Record, with a signature, that the clock is right now and ran ahead before.

    A clock that goes back is refused, so that times cannot be set. Once the clock was checked,
    entries may follow those that were recorded while it ran ahead.
    """
    installation = opened()
    signer = prove(installation, username, f"who signs “{CHECKED}”")
    ahead = check_clock(installation, signer, why)
    click.echo(f"Recorded: the clock was checked; the record had run ahead to {ahead}.")

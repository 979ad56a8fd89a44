"""`coi deliver`: send what waits for webhooks."""

import click

from coi.cli.opening import opened
from coi.cli.until_stopped import until_stopped
from coi.services.delivering import Sender


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, and end; for a timetable.")
def command(*, once: bool) -> None:
    """Send what waits for webhooks, until you stop it; what is under way is finished first.

    `coi serve` does the same beside the pages, unless COI_WEBHOOK_SEND says off. Several can run:
    none sends what another one has in hand.
    """
    sender = Sender(opened())
    if once:
        click.echo(f"Tried: {sender.run_until_empty()}.")
        return
    until_stopped("Sending", sender.run)

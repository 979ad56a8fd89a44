"""`coi print`: send the labels that wait for printers."""

import click

from coi.cli.opening import opened
from coi.cli.until_stopped import until_stopped
from coi.services.print_sending import PrintSender


@click.command()
@click.option("--once", is_flag=True, help="Send what can be sent now, and end.")
def command(*, once: bool) -> None:
    """Send the labels that wait for printers, until you stop it; what is under way is finished.

    `coi serve` does the same beside the pages, unless COI_PRINT_SEND says off. Several can run:
    none sends what another one has in hand.
    """
    sender = PrintSender(opened())
    if once:
        click.echo(f"Tried: {sender.run_until_empty()}.")
        return
    until_stopped("Printing", sender.run)

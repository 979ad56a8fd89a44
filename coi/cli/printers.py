"""`coi printers`: which printers there are, how each is, and a test print."""

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.services import print_deeds, print_view
from coi.services.print_view import Job

PRINTER = click.argument("printer", metavar="ID")
as_printing = as_user("Who asks: somebody who prints there, or keeps the printer.")


@click.group()
def command() -> None:
    """List the printers with what waits at each, ask one how it is, print a test.

    They are registered on the page Printers; what waits is sent by `coi serve`, or `coi print`.
    """


@command.command("list")
def list_() -> None:
    """List every printer, with what waits and whose labels lie there."""
    for queue in print_view.every_queue(opened()):
        printer, about = queue.printer, queue.printer.about
        where = "fetched as a file" if about.kind == "download" else about.address
        line = queue.line or "clear"
        click.echo(
            f"{printer.id}  {about.name}, {printer.unit.id}: {where},"
            f" {queue.waiting} waiting, line {line}"
        )


@command.command()
@PRINTER
@as_printing
def status(printer: str, username: str) -> None:
    """Ask a printer how it is, and say what became of its newest labels."""
    installation = opened()
    by = prove(installation, username)
    condition = print_deeds.ask_printer(installation, by, printer)
    queue = print_view.look_at_queue(installation, by, printer)
    click.echo(f"{queue.printer.about.name} says: {', '.join(condition.troubles) or 'ready'}.")
    for job in queue.jobs:
        click.echo(_told(job))


def _told(job: Job) -> str:
    """One label of the queue in a line."""
    what = " ".join(job.labels) or "no label of a therapy"
    why = "until the line is clear" if job.waits_for_line else job.why
    return f"{job.made_at:%Y-%m-%d %H:%M}Z  {job.state:<11}  {what}{f', {why}' if why else ''}"


@command.command()
@PRINTER
@as_printing
def test(printer: str, username: str) -> None:
    """Print a label that says of itself that it is none."""
    installation = opened()
    by, key = prove(installation, username), f"command-line-{installation.new_id()}"
    print_deeds.print_test(installation, by, printer, key=key)
    click.echo("A test print waits for the printer. It is no label: destroy it.")

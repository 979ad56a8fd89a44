"""`coi incident`: what must never be, and was."""

import secrets

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.words import coi_of
from coi.services.incidents import Incident, report_incident


@click.command()
@click.argument("coi")
@click.argument("other")
@click.option("--seen", required=True, metavar="TEXT", help="What was seen.")
@click.option("--unit", required=True, metavar="UNIT", help="Where it was seen.")
@as_user("Who reports it.")
def command(coi: str, other: str, seen: str, unit: str, username: str) -> None:
    """Report that things of the therapies COI and OTHER were taken for each other.

    Both get a critical exception that names the other. Nothing is moved: people decide what then
    holds what.
    """
    installation = opened()
    by = prove(installation, username)
    # Typed twice, it is two reports: who sees the same thing happen again must be able to say so.
    told = Incident((coi_of(coi), coi_of(other)), unit, seen, key=secrets.token_hex(16))
    for receipt in report_incident(installation, told, by):
        click.echo(f"{receipt.coi}: entry {receipt.seq}, critical exception {receipt.born[0]}")

"""`coi archive`: archived records are read before somebody needs them, and QA signs for that."""

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.verify import RESULT
from coi.errors import DataRefused, Problem
from coi.services.archive_check import CHECKED, archive_checked, read_archive, sign_archive


@click.group()
def command() -> None:
    """Try whether archived records can be read; sign for that."""


@command.command()
@click.pass_context
def read(ctx: click.Context) -> None:
    """Export some records, check each and open its parts; the result is put on record.

    Nobody need be there: exit status 1 when one could not be read. The checkpoint that was signed
    last draws which ones.
    """
    reading = read_archive(opened())
    for line in reading.told:
        click.echo(line)
    click.echo(f"{RESULT[reading.passed]}: reading {reading.number}, recorded at {reading.at}.")
    ctx.exit(0 if reading.passed else 1)


@command.command()
@click.option("--remark", default="", help="What you tried besides, such as files kept elsewhere.")
@as_user("Who of quality assurance signs.")
def sign(remark: str, username: str) -> None:
    """Sign for the last reading, which is shown before."""
    installation = opened()
    reading = archive_checked(installation).reading
    if reading is None:
        raise DataRefused([Problem("nothing was read yet: run `coi archive read`")])
    for line in (f"Reading {reading.number}, recorded at {reading.at}:", *reading.told):
        click.echo(line)
    by = prove(installation, username, f"who signs “{CHECKED}”")
    sign_archive(installation, by, reading.digest, remark)
    click.echo(f"Recorded: {username} checked that archived records can be read.")

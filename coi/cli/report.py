"""`coi report`: the documents of a therapy."""

from pathlib import Path

import click

from coi.cli.opening import opened
from coi.cli.words import coi_of
from coi.cli.writing import output_options, require_free, write_whole
from coi.services.reporting import custody_record


@click.group()
def command() -> None:
    """Write the documents of a therapy as PDF."""


@command.command()
@click.argument("coi")
@output_options
def custody(coi: str, output: Path, *, force: bool) -> None:
    """Write the custody record: who had what, when, and who signed for it."""
    require_free(output, force=force)
    record = custody_record(opened(), coi_of(coi), "the command line")
    write_whole(output, record, force=force)

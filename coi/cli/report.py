"""`coi report`: the documents of a therapy."""

from pathlib import Path

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.words import coi_of
from coi.cli.writing import output_options, require_free, write_whole
from coi.services.documents import write_custody_record, write_order_sheet

BY = as_user("Who asks for it.")


@click.group()
def command() -> None:
    """Write the documents of a therapy as PDF; each is put on record."""


@command.command()
@click.argument("coi")
@BY
@output_options
def custody(coi: str, username: str, output: Path, *, force: bool) -> None:
    """Write the custody record: who had what, when, and who signed for it."""
    require_free(output, force=force)
    installation = opened()
    by = prove(installation, username, "for this document")
    write_whole(output, write_custody_record(installation, by, coi_of(coi)), force=force)


@command.command()
@click.argument("coi")
@BY
@output_options
def order(coi: str, username: str, output: Path, *, force: bool) -> None:
    """Write the order sheet: what is scanned as the order."""
    require_free(output, force=force)
    installation = opened()
    by = prove(installation, username, "for this document")
    write_whole(output, write_order_sheet(installation, by, coi_of(coi)), force=force)

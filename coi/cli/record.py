"""`coi record`: everything that the record holds of one therapy, in one file."""

from pathlib import Path

import click

from coi.cli.asking import as_user
from coi.cli.paper import hand_out
from coi.cli.words import coi_of
from coi.cli.writing import output_options
from coi.services.installation import Installation
from coi.services.looks import REASONS
from coi.services.proofs import JustProven
from coi.services.whole_record import write_whole_record


@click.command()
@click.argument("coi")
@click.option(
    "--identity",
    type=click.Choice([*REASONS]),
    help="Let the file say who the patient is, for this reason; the look is put on record.",
)
@as_user("Who takes it.")
@output_options
def command(coi: str, identity: str | None, username: str, output: Path, *, force: bool) -> None:
    """Write the whole record of one therapy as a ZIP that is read without this program."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        return write_whole_record(installation, by, coi_of(coi), identity or "")

    hand_out(output, username, "for the whole record", draw, force=force)

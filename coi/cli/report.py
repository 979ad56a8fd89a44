"""`coi report`: the documents of a therapy."""

from pathlib import Path

import click

from coi.cli.asking import as_user, prove
from coi.cli.kits import keep_kits
from coi.cli.opening import opened
from coi.cli.paper import hand_out
from coi.cli.words import coi_of
from coi.cli.writing import content_of, output_options
from coi.services.daily_kits import kits_to_keep, note_printed, program_of
from coi.services.documents import write_custody_record, write_order_sheet
from coi.services.downtime_kits import write_downtime_kit
from coi.services.installation import Installation
from coi.services.proofs import JustProven, Proven
from coi.services.reconciling import write_reconciliation

BY = as_user("Who asks for it.")
_NOWHERE = "-"


@click.group()
def command() -> None:
    """Write the documents of a therapy as PDF; each is put on record."""


@command.command()
@click.argument("coi")
@BY
@output_options
def custody(coi: str, username: str, output: Path, *, force: bool) -> None:
    """Write the custody record: who had what, when, and who signed for it."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        return write_custody_record(installation, by, coi_of(coi))

    hand_out(output, username, "for this document", draw, force=force)


@command.command()
@click.argument("coi")
@BY
@output_options
def order(coi: str, username: str, output: Path, *, force: bool) -> None:
    """Write the order sheet: what is scanned as the order."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        return write_order_sheet(installation, by, coi_of(coi))

    hand_out(output, username, "for this document", draw, force=force)


@command.command()
@click.argument("coi")
@BY
@output_options
def labels(coi: str, username: str, output: Path, *, force: bool) -> None:
    """Write the label reconciliation: what became of every label, and how they add up."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        return write_reconciliation(installation, by, coi_of(coi))

    hand_out(output, username, "for this document", draw, force=force)


@command.command()
@click.argument("coi")
@click.option("--unit", default=_NOWHERE, help="The unit where it is used: its clock, its country.")
@BY
@output_options
def downtime(coi: str, unit: str, username: str, output: Path, *, force: bool) -> None:
    """Write the downtime kit: what people go on with when nothing can be reached."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        is_anywhere = unit == _NOWHERE
        return write_downtime_kit(installation, by, coi_of(coi), unit, is_anywhere=is_anywhere)

    hand_out(output, username, "for this document", draw, force=force)


@command.command("downtime-all")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--site", default="", help="Of this site's therapies alone, by its clock.")
@click.option("--as", "username", default="", metavar="USER", help="Who asks for them.")
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="In the place of USER: a file with the token of a program, for a timer.",
)
@click.pass_context
def downtime_all(
    context: click.Context, folder: Path, site: str, username: str, token_file: Path | None
) -> None:
    """Write the downtime kit of every therapy that goes on, as COI.pdf, and drop what has ended."""
    if bool(username) == bool(token_file):
        raise click.UsageError("Give either --as USER or --token-file FILE.")
    installation = opened()
    by: Proven = (
        program_of(installation, content_of(token_file).decode("ascii", "replace").strip())
        if token_file
        else prove(installation, username, "for the downtime kits")
    )
    kept = kits_to_keep(installation, by, site)
    went_well = keep_kits(installation, by, kept, folder)
    note_printed(installation, passed=went_well)
    context.exit(0 if went_well else 1)

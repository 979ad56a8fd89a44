"""`coi prove`: the proof that a therapy's entries stand in the tree that was signed."""

from pathlib import Path

import click

from coi.cli.opening import opened
from coi.cli.words import coi_of
from coi.cli.writing import output_options, require_free, write_whole
from coi.services.proving import proof_of


@click.command()
@click.argument("coi")
@output_options
def command(coi: str, output: Path, *, force: bool) -> None:
    """Write the proof that each entry of a therapy stands below the last checkpoint.

    It holds hashes alone, and nothing of any other therapy.
    """
    require_free(output, force=force)
    # Who the patients are is not asked.
    write_whole(output, proof_of(opened(key_needed=False), coi_of(coi)), force=force)
    click.echo(f"Written: {output}.")

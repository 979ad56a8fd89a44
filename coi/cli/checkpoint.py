"""`coi checkpoint`: put what was recorded into the tree, and sign how large it is."""

import click

from coi.cli.opening import opened
from coi.cli.until_stopped import until_stopped
from coi.services.sequencing import Sequencer, last_file


@click.command()
@click.option("--once", is_flag=True, help="Take in what is there, sign it, and end.")
def command(*, once: bool) -> None:
    """Put what was recorded into the tree and sign checkpoints, until you stop it.

    `coi serve` does the same beside the pages, unless COI_CHECKPOINT_SIGN says off. Several can
    run: what one has taken in the others leave alone.
    """
    # Who the patients are is not asked: this may run as a user who cannot read the vault key.
    installation = opened(key_needed=False)
    sequencer = Sequencer(installation)
    if once:
        click.echo(f"Taken in: {sequencer.run_until_empty()}.")
        click.echo(f"The last checkpoint is in {last_file(installation.settings)}.")
        return
    until_stopped("Signing", sequencer.run)

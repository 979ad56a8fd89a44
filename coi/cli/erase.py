"""`coi erase`: a patient's key is destroyed, by two people."""

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.services.erasing import ERASED, REASONS, Wish, erase_patient

_REASON = "; ".join(f"{code}: {words}" for code, words in REASONS.items())


@click.command()
@click.argument("coi")
@click.option("--reason", required=True, type=click.Choice([*REASONS]), help=f"{_REASON}.")
@click.option("--why", required=True, metavar="TEXT", help="Who asked, when and how.")
@as_user("The QA reviewer who signs.")
@click.option(
    "--with",
    "second",
    required=True,
    metavar="USER",
    help="Who signs too: an administrator, a QP, or another QA reviewer.",
)
def command(coi: str, reason: str, why: str, username: str, second: str) -> None:
    """Erase who the patient of the therapy COI is, and the texts about them, for good.

    It is refused, on record, as long as their cells are to be traced to them.
    """
    installation = opened()
    purpose = f"who signs “{ERASED}”"
    signer = prove(installation, username, purpose)
    other = prove(installation, second, purpose)
    gone = erase_patient(installation, Wish(coi, reason, why), signer, other)
    click.echo(f"Erased: the patient of {', '.join(gone.therapies)} ({gone.texts} texts).")
    click.echo("Backups that were made before still hold it: docs/erasing.md says what to do.")

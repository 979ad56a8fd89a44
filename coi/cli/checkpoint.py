"""`coi checkpoint`: put what was recorded into the tree, and sign how large it is."""

import threading

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.until_stopped import until_stopped
from coi.services.anchoring import Anchored, anchored, begin_anchoring, keep_everywhere
from coi.services.anew import MEANING, hash_anew
from coi.services.checkpoint_keys import signers_of
from coi.services.key_change import REPLACED, replace_signing_key
from coi.services.sequencing import Sequencer
from coi.services.signed_before import last_file
from coi.services.witnessing import witness_key


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Take in what is there, sign it, and end.")
@click.pass_context
def command(ctx: click.Context, *, once: bool) -> None:
    """Put what was recorded into the tree and sign checkpoints, until you stop it.

    `coi serve` does the same beside the pages, unless COI_CHECKPOINT_SIGN says off. Several can
    run: what one has taken in the others leave alone.
    """
    if ctx.invoked_subcommand is not None:
        return
    # Who the patients are is not asked: this may run as a user who cannot read the vault key.
    installation = opened(key_needed=False)
    sequencer = Sequencer(installation)
    if once:
        click.echo(f"Taken in: {sequencer.run_until_empty()}.")
        click.echo(f"The last checkpoint is in {last_file(installation.settings)}.")
        keep_everywhere(installation)
        _tell(anchored(installation))
        return

    def run(stop: threading.Event) -> None:
        begin_anchoring(installation, stop)
        sequencer.run(stop)

    until_stopped("Signing", run)


@command.command()
def anchors() -> None:
    """Say where else checkpoints are kept, how far each place has come, and what waits for it."""
    found = anchored(opened(key_needed=False))
    if not found:
        click.echo("Checkpoints are kept on this machine alone: see docs/checkpoints.md.")
    _tell(found)


@command.command()
def key() -> None:
    """Say whose signatures below checkpoints count, and under which key others are cosigned here.

    The first line is for those who witness this record, the second for those whom it witnesses, the
    third for whoever checks a record that was handed out.
    """
    installation = opened(key_needed=False)
    newest = installation.read(signers_of)[-1:]
    for one in newest:
        click.echo(f"Signs: {one.verifier.text}")
    click.echo(f"Cosigns: {witness_key(installation).text}")
    for one in newest:
        click.echo(f"Fingerprint of the first: {one.verifier.fingerprint}")


@command.command("replace-key")
@click.option("--why", required=True, metavar="TEXT", help="Why another key signs from now on.")
@as_user("The QA reviewer who signs.")
@click.option(
    "--lost",
    "administrator",
    metavar="USER",
    help="The old key is lost, or somebody else has it: this administrator signs in its place.",
)
def replace_key(why: str, username: str, administrator: str | None) -> None:
    """Let another key sign checkpoints from now on; it is put on record.

    What the old key has signed stays valid. What it signs of a larger tree is refused.
    """
    installation = opened(key_needed=False)
    purpose = f"who signs “{REPLACED}”"
    signer = prove(installation, username, purpose)
    other = prove(installation, administrator, purpose) if administrator else None
    named = replace_signing_key(installation, signer, why, other)
    click.echo(f"From now on this key signs: {named.text}")
    click.echo(
        "Where another machine signs too, put the new file of COI_CHECKPOINT_KEY_FILE there."
    )


@command.command("hash-anew")
@click.option("--why", required=True, metavar="TEXT", help="Why all is hashed anew.")
@as_user("The QA reviewer who signs.")
def anew(why: str, username: str) -> None:
    """Hash all entries anew with SHA-512, and sign what comes of it; it is put on record.

    Done while SHA-256 still holds, it proves for as long as SHA-512 holds what the entries were.
    """
    installation = opened(key_needed=False)
    signer = prove(installation, username, f"who signs “{MEANING}”")
    click.echo(hash_anew(installation, signer, why))


def _tell(found: tuple[Anchored, ...]) -> None:
    for one in found:
        click.echo(f"{one.name}: {one.trouble or _stands(one)}")


def _stands(one: Anchored) -> str:
    """How far one has come, in a line."""
    waits = f"{one.waiting} wait" if one.waiting else "nothing waits"
    if not one.size:
        return f"{one.place} holds no checkpoint yet; {waits}."
    return f"{one.place} has {one.size} entries, recorded until {one.until}; {waits}."

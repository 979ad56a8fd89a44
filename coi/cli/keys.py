"""`coi keys`: the key of the identity vault, for two custodians; and the seal of the house."""

from pathlib import Path

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.writing import content_of, require_free, write_whole
from coi.services.escrow import KeyChecked, check_key, escrow_key, restore_key
from coi.services.sealing import is_installed, seal_of

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Give out, put back and try the key without which no patient can be named."""


@command.command()
@click.argument("half1", type=FILE)
@click.argument("half2", type=FILE)
@as_user("The administrator who does this.")
def escrow(half1: Path, half2: Path, username: str) -> None:
    """Write the key in two halves, to be printed for two custodians; it is put on record."""
    for path in (half1, half2):
        require_free(path, force=False)
    installation = opened()
    by = prove(installation, username)
    for path, text in zip((half1, half2), escrow_key(installation, by), strict=True):
        write_whole(path, text.encode("ascii"), force=False)
    click.echo("Print each, hand it to its custodian, and remove both files.")


@command.command()
@click.argument("half1", type=FILE)
@click.argument("half2", type=FILE)
def restore(half1: Path, half2: Path) -> None:
    """Put the key back from its two halves; a key file that is there is left as it is."""
    one, other = (content_of(path).decode("utf-8", "replace") for path in (half1, half2))
    installation = opened(key_needed=False)
    checked = restore_key(installation, one, other)
    click.echo(f"Put back: {installation.settings.vault_key_file}.")
    _tell(checked)


@command.command()
def check() -> None:
    """Try the key: it is that of this record, and opens what was sealed with it."""
    _tell(check_key(opened()))


@command.command()
@click.option("--authority", type=FILE, help="Write the certificate of who vouches for it.")
@click.option("--force", is_flag=True, help="Replace the file of --authority if there is one.")
def seal(authority: Path | None, *, force: bool) -> None:
    """Say which seal documents bear; whoever trusts its authority is shown that it is yours."""
    installation = opened(key_needed=False)
    file = installation.settings.seal_file
    if file is None or not is_installed():
        click.echo("Documents bear no seal: `coi doctor` says why.")
        return
    found = seal_of(installation, file)
    ends = found.certificate.not_valid_after_utc
    click.echo(f"{found.certificate.subject.rfc4514_string()}, until {ends:%Y-%m-%d}.")
    click.echo(f"SHA-256 {found.fingerprint}")
    if authority is not None:
        write_whole(authority, found.authority, force=force)


def _tell(checked: KeyChecked) -> None:
    """What was tried, and when the halves were last given out."""
    click.echo(f"The key {checked.fingerprint} is that of this record.")
    if checked.opened:
        click.echo("It opens what was sealed with it.")
    else:
        click.echo("No patient is sealed yet that it could open.")
    click.echo(f"Last given to two custodians: {checked.escrowed_at or 'NEVER'}.")

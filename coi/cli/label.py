"""`coi label`: what is stuck onto things and worn by patients."""

from pathlib import Path

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.paper import hand_out
from coi.cli.words import coi_of
from coi.cli.writing import output_options
from coi.services.drawing import Drawn
from coi.services.installation import Installation
from coi.services.keeping_templates import KEPT, keep_template, why_not_kept
from coi.services.label_papers import (
    PRINTED_AGAIN,
    WHY_AGAIN,
    Again,
    write_bag_label,
    write_location_label,
    write_wristband,
)
from coi.services.labelling import newest_serial
from coi.services.proofs import JustProven
from coi.services.template_trials import in_words
from labels.errors import NotACode
from labels.identifiers import parse_scan

BY = as_user("Who asks for it.")
AGAIN = click.option(
    "--again",
    default="",
    type=click.Choice(["", *WHY_AGAIN]),
    help="Why it is printed again; it is signed for.",
)

_A_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Draw labels and wristbands as PDF, each put on record; keep label templates of your own."""


@command.command()
@click.argument("code", metavar="SERIAL|SUBJECT")
@BY
@output_options
def bag(code: str, username: str, output: Path, *, force: bool) -> None:
    """Draw the label of a container, once: by its SERIAL, or the newest one of a SUBJECT."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        serial = _serial(code) or newest_serial(installation, code)
        return _told(write_bag_label(installation, by, serial))

    hand_out(output, username, "for this label", draw, force=force)


def _told(drawn: Drawn) -> bytes:
    """What is handed out; what is not on it is said."""
    for field, why in sorted(drawn.left_off.items()):
        click.echo(f"Not on the label: {field} ({why}).", err=True)
    return drawn.content


def _purpose(again: str) -> str:
    """For what a password is asked: a wristband that is printed again is signed for."""
    return f"who signs “{PRINTED_AGAIN}”" if again else "for this wristband"


def _again(by: JustProven, why: str) -> Again | None:
    """The same, as the use case takes it; nothing for a first print."""
    return Again(by, why) if why else None


def _serial(code: str) -> str:
    """The serial that was typed or scanned; '' when it is something else, such as a subject."""
    try:
        read = parse_scan(code)
    except NotACode:
        return ""
    return read.serial.text if read.serial else ""


@command.command()
@click.argument("coi")
@BY
@AGAIN
@output_options
def wristband(coi: str, username: str, again: str, output: Path, *, force: bool) -> None:
    """Draw the current wristband of a therapy's patient, with the name from the vault."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        return _told(write_wristband(installation, by, coi_of(coi), _again(by, again)))

    hand_out(output, username, _purpose(again), draw, force=force)


@command.command()
@click.argument("serial")
@BY
@output_options
def place(serial: str, username: str, output: Path, *, force: bool) -> None:
    """Draw the label of a place, such as a shelf."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        return _told(write_location_label(installation, by, _serial(serial) or serial))

    hand_out(output, username, "for this label", draw, force=force)


@command.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...", type=_A_FILE)
@click.pass_context
def check(ctx: click.Context, paths: tuple[Path, ...]) -> None:
    """Prove that texts can be kept as label templates of your own; no record is needed."""
    failed = False
    for path in paths:
        problems = why_not_kept(_text(path))
        failed = failed or bool(problems)
        for problem in problems or ("no problem found",):
            click.echo(f"{path}: {in_words(problem)}")
    ctx.exit(int(failed))


@command.command()
@click.argument("path", metavar="FILE", type=_A_FILE)
@click.option("--reason", required=True, help="Why it is kept.")
@as_user("The QA reviewer who signs.")
def keep(path: Path, reason: str, username: str) -> None:
    """Keep a text as the next version of a label template of your own, whose name begins own-.

    It is checked first, and what is kept is never changed: a change is a newer version. Nothing is
    printed with it before another QA reviewer approves it (coi approve template); until then
    labels are printed as before.
    """
    text = _text(path)
    installation = opened()
    signer = prove(installation, username, f"who signs “{KEPT}”")
    kept = keep_template(installation, signer, text, reason)
    click.echo(f"Kept: {kept.name}, version {kept.version} (SHA-256 {kept.sha256}).")


def _text(path: Path) -> str:
    """The text of a file, to the letter; one that cannot be read is named."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from error
    except UnicodeDecodeError as error:
        raise click.FileError(str(path), "it is no UTF-8 text") from error

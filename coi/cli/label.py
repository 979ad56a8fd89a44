"""`coi label`: what is stuck onto things and worn by patients."""

from pathlib import Path

import click

from coi.cli.asking import as_user
from coi.cli.paper import hand_out
from coi.cli.words import coi_of
from coi.cli.writing import output_options
from coi.services.drawing import Drawn
from coi.services.installation import Installation
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
from labels.errors import NotACode
from labels.identifiers import parse_scan

BY = as_user("Who asks for it.")
AGAIN = click.option(
    "--again",
    default="",
    type=click.Choice(["", *WHY_AGAIN]),
    help="Why it is printed again; it is signed for.",
)


@click.group()
def command() -> None:
    """Draw labels and wristbands as PDF, with what the record says; each is put on record."""


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

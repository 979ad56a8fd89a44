"""`coi label`: what is stuck onto things and worn by patients."""

from pathlib import Path

import click

from coi.cli.asking import as_user
from coi.cli.paper import hand_out
from coi.cli.words import coi_of
from coi.cli.writing import output_options
from coi.services.documents import write_bag_label, write_location_label, write_wristband
from coi.services.installation import Installation
from coi.services.labelling import newest_serial
from coi.services.proofs import JustProven
from labels.errors import NotACode
from labels.identifiers import parse_scan

BY = as_user("Who asks for it.")


@click.group()
def command() -> None:
    """Draw labels and wristbands as PDF, with what the record says; each is put on record."""


@command.command()
@click.argument("code", metavar="SERIAL|SUBJECT")
@BY
@output_options
def bag(code: str, username: str, output: Path, *, force: bool) -> None:
    """Draw the label of a container: by its SERIAL, or the newest one of a SUBJECT."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        serial = _serial(code) or newest_serial(installation, code)
        return write_bag_label(installation, by, serial)

    hand_out(output, username, "for this label", draw, force=force)


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
@output_options
def wristband(coi: str, username: str, output: Path, *, force: bool) -> None:
    """Draw the current wristband of a therapy's patient, with the name from the vault."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        return write_wristband(installation, by, coi_of(coi))

    hand_out(output, username, "for this wristband", draw, force=force)


@command.command()
@click.argument("serial")
@BY
@output_options
def place(serial: str, username: str, output: Path, *, force: bool) -> None:
    """Draw the label of a place, such as a shelf."""

    def draw(installation: Installation, by: JustProven) -> bytes:
        return write_location_label(installation, by, _serial(serial) or serial)

    hand_out(output, username, "for this label", draw, force=force)

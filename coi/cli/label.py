"""`coi label`: what is stuck onto things and worn by patients."""

from pathlib import Path

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.words import coi_of
from coi.cli.writing import output_options, require_free, write_whole
from coi.services.documents import write_bag_label, write_location_label, write_wristband
from coi.services.labelling import newest_serial
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
    # Asked before it is drawn: what was drawn is on record, even when nobody could write it down.
    require_free(output, force=force)
    installation = opened()
    by = prove(installation, username, "for this label")
    serial = _serial(code) or newest_serial(installation, code)
    write_whole(output, write_bag_label(installation, by, serial), force=force)


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
    require_free(output, force=force)
    installation = opened()
    by = prove(installation, username, "for this wristband")
    write_whole(output, write_wristband(installation, by, coi_of(coi)), force=force)


@command.command()
@click.argument("serial")
@BY
@output_options
def place(serial: str, username: str, output: Path, *, force: bool) -> None:
    """Draw the label of a place, such as a shelf."""
    require_free(output, force=force)
    installation = opened()
    by = prove(installation, username, "for this label")
    content = write_location_label(installation, by, _serial(serial) or serial)
    write_whole(output, content, force=force)

"""`coi label`: what is stuck onto things and worn by patients."""

from pathlib import Path

import click

from coi.cli.opening import opened
from coi.cli.words import coi_of
from coi.cli.writing import output_options, require_free, write_whole
from coi.services.labelling import bag_label_pdf, newest_serial, wristband_pdf
from labels.errors import NotACode
from labels.identifiers import parse_scan


@click.group()
def command() -> None:
    """Draw labels and wristbands as PDF, with what the record says."""


@command.command()
@click.argument("code", metavar="SERIAL|SUBJECT")
@output_options
def bag(code: str, output: Path, *, force: bool) -> None:
    """Draw the label of a container: by its SERIAL, or the newest one of a SUBJECT."""
    require_free(output, force=force)
    installation = opened()
    serial = _serial(code) or newest_serial(installation, code)
    write_whole(output, bag_label_pdf(installation, serial), force=force)


def _serial(code: str) -> str:
    """The serial that was typed or scanned; '' when it is something else."""
    try:
        read = parse_scan(code)
    except NotACode:
        return ""
    return read.serial.text if read.serial else ""


@command.command()
@click.argument("coi")
@output_options
def wristband(coi: str, output: Path, *, force: bool) -> None:
    """Draw the current wristband of a therapy's patient, with the name from the vault."""
    require_free(output, force=force)
    write_whole(output, wristband_pdf(opened(), coi_of(coi)), force=force)

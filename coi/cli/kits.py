"""A folder of downtime kits, one file for each therapy: written anew, and rid of what has ended."""

from collections.abc import Iterator
from pathlib import Path

import click

from coi.cli.writing import write_whole
from coi.errors import CoiError
from coi.services.daily_kits import Kept
from coi.services.downtime_kits import write_downtime_kit
from coi.services.installation import Installation
from coi.services.proofs import Proven
from labels.errors import LabelError, NotACode
from labels.identifiers import parse_scan

_SUFFIX = ".pdf"


def keep_kits(installation: Installation, by: Proven, kept: Kept, folder: Path) -> bool:
    """Each kit that could be drawn lies in the folder, and none of a therapy that has ended.

    What fails is told, a line each, and keeps no other back; the kit of the day before stays there.
    Returns whether nothing failed.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise click.FileError(str(folder), error.strerror) from error
    failed = [coi for coi in kept.units if not _is_written(installation, by, kept, folder, coi)]
    lost = [coi for coi in _cois_in(folder) if not _is_kept_or_dropped(kept, folder, coi)]
    click.echo(f"{len(kept.units) - len(failed)} of {len(kept.units)} kits were written.")
    return not failed and not lost


def _is_written(installation: Installation, by: Proven, kept: Kept, folder: Path, coi: str) -> bool:
    try:
        unit, is_anywhere = kept.units[coi], kept.is_anywhere
        content = write_downtime_kit(installation, by, coi, unit, is_anywhere=is_anywhere)
        write_whole(folder / f"{coi}{_SUFFIX}", content, force=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are needed all the same
        click.echo(f"{coi}: NOT written: {_why(error)}", err=True)
        return False
    return True


def _why(error: Exception) -> str:
    """In words, where the product has some; of what nobody foresaw no more than its kind."""
    if isinstance(error, click.ClickException):
        return error.format_message()
    return str(error) if isinstance(error, CoiError | LabelError) else type(error).__name__


def _is_kept_or_dropped(kept: Kept, folder: Path, coi: str) -> bool:
    """It was written anew, or has ended and is gone; what only cannot be seen stays, as told."""
    if coi in kept.units:
        return True
    file = folder / f"{coi}{_SUFFIX}"
    if coi not in kept.ended:
        click.echo(f"{file} stays: it goes on, and is not among what was asked for.", err=True)
        return False
    try:
        file.unlink()
    except OSError as error:
        click.echo(f"{file} stays: {error.strerror}", err=True)
        return False
    click.echo(f"{file} is gone: the therapy has ended.")
    return True


def _cois_in(folder: Path) -> Iterator[str]:
    """Of which therapies there are kits; whatever else lies there is left alone."""
    for file in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            read = parse_scan(file.stem)
        except NotACode:
            continue
        if read.coi and read.coi.text == file.stem and not read.serial:
            yield file.stem

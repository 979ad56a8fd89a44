"""Write a file whole or not at all, and never over another one unasked."""

import os
import tempfile
from pathlib import Path
from typing import Any

import click

from coi.errors import CoiError


class FileExists(CoiError):
    """There is a file of this name already; it was left as it is."""

    code = "FILE_EXISTS"


def output_options(function: Any) -> Any:  # noqa: ANN401 - a decorator of click
    """Give a command `-o FILE` and `--force`."""
    path = click.Path(dir_okay=False, path_type=Path)
    for option in (
        click.option("--force", is_flag=True, help="Replace the file if there is one."),
        click.option("-o", "--output", type=path, required=True, help="Write here."),
    ):
        function = option(function)
    return function


def require_free(path: Path, *, force: bool) -> None:
    """Refuse to write over a file, before any work is done for it.

    Raises:
        FileExists: there is one, and `force` was not given.
    """
    if path.exists() and not force:
        raise FileExists(f"{path} exists already.", "Choose another name, or add --force.")


def write_whole(path: Path, content: bytes, *, force: bool) -> None:
    """Write a file beside its place and move it there, so that nobody ever sees half of it."""
    require_free(path, force=force)
    # In the same folder, because a move from another file system would be a copy, and could stop
    # half-way. The file is its maker's alone to read: it may hold a patient's name.
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from error
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            # On the disk before it gets its name: a power cut leaves the old file or the new one.
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise click.FileError(str(path), error.strerror) from error
    click.echo(f"Written to {path} ({len(content)} bytes).")


def content_of(path: Path) -> bytes:
    """The bytes of a file; one that cannot be read is named."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from error

"""Paper for somebody: they prove who they are, it is drawn, put on record, and kept in a file."""

from collections.abc import Callable
from pathlib import Path

from coi.cli.asking import prove
from coi.cli.opening import opened
from coi.cli.writing import require_free, write_whole
from coi.services.installation import Installation
from coi.services.proofs import JustProven

Draw = Callable[[Installation, JustProven], bytes]
"""Draws for whoever asks, and puts that on record."""


def hand_out(output: Path, username: str, purpose: str, draw: Draw, *, force: bool) -> None:
    """Write what is drawn for somebody into a file.

    Raises:
        FileExists: there is one, and `force` was not given; nothing was drawn.
    """
    # Asked before it is drawn: what was drawn is on record, even when nobody could write it down.
    require_free(output, force=force)
    installation = opened()
    by = prove(installation, username, purpose)
    write_whole(output, draw(installation, by), force=force)

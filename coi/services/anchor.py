"""What every anchor is: a place where checkpoints are kept that who runs the database cannot reach.

One that is away stops nobody who works. Nothing is lost by it: what waits for it is kept there as
soon as it is back.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from coi.clock import parse_rfc3339
from coi.errors import CoiError
from coi.interop.addresses import Allowed, NotReached, read_target
from coi.interop.posting import Answer, Message, post
from coi.ledger.checkpoint import NoCheckpoint, SignedCheckpoint, read_checkpoint
from coi.services.installation import Installation
from coi.services.signed_before import HistoryChanged, differs_from, reached_by
from coi.services.webhook_way import way_of
from coi.settings import Settings
from coi.store import tree
from coi.store.transactions import Transaction

EACH = timedelta(0)
"""Of an anchor at which each checkpoint is kept as soon as it is signed."""


class AnchorAway(CoiError):
    """An anchor cannot be reached; what waits for it is kept there later."""

    code = "ANCHOR_AWAY"

    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            f"{place} cannot be reached: {why}.",
            "Is its mount there, and its network? See docs/checkpoints.md.",
        )


class Anchor(Protocol):
    """One place where checkpoints are kept."""

    @property
    def name(self) -> str:
        """What it is called in lists and measurements."""

    @property
    def place(self) -> str:
        """Where it is, as it was set."""

    @property
    def every(self) -> timedelta:
        """How old what was recorded is when it is kept there, at the earliest."""

    def newest(self) -> SignedCheckpoint | None:
        """The last checkpoint that is known to be kept there.

        Raises:
            AnchorAway: it cannot be asked.
        """

    def notes(self) -> tuple[SignedCheckpoint, ...]:
        """Everything that is known to be kept there.

        Raises:
            AnchorAway: it cannot be asked.
        """

    def keep(self, installation: Installation) -> int:
        """Keep there what is not there yet; returns how many checkpoints that were.

        Raises:
            AnchorAway: it cannot be reached.
            HistoryChanged: the record does not go on from what is kept there.
        """


def due_at(installation: Installation, anchor: Anchor) -> datetime:
    """When the next checkpoint is to be kept at an anchor at which not each of them is.

    The newest entry that is anchored there is as old then as any may become.

    Raises:
        AnchorAway: it cannot be asked.
    """
    newest = anchor.newest()
    until = installation.read(lambda tx: tree.recorded_until(tx, reached_by(tx, newest)))
    return parse_rfc3339(until) + anchor.every if until else installation.clock.now()


def remembered(file: Path) -> SignedCheckpoint | None:
    """The last checkpoint that is kept elsewhere, of an anchor that is not asked for it.

    Raises:
        AnchorAway: which one that was cannot be read.
    """
    try:
        return read_checkpoint(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, NoCheckpoint) as error:
        raise AnchorAway(str(file), "it is no checkpoint") from error


def last_to_keep(tx: Transaction, newest: SignedCheckpoint | None) -> SignedCheckpoint | None:
    """The last checkpoint, where it goes on from the newest that is kept; None where it is that.

    Raises:
        HistoryChanged: the record does not go on from what is kept.
    """
    if newest is not None and (what := differs_from(tx, newest)):
        raise HistoryChanged(what)
    last = tree.newest_checkpoint(tx)
    if last is None or (newest is not None and newest.text == last.note):
        return None
    return read_checkpoint(last.note.encode())


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Nobody else does what is done to the files of this folder; it is made where there is none."""
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sent_to(settings: Settings, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """What an anchor answers that is asked over the network.

    Whoever runs this machine has named it, and what it answers is signed: any address will do.

    Raises:
        AnchorAway: it is no address, or it does not answer.
    """
    try:
        host = urlsplit(url).hostname or ""
        allowed = Allowed.of((host,), (host,))
        target = read_target(url, allowed)
    except (NotReached, ValueError) as error:
        raise AnchorAway(url, str(error)) from error
    answer = post(Message(target, headers, body), replace(way_of(settings), allowed=allowed))
    if answer.trouble:
        raise AnchorAway(url, answer.trouble)
    return answer

"""Which anchors there are, what they keep, and how each of them stands (TL-09)."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread

from coi.errors import CoiError, SettingError
from coi.events import tell
from coi.ledger.checkpoint import NoCheckpoint, SignedCheckpoint
from coi.ledger.findings import Finding, Verdict
from coi.ledger.witnessed import Witness, without_twice
from coi.services.anchor import EACH, Anchor, due_at
from coi.services.anchor_file import FileAnchor
from coi.services.anchor_mail import MailAnchor
from coi.services.anchor_stamp import StampAnchor
from coi.services.anchor_witness import WitnessAnchor
from coi.services.doubt import note_verdict
from coi.services.installation import Installation
from coi.services.signed_before import HistoryChanged, differs_from, reached_by
from coi.settings import Settings
from coi.store import tree
from coi.store.transactions import Transaction

_LOOK = 2.0  # seconds between two looks whether something was signed
_AFTER_TROUBLE = 60.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Anchored:
    """How one anchor stands."""

    name: str
    place: str
    size: int = 0  # entries below the last checkpoint that is kept there
    until: str = ""  # when the newest of them was recorded
    waiting: int = 0  # checkpoints that are not there yet
    trouble: str = ""  # why it cannot be asked
    every: timedelta = EACH  # how old what was recorded is when it is kept there, at the earliest


def anchors_of(settings: Settings) -> tuple[Anchor, ...]:
    """Every anchor that is set."""
    file = [FileAnchor(settings.anchor_file)] if settings.anchor_file else []
    mail = [MailAnchor(settings)] if settings.anchor_mail else []
    stamp = [StampAnchor(settings)] if settings.timestamp_url else []
    return (*file, *map(partial(_witness, settings), settings.witnesses), *mail, *stamp)


def _witness(settings: Settings, text: str) -> Anchor:
    """A witness as it was set.

    Raises:
        SettingError: its key is none.
    """
    place, _blank, key = text.partition(" ")
    try:
        return WitnessAnchor(settings, place, Witness.read(key))
    except NoCheckpoint as fault:
        told = f"names a witness at {place} whose key is none."
        raise SettingError("COI_WITNESSES", told, "Take it anew from its people.") from fault


def anchored(installation: Installation) -> tuple[Anchored, ...]:
    """How each anchor stands."""
    return tuple(_stands(installation, one) for one in anchors_of(installation.settings))


def _stands(installation: Installation, anchor: Anchor) -> Anchored:
    try:
        newest = anchor.newest()
    except CoiError as error:
        return Anchored(anchor.name, anchor.place, trouble=error.sentence)

    def look(tx: Transaction) -> Anchored:
        size = reached_by(tx, newest)
        until, waiting = tree.recorded_until(tx, size), tree.notes_waiting(tx, size)
        return Anchored(anchor.name, anchor.place, size, until, waiting, every=anchor.every)

    return installation.read(look)


Kept = Sequence[tuple[str, Sequence[SignedCheckpoint]]]
"""What is kept at each anchor that could be asked, by its place."""


def kept_at_anchors(settings: Settings, *, every: bool) -> Kept:
    """All that is kept at each anchor with `every`, else the newest; of one that is away nothing.

    To be read before the record that is compared with it: both go on meanwhile.
    """
    kept = []
    for anchor in anchors_of(settings):
        try:
            newest = anchor.newest()
            notes = anchor.notes() if every else (newest,) if newest else ()
            kept.append((anchor.place, tuple(notes)))
        except CoiError as error:
            _log.warning("Not compared: %s", error.sentence)
    return kept


def differing(tx: Transaction, kept: Kept) -> Iterator[tuple[str, str]]:
    """Each anchor that the tree does not continue, by its place, with the first that differs."""
    known = tree.notes_by_size(tx) if any(len(notes) > 1 for _place, notes in kept) else {}
    for place, notes in kept:
        for note in sorted(notes, key=lambda one: one.checkpoint.size):
            # What the database holds in the same words is compared with the tree anyway.
            if known.get(note.checkpoint.size) == note.text:
                continue
            if what := differs_from(tx, note):
                yield place, what
                break


def cosigned(settings: Settings, note: SignedCheckpoint) -> tuple[SignedCheckpoint, list[Witness]]:
    """A checkpoint with what witnesses have put below it by now, and who they are."""
    witnesses, below = [], note.signatures
    for anchor in anchors_of(settings):
        if not isinstance(anchor, WitnessAnchor):
            continue
        try:
            seen = anchor.newest()
        except CoiError as error:
            _log.warning("Not cosigned: %s", error.sentence)
            continue
        is_it = seen is not None and seen.checkpoint == note.checkpoint
        if seen is not None and is_it and anchor.witness.cosigned_at(seen) is not None:
            witnesses.append(anchor.witness)
            below = without_twice(below, seen.signatures)
    return SignedCheckpoint(note.checkpoint, below), witnesses


class Anchorer:
    """One that keeps checkpoints at one anchor, in one thread of one process."""

    __slots__ = ("_anchor", "_due_at", "_installation", "_kept", "_trouble")

    def __init__(self, installation: Installation, anchor: Anchor) -> None:
        self._installation, self._anchor = installation, anchor
        self._kept = -1  # the number of the last checkpoint that is kept there
        self._trouble = ""
        self._due_at: datetime | None = None  # of an anchor at which not each checkpoint is kept

    def run(self, stop: Event) -> None:
        """Keep what is signed, until somebody stops it."""
        while not stop.is_set():
            stop.wait(_LOOK if self.step() else _AFTER_TROUBLE)

    def step(self) -> bool:
        """Keep what is not there yet; returns whether that went well. Trouble is told once."""
        try:
            last = self._installation.read(tree.newest_checkpoint)
            if last is not None and last.n != self._kept and self._is_due():
                self._anchor.keep(self._installation)
                self._kept, self._due_at = last.n, None
            self._trouble = ""
        except HistoryChanged as fault:
            if self._is_new(f"{self._anchor.place}: {fault.what}"):
                tell("history_changed", sentence=self._trouble)
            # As often as it says so: a look at what is here alone may have found nothing.
            found = Finding("checkpoint", self._anchor.place, "-", None, fault.what)
            note_verdict(self._installation, Verdict(0, (found,), {}, {}), whole=False)
        # One that ended would be missed by nobody; the database may be away for a while.
        except Exception as error:  # noqa: BLE001
            told = error.sentence if isinstance(error, CoiError) else type(error).__name__
            if self._is_new(told):
                tell("anchor_away", sentence=told)
        return not self._trouble

    def _is_due(self) -> bool:
        """Whether what is anchored there is as old as it may become."""
        if self._anchor.every == EACH:
            return True
        self._due_at = self._due_at or due_at(self._installation, self._anchor)
        return self._installation.clock.now() >= self._due_at

    def _is_new(self, trouble: str) -> bool:
        """Remember what is in the way; whether it was something else before."""
        is_new, self._trouble = trouble != self._trouble, trouble
        return is_new


def keep_everywhere(installation: Installation) -> None:
    """Keep what was signed at each anchor once; one that is away stops no other."""
    for anchor in anchors_of(installation.settings):
        Anchorer(installation, anchor).step()


def begin_anchoring(installation: Installation, stop: Event) -> None:
    """Keep what is signed at each anchor, beside whatever else this process does.

    Each has a thread of its own: a mount or a network that hangs holds up no other anchor.
    """
    for anchor in anchors_of(installation.settings):
        told = (stop,)
        run = Anchorer(installation, anchor).run
        Thread(target=run, args=told, name=f"anchor {anchor.name}", daemon=True).start()

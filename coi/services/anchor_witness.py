"""An anchor that is another instance, or any other witness: it cosigns each checkpoint (TL-09).

It signs only what is proven to go on from the last one that it saw. What it signed last is kept in
a file beside the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from coi.interop.posting import Answer
from coi.ledger.checkpoint import NoCheckpoint, SignedCheckpoint, read_checkpoint
from coi.ledger.tree import consistency_proof
from coi.ledger.witnessed import Asked, Witness, read_cosigned
from coi.services.anchor import EACH, AnchorAway, remembered, sent_to
from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.services.signed_before import HistoryChanged, differs_from
from coi.settings import Settings
from coi.store import tree
from coi.store.transactions import Transaction

_PATH = "/add-checkpoint"
_HEADERS: Mapping[str, str] = {"content-type": "text/plain; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class WitnessAnchor:
    """One witness: where it is asked, and whose signature it gives."""

    settings: Settings
    place: str
    witness: Witness
    every: timedelta = EACH

    @property
    def name(self) -> str:
        """What it is called in lists and measurements."""
        return f"witness {self.witness.name}"

    def newest(self) -> SignedCheckpoint | None:
        """The last checkpoint that it cosigned, with that below it.

        Raises:
            AnchorAway: what it signed cannot be read.
        """
        return remembered(self._file)

    def notes(self) -> tuple[SignedCheckpoint, ...]:
        """The same: a witness hands out nothing but what it signs."""
        newest = self.newest()
        return (newest,) if newest else ()

    def keep(self, installation: Installation) -> int:
        """Have the last checkpoint cosigned; returns 1, or 0 where there is none.

        Raises:
            AnchorAway: it does not answer, or says what no witness says.
            HistoryChanged: it saw another history than the record has now.
        """
        newest = self.newest()
        asked = installation.read(lambda tx: _asked(tx, newest))
        if asked is None:
            return 0
        note, answer = asked.note, self._sent(asked)
        if answer.status == HTTPStatus.CONFLICT:
            # Somebody else asked it before, or what it answered then was lost on its way.
            seen = self._size_in(answer)
            if seen == asked.old or seen > note.checkpoint.size:
                raise HistoryChanged(f"{self.name} saw another history, of {seen} entries")
            asked = installation.read(lambda tx: _proven(tx, note, seen))
            answer = self._sent(asked)
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise HistoryChanged(f"{self.name} saw another history, of {asked.old} entries")
        self._take(note, answer)
        return 1

    def _take(self, note: SignedCheckpoint, answer: Answer) -> None:
        """Keep what it signed, once it is its signature."""
        if answer.status != HTTPStatus.OK:
            raise AnchorAway(self.place, f"it answers {answer.told}")
        try:
            cosigned = read_cosigned(note, answer.body)
        except NoCheckpoint as fault:
            raise AnchorAway(self.place, fault.what) from fault
        if self.witness.cosigned_at(cosigned) is None:
            raise AnchorAway(self.place, "what it answers is not signed by its key")
        write_durably(self._file, cosigned.text)

    def _size_in(self, answer: Answer) -> int:
        text = answer.body.decode("ascii", "replace").strip()
        if not (text.isdecimal() and text.isascii()):
            raise AnchorAway(self.place, "it answers with no size")
        return int(text)

    def _sent(self, asked: Asked) -> Answer:
        url = self.place.rstrip("/") + _PATH
        return sent_to(self.settings, url, _HEADERS, asked.text.encode())

    @property
    def _file(self) -> Path:
        key = self.settings.checkpoint_key_file
        return key.with_name(f"checkpoint-witnessed-{self.witness.id.hex()}")


def _asked(tx: Transaction, newest: SignedCheckpoint | None) -> Asked | None:
    """The last checkpoint, with what proves that it goes on from what the witness saw."""
    if newest is not None and (what := differs_from(tx, newest)):
        raise HistoryChanged(what)
    last = tree.newest_checkpoint(tx)
    if last is None:
        return None
    note = read_checkpoint(last.note.encode())
    is_same = newest is not None and newest.checkpoint.origin == note.checkpoint.origin
    # Under another origin it goes on as another record, of which the witness saw nothing.
    return _proven(tx, note, newest.checkpoint.size if newest is not None and is_same else 0)


def _proven(tx: Transaction, note: SignedCheckpoint, old: int) -> Asked:
    size = note.checkpoint.size
    proof = consistency_proof(old, size, tree.nodes_of(tx)) if 0 < old < size else ()
    return Asked(old, proof, note)

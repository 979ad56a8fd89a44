"""An anchor that is a time-stamping authority: it signs that a checkpoint was there (RFC 3161).

Nobody dates an entry back before the last stamp that does not cover it, whatever key they hold
(CL-06). Of what is stamped the authority sees a hash alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from coi.clock import parse_rfc3339, rfc3339
from coi.ledger.checkpoint import SignedCheckpoint
from coi.services.anchor import AnchorAway, alone_in, last_to_keep, sent_to
from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.services.sequencing import EVERYTHING, LATE
from coi.services.stamping import (
    NOTE,
    QUERY,
    StampUnread,
    is_installed,
    note_of,
    proven,
    stamp_file,
    stamp_files,
    stamp_folder,
    stamp_of,
)
from coi.settings import Settings
from coi.store import tree, tree_times
from coi.store.transactions import Transaction


@dataclass(frozen=True, slots=True)
class StampAnchor:
    """The authority that is asked; what it stamped is kept beside the key."""

    settings: Settings
    name: str = "timestamp"

    @property
    def place(self) -> str:
        """Where it is asked."""
        return self.settings.timestamp_url

    @property
    def every(self) -> timedelta:
        """How old what was recorded is when it is stamped, at the earliest."""
        return timedelta(minutes=self.settings.anchor_minutes)

    def newest(self) -> SignedCheckpoint | None:
        """The last checkpoint that was stamped.

        Raises:
            AnchorAway: it cannot be read any more.
        """
        found = self._read(stamp_files(self.settings)[-1:])
        return found[0] if found else None

    def notes(self) -> tuple[SignedCheckpoint, ...]:
        """Every checkpoint that was stamped.

        Raises:
            AnchorAway: one cannot be read any more.
        """
        return self._read(stamp_files(self.settings))

    def _read(self, files: Sequence[Path]) -> tuple[SignedCheckpoint, ...]:
        try:
            return tuple(map(note_of, files))
        except StampUnread as fault:
            raise AnchorAway(str(fault.file), fault.why) from fault

    def keep(self, installation: Installation) -> int:
        """Have the last checkpoint stamped; returns 1, or 0 where it was before.

        Raises:
            AnchorAway: no authority answers whose stamps count, or what was recorded before is
                not all in the tree.
            HistoryChanged: the record does not go on from what was stamped before.
        """
        if not is_installed():
            raise AnchorAway(self.place, "what reads time stamps is missing: the extra `sign`")
        with alone_in(stamp_folder(self.settings)):
            newest = self.newest()
            note = installation.read(lambda tx: last_to_keep(tx, newest))
            if note is None or (file := stamp_file(self.settings, note)).exists():
                return 0
            self._require_all_in_tree(installation, note.checkpoint.size)
            token = self._stamped(note)
            self._require_proven(file, note, token)
            write_durably(file.with_suffix(NOTE), note.text)
            write_durably(file, token)
        return 1

    def _require_proven(self, file: Path, note: SignedCheckpoint, token: bytes) -> None:
        try:
            proven(self.settings, file, note, token)
        except StampUnread as fault:
            raise AnchorAway(self.place, fault.why) from fault

    def _require_all_in_tree(self, installation: Installation, size: int) -> None:
        """What is recorded by now stands in the tree, or is but minutes old.

        Or a stamp would say of an entry that waits for its place that it was dated back.
        """
        now = installation.clock.now()

        def look(tx: Transaction) -> str:
            until = tree.recorded_until(tx, size)
            since = parse_rfc3339(until) - EVERYTHING - LATE
            return tree_times.oldest_outside(tx, rfc3339(since))

        oldest = installation.read(look)
        if oldest and parse_rfc3339(oldest) < now - LATE:
            raise AnchorAway(self.place, "what was recorded is not all in the tree yet")

    def _stamped(self, note: SignedCheckpoint) -> bytes:
        def sent(raw: bytes) -> bytes:
            answer = sent_to(self.settings, self.place, QUERY, raw)
            if answer.status != HTTPStatus.OK:
                raise AnchorAway(self.place, f"it answers {answer.told}")
            return answer.body

        try:
            return stamp_of(note, sent)
        except ValueError as fault:
            raise AnchorAway(self.place, str(fault)) from fault

"""An anchor that is a mailbox: people of the house, or of another, are sent checkpoints (TL-09).

What was sent last is kept in a file beside the key. Mail is kept by whoever keeps it: who has the
database and the key cannot take it back.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from coi.interop.mailing import NotSent, send_mail
from coi.ledger.checkpoint import SignedCheckpoint
from coi.services.anchor import AnchorAway, alone_in, last_to_keep, remembered
from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.settings import Settings

_FOLDER, _LAST = "mailed", "last"
_TEXT = """\
Keep this e-mail. It says how large the record was, and what was in it: with it, whoever looks finds
out whether anything of it was changed since. It holds no name and no number of any patient.

To compare, save what stands between the lines as a file, and run `coi verify --checkpoint FILE`.

----------------------------------------------------------------------
{note}
----------------------------------------------------------------------
"""


@dataclass(frozen=True, slots=True)
class MailAnchor:
    """Who is sent checkpoints, and by which server."""

    settings: Settings
    name: str = "mail"

    @property
    def place(self) -> str:
        """Who is sent them."""
        return ", ".join(self.settings.anchor_mail)

    @property
    def every(self) -> timedelta:
        """How old what was recorded is when it is sent, at the earliest."""
        return timedelta(minutes=self.settings.anchor_minutes)

    def newest(self) -> SignedCheckpoint | None:
        """The last checkpoint that the server took.

        Raises:
            AnchorAway: which one that was cannot be read.
        """
        return remembered(self._file)

    def notes(self) -> tuple[SignedCheckpoint, ...]:
        """The same: what was sent before is with those who were sent it."""
        newest = self.newest()
        return (newest,) if newest else ()

    def keep(self, installation: Installation) -> int:
        """Send the last checkpoint; returns 1, or 0 where it was sent before.

        Raises:
            AnchorAway: the server did not take it for everybody.
            HistoryChanged: the record does not go on from what was sent before.
        """
        with alone_in(self._file.parent):
            newest = self.newest()
            note = installation.read(lambda tx: last_to_keep(tx, newest))
            if note is None:
                return 0
            self._send(note)
            write_durably(self._file, note.text)
        return 1

    def _send(self, note: SignedCheckpoint) -> None:
        point, settings = note.checkpoint, self.settings
        subject = f"Checkpoint of {point.origin}: {point.size} entries"
        text = _TEXT.format(note=note.text)
        try:
            send_mail(settings.mail_server, settings.anchor_mail, subject, text)
        except NotSent as error:
            raise AnchorAway(self.place, f"no e-mail could be sent ({error})") from error

    @property
    def _file(self) -> Path:
        return self.settings.checkpoint_key_file.with_name(_FOLDER) / _LAST

"""Verifies what is new in the record, again and again, beside the pages (TL-20)."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

from coi.services.doubt import note_verdict
from coi.services.installation import Installation
from coi.services.unending import went_well
from coi.services.upkeep import VERIFY, last_done, note_verified
from coi.services.verifying import verify_new, verify_record

_LOOK = 60.0  # seconds between two looks whether it is time
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watch:
    """One that verifies, in one thread of one process."""

    installation: Installation

    def run(self, stop: Event) -> None:
        """Verify whenever it is time, until somebody stops it."""
        while not stop.wait(_LOOK):
            went_well(self.step, _tell)

    def step(self) -> bool:
        """Verify what is new, where it is time for that; returns whether it was.

        Where nothing is remembered of an earlier time the whole record is verified. Another process
        of this machine may have done it: then there is nothing to do.
        """
        installation = self.installation
        done, now = last_done(installation.settings, VERIFY), installation.clock.now()
        every = timedelta(minutes=installation.settings.verify_minutes)
        if done is not None and timedelta(0) <= now - done.at < every:
            return False
        new = verify_new(installation)
        verdict = new.verdict if new else verify_record(installation)
        note_verified(installation, passed=verdict.holds, whole=new is None)
        note_verdict(installation, verdict, whole=new is None)
        return True


def _tell(error: Exception) -> None:
    _log.warning("Nothing was verified: %s", type(error).__name__)

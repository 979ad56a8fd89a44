"""Watches the clock and the recording itself, beside the pages, in each process of a server.

Each second it compares the time that somebody can set with the one that passes (CL-03). Twice a
minute it sees that the record is reached and may be written, and remembers that beside it: where
beats are missing for more than two minutes it is on record from when to when (WL-02), as is what
serves from now on (P11-10k) and a clock that follows no other (CL-04).
"""

import logging
from datetime import datetime, timedelta
from threading import Event

from coi.clock import parse_rfc3339
from coi.services.beats import Beat, keep_beat, last_beat
from coi.services.entries import SMALL_STEP
from coi.services.gaps import note_following, note_gap
from coi.services.hands import Hands, Reading
from coi.services.installation import Installation
from coi.services.served import note_served, was_served
from coi.services.stepped import note_step
from coi.services.unending import went_well
from coi.store.facts import newest_time
from coi.store.transactions import Transaction

LONGEST_GAP = timedelta(minutes=2)
ALONE = timedelta(hours=24)
"""So long a clock may follow no other before documents warn of it."""

_LOOK, _BEAT = 1.0, 30.0  # seconds
_log = logging.getLogger(__name__)


class Pulse:
    """One that watches, in one thread of one process."""

    def __init__(self, installation: Installation, hands: Hands) -> None:
        self._installation, self._hands = installation, hands
        self._before: Reading | None = None  # by what the clock is compared
        self._tried = float("-inf")  # when it last tried to beat, in ticks
        self._trouble = ""

    def run(self, stop: Event) -> None:
        """Watch until somebody stops it."""
        while not stop.wait(_LOOK):
            self.look()

    def look(self) -> None:
        """Compare the hands, and beat where it is time; what cannot be recorded is tried again."""
        went_well(self._compare_and_beat, self._tell)

    def _compare_and_beat(self) -> None:
        self.compare()
        if self._hands.ticks() - self._tried >= _BEAT:
            self._tried = self._hands.ticks()
            self.beat()
            self._trouble = ""

    def _tell(self, error: Exception) -> None:
        """Say it once, and not each second."""
        before, self._trouble = self._trouble, type(error).__name__
        if self._trouble != before:
            told = "The clock and the recording cannot be put on record: %s"
            _log.warning(told, self._trouble)

    def compare(self) -> bool:
        """Where the clock was set since it was compared last, that is on record; returns whether.

        What was compared with is kept as it was: many small steps are a large one.
        """
        now = self._hands.read()
        before = self._before or self._remembered(now).hands
        expected = _expected(before, now)
        if abs(now.at - expected) <= SMALL_STEP:
            self._before = before if before.boot == now.boot else now
            return False
        note_step(self._installation, self._hands.server, expected, now)
        self._before = now
        return True

    def beat(self) -> None:
        """The record is reached and may be written; what was missing before is on record.

        Raises:
            NotWritten, ClockWentBack: it cannot be written; nothing is remembered of this.
        """
        installation, server, now = self._installation, self._hands.server, self._hands.read()
        installation.require_writable()
        last, follows = self._remembered(now), self._hands.follows()
        if _passed(last.hands, now) > LONGEST_GAP:
            note_gap(installation, server, last.hands.at, now.at)
        note_served(installation, server, now.at, follows=follows)
        followed_at = now.at if follows else last.followed_at
        if follows or now.at - followed_at > ALONE:
            note_following(installation, server, followed_at, now.at, follows=bool(follows))
        keep_beat(installation.settings, Beat(now, followed_at, server))

    def _remembered(self, now: Reading) -> Beat:
        """The last beat; what was never served here begins now.

        Where the file is lost, the newest entry is the last that is known to have been recorded.
        """
        known = last_beat(self._installation.settings)
        if known is not None:
            return known
        newest = self._installation.read(self._last_recorded)
        at = min(parse_rfc3339(newest), now.at) if newest else now.at
        ticks = now.ticks - (now.at - at).total_seconds()
        return Beat(Reading(at, ticks, now.boot), now.at, self._hands.server)

    def _last_recorded(self, tx: Transaction) -> str:
        return newest_time(tx) if was_served(tx, self._hands.server) else ""


def _expected(before: Reading, now: Reading) -> datetime:
    """What the clock would show had nobody set it; over a new start, that it did not go back."""
    if before.boot == now.boot:
        return before.at + timedelta(seconds=now.ticks - before.ticks)
    return max(before.at, now.at)


def _passed(last: Reading, now: Reading) -> timedelta:
    """How long ago that was, whatever was done to the clock meanwhile."""
    if last.boot == now.boot:
        return timedelta(seconds=now.ticks - last.ticks)
    return now.at - last.at

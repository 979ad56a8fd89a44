"""Puts on record what rings, goes on to others and has ended: beside the pages, in each process.

When something rings is written down long before (`coi.services.alarm_plan`); here somebody looks
whether it is time. Each is one entry of its therapy, by the product, once: whichever process comes
first writes it, and what was missed while no server ran is written as soon as one does.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import NotWritten
from coi.events import Told, listen, stop_listening, tell_when_kept
from coi.services.attempt import stand
from coi.services.entries import Occasion, write_draft
from coi.services.installation import Installation
from coi.services.seldom import Seldom
from coi.services.unending import went_well
from coi.store.alarms import (
    OVER,
    RINGS,
    WAITING,
    Stands,
    due_now,
    keep_became,
    sites_owning,
    stands,
)
from coi.store.facts import lock
from coi.store.tables import NOBODY
from coi.store.transactions import Transaction
from workflows.alarms import KINDS, AlarmDeed, Key, Level, Rings
from workflows.draft import Draft

KIND = "alarm"
LATE = timedelta(minutes=5)
"""What rings so long after its time says so: nobody looked, or nobody knew of it before."""

_LOOK = 20.0  # seconds between two looks
_SOON = 0.5  # until the next one after something was wrong
_WRONG = frozenset({"refused", "incident"})
"""Kinds of entries that may open what is critical: that waits for no look (BD-03)."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Bell:
    """One that looks, in one thread of one process."""

    installation: Installation
    seldom: Seldom = field(default_factory=Seldom)
    came: Event = field(default_factory=Event)

    def run(self, stop: Event) -> None:
        """Look at once, and again and again until somebody stops it; soon after what is wrong."""
        listen(self.hear)
        try:
            while not stop.wait(_SOON):
                self.came.clear()
                self.look()
                self.came.wait(_LOOK)
        finally:
            stop_listening(self.hear)

    def hear(self, event: str, told: Told) -> None:
        """What went wrong in this process is looked at now; nobody waits for that."""
        if event == "entry_written" and told["kind"] in _WRONG:
            self.came.set()

    def look(self) -> None:
        """Write down what is due; what cannot be recorded now is tried again."""
        went_well(lambda: ring_all(self.installation, self.seldom), self._tell)

    def _tell(self, error: Exception) -> None:
        trouble = error.code if isinstance(error, NotWritten) else type(error).__name__
        _warn(self.installation, self.seldom, f"Alarms cannot be put on record: {trouble}")


def ring_all(installation: Installation, seldom: Seldom | None = None) -> int:
    """Everything that is due by now is on record; returns how many entries that took.

    What cannot be written of one therapy is told as seldom as `seldom` says.

    Raises:
        NotWritten: nothing can be written now.
    """
    written, seldom = 0, seldom or Seldom()
    while due := installation.read(lambda tx: due_now(tx, rfc3339(installation.clock.now()))):
        new = sum(_is_rung(installation, key, seldom) for key in due)
        # What others have written meanwhile is due no more; what nobody could write stays.
        if not new:
            break
        written += new
    return written


def _is_rung(installation: Installation, key: Key, seldom: Seldom) -> bool:
    """It went one step on; where it cannot, all others ring all the same."""
    try:
        return _ring(installation, key)
    except NotWritten:
        raise  # nothing can be written now: not this one, and no other
    # Whatever is wrong with one therapy, that another one's bag is forgotten must be told.
    except Exception as error:  # noqa: BLE001
        why = f"An alarm of {key.chain} is not put on record: {type(error).__name__}"
        _warn(installation, seldom, why)
        return False


def _warn(installation: Installation, seldom: Seldom, cause: str) -> None:
    if told := seldom.tell(cause, installation.clock.now()):
        _log.warning("%s", told)


def _ring(installation: Installation, key: Key) -> bool:
    """One alarm goes one step on, if nobody else has led it there meanwhile."""

    def work(tx: Transaction) -> bool:
        lock(tx, key.chain)
        now = rfc3339(installation.clock.now())
        alarm = stands(tx, key)
        if alarm is None or alarm.next_at > now:
            return False
        deed, whose = _deed(alarm), sites_owning(tx, key)
        recorded = _write(tx, installation, alarm, deed)
        became = {
            AlarmDeed.RAISE: replace(alarm.became, state=RINGS, raised_at=recorded),
            AlarmDeed.ESCALATE: replace(alarm.became, escalated_at=recorded),
        }
        keep_became(tx, key, became.get(deed))
        _tell(alarm, deed, " ".join(sorted(whose)))
        return True

    return installation.transact(work)


def _deed(alarm: Stands) -> AlarmDeed:
    """What is to be put on record of it next."""
    if alarm.became.state == OVER:
        return AlarmDeed.END
    if alarm.became.state == WAITING:
        return AlarmDeed.RAISE
    return AlarmDeed.ESCALATE


def _write(tx: Transaction, installation: Installation, alarm: Stands, deed: AlarmDeed) -> str:
    """The entry of the product in the therapy's chain; returns when it was recorded."""
    now = installation.clock.now()
    standing = stand(tx, installation, alarm.key.chain)
    told = document_of(alarm, late=is_late(alarm, deed, rfc3339(now)))
    entry, _sealed = write_draft(
        tx,
        installation,
        standing.workflow,
        (alarm.key.chain, standing.head),
        Draft("act", deed, "-", document=told),
        occasion=Occasion(NOBODY, alarm.unit, now),
    )
    return entry.recorded_at


def document_of(alarm: Stands, *, late: bool = False) -> dict[str, str]:
    """What an entry says of an alarm: which kind, of what, since when, and when it was due."""
    told = {
        "kind": KIND,
        "alarm": alarm.key.kind,
        "about": alarm.key.subject,
        "since": alarm.key.since,
        "due": alarm.key.rings_at,
    }
    return told | ({"late": "yes"} if late else {})


def is_late(alarm: Stands, deed: AlarmDeed, now: str) -> bool:
    """It rings later than it should have."""
    due = parse_rfc3339(alarm.key.rings_at)
    return deed is AlarmDeed.RAISE and parse_rfc3339(now) - due > LATE


def _tell(alarm: Stands, deed: AlarmDeed, sites: str) -> None:
    """Whoever looks after the machine hears of it; an e-mail is made of what is grave."""
    level = KINDS[Rings(alarm.key.kind)].level
    if deed is AlarmDeed.ESCALATE or (deed is AlarmDeed.RAISE and level is Level.ALARM):
        told = {"alarm": alarm.key.kind, "deed": deed.value, "of": alarm.key.subject}
        tell_when_kept("alarm_rings", **told, sites=sites)

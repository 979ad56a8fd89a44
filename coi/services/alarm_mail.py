"""Tells people of an alarm by e-mail, within a minute (11.300(d), P11-300d).

What is an alarm: whatever the log calls an error, a locked account, passwords that come by the
hundred, a server that did not record, a clock that follows no other. An e-mail names nobody; it
says what happened, when, and where to look. One that is not taken is sent again, with what came
meanwhile; and what rings when a server starts, and may never have been mailed, is mailed then.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Lock

from coi import events
from coi.clock import rfc3339
from coi.interop.mailing import NotSent, send_mail
from coi.services.alarm_outbox import Box, Said, addresses_for, sites_named
from coi.services.installation import Installation
from coi.services.unending import went_well
from coi.services.upkeep import last_done, note_done
from coi.settings import Settings
from coi.store.alarms import grave_since
from coi.store.registers import sites
from workflows.alarms import KINDS, AlarmDeed, Rings

ALARMS = frozenset({"passwords_crowded", "not_recording", "clock_not_followed"}) | {
    event for event, (level, _meaning) in events.EVENTS.items() if level == logging.ERROR
}
ENTRIES = {
    "break_glass": "Somebody read in an emergency who a patient is: review it (/emergencies).",
    "captures_forked": "A device handed in what it did not capture so: look at it (/captured).",
    "lock_account": "Wrong passwords one after another: an account was locked.",
    "lock_beside": "Wrong passwords for others, one after another: whoever typed them is locked.",
    "lock_pin": "Wrong PINs one after another: the PIN of a badge was ended.",
    "object_to_account_notices": (
        "Somebody did not want what an administrator did to their account: look into it (/trail)."
    ),
}
"""Entries that are alarms, by what was done."""

BETWEEN = 10.0  # seconds between two e-mails, so that a storm is one
MAILED = "e-mail of alarms"
LOST_AT_MOST = timedelta(hours=1)
"""So long before the last e-mail something may have rung of which another process told nobody."""

_log = logging.getLogger(__name__)


class AlarmMail:
    """Listens to what happens in one process, and sends what is an alarm."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._waiting: dict[str, Box] = {}  # by address
        self._one_at_a_time = Lock()
        self._came = Event()
        self._away = False

    def hear(self, event: str, told: events.Told) -> None:
        """Keep it for the next e-mail, where it is an alarm; nobody waits for that."""
        if (said := _said(event, told)) is None:
            return
        self._keep(rfc3339(self._installation.clock.now()), said)

    def run(self, stop: Event) -> None:
        """Send until somebody stops it; first what rang while nobody was told."""
        is_known = False
        while not stop.is_set():
            is_known = is_known or went_well(self.catch_up, _tell)
            self._came.wait(None if is_known else BETWEEN)
            self.send()
            stop.wait(BETWEEN)

    def catch_up(self) -> None:
        """What rings, and may never have been mailed, waits for the next e-mail.

        Better twice than never: what was told within the hour before the last e-mail is told again.
        """
        settings, now = self._installation.settings, self._installation.clock.now()
        last = last_done(settings, MAILED)
        since = rfc3339(last.at - LOST_AT_MOST) if last else ""
        found = self._installation.read(
            lambda tx: (grave_since(tx, rfc3339(now), since), sites(tx))
        )
        for one in found[0]:
            self._keep(one.at, _of_therapy(one.kind, one.deed, one.subject, one.sites))
        if unknown := sites_named(settings.alarm_mail) - {site.id for site in found[1]}:
            there_are_not = ", ".join(sorted(unknown))
            _log.warning("COI_ALARM_MAIL names sites that there are not: %s", there_are_not)

    def _keep(self, at: str, said: Said) -> None:
        addresses = addresses_for(self._installation.settings.alarm_mail, said.sites)
        with self._one_at_a_time:
            boxes = [self._waiting.setdefault(address, Box()) for address in addresses]
            is_full = [box.put(at, said) for box in boxes]
        self._came.set()
        if any(is_full):
            events.tell("alarms_unnamed", kind=said.kind)

    def send(self) -> bool:
        """Everything that waits is on its way, one e-mail for all who are told the same.

        Returns whether nothing waits now. Whom it did not reach is told again, and nobody else.
        """
        with self._one_at_a_time:
            taken, self._waiting = self._waiting, {}
        if not taken:
            return True
        missed = set(taken)
        try:
            missed -= self._reached(taken)
        finally:
            is_over = self._put_back({address: taken[address] for address in missed})
        if not missed:
            note_done(self._installation, MAILED, passed=True)
        return is_over

    def _reached(self, taken: Mapping[str, Box]) -> set[str]:
        """The addresses for which the server has taken what they are told."""
        settings = self._installation.settings
        alike: dict[tuple[str, str], list[str]] = {}
        for address, box in taken.items():
            alike.setdefault((box.subject(), _text(box, settings)), []).append(address)
        reached: set[str] = set()
        why = ""
        for (subject, text), to in alike.items():
            try:
                send_mail(settings.mail_server, to, subject, text)
            except NotSent as error:
                why = str(error)
                reached |= set(to) - set(error.missed or to)
            else:
                reached |= set(to)
        if why and not self._away:
            _log.warning("Nobody is told of an alarm by e-mail: %s", why)
        self._away = bool(why)
        return reached

    def _put_back(self, boxes: Mapping[str, Box]) -> bool:
        """Let what was not sent wait before what came meanwhile; returns whether nothing waits."""
        with self._one_at_a_time:
            for address, box in boxes.items():
                box.put_behind(self._waiting.get(address, Box()))
                self._waiting[address] = box
            if not self._waiting:
                self._came.clear()
            return not self._waiting


@contextmanager
def alarms_mailed(installation: Installation) -> Iterator[None]:
    """What is an alarm inside is sent at the end, once: for a command, which has no thread."""
    mail = AlarmMail(installation)
    events.listen(mail.hear)
    try:
        yield
    finally:
        events.stop_listening(mail.hear)
        if installation.settings.alarm_mail:
            mail.send()


def _said(event: str, told: events.Told) -> Said | None:
    """An alarm in words, without anybody's name; None for what is none."""
    if event == "entry_written":
        what = ENTRIES.get(str(told.get("action")))
        return Said(what, what) if what else None
    if event == "alarm_rings":
        whose = frozenset(str(told.get("sites", "")).split())
        return _of_therapy(str(told["alarm"]), str(told["deed"]), str(told["of"]), whose)
    return Said(events.EVENTS[event][1], events.EVENTS[event][1]) if event in ALARMS else None


def _of_therapy(alarm: str, deed: str, of: str, whose: frozenset[str]) -> Said:
    """What rings of a therapy, of which of its things, and what is to be done; nobody's name."""
    kind = KINDS[Rings(alarm)]
    on = "" if deed == AlarmDeed.RAISE else "Still rings: "
    return Said(kind.title, f"{on}{kind.title} ({of}): {kind.next_step} (/alarms)", whose)


def _text(box: Box, settings: Settings) -> str:
    """What happened, oldest first; the same thing many times is said once, with how often."""
    look = f"{settings.public_url}/record says more; docs/operations.md says what to do."
    return "\n".join((*box.lines(), "", look, ""))


def _tell(error: Exception) -> None:
    """Say what is in the way; what comes meanwhile is sent all the same."""
    _log.warning("What rings already cannot be read for e-mails: %s", type(error).__name__)

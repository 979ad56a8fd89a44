"""Tells people of an alarm by e-mail, within a minute (11.300(d), P11-300d).

What is an alarm: whatever the log calls an error, a locked account, passwords that come by the
hundred, a server that did not record, a clock that follows no other. An e-mail names nobody; it
says what happened, when, and where to look. One that is not taken is sent again, with what came
meanwhile.
"""

import logging
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from coi import events
from coi.clock import rfc3339
from coi.interop.mailing import NotSent, send_mail
from coi.services.installation import Installation
from coi.settings import Settings
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
}
"""Entries that are alarms, by what was done."""

BETWEEN = 10.0  # seconds between two e-mails, so that a storm is one
_MOST = 500
_log = logging.getLogger(__name__)


class AlarmMail:
    """Listens to what happens in one process, and sends what is an alarm."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._waiting: deque[str] = deque(maxlen=_MOST)
        self._one_at_a_time = Lock()
        self._came = Event()
        self._away = False

    def hear(self, event: str, told: events.Told) -> None:
        """Keep it for the next e-mail, where it is an alarm; nobody waits for that."""
        if (said := _said(event, told)) is None:
            return
        at = rfc3339(self._installation.clock.now())
        with self._one_at_a_time:
            self._waiting.append(f"{at} {said}")
        self._came.set()

    def run(self, stop: Event) -> None:
        """Send until somebody stops it."""
        while not stop.is_set():
            self._came.wait()
            self.send()
            stop.wait(BETWEEN)

    def send(self) -> bool:
        """Everything that waits is on its way in one e-mail; returns whether nothing waits now."""
        with self._one_at_a_time:
            lines = [*self._waiting]
        if not lines:
            return True
        settings = self._installation.settings
        try:
            text = _text(lines, settings)
            send_mail(settings.mail_server, settings.alarm_mail, _subject(lines), text)
        except NotSent as error:
            if not self._away:
                _log.warning("Nobody is told of an alarm by e-mail: %s", error)
            self._away = True
            return False
        self._away = False
        self._sent(len(lines))
        return not self._waiting

    def _sent(self, number: int) -> None:
        with self._one_at_a_time:
            for _ in range(min(number, len(self._waiting))):
                self._waiting.popleft()
            if not self._waiting:
                self._came.clear()


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


def _said(event: str, told: events.Told) -> str | None:
    """An alarm in words, without anybody's name; None for what is none."""
    if event == "entry_written":
        return ENTRIES.get(str(told.get("action")))
    if event == "alarm_rings":
        return _of_therapy(told)
    return events.EVENTS[event][1] if event in ALARMS else None


def _of_therapy(told: events.Told) -> str:
    """What rings of a therapy, of which of its things, and what is to be done; nobody's name."""
    kind = KINDS[Rings(str(told["alarm"]))]
    on = "" if told["deed"] == AlarmDeed.RAISE else "Still rings: "
    return f"{on}{kind.title} ({told['of']}): {kind.next_step} (/alarms)"


def _subject(lines: list[str]) -> str:
    what = lines[0].partition(" ")[2]
    return what if len(lines) == 1 else f"{what} And {len(lines) - 1} more"


def _text(lines: list[str], settings: Settings) -> str:
    """What happened, oldest first; the same thing many times is said once, with how often."""
    counted = Counter(line.partition(" ")[2] for line in lines)
    first = {line.partition(" ")[2]: line.partition(" ")[0] for line in reversed(lines)}
    told = [
        f"{first[what]} {what}" + (f" ({number} times)" if number > 1 else "")
        for what, number in counted.items()
    ]
    look = f"{settings.public_url}/record says more; docs/operations.md says what to do."
    return "\n".join((*told, "", look, ""))

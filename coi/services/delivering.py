"""Sends what the outbox holds: claimed, sent, and settled; by as many senders as there are.

What is claimed is in hand for a while only. A sender that dies in between has told nobody; when its
time is over, another one sends it again, under the same id (F-22). Nothing is claimed that is not
sent at once, so that no queue stands in memory (F-23), and each receiver is sent a few at a time,
so that none that hangs holds up another (F-21).
"""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread

from coi.clock import rfc3339
from coi.errors import CoiError
from coi.interop.addresses import NotReached
from coi.interop.posting import Answer, Message, Way, post
from coi.services.installation import Installation
from coi.services.messages import message_for
from coi.services.settling import settle
from coi.services.unending import went_well
from coi.services.webhook_way import way_of
from coi.store import outbox
from coi.store.outbox import Claimed
from coi.store.transactions import Transaction

KEPT = timedelta(days=30)
"""How long what arrived can be sent again."""

_AFTER_TROUBLE = 10.0  # seconds until a sender looks again that could not look
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many are sent at a time, how many of them to one receiver, and how long one may take."""

    workers: int = 16
    each: int = 2
    lease: timedelta = timedelta(seconds=60)
    look: float = 1.0  # seconds between two looks at an outbox that was empty
    forget: timedelta = timedelta(hours=1)


class Sender:
    """One sender, in one thread; the messages are sent by threads of its own."""

    def __init__(
        self, installation: Installation, way: Way | None = None, pace: Pace = Pace()
    ) -> None:
        """Prepare to send; nothing is looked at yet.

        Raises:
            SettingError: the certificates of the house cannot be read.
        """
        self._installation = installation
        self._way = way or way_of(installation.settings)
        self._pace = pace
        self._name = installation.draw(16).hex()
        self._under_way: dict[Future[Answer], Claimed] = {}
        self._begun_with = 0  # so that every receiver comes first at times
        self._forgotten_at: datetime | None = None

    def run(self, stop: Event) -> None:
        """Send until somebody stops it; what is under way then is waited for and settled."""
        while not stop.is_set():
            if not went_well(lambda: self._step_or_wait(stop), _tell):
                stop.wait(_AFTER_TROUBLE)
        self.finish()

    def _step_or_wait(self, stop: Event) -> None:
        if not self.step():
            self._wait(stop)

    def run_until_empty(self) -> int:
        """Send all that is due, and what comes meanwhile; returns how many were tried."""
        tried = 0
        while (began := self.step()) or self._under_way:
            tried += began
            wait(self._under_way, return_when=FIRST_COMPLETED)
        self.finish()
        return tried

    def step(self) -> int:
        """Settle what was answered, and begin with what is due; returns how many it began with.

        Raises:
            NotWritten: nothing may be written, and so nothing is sent either.
        """
        self._installation.require_writable()
        self._settle()
        self._forget()
        claimed = self._claim()
        for one, message in self._messages(claimed):
            self._under_way[_begun(message, self._way)] = one
        return len(claimed)

    def finish(self) -> None:
        """Wait for what is under way, and settle it."""
        wait(self._under_way)
        self._settle()

    @property
    def under_way(self) -> int:
        """How many messages are being sent."""
        return len(self._under_way)

    def _wait(self, stop: Event) -> None:
        """Until something was answered, or it is time to look again."""
        if self._under_way:
            wait(self._under_way, timeout=self._pace.look, return_when=FIRST_COMPLETED)
        else:
            stop.wait(self._pace.look)

    def _claim(self) -> list[Claimed]:
        """Take what is due, as far as there is room for it."""
        now, claimed = self._installation.clock.now(), list[Claimed]()
        free = self._pace.workers - len(self._under_way)
        rooms = self._rooms(rfc3339(now)) if free > 0 else []
        if not rooms:
            return claimed
        by = (self._name, rfc3339(now + self._pace.lease))

        def work(tx: Transaction) -> list[Claimed]:
            taken: list[Claimed] = []
            for webhook, room in rooms:
                if (most := min(room, free - len(taken))) > 0:
                    taken += outbox.claim(tx, webhook, rfc3339(now), most, by)
            return taken

        return self._installation.transact(work)

    def _rooms(self, now: str) -> list[tuple[str, int]]:
        """How many more can be sent to each receiver for which something is due.

        To one that failed last time a single one is sent: to see whether it is there again.
        """
        found = self._installation.read(lambda tx: outbox.ready(tx, now))
        busy = Counter(one.webhook for one in self._under_way.values())
        self._begun_with += 1
        first = self._begun_with % max(len(found), 1)
        rooms = [
            (webhook, (1 if failures else self._pace.each) - busy[webhook])
            for webhook, failures in (*found[first:], *found[:first])
        ]
        return [(webhook, room) for webhook, room in rooms if room > 0]

    def _messages(self, claimed: Iterable[Claimed]) -> list[tuple[Claimed, Message]]:
        """What is to be sent for each; what cannot be made is settled at once."""
        made: list[tuple[Claimed, Message]] = []
        for one in claimed:
            try:
                message = self._installation.read(partial(self._message, one))
            except NotReached:
                self._write_down([(one, Answer(trouble="address refused"))])
            # One entry that cannot be told must not keep the others back.
            except Exception as error:  # noqa: BLE001
                _tell(error)
                self._write_down([(one, Answer(trouble="not made"))])
            else:
                if message is None:
                    self._installation.transact(partial(outbox.discard, one=one, by=self._name))
                else:
                    made.append((one, message))
        return made

    def _message(self, one: Claimed, tx: Transaction) -> Message | None:
        return message_for(tx, self._installation, self._way, one)

    def _settle(self) -> None:
        """Write down what was answered."""
        done = [future for future in self._under_way if future.done()]
        answered = [(self._under_way[future], _answer_of(future)) for future in done]
        if answered:
            self._write_down(answered)
        # Only now: what could not be written down is tried again by the next step.
        for future in done:
            del self._under_way[future]

    def _write_down(self, answered: Sequence[tuple[Claimed, Answer]]) -> None:
        def work(tx: Transaction) -> None:
            for one, answer in answered:
                settle(tx, self._installation, self._name, one, answer)

        self._installation.transact(work)

    def _forget(self) -> None:
        """Forget what arrived long ago."""
        now = self._installation.clock.now()
        if self._forgotten_at is None or now - self._forgotten_at > self._pace.forget:
            before = rfc3339(now - KEPT)
            self._installation.transact(lambda tx: outbox.forget_delivered(tx, before))
            self._forgotten_at = now


def _begun(message: Message, way: Way) -> Future[Answer]:
    """A message that is being sent, in a thread that keeps no program from ending."""
    future: Future[Answer] = Future()

    def send() -> None:
        try:
            future.set_result(post(message, way))
        # Told where the answer is asked for.
        except Exception as error:  # noqa: BLE001
            future.set_exception(error)

    Thread(target=send, name="webhook", daemon=True).start()
    return future


def _answer_of(future: Future[Answer]) -> Answer:
    """What came back; what nobody foresaw of the network is a failure of this message."""
    error = future.exception()
    if isinstance(error, Exception):
        _tell(error)
        return Answer(trouble="unforeseen")
    return future.result()


def _tell(error: Exception) -> None:
    """Say in the log what is in the way; the message of an unforeseen error may quote anything."""
    if isinstance(error, CoiError):
        _log.warning("Webhooks are not sent now: %s", error.code)
    else:
        _log.error("Webhooks: unforeseen %s", type(error).__name__, exc_info=error)

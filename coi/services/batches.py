"""Many labels sent at once: drawn in a thread that tells how far it is, then queued in one deed.

What is told here while they are drawn is forgotten with the process. Once they are queued the
record and the queue say how far they are, to whichever process is asked.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

from coi.errors import Busy, CoiError, Unknown
from coi.services.decoding import content_of_text
from coi.services.installation import Installation
from coi.services.label_sending import Sent, sent_by
from coi.services.print_queue import KnownState, states_of
from coi.services.proofs import Proven, acting
from coi.services.thing_sending import SendPlaces, send_places
from coi.store.entries import entry_text
from coi.store.registers import answered
from coi.store.transactions import Transaction

REMEMBERED = timedelta(hours=1)
MOST_UNDER_WAY = 2
"""So many of one installation are drawn at once: whoever scans meanwhile shares the processors."""
_log = logging.getLogger(__name__)


class BatchBrokeOff(CoiError):
    """Something that nobody foresaw ended a batch; nothing was sent."""

    code = "UNFORESEEN"

    def __init__(self) -> None:
        super().__init__(
            "Something went wrong that nobody foresaw. Nothing was sent.",
            "Send it again; if it repeats, tell support the time.",
        )


class BatchesUnderWay(Busy):
    """Others are being drawn; this one was not begun."""

    code = "BATCHES_UNDER_WAY"

    def __init__(self) -> None:
        CoiError.__init__(
            self,
            f"{MOST_UNDER_WAY} batches are being drawn already. Nothing was sent.",
            "Wait until one of them waits for its printer, and send this one again.",
        )


@dataclass(slots=True)
class Batch:
    """One batch while it is drawn: whose, how far, and why it was not sent."""

    person: str
    begun_at: datetime
    done: int = 0
    of: int = 0
    error: CoiError | None = None
    ended: Event = field(default_factory=Event)

    def is_at(self, done: int, of: int) -> None:
        """Tell how many labels of how many are drawn."""
        self.done, self.of = done, of


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches of this process, by their keys."""

    known: dict[str, Batch] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def begin(self, installation: Installation, by: Proven, asked: SendPlaces) -> Batch:
        """Draw and send in a thread; the same key again is the same batch, unless it failed.

        Raises:
            BatchesUnderWay: too many are being drawn.
        """
        now = installation.clock.now()
        with self.lock:
            before = self.known.get(asked.key)
            if before is not None and before.error is None and before.person == by.person:
                return before
            self._forget(now)
            if sum(not one.ended.is_set() for one in self.known.values()) >= MOST_UNDER_WAY:
                raise BatchesUnderWay
            batch = self.known[asked.key] = Batch(by.person, now, of=len(asked.serials))
        work = _sending(installation, by, asked, batch)
        Thread(target=_carry_out, args=(batch, work), name="batch", daemon=True).start()
        return batch

    def _forget(self, now: datetime) -> None:
        """Forget what ended long ago."""
        for key, one in [*self.known.items()]:
            if one.ended.is_set() and one.begun_at + REMEMBERED < now:
                del self.known[key]

    def of(self, key: str, person: str) -> Batch | None:
        """The batch of this key, where this process knows it and it is this person's."""
        found = self.known.get(key)
        return found if found is not None and found.person == person else None


def _sending(
    installation: Installation, by: Proven, asked: SendPlaces, batch: Batch
) -> Callable[[], object]:
    return lambda: send_places(installation, by, asked, batch.is_at)


def _carry_out(batch: Batch, work: Callable[[], object]) -> None:
    """Draw and send; however it ends is told, and nothing is sent when the process ends first."""
    try:
        work()
    except CoiError as error:
        batch.error = error
    # In a thread nobody else would hear of it: the page says it, and the log says what it was.
    except Exception:  # noqa: BLE001 - told on the page, and logged
        _log.exception("a batch of labels broke off")
        batch.error = BatchBrokeOff()
    finally:
        batch.ended.set()


@dataclass(frozen=True, slots=True)
class BatchStands:
    """How far a batch is: drawn, or waiting for its printer, and what came out of that."""

    of: int
    drawn: int
    printer: str = ""  # '' as long as nothing waits there
    states: KnownState = field(default_factory=dict)
    error: CoiError | None = None

    @property
    def ended(self) -> int:
        """How many are not waited for any more."""
        return sum(self.states.get(one, 0) for one in ("printed", "unconfirmed", "cancelled"))

    @property
    def is_under_way(self) -> bool:
        """Something is still drawn, or waits."""
        return self.error is None and (self.ended if self.printer else self.drawn) < self.of


def batch_stands(
    installation: Installation, by: Proven, key: str, batch: Batch | None
) -> BatchStands:
    """How a batch of this person stands.

    Raises:
        Unknown: there is none under this key.
    """

    def look(tx: Transaction) -> tuple[Sent, KnownState] | None:
        person = acting(tx, by).person.id
        found = answered(tx, key) if key.isprintable() else None
        if found is None or found[0] != person:
            return None
        content = content_of_text(entry_text(tx, found[2], found[3])[1])
        if content["action"] != "send_labels":
            return None
        sent = sent_by(tx, content)
        return sent, states_of(tx, [one.job for one in sent.labels if one.job])

    sent = installation.read(look)
    if sent is not None:
        count = len(sent[0].labels)
        return BatchStands(count, count, sent[0].printer, sent[1])
    if batch is None:
        raise Unknown("batch", key)
    return BatchStands(batch.of, batch.done, error=batch.error)


BATCHES = Batches()

"""Imports and checks under way: each in a thread of its own, which tells how far it is.

What is told here is forgotten with the process. Whether something was imported says the record, by
the entry under the key of the import: so after a restart it is known as well.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, Lock, Semaphore, Thread

from coi.errors import Busy, CoiError, Unknown
from coi.services.imports import take_in
from coi.services.installation import Installation
from coi.services.taking_in import Asked, Outcome
from coi.store.registers import answered

REMEMBERED = timedelta(hours=1)
AT_ONCE = 2
"""So many are worked at: whoever scans meanwhile shares the processors with them."""
MOST_UNDER_WAY = 4
"""So many of one person wait or are worked at; each holds a whole file."""
MOST_KEPT = 8
"""So many that ended are remembered of one person."""
_log = logging.getLogger(__name__)


class BrokeOff(CoiError):
    """Something that nobody foresaw ended an import; nothing was saved."""

    code = "UNFORESEEN"

    def __init__(self) -> None:
        super().__init__(
            "Something went wrong that nobody foresaw. Nothing was saved.",
            "Check the file again; if it repeats, tell support the time.",
        )


class UnderWay(Busy):
    """Somebody has handed in more than is worked at; this one was not begun."""

    code = "IMPORTS_UNDER_WAY"

    def __init__(self) -> None:
        CoiError.__init__(
            self,
            f"{MOST_UNDER_WAY} files of yours are being worked at already. Nothing was saved.",
            "Wait until one of them has ended, and hand this one in again.",
        )


@dataclass(slots=True)
class Run:
    """One import: whose, how far, and how it ended."""

    kind: str
    person: str
    begun_at: datetime
    done: int = 0
    of: int = 0
    outcome: Outcome | None = None
    error: CoiError | None = None
    sealed: str = ""  # of a check: the file, which only its person can hand in again
    ended: Event = field(default_factory=Event)

    def is_under_way_of(self, person: str) -> bool:
        """This person waits for it."""
        return self.person == person and not self.ended.is_set()

    def is_at(self, done: int, of: int) -> None:
        """Tell how many rows of how many are done."""
        self.done, self.of = done, of


@dataclass(frozen=True, slots=True)
class Runs:
    """The imports of this process, by their keys."""

    known: dict[str, Run] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    turns: Semaphore = field(default_factory=lambda: Semaphore(AT_ONCE))

    def begin(self, installation: Installation, kind: str, asked: Asked, sealed: str = "") -> Run:
        """Import or check in a thread; the same key again is the same run, unless it failed.

        Raises:
            UnderWay: this person has too many under way.
        """
        now, person = installation.clock.now(), asked.by.person
        with self.lock:
            before = self.known.get(asked.key)
            if before is not None and before.error is None:
                return before
            self._forget(now, person)
            if sum(one.is_under_way_of(person) for one in self.known.values()) >= MOST_UNDER_WAY:
                raise UnderWay
            run = self.known[asked.key] = Run(kind, person, now, sealed=sealed)
        told = (installation, run, asked, self.turns)
        Thread(target=_carry_out, args=told, daemon=True).start()
        return run

    def _forget(self, now: datetime, person: str) -> None:
        """Forget what ended long ago, and all but the newest that this person sees the end of."""
        ended = [(key, one) for key, one in self.known.items() if one.ended.is_set()]
        own = [key for key, one in ended if one.person == person]
        old = [key for key, one in ended if one.begun_at + REMEMBERED < now]
        for key in {*own[:-MOST_KEPT], *old}:
            del self.known[key]

    def of(self, key: str, person: str, kind: str) -> Run | None:
        """The run of this key, where this process knows it.

        Raises:
            Unknown: it is somebody else's.
        """
        run = self.known.get(key)
        if run is not None and (run.person, run.kind) != (person, kind):
            raise Unknown("import", key)
        return run

    def take_secrets(self, run: Run) -> tuple[tuple[str, str, str], ...]:
        """The secrets that an import drew, this once."""
        with self.lock:
            secrets = run.outcome.secrets if run.outcome else ()
            if run.outcome:
                run.outcome = replace(run.outcome, secrets=())
        return secrets


def was_imported(installation: Installation, key: str, person: str) -> bool:
    """The record holds this person's import of this key."""
    found = installation.read(lambda tx: answered(tx, key))
    return found is not None and found[0] == person


def _carry_out(installation: Installation, run: Run, asked: Asked, turns: Semaphore) -> None:
    """Import; however it ends is told, and nothing is left of it when the process ends first."""
    try:
        with turns:
            run.outcome = take_in(installation, run.kind, replace(asked, progress=run.is_at))
    except CoiError as error:
        run.error = error
    # In a thread nobody else would hear of it: the page says it, and the log says what it was.
    except Exception:  # noqa: BLE001 - told on the page, and logged
        _log.exception("an import broke off")
        run.error = BrokeOff()
    finally:
        run.ended.set()

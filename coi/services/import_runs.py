"""Imports and checks under way: each in a thread of its own, which tells how far it is.

What is told here is forgotten with the process. Whether something was imported says the record, by
the entry under the key of the import: so after a restart it is known as well.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

from coi.errors import CoiError, Unknown
from coi.services.asked import is_answered
from coi.services.imports import take_in
from coi.services.installation import Installation
from coi.services.taking_in import Asked, Outcome

REMEMBERED = timedelta(hours=1)
_log = logging.getLogger(__name__)


class BrokeOff(CoiError):
    """Something that nobody foresaw ended an import; nothing was saved."""

    code = "UNFORESEEN"

    def __init__(self) -> None:
        super().__init__(
            "Something went wrong that nobody foresaw. Nothing was saved.",
            "Check the file again; if it repeats, tell support the time.",
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

    def is_at(self, done: int, of: int) -> None:
        """Tell how many rows of how many are done."""
        self.done, self.of = done, of


@dataclass(frozen=True, slots=True)
class Runs:
    """The imports of this process, by their keys."""

    known: dict[str, Run] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def begin(self, installation: Installation, kind: str, asked: Asked, sealed: str = "") -> Run:
        """Import or check in a thread; the same key again is the same run, unless it failed."""
        now = installation.clock.now()
        with self.lock:
            for key in [k for k, one in self.known.items() if one.begun_at + REMEMBERED < now]:
                del self.known[key]
            before = self.known.get(asked.key)
            if before is not None and before.error is None:
                return before
            run = self.known[asked.key] = Run(kind, asked.by.person, now, sealed=sealed)
        Thread(target=_carry_out, args=(installation, run, asked), daemon=True).start()
        return run

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


def was_imported(installation: Installation, key: str) -> bool:
    """The record holds the import of this key."""
    return installation.read(lambda tx: is_answered(tx, key))


def _carry_out(installation: Installation, run: Run, asked: Asked) -> None:
    """Import; however it ends is told, and nothing is left of it when the process ends first."""
    try:
        run.outcome = take_in(installation, run.kind, replace(asked, progress=run.is_at))
    except CoiError as error:
        run.error = error
    # In a thread nobody else would hear of it: the page says it, and the log says what it was.
    except Exception:  # noqa: BLE001 - told on the page, and logged
        _log.exception("an import broke off")
        run.error = BrokeOff()
    finally:
        run.ended.set()

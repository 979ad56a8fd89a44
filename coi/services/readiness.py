"""Can work be done here now? Asked by whoever sends requests here, once a second and more.

The answer is a word for each check, since anybody can ask. It is looked up once a second at most,
by one thread, and waited for no longer than two seconds: asking often, or while the database hangs,
takes nothing from those who work.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TakesTooLong
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from coi.services.installation import Installation
from coi.store.condition import may_be_written
from coi.store.fence import require_revision

OK, FAILED, NOT_ASKED = "ok", "failed", "not asked"
FRESH_SECONDS = 1.0
PATIENCE_SECONDS = 2.0
CHECKS = ("database", "schema", "writable", "disk", "record")
"""The record can be reached, is for this program, takes writes, on a sound disk, as it was seen."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What came of each check."""

    checks: Mapping[str, str]

    @property
    def is_ready(self) -> bool:
        """Everything may be done here."""
        return all(found == OK for found in self.checks.values())


NO_ANSWER = Ready({name: FAILED if name == "database" else NOT_ASKED for name in CHECKS})
"""What is told as long as the database does not answer."""


@dataclass(slots=True)
class Readiness:
    """The newest answer, and the look that may be under way."""

    look: Callable[[], Ready]
    _known: Ready = NO_ANSWER
    _at: float = float("-inf")
    _under_way: Future[Ready] | None = None
    _lock: Lock = field(default_factory=Lock)
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="ready")
    )

    def answer(self) -> Ready:
        """How it is, as it was found at most a second ago; a look that hangs is no readiness."""
        with self._lock:
            if monotonic() - self._at < FRESH_SECONDS:
                return self._known
            self._known, self._at = self._looked(), monotonic()
            return self._known

    def _looked(self) -> Ready:
        if self._under_way is None or self._under_way.done():
            self._under_way = self._thread.submit(self.look)
        elif self._known is NO_ANSWER:
            # It hung a second ago, and hangs still: nobody is kept waiting for it again.
            return NO_ANSWER
        try:
            return self._under_way.result(PATIENCE_SECONDS)
        except TakesTooLong:
            return NO_ANSWER


def readiness_of(installation: Installation) -> Ready:
    """Look at everything that must be right for a step to be saved."""
    found = dict.fromkeys(CHECKS, NOT_ASKED)
    for name, check in _CHECKS.items():
        try:
            found[name] = OK if check(installation) else FAILED
        # Why it failed stands in the log and is told by `coi doctor`; here it is a word.
        except Exception:  # noqa: BLE001
            found[name] = FAILED
        if name == "database" and found[name] == FAILED:
            break
    return Ready(found)


def _is_reached(installation: Installation) -> bool:
    return installation.read(lambda tx: tx is not None)


def _is_for_us(installation: Installation) -> bool:
    installation.read(require_revision)
    return True


def _is_written(installation: Installation) -> bool:
    return installation.read(may_be_written)


def _is_sound(installation: Installation) -> bool:
    return installation.disk.stands_in_the_way() is None


def _is_whole(installation: Installation) -> bool:
    return not installation.standstill.why


_CHECKS: Mapping[str, Callable[[Installation], bool]] = dict(
    zip(CHECKS, (_is_reached, _is_for_us, _is_written, _is_sound, _is_whole), strict=True)
)

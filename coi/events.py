"""What happens in the running program, told to whoever looks after the machine.

An event has a name, a level and a few values: codes, counts, identifiers without a meaning. Never a
name, a birth date, a number of a patient or a text that somebody typed (SEC-33): those stand in the
record, for whoever may see them. Logs and measurements are two that listen.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from time import perf_counter

EVENTS: Mapping[str, tuple[int, str]] = {
    "request_answered": (
        logging.INFO,
        "A request was answered; it is told before the answer.",
    ),
    "entry_written": (logging.INFO, "An entry stands in the record; `guards` refused it."),
    "passwords_crowded": (logging.WARNING, "Too many passwords come; one was turned away."),
    "password_checked": (logging.DEBUG, "How long a password waited for its turn."),
    "sign_on_failed": (
        logging.WARNING,
        "Nobody was signed in by the house's provider of identities; `why` says in a word.",
    ),
    "database_busy": (logging.WARNING, "The database did not get to it; nothing was saved."),
    "tried_again": (logging.INFO, "Two writers collided; one of them does it again."),
    "slow": (logging.WARNING, "A look or a transaction took longer than `COI_SLOW_MS`."),
    "history_changed": (
        logging.ERROR,
        "What was signed is not in the record any more; no checkpoint is signed.",
    ),
    "verification_failed": (
        logging.ERROR,
        "The record is not as it was recorded; nothing is released or infused by it.",
    ),
    "clock_stepped": (
        logging.ERROR,
        "The clock of this server was set; by more than five minutes, nothing is released.",
    ),
    "clock_not_followed": (
        logging.WARNING,
        "The clock of this server follows no other for a day; documents say so.",
    ),
    "not_recording": (
        logging.WARNING,
        "This server recorded nothing for so many seconds; the record says from when to when.",
    ),
    "alarm_rings": (
        logging.WARNING,
        "An alarm of a therapy rings, or went on to who answers for the whole; `of` says of what.",
    ),
    "alarms_unnamed": (
        logging.WARNING,
        "More of one kind ring than an e-mail names; it says how many more.",
    ),
    "anchor_away": (
        logging.WARNING,
        "A place where checkpoints are kept cannot be reached; what waits is kept there later.",
    ),
    "unforeseen": (logging.ERROR, "Nobody foresaw this; `trace` says where, and no text of it."),
    "started": (logging.INFO, "A worker serves; with its versions and settings, without secrets."),
    "stopped": (logging.INFO, "A worker ends, as it was told to."),
    "notice": (logging.INFO, "A sentence of the product or of a library, in `message`."),
}
"""Every event, with its level and what it means; `docs/operations.md` says what to do about it."""

Told = Mapping[str, object]
Listener = Callable[[str, Told], None]

WELL_FORMED = re.compile("[0-9A-Za-z_-]{16,64}")
"""A request's number that is taken from a proxy: it can neither break a line nor tell a name."""

_request: ContextVar[str] = ContextVar("request", default="")
_held_back: ContextVar[list[tuple[str, Told]] | None] = ContextVar("held_back", default=None)
_listeners: list[Listener] = []
_log = logging.getLogger("coi.events")


def tell(event: str, error: BaseException | None = None, /, **told: object) -> None:
    """Tell everybody who listens, and of an error where it came from."""
    level = EVENTS[event][0]
    # A command that was typed keeps no log: it says what there is to say in its own words.
    if _log.isEnabledFor(level) and _log.hasHandlers():
        _log.log(level, event, exc_info=error, extra={"event": event, "told": told})
    for listener in _listeners:
        listener(event, told)


def tell_when_kept(event: str, **told: object) -> None:
    """The same once the transaction in hand is committed; what is rolled back did not happen."""
    waiting = _held_back.get()
    if waiting is None:
        tell(event, **told)
    else:
        waiting.append((event, told))


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Hold back what happens inside, and tell it at the end; gives what begins a try anew."""
    waiting: list[tuple[str, Told]] = []
    began, before = perf_counter(), _held_back.set(waiting)
    try:
        yield waiting.clear
    finally:
        _held_back.reset(before)
    seconds = perf_counter() - began
    for event, told in waiting:
        tell(event, **told, seconds=seconds)


@contextmanager
def timed(what: Callable[..., object], slow_ms: int) -> Iterator[None]:
    """Tell when what is done inside takes longer than that, and which use case it is."""
    began = perf_counter()
    try:
        yield
    finally:
        if (took := (perf_counter() - began) * 1000) > slow_ms:
            tell("slow", what=_name_of(what), ms=round(took))


def _name_of(what: Callable[..., object]) -> str:
    """What a use case is called; of one that was given something before, what it was given to."""
    while isinstance(what, partial):
        what = what.func
    return f"{what.__module__}.{getattr(what, '__qualname__', type(what).__qualname__)}"


def listen(listener: Listener) -> None:
    """Tell this one too, from now on; the same one is told once."""
    if listener not in _listeners:
        _listeners.append(listener)


def stop_listening(listener: Listener) -> None:
    """Tell this one no more."""
    if listener in _listeners:
        _listeners.remove(listener)


def begin_request(number: str) -> None:
    """From now on what happens in this thread belongs to the request of this number."""
    _request.set(number)


def request_number() -> str:
    """The number of the request that is answered; '' outside of any."""
    return _request.get()

"""Passwords: hashed with Argon2id (19 MiB, two passes), and what a good one is.

No rules of composition and no forced change; length, and how soon it would be guessed by who knows
the common ones, keyboards, dates and the names of the house (SEC-10; NIST SP 800-63B). zxcvbn says
that, with its lists of what people choose. Few are hashed at once, and few wait: whoever types
passwords by the hundred takes no processor and no thread from those who work (SEC-43).
"""

import os
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from time import perf_counter

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from coi.errors import Crowded, DataRefused, Problem
from coi.events import tell

LONGEST = 256
LEAST_GUESSES = 10**10
"""So many guesses withstand whoever got hold of the hashes for a while (zxcvbn's highest class)."""

_RATED = 72  # characters: what comes after them makes it no worse, and would take long to rate
_FAMOUS = frozenset({"correcthorsebatterystaple", "correct horse battery staple"})
_OF_THE_PRODUCT = ("chain of identity", "chain", "identity", "cell", "therapy", "cart", "apheresis")

__all__ = [
    "AT_THE_DOOR",
    "PasswordHasher",
    "Turnstile",
    "check_password",
    "hash_password",
    "hasher",
    "require_good_password",
    "spend_as_long",
]


class Turnstile:
    """Lets so many through at once, and so many wait for so long; whoever comes then is told so."""

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._through = BoundedSemaphore(at_once)
        self._there = BoundedSemaphore(at_once + waiting)
        self._seconds = seconds

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Wait for one's turn, and keep it meanwhile.

        Raises:
            Crowded: too many wait already, or it took too long.
        """
        if not self._there.acquire(blocking=False):
            tell("passwords_crowded", why="too many wait")
            raise Crowded
        try:
            began = perf_counter()
            if not self._through.acquire(timeout=self._seconds):
                tell("passwords_crowded", why="waited too long")
                raise Crowded
            tell("password_checked", seconds=perf_counter() - began)
            try:
                yield
            finally:
                self._through.release()
        finally:
            self._there.release()


MOST_WAITING = 32
LONGEST_WAIT_SECONDS = 4
_CORES = len(os.sched_getaffinity(0))
AT_THE_DOOR = Turnstile(max(1, _CORES - 1), MOST_WAITING, LONGEST_WAIT_SECONDS)
"""Whoever signs in goes through this one first, so that one core is left to those who sign."""

_HASHING = Turnstile(_CORES, MOST_WAITING, LONGEST_WAIT_SECONDS)


def hasher() -> PasswordHasher:
    """The hasher of the product: 19 MiB, two passes, one lane (LD-03)."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def require_good_password(
    password: str, username: str, shortest: int, names: Iterable[str] = ()
) -> None:
    """Refuse a password that is too short, too long, soon guessed, or the user's own name.

    `names` are those of the person and of the house: whoever guesses tries them first.

    Raises:
        DataRefused: with every reason.
    """
    folded = password.casefold()
    problems = []
    if len(password) < shortest:
        problems.append(Problem(f"the password is shorter than {shortest} characters"))
    if len(password) > LONGEST:
        problems.append(Problem(f"the password is longer than {LONGEST} characters"))
    if any(unicodedata.category(character) == "Cs" for character in password):
        problems.append(Problem("the password holds half a character"))
    elif _is_soon_guessed(folded, (username, *names)):
        problems.append(Problem("the password is one of those that are tried first"))
    if username.casefold() in folded:
        problems.append(Problem("the password contains the user name"))
    if problems:
        raise DataRefused(problems)


def _is_soon_guessed(folded: str, names: Iterable[str]) -> bool:
    """It takes fewer guesses than it must, by who knows these names; slow on purpose is hashing."""
    # Thirty milliseconds to read its lists, which only who chooses a password waits for.
    from zxcvbn import zxcvbn

    called = [name for name in (*names, *_OF_THE_PRODUCT) if name]
    words = {word for name in called for word in (name, "".join(name.split()), *name.split())}
    known = sorted(word.casefold() for word in words)
    rated = zxcvbn(folded[:_RATED], user_inputs=known)
    return folded in _FAMOUS or rated["guesses"] < LEAST_GUESSES


def check_password(with_: PasswordHasher, stored: str, password: str) -> bool:
    """The password is the one behind the stored hash; a damaged hash fits none."""
    try:
        with _HASHING.passed():
            return with_.verify(stored, _as_typed(password))
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def spend_as_long(with_: PasswordHasher, password: str) -> None:
    """Take the time of a check for an account that does not exist: the clock tells nobody so."""
    with _HASHING.passed():
        with_.hash(_as_typed(password))


def hash_password(with_: PasswordHasher, password: str) -> str:
    """What is kept of a new password; made outside of any transaction, since it takes long."""
    with _HASHING.passed():
        return with_.hash(password)


def _as_typed(password: str) -> bytes:
    """What is hashed; nobody types more than the longest password, or half a character."""
    # One character more than the longest, so that what is too long is never cut down to what fits.
    return password[: LONGEST + 1].encode("utf-8", "surrogatepass")

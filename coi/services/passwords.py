"""Passwords: hashed with Argon2id (19 MiB, two passes), and what a good one is.

No rules of composition and no forced change; length, and a list of the common ones (SEC-10).
"""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from coi.errors import DataRefused, Problem

LONGEST = 256
_COMMON = frozenset(
    {
        "passwordpassword",
        "password12345678",
        "123456789012345",
        "1234567890123456",
        "qwertyuiopasdfgh",
        "correcthorsebatterystaple",
        "administrator123",
        "letmeinletmein123",
    }
)

__all__ = ["PasswordHasher", "check_password", "hasher", "require_good_password", "spend_as_long"]


def hasher() -> PasswordHasher:
    """The hasher of the product: 19 MiB, two passes, one lane (LD-03)."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def require_good_password(password: str, username: str, shortest: int) -> None:
    """Refuse a password that is too short, too long, common, or the user's own name.

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
    if folded in _COMMON or len(set(folded)) < 5:  # noqa: PLR2004 - "aaaa…" and "abababab…"
        problems.append(Problem("the password is one of those that are tried first"))
    if username.casefold() in folded:
        problems.append(Problem("the password contains the user name"))
    if problems:
        raise DataRefused(problems)


def check_password(with_: PasswordHasher, stored: str, password: str) -> bool:
    """The password is the one behind the stored hash; a damaged hash fits none."""
    try:
        return with_.verify(stored, _as_typed(password))
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def spend_as_long(with_: PasswordHasher, password: str) -> None:
    """Take the time of a check for an account that does not exist: the clock tells nobody so."""
    with_.hash(_as_typed(password))


def _as_typed(password: str) -> bytes:
    """What is hashed; nobody types more than the longest password, or half a character."""
    # One character more than the longest, so that what is too long is never cut down to what fits.
    return password[: LONGEST + 1].encode("utf-8", "surrogatepass")

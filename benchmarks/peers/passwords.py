"""A password check that costs what a signature of ours costs: Argon2id, 19 MiB, two passes."""

from argon2 import PasswordHasher
from ring import PASSWORD

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_STORED = _HASHER.hash(PASSWORD)


def check(given: str) -> None:
    """Raise unless the password is right."""
    _HASHER.verify(_STORED, given)

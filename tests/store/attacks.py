"""What an attack is: a forgery, and the name of the constraint that must refuse it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.store.writer import Writer

Forgery = Callable[[Writer], object]
ATTACKS: list["Attack"] = []
"""What is tried in the world of two therapies."""
AT_FIRST: list["Attack"] = []
"""What is tried in it before the first checkpoint was signed."""


@dataclass(frozen=True, slots=True)
class Attack:
    """A forgery that is legal but for one thing; without a name, only the verifier finds it."""

    forge: Forgery
    refused_by: str
    on_postgresql: str

    def __str__(self) -> str:
        """Name the forgery."""
        return self.forge.__name__


def attack(
    refused_by: str, *, on_postgresql: str | None = None, at_first: bool = False
) -> Callable[[Forgery], Forgery]:
    """Add a forgery; PostgreSQL may look at the constraints in another order."""

    def add(forge: Forgery) -> Forgery:
        (AT_FIRST if at_first else ATTACKS).append(
            Attack(forge, refused_by, refused_by if on_postgresql is None else on_postgresql)
        )
        return forge

    return add

"""One use case, one transaction: tried again where the database asks for that, and bounded."""

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from coi.errors import Busy
from coi.events import tell
from coi.store.append import Overtaken
from coi.store.engine import read, write

__all__ = ["Engine", "Transaction", "reading", "transact"]

T = TypeVar("T")

TRIES = 5
_TAKEN_BACK = {
    "40001",  # serialization failure
    "40P01",  # deadlock
}
_TAKEN = "23505"  # somebody else wrote this first; or the key is simply not free
_ENTRY = "pk_entry"  # the number of an entry in its chain: what is not free now will be


def transact(engine: Engine, work: Callable[[Transaction], T]) -> T:
    """Do the work in one transaction, all or nothing; where two collide, one does it again (F-07).

    Raises:
        Busy: the database did not get to it; nothing was saved.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with write(engine) as connection:
                return work(connection)
        except Overtaken:
            pass
        except DBAPIError as error:
            if not _may_go_well_next(error, last=attempt == TRIES):
                raise
        tell("tried_again", attempt=attempt)
        # By chance, or else the two that collided would collide again at once.
        time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, no secret
    raise Busy


def _may_go_well_next(error: DBAPIError, *, last: bool) -> bool:
    """Others were in the way; a key that is still taken after all tries is not free at all."""
    state = getattr(error.orig, "sqlstate", None)
    if state == _TAKEN and last:
        return _constraint_of(error) == _ENTRY
    return state in _TAKEN_BACK or state == _TAKEN


def _constraint_of(error: DBAPIError) -> str | None:
    """The name of the constraint that refused, as PostgreSQL tells it."""
    told = getattr(error.orig, "diag", None)
    return told.constraint_name if told else None


def reading(engine: Engine) -> AbstractContextManager[Transaction]:
    """Look at one consistent state of the record."""
    return read(engine)

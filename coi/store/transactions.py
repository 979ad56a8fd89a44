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
from coi.store.append import Overtaken
from coi.store.engine import read, write

__all__ = ["Engine", "Transaction", "reading", "transact"]

T = TypeVar("T")

TRIES = 5
_TAKEN_BACK = {
    "40001",  # serialization failure
    "40P01",  # deadlock
}
_TAKEN = "23505"  # somebody else wrote this entry first; or the key is simply not free


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
            state = getattr(error.orig, "sqlstate", None)
            if state not in _TAKEN_BACK and (state != _TAKEN or attempt == TRIES):
                raise
        time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, no secret
    raise Busy


def reading(engine: Engine) -> AbstractContextManager[Transaction]:
    """Look at one consistent state of the record."""
    return read(engine)

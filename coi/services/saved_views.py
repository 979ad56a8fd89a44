"""How somebody likes to see their lists: kept by name, for them alone; no part of the record."""

from collections.abc import Mapping
from urllib.parse import urlencode

from coi.errors import DataRefused, Problem
from coi.services.installation import Installation
from coi.services.sessions import SignedIn
from coi.store import saved_views as store
from coi.store.transactions import Transaction

MOST = 20
"""So many views one person keeps: more are found no quicker than they are made."""
_LONGEST = 40


def views_of(installation: Installation, signed_in: SignedIn) -> Mapping[str, str]:
    """Name -> query, in the order of the names."""
    return installation.read(lambda tx: store.views_of(tx, signed_in.person.id))


def keep_view(
    installation: Installation, signed_in: SignedIn, name: str, told: Mapping[str, str]
) -> None:
    """From now on this person finds the list narrowed down so, by this name.

    Raises:
        DataRefused: it has no name, or too long a one; or there are too many already.
    """
    name, person = " ".join(name.split()), signed_in.person.id
    if not name or len(name) > _LONGEST or not name.isprintable():
        problem = Problem(f"give it a name of at most {_LONGEST} characters", column="name")
        raise DataRefused([problem])

    def keep(tx: Transaction) -> None:
        there = store.views_of(tx, person)
        if name not in there and len(there) >= MOST:
            problem = Problem(f"{MOST} are kept already: remove one first", column="name")
            raise DataRefused([problem])
        store.keep_view(tx, person, name, urlencode(told))

    installation.transact(keep)


def forget_view(installation: Installation, signed_in: SignedIn, name: str) -> None:
    """It is found by this name no more."""
    installation.transact(lambda tx: store.forget_view(tx, signed_in.person.id, name))

"""From where passwords are tried in vain: so many a minute from one address, and no more (SEC-44).

An account is locked after five wrong passwords, wherever they come from; whoever tries one password
of every account never comes to that. Only what was wrong is counted: a ward that signs in behind
one address is as many people as it likes. Registered devices and whoever is signed in are not
asked. Counted in this process, for the minute that it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Network, ip_address
from threading import Lock

from coi.errors import CoiError, Crowded, WrongPassword
from coi.events import tell

MOST_WRONG = 60
"""So many wrong passwords a minute from one address; the next is not looked at, right or wrong.

They are more than can wait at the door at once: people who come together are not taken for it.
"""

_OWN_NETWORK = 64
"""Bits of an address of IPv6 that tell whose it is; within them each machine takes any it likes."""


class TooManyFromHere(Crowded):
    """Too many wrong passwords came from one address; this one was not looked at."""

    code = "TOO_MANY_FROM_HERE"

    def __init__(self) -> None:
        CoiError.__init__(
            self,
            f"{MOST_WRONG} wrong passwords came from where you are within a minute. This one was"
            " not looked at, and no try was counted.",
            "Wait a minute, or sign in at a registered device.",
        )


@dataclass(slots=True)
class TriedFrom:
    """How many were wrong in this minute, or are being looked at, by where they came from."""

    minute: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    @contextmanager
    def counted(self, came_from: str | None, now: datetime) -> Iterator[None]:
        """A password is looked at inside; it is counted unless it was right.

        Raises:
            TooManyFromHere: so many from there were wrong, or are being looked at.
        """
        if came_from is None:
            yield
            return
        source, minute = source_of(came_from), now.replace(second=0, microsecond=0)
        self._take(source, minute)
        try:
            yield
        except WrongPassword:
            raise
        except BaseException:
            self._give_back(source, minute)
            raise
        self._give_back(source, minute)

    def _take(self, source: str, minute: datetime) -> None:
        with self.lock:
            if self.minute != minute:
                self.minute = minute
                self.counts.clear()
            if self.counts.get(source, 0) >= MOST_WRONG:
                tell("passwords_crowded", why="one address")
                raise TooManyFromHere
            self.counts[source] = self.counts.get(source, 0) + 1

    def _give_back(self, source: str, minute: datetime) -> None:
        with self.lock:
            if self.minute == minute:
                self.counts[source] -= 1


def source_of(came_from: str) -> str:
    """Whose an address is, as far as it can be known; '-' where it cannot be read."""
    try:
        address = ip_address(came_from)
    except ValueError:
        return "-"
    if isinstance(address, IPv4Address):
        return str(address)
    # A server that listens at both tells an address of IPv4 inside of one of IPv6.
    return str(address.ipv4_mapped or IPv6Network((int(address), _OWN_NETWORK), strict=False))

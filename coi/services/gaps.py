"""From when to when a server recorded nothing: on record, once it records again (WL-02).

No setting and no right in the product stops it from recording; so a gap is a server that was off,
or a database that was away. Who let it be off, and why, people say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from coi.clock import rfc3339
from coi.events import tell
from coi.ledger.content import Attestation
from coi.services.decoding import content_of_text
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.store.clocks import FOLLOWED, GAP, clocks_told, wait_for_turn
from coi.store.transactions import Transaction

NOT_RECORDING = "not_recording"
FOLLOWS, FOLLOWS_NOT = "clock_followed", "clock_not_followed"
_CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a server recorded nothing."""

    server: str
    since: str
    until: str


def note_gap(installation: Installation, server: str, since: datetime, now: datetime) -> bool:
    """It is on record that this server recorded nothing meanwhile; returns whether that is news.

    Raises:
        NotWritten, ClockWentBack: it still cannot record.
    """
    gap = Gap(server, rfc3339(since), rfc3339(now))
    is_news = installation.transact(partial(_written, gap=gap, now=now))
    if is_news:
        tell("not_recording", seconds=round((now - since).total_seconds()))
    return is_news


def _written(tx: Transaction, gap: Gap, now: datetime) -> bool:
    # Another program of the machine may have told of it: the last beat before it is the same.
    wait_for_turn(tx)
    if any((one.server, one.since) == (gap.server, gap.since) for one in gaps(tx)):
        return False
    told = {"kind": _CLOCK, "about": gap.server, "since": gap.since, "until": gap.until}
    registered = Registered((Attestation(_CLOCK, GAP),), document=told)
    write_site_entry(tx, NOT_RECORDING, Occasion("-", "-", now), registered)
    return True


def gaps(tx: Transaction) -> Sequence[Gap]:
    """Every time that a server did not record, the newest first."""
    found = (content_of_text(text)["document"] for _at, _holds, text in clocks_told(tx, GAP))
    return [Gap(said["about"], said["since"], said["until"]) for said in found]


def note_following(
    installation: Installation, server: str, since: datetime, now: datetime, *, follows: bool
) -> None:
    """It is on record whether this server's clock follows others, where that changed (CL-04).

    `since` is when it was last seen to.

    Raises:
        NotWritten, ClockWentBack: nothing can be recorded now.
    """

    def work(tx: Transaction) -> bool:
        wait_for_turn(tx)
        if (server in following_not(tx)) is not follows:
            return False
        told = {"kind": _CLOCK, "about": server, "since": rfc3339(since)}
        attested = Attestation(_CLOCK, FOLLOWED, holds=int(follows))
        action = FOLLOWS if follows else FOLLOWS_NOT
        registered = Registered((attested,), document=told)
        write_site_entry(tx, action, Occasion("-", "-", now), registered)
        return True

    # Looked at first: this is asked twice a minute.
    if (server in installation.read(following_not)) is not follows:
        return
    if installation.transact(work) and not follows:
        tell("clock_not_followed", since=rfc3339(since))


def following_not(tx: Transaction) -> dict[str, str]:
    """The servers whose clock follows no other, each with since when."""
    found: dict[str, str] = {}
    seen = set()
    for _at, holds, text in clocks_told(tx, FOLLOWED):
        said = content_of_text(text)["document"]
        if said["about"] not in seen and not holds:
            found[said["about"]] = said["since"]
        seen.add(said["about"])
    return found

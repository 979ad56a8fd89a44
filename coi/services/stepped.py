"""A clock that was set is on record; where that was much, every time is in doubt (CL-03, WL-01).

The product writes the entry itself, while the clock is behind too: with what the clock says, what
it would have said, and the time that passed meanwhile. Nothing is released and nothing infused
until quality assurance has looked and signed. What happens all the same is recorded late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import DataRefused, Problem
from coi.events import tell
from coi.ledger.content import Attestation
from coi.services.decoding import content_of_text
from coi.services.entries import (
    SMALL_STEP,
    Occasion,
    Registered,
    commit_text,
    write_site_entry,
)
from coi.services.hands import Reading
from coi.services.installation import Installation
from coi.services.proofs import QA, JustProven, holding, signature_of
from coi.store.clocks import STEP, Told, clock_told, clocks_told, wait_for_turn
from coi.store.transactions import Transaction

STEPPED, ACCEPTED = "clock_stepped", "accept_clock"
GOES_ON = "I have looked at what the clock did; work goes on"
"""What the signature means: it is shown to whoever is about to sign."""

LARGE_STEP = timedelta(minutes=5)
"""Above this, in one step or in several, each time that was recorded is in doubt."""

LONGEST_REASON = 2_000
_CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Step:
    """One time that a server's clock was set, as it is on record."""

    recorded_at: str
    server: str
    boot: str
    drift: timedelta
    began: datetime
    holds: bool  # it is no reason for doubt, nor is what came before it

    @property
    def told(self) -> str:
        """By how much, in words."""
        way = "forward" if self.drift > timedelta(0) else "back"
        return f"{way} by {timedelta(seconds=round(abs(self.drift).total_seconds()))}"


def note_step(installation: Installation, server: str, expected: datetime, told: Reading) -> bool:
    """It is on record that this server's clock was set; returns whether it was not before.

    Whichever of the programs of a machine sees it first writes it, and the others find it.
    """
    is_news = installation.transact_always(
        partial(_written, server=server, expected=expected, now=told)
    )
    if is_news:
        tell("clock_stepped", seconds=round((told.at - expected).total_seconds(), 3))
    return is_news


def _written(tx: Transaction, server: str, expected: datetime, now: Reading) -> bool:
    wait_for_turn(tx)
    before, drift = _since_accepted(tx), now.at - expected
    known = next((one for one in steps(tx) if one.server == server), None)
    if known is not None and _is_that(known, now):
        return False
    every = [one.drift for one in before if one.server == server]
    holds = all(one.holds for one in before[:1])
    is_small = max(abs(drift), abs(sum(every, drift))) <= LARGE_STEP
    document = {
        "kind": _CLOCK,
        "about": server,
        "boot": now.boot,
        "wall": rfc3339(now.at),
        "expected": rfc3339(expected),
        "monotonic_seconds": f"{now.ticks:.3f}",
        "drift_seconds": f"{drift.total_seconds():+.3f}",
    }
    registered = Registered(
        (Attestation(_CLOCK, STEP, holds=int(holds and is_small)),), document=document
    )
    write_site_entry(tx, STEPPED, Occasion("-", "-", now.at), registered)
    return True


def _is_that(known: Step, now: Reading) -> bool:
    """Another program of the machine has told of this already."""
    return known.boot == now.boot and abs(known.began - now.began) <= SMALL_STEP


def steps(tx: Transaction) -> Sequence[Step]:
    """Each time that a clock was set, the newest first."""
    return [one for one in map(_step, clocks_told(tx, STEP)) if one is not None]


def _since_accepted(tx: Transaction) -> Sequence[Step]:
    """Those for which nobody has signed yet, the newest first."""
    found = []
    for told in clocks_told(tx, STEP):
        step = _step(told)
        if step is None:
            break
        found.append(step)
    return found


def _step(told: Told) -> Step | None:
    """One step; None for a signature."""
    recorded_at, holds, text = told
    content = content_of_text(text)
    if content["action"] != STEPPED:
        return None
    said = content["document"]
    wall, ticks = parse_rfc3339(said["wall"]), float(said["monotonic_seconds"])
    return Step(
        recorded_at,
        said["about"],
        said["boot"],
        timedelta(seconds=float(said["drift_seconds"])),
        wall - timedelta(seconds=ticks),
        holds,
    )


def clock_in_doubt(tx: Transaction) -> str:
    """What the clock did that nobody has signed for; '' where times are not in doubt."""
    newest = clock_told(tx, STEP)
    if newest is None or newest[1]:
        return ""
    largest = max(_since_accepted(tx), key=lambda one: abs(one.drift))
    return f"The clock of {largest.server} was set {largest.told} ({largest.recorded_at})"


def accept_clock(installation: Installation, by: JustProven, why: str) -> int:
    """Sign that work goes on although the clock was set; returns how often it was.

    Raises:
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
        DataRefused: no reason is given, or nothing is to be signed for.
    """
    if not why.strip() or len(why) > LONGEST_REASON:
        reason = f"say in at most {LONGEST_REASON} characters what it did, and why work goes on"
        raise DataRefused([Problem(reason, column="why")])

    def work(tx: Transaction) -> int:
        known, role = holding(tx, by, QA)
        if not clock_in_doubt(tx):
            raise DataRefused([Problem("the clock is not in doubt; nothing is to be signed")])
        number = len(_since_accepted(tx))
        now = installation.clock.now()
        reason = commit_text(tx, installation, why.strip())
        registered = Registered(
            (Attestation(_CLOCK, STEP, detail=reason),),
            signatures=(signature_of(known, role, GOES_ON, now),),
            document={"kind": _CLOCK, "about": f"{number} steps"},
        )
        write_site_entry(tx, ACCEPTED, Occasion(known.person.id, "-", now), registered)
        return number

    return installation.transact(work)

"""A STOP: it is put on record, and the step ends, in one transaction; nothing overtakes it (BD-03).

Nothing is ever taken here. What was wrong when it was scanned or heard is recorded as refused,
whatever the engine would say by now, with everybody who was at it.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from coi.errors import Reason
from coi.services.asked import is_answered
from coi.services.attempt import Attempt, Present, TakeAction, locked
from coi.services.devices import device_of
from coi.services.errand import RIGHT, STOPPED, Errand, Verdict, Why, errand_of
from coi.services.handing_in import codes_of, first_signer, key_of
from coi.services.in_hand import keep
from coi.services.installation import Installation
from coi.services.judging import STOP, why_of
from coi.services.mismatches import record_stop
from coi.services.proofs import Signer, person_of
from coi.services.scanning import Code
from coi.services.screens import Scene
from coi.services.sessions import SignedIn
from coi.store import errands as store
from coi.store.transactions import Transaction
from workflows.refusal import CONTENTS_INCOMPLETE, CONTENTS_UNEXPECTED, SCANNED_OTHERWISE

_AT_ITS_END = frozenset({SCANNED_OTHERWISE, CONTENTS_INCOMPLETE, CONTENTS_UNEXPECTED})
"""Whether both scanned the same can be said when the second has scanned everything; what is in a
package, when all that is in it was scanned, and until then of each scan alone."""
_TAKEN = ("it was signed on another page before this scan, and stands on record.",)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who is at which step, inside which transaction."""

    tx: Transaction
    installation: Installation
    signed_in: SignedIn
    scene: Scene


def stop(hand: Hand, code: Code | None, reasons: tuple[Why, ...]) -> Errand:
    """Put a wrong scan on record, in both therapies where there are two, and end the step.

    Without a code something is wrong that was not scanned: it is missing where it was packed.

    However far the step has gone on in another tab, it ends so: a STOP is never overtaken.
    """
    wanted = _wrong_scan(hand, code)
    # First the therapies, and then the step: the same order as where a step is signed.
    locked(hand.tx, hand.installation, wanted)
    row = store.hold(hand.tx, hand.scene.errand.id)
    now = errand_of(hand.installation.vault, row) if row else hand.scene.errand
    if is_answered(hand.tx, wanted.key):
        return now  # the same scan of the same screen, sent twice
    if now.is_open:
        hand = replace(hand, scene=replace(hand.scene, errand=now))
        wanted = replace(_wrong_scan(hand, code), key=wanted.key)
    signers = tuple(first_signer(hand.scene))
    verdict = stopped(hand, wanted, signers, reasons, _AT_ITS_END)
    was_taken = now.verdict is not None and now.verdict.kind == RIGHT
    after = now.ended(replace(verdict, told=_TAKEN if was_taken else ()), hand.scene.now)
    if row is not None:
        keep(hand.tx, hand.installation, after)
    return after


def _wrong_scan(hand: Hand, code: Code | None) -> TakeAction:
    """What is recorded of a wrong scan: it, and all that was scanned before it."""
    errand = hand.scene.errand
    what = f"stop {errand.version} {code.raw if code else '-'}"
    wrong = [replace(code, by=hand.signed_in.person.id)] if code else []
    return TakeAction(
        coi=errand.coi,
        action=errand.action,
        unit=errand.unit,
        key=key_of(hand.installation, errand, what),
        codes=(*codes_of(errand), *wrong),
    )


def stopped(
    hand: Hand,
    wanted: TakeAction,
    signers: Sequence[Signer],
    reasons: tuple[Why, ...],
    untold: Container[str] = (),
) -> Verdict:
    """Write the refused attempt; how the step ends by it."""
    wanted = replace(wanted, seen={})  # what has moved on since makes nothing right
    present = _at_it(hand, wanted, signers)
    digest = wanted.digest(hand.installation.vault, hand.signed_in.proven)
    attempt = Attempt.of(hand.tx, hand.installation, wanted, digest, present)
    told = record_stop(attempt, reasons, untold)
    stops = {one.code: one for one in (*stops_in(reasons), *stops_in(told))}
    return Verdict(STOPPED, reasons=tuple(stops.values()))


def _at_it(hand: Hand, wanted: TakeAction, signers: Sequence[Signer]) -> Present:
    """Who was at it. Nobody signs, so that a password that was changed since frees nobody of it."""
    actor = person_of(hand.tx, hand.signed_in.person.username)
    known = ((person_of(hand.tx, one.username), one.meaning, one.at) for one in signers)
    scans = locked(hand.tx, hand.installation, wanted)
    return Present(actor, scans, tuple(known), device_of(hand.tx, hand.signed_in.proven))


def stops_in(reasons: Sequence[Reason]) -> tuple[Why, ...]:
    """What stops the hand, without what is merely not told yet."""
    return tuple(why_of(one) for one in reasons if one.sentence.startswith(STOP))

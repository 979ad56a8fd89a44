"""How a step under way ends when it is signed: the answer is the engine's alone.

The first of two signs and is shown nothing of it; away from the patient both may also sign on one
screen. When the second has signed too, the step is taken
once, with what both scanned and heard, and each signature carries its own time (BD-06). The step
and its entry end in one transaction: there is never one without the other. What a patient said
otherwise than it stands in the vault stops at once, whoever of the two heard it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from coi.clock import rfc3339
from coi.errors import Conflict, Refused, SignedOut
from coi.services import answering
from coi.services.acting import taken
from coi.services.attempt import locked
from coi.services.devices import device_of
from coi.services.errand import ENDED, RIGHT, STOPPED, Errand, Proof, Verdict, Why
from coi.services.going_on import Answer, in_hand
from coi.services.handing_in import key_of, scanned_in, signers_of, wanted_of
from coi.services.in_hand import keep
from coi.services.installation import Installation
from coi.services.judging import foresee_told, why_of
from coi.services.proofs import JustProven, may_sign, still_proven
from coi.services.receipts import Receipt
from coi.services.screens import Asks, Scene
from coi.services.sessions import SignedIn
from coi.services.spending import spend_grants
from coi.services.stopping import Hand, stopped, stops_in
from coi.store import errands as store
from coi.store.transactions import Transaction
from workflows.guards.people import signing_role
from workflows.model import SignatureRule


def may_sign_here(
    installation: Installation,
    signed_in: SignedIn,
    username: str,
    asked: tuple[Scene, SignatureRule],
) -> bool:
    """They could give this signature of a step; of whoever is signed in that is known already."""
    scene, rule = asked
    if username == signed_in.proven.username:
        return signing_role(signed_in.person, rule, scene.unit) is not None
    return may_sign(installation, username, rule, scene.unit.id)


def sign(
    installation: Installation,
    signed_in: SignedIn,
    seen: Errand,
    proven: Sequence[JustProven] = (),
) -> Errand:
    """Sign the present part; with the last part the step is taken, or refused with every reason.

    What is signed is the step as it was seen.

    Raises:
        Answered: the screen is not the present one any more.
        Elsewhere: the step is not in hand in this session.
        Refused: somebody else than who checked has signed.
    """

    def work(tx: Transaction) -> Errand:
        scene = _behind_locks(tx, installation, signed_in, seen)
        after = _signed(Hand(tx, installation, signed_in, scene), proven)
        keep(tx, installation, after)
        return after

    return installation.transact(work)


def _behind_locks(
    tx: Transaction, installation: Installation, signed_in: SignedIn, seen: Errand
) -> Scene:
    """The step, which nobody else ends meanwhile; first the therapies are locked, and then it.

    Which therapies, what was seen says: at another version it is answered no more.
    """
    locked(tx, installation, scanned_in(seen))
    store.hold(tx, seen.id)
    return in_hand(tx, installation, signed_in, Answer(seen.id, seen.version))


def _signed(hand: Hand, proven: Sequence[JustProven]) -> Errand:
    """The step after the signature.

    Raises:
        Refused: it is not the one that is asked for.
    """
    scene = hand.scene
    if scene.present.asks is not Asks.SIGN:
        raise Refused([_UNREAD])
    is_apart = scene.may_sign_apart and len(proven) < len(scene.rules)
    if not (scene.form.is_blind or scene.number or is_apart):
        return _concluded(hand, proven)
    if proven[0].person != hand.signed_in.person.id:
        raise Refused([_ANOTHERS])
    hand = _at_its_device(hand)
    return (_first_signed if scene.is_first_part else _concluded)(hand, proven)


def _at_its_device(hand: Hand) -> Hand:
    """The same, in hand at the device at which it is signed too."""
    scene, device = hand.scene, device_of(hand.tx, hand.signed_in.proven)
    errand = scene.errand.with_part(scene.errand.part.at(device))
    return replace(hand, scene=replace(scene, errand=errand))


_UNREAD = Why("NOT_READ_BACK", "Not every screen is answered yet", "Answer them in their order")
_ANOTHERS = Why(
    "SIGNER_IS_ANOTHER",
    "Somebody else has typed name and password than who is signed in here",
    "Whoever checked signs; the second signs in themselves",
)


def _first_signed(hand: Hand, proven: Sequence[JustProven]) -> Errand:
    """The first part as it is signed; what would be refused all the same is said before.

    Raises:
        Refused: what was told cannot be recorded; it can be mended.
        SignedOut: the password was changed since it was typed.
    """
    scene = hand.scene
    still_proven(hand.tx, proven[0])
    wanted = wanted_of(hand.installation, scene)
    try:
        reasons = foresee_told(hand.tx, hand.installation, scene, wanted)
    except Conflict as error:
        return _come_to_nothing(hand, proven, why_of(error))
    if stops := stops_in(reasons):
        return _stopped(hand, proven, stops)
    if reasons:
        raise Refused(reasons)
    # The first part is kept and not written into the record yet: it is what this grant was for.
    spend_grants(hand.tx, rfc3339(scene.now))
    return answering.signed(scene, Proof(proven[0].credential, rfc3339(scene.now)))


def _concluded(hand: Hand, proven: Sequence[JustProven]) -> Errand:
    """The step as it is after it was handed in: taken, stopped, or open with its reasons."""
    scene = hand.scene
    if scene.is_too_old:
        return _come_to_nothing(hand, proven, answering.why_too_old(scene), can_go_back=True)
    wanted, signers = wanted_of(hand.installation, scene), tuple(signers_of(scene, proven))
    here = hand.signed_in.proven
    # Whoever checked first takes it, at the device at which the last of them signs.
    actor = replace(scene.errand.parts[0].proven or here, device=here.device)
    try:
        outcome = taken(hand.tx, hand.installation, wanted, actor, signers)
    except (Conflict, SignedOut) as error:
        can_go_back = isinstance(error, SignedOut)  # what was scanned has changed meanwhile else
        return _come_to_nothing(hand, proven, why_of(error), can_go_back=can_go_back)
    if isinstance(outcome, Refused):
        return _refused(scene, outcome)
    return scene.errand.ended(Verdict(RIGHT, tuple(_told(scene, outcome))), scene.now)


def _come_to_nothing(
    hand: Hand, proven: Sequence[JustProven], why: Why, *, can_go_back: bool = False
) -> Errand:
    """The step as it ends with nothing taken; what is a STOP all the same is never swallowed.

    Away from the patient it goes back to the first, where a new signature of theirs mends it.
    """
    wanted = replace(wanted_of(hand.installation, hand.scene), seen={})
    if stops := stops_in(foresee_told(hand.tx, hand.installation, hand.scene, wanted)):
        return _stopped(hand, proven, stops)
    if can_go_back and hand.scene.goes_back:
        return answering.given_back(hand.scene.errand, (why,))
    return hand.scene.errand.ended(Verdict(ENDED, reasons=(why,)), hand.scene.now)


def _stopped(hand: Hand, proven: Sequence[JustProven], stops: tuple[Why, ...]) -> Errand:
    """The step as it ends by what was told; it stands on record."""
    scene = hand.scene
    key = key_of(hand.installation, scene.errand, f"stop {scene.errand.version}")
    wanted = replace(wanted_of(hand.installation, scene), key=key)
    signers = tuple(signers_of(scene, proven))
    return scene.errand.ended(stopped(hand, wanted, signers, stops), scene.now)


def _refused(scene: Scene, refused: Refused) -> Errand:
    """Every reason; a STOP ends the step, all else can be mended and handed in again.

    Away from the patient the second can mend nothing: it goes back to the first.
    """
    if stops := stops_in(refused.refusals):
        return scene.errand.ended(Verdict(STOPPED, reasons=stops), scene.now)
    reasons = tuple(why_of(one) for one in refused.refusals)
    if scene.goes_back:
        return answering.given_back(scene.errand, reasons)
    return replace(scene.errand, tries=scene.errand.tries + 1, reasons=reasons)


def _told(scene: Scene, receipt: Receipt) -> Iterator[str]:
    """What was matched, and what is to be printed and noticed now."""
    titles = dict.fromkeys(one.title for part in scene.errand.parts for one in part.reads)
    yield from (f"Matched: {title}" for title in titles)
    if scene.form.identifies:
        yield "Matched: what was said, heard by each of you"
    for serial, subject in receipt.labels:
        yield f"Print and apply the label {serial} for {subject}."
    if receipt.wristband:
        yield f"Print the wristband {receipt.wristband} and put it on the patient's arm."
    for notice in receipt.notices:
        yield f"To notice: {notice.lower().replace('_', ' ')}."

"""How a step under way ends: signed and taken, or stopped; the answer is the engine's alone.

The first of two signs and is shown nothing of it. When the second has signed too, the step is taken
once, with what both scanned and heard, and each signature carries its own time. A wrong scan is put
on record at once, with everybody who was at it (BD-03, BD-06).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import Conflict, KeyReused, Refused, SignedOut
from coi.services import screens
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.errand import ENDED, RIGHT, STOPPED, Errand, Part, Proof, Verdict, Why
from coi.services.errands import current, keep
from coi.services.forms import Blank, Form
from coi.services.going_on import Answer, in_hand
from coi.services.identity import Stated
from coi.services.installation import Installation
from coi.services.judging import STOP, code_of, foresee_told, why_of
from coi.services.proofs import JustProven, Signer
from coi.services.receipts import Receipt
from coi.services.scanning import Code
from coi.services.screens import Asks, Scene
from coi.services.sessions import SignedIn
from coi.services.vault import fingerprint_of
from coi.store.transactions import Transaction
from workflows.facts import NewSubject


def sign(
    installation: Installation,
    signed_in: SignedIn,
    answer: Answer,
    proven: Sequence[JustProven] = (),
) -> Errand:
    """Sign the present part; with the last part the step is taken, or refused with every reason.

    Raises:
        Answered: the screen is not the present one any more.
        Elsewhere: the step is not in hand in this session.
        Refused: somebody else than who checked has signed.
    """
    scene = installation.read(lambda tx: in_hand(tx, installation, signed_in, answer))
    if scene.present.asks is not Asks.SIGN:
        raise Refused([_UNREAD])
    if scene.form.is_blind and proven[0].person != signed_in.person.id:
        raise Refused([_ANOTHERS])
    if scene.form.is_blind and scene.is_first_part:
        after = _first_signed(installation, signed_in, scene, proven[0])
    else:
        after = _concluded(installation, signed_in, scene, proven)
    installation.transact(lambda tx: keep(tx, installation, after))
    return after


_UNREAD = Why("NOT_READ_BACK", "Not every screen is answered yet", "Answer them in their order")
_ANOTHERS = Why(
    "SIGNER_IS_ANOTHER",
    "Somebody else has typed name and password than who is signed in here",
    "Whoever checked signs; the second signs in themselves",
)


def _first_signed(
    installation: Installation, signed_in: SignedIn, scene: Scene, proven: JustProven
) -> Errand:
    """The first part as it is signed; what would be refused all the same is said before.

    Raises:
        Refused: what was told cannot be recorded; it can be mended.
    """
    wanted = _wanted(installation, scene)
    reasons = installation.read(lambda tx: foresee_told(tx, installation, scene, wanted))
    if any(why.sentence.startswith(STOP) for why in reasons):
        return _concluded(installation, signed_in, scene, (proven,))
    if reasons:
        raise Refused(reasons)
    return screens.signed(scene, Proof(proven.credential, rfc3339(scene.now)))


def _concluded(
    installation: Installation,
    signed_in: SignedIn,
    scene: Scene,
    proven: Sequence[JustProven],
) -> Errand:
    """The step as it is after it was handed in: taken, stopped, or open with its reasons."""
    errand = scene.errand
    if _is_too_old(scene):
        sentence = f"The first check was signed more than {scene.minutes} minutes ago"
        why = Why("FIRST_CHECK_TOO_OLD", sentence, "Check again from the beginning, both of you")
        return errand.ended(Verdict(ENDED, reasons=(why,)), scene.now)
    signers = tuple(_signers(scene, proven))
    actor = scene.errand.parts[0].proven or signed_in.proven
    try:
        receipt = take_action(installation, _wanted(installation, scene), actor, signers)
    except Refused as refused:
        return _refused(scene, refused)
    except (Conflict, SignedOut, KeyReused) as error:
        return errand.ended(Verdict(ENDED, reasons=(why_of(error),)), scene.now)
    return errand.ended(Verdict(RIGHT, tuple(_told(scene, receipt))), scene.now)


def _is_too_old(scene: Scene) -> bool:
    """What the first of two checked and signed counts no longer."""
    proof = scene.errand.parts[0].proof
    if proof is None:
        return False
    # A negative age is no fresh check: a clock that went back makes nothing fresh.
    age = scene.now - parse_rfc3339(proof.at)
    return not timedelta() <= age <= timedelta(minutes=scene.minutes)


def _refused(scene: Scene, refused: Refused) -> Errand:
    """Every reason; a STOP ends the step, all else can be mended and handed in again."""
    if stops := _stops(refused):
        return scene.errand.ended(Verdict(STOPPED, reasons=stops), scene.now)
    reasons = tuple(why_of(one) for one in refused.refusals)
    return replace(scene.errand, tries=scene.errand.tries + 1, reasons=reasons)


def _stops(refused: Refused) -> tuple[Why, ...]:
    """What stops the hand, without what is merely not told yet."""
    return tuple(why_of(one) for one in refused.refusals if one.sentence.startswith(STOP))


def _signers(scene: Scene, proven: Sequence[JustProven]) -> Iterator[Signer]:
    """Everybody who signs, in the order of the meanings; the first of two with their own time."""
    yield from _first_signer(scene)
    yield from (Signer(one, rule.meaning) for one, rule in zip(proven, scene.rules, strict=True))


def _first_signer(scene: Scene) -> Iterator[Signer]:
    """The first of two, with the proof and at the time of their signature; nobody before it."""
    first = scene.errand.parts[0]
    if first.proof is not None and first.proven is not None:
        at = parse_rfc3339(first.proof.at)
        yield Signer(first.proven, scene.form.signatures[0].meaning, at)


def _key(installation: Installation, errand: Errand, what: str) -> str:
    """The key of what a step asks for: nobody can guess it, and so take it before."""
    return f"errand-{fingerprint_of(installation.vault, f'errand {errand.id} {what}')}"


def _wanted(installation: Installation, scene: Scene) -> TakeAction:
    """What the engine is asked for: all that both scanned, heard and typed."""
    errand, form = scene.errand, scene.form
    return TakeAction(
        coi=errand.coi,
        action=errand.action,
        unit=errand.unit,
        key=_key(installation, errand, f"take {errand.tries}"),
        codes=tuple(_codes(errand)),
        named=errand.named,
        births=tuple(_births(form, errand)),
        values=_values(errand, form.blanks),
        consignee=errand.answers.get("consignee", "-") if form.is_sent else "-",
        stated=tuple(_stated(errand.parts)) if form.identifies else (),
        seen=errand.seen,
    )


def _codes(errand: Errand) -> Iterator[Code]:
    for part in errand.parts:
        yield from (code_of(part, one) for one in part.reads)


def _births(form: Form, errand: Errand) -> Iterator[NewSubject]:
    for born in form.born:
        yield from (NewSubject(born.machine, _values(errand, each)) for each in born.each)


def _values(errand: Errand, blanks: Sequence[Blank]) -> dict[str, str]:
    """What was filled in, by the names of the definition."""
    return {
        one.field.name: errand.answers[one.name]
        for one in blanks
        if errand.answers.get(one.name, "").strip()
    }


def _stated(parts: Sequence[Part]) -> Iterator[Stated]:
    """What each heard; who heard nothing states nothing."""
    for part in parts:
        if part.said:
            yield Stated(part.username, part.said, part.source)


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


# -- stopped ---------------------------------------------------------------------------------------


def stop(
    installation: Installation,
    signed_in: SignedIn,
    scene: Scene,
    code: Code,
    reasons: tuple[Why, ...],
) -> Errand:
    """Put a wrong scan on record, in both therapies where there are two, and end the step.

    Everybody who was at it is named, so that this pair does not go on with another check.
    """
    recorded = _put_on_record(installation, signed_in, scene, code)
    verdict = Verdict(STOPPED, reasons=recorded or reasons)
    return installation.transact(lambda tx: _stopped(tx, installation, scene, verdict))


def _stopped(tx: Transaction, installation: Installation, scene: Scene, verdict: Verdict) -> Errand:
    """The step at its end, however far it has gone on in another tab: a STOP is never overtaken."""
    now = current(tx, installation, scene.errand.id)
    after = now.ended(verdict, scene.now)
    keep(tx, installation, after)
    return after


def _put_on_record(
    installation: Installation, signed_in: SignedIn, scene: Scene, code: Code
) -> tuple[Why, ...]:
    """The refused attempt, with all that was scanned so far; returns what the engine says of it."""
    errand = scene.errand
    scanned = replace(code, by=signed_in.person.id)
    wanted = TakeAction(
        coi=errand.coi,
        action=errand.action,
        unit=errand.unit,
        key=_key(installation, errand, f"stop {errand.version}"),
        codes=(*_codes(errand), scanned),
    )
    for signers in (tuple(_first_signer(scene)), ()):
        try:
            take_action(installation, wanted, signed_in.proven, signers)
        except Refused as refused:
            return tuple(why for why in _stops(refused) if why.code != "SCANNED_OTHERWISE")
        except SignedOut:
            continue  # the first one's password was changed since; the wrong scan counts as it is
        except KeyReused:
            return ()  # this very screen was stopped before, by another wrong scan
    return ()

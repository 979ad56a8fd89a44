"""Is it what is asked for? Each scan is judged at once, on full ids; the answer is no by default.

Six answers: right; cannot be read, which is no mismatch and is tried again (BD-05); typed, and not
read by a second person yet; another thing of this therapy, which stops the hand and nothing else;
refused, with every reason that is known already; and wrong, which stops this pairing and goes on
record (BD-03).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from coi.errors import Reason
from coi.services.attempt import Attempt, Present, TakeAction, scanned
from coi.services.errand import Part, Read, Why, errand_of, since
from coi.services.installation import Installation
from coi.services.opening import package_of, why_not_inside
from coi.services.other_devices import checked_by
from coi.services.over_labels import scanned_over_labels
from coi.services.proofs import person_of
from coi.services.scanning import (
    IDENTIFY_ANEW,
    TYPED,
    UNKNOWN_WRISTBAND,
    Code,
    is_readable,
    is_wristband,
    resolve,
)
from coi.services.screens import LAYER, Asks, Scene
from coi.store import errands
from coi.store.transactions import Transaction
from workflows.decide import decide
from workflows.facts import Label, Meaning, Order, OverLabel, Shipper, Wristband
from workflows.over_labels import scanned_for_ours
from workflows.refusal import OVER_LABEL_OF_ANOTHER, Refusal

STOP = "STOP"


class Judgement(StrEnum):
    """What a scan is to the screen that asked for it."""

    RIGHT = "right"
    UNREAD = "unread"
    UNCONFIRMED = "unconfirmed"
    ANOTHER = "another"
    REFUSED = "refused"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer, with what was read and every reason."""

    judgement: Judgement
    read: Read | None = None
    reasons: tuple[Why, ...] = ()
    turns: Mapping[str, int] = field(default_factory=dict)


_EARLY = frozenset(
    {
        *("actor_may_do_this", "people_are_active", "people_are_trained"),
        "no_program_stands_for_a_person",
        *("custody_is_unbroken", "nothing_is_packed_elsewhere", "nothing_is_on_hold"),
        *(
            "containers_are_expected",
            "labels_are_current",
            "labels_show_what_is_recorded",
            *("another_pair_checks_after_a_mismatch", "second_check_is_at_another_device"),
            "bedside_check_is_fresh",
            "consent_is_given",
        ),
        *("disposition_is_decided", "disposition_is_released", "label_template_is_approved"),
        *("disposition_is_on_the_label", "label_is_to_be_replaced"),
        *("no_critical_exception_is_open", "one_bag_is_in_hand", "product_is_in_date"),
        *("shipper_holds_long_enough", "thaw_window_is_open", "the_bag_before_is_in"),
        *("site_takes_part", "site_goes_on", "patient_was_admitted_here"),
        "shipment_goes_where_it_was_sent_on",
    }
)
"""Guards that can be asked before everything is told; the engine asks all of them at the end."""

_OF_BOTH = frozenset(
    {
        *("every_signature_is_given", "signers_are_different_people"),
        "patient_is_identified_by_two_people",
    }
)
_LATER = frozenset({"CONSIGNEE_MISSING", "SHIPPER_NOT_SCANNED", "TRANSIT_UNKNOWN"})
_KNOWN_ALREADY = frozenset({"WRONG_STATE", "TRANSCRIPTION_OPEN"})


def judge(tx: Transaction, installation: Installation, scene: Scene, code: Code) -> Judged:
    """What this code is to the screen that asks for it; nothing is changed."""
    screen = scene.present
    if not is_readable(code.raw):
        return _judge_others(scene, scanned_over_labels(tx, installation, [code.raw]))
    means = resolve(tx, code).means
    if code.by_hand or _strange(scene, means, code.raw):
        return _judge_strange(scene, code, means)
    if not isinstance(means, _ASKED[screen.asks]):
        return _not_what_is_asked(scene, _name(scene, means))
    if scene.is_read_by_two and code.how == TYPED and not code.confirmed_by:
        return Judged(Judgement.UNCONFIRMED)
    found = Read(screen.name, code.raw, code.how, code.device, _name(scene, means))
    found = replace(found, confirmed_by=code.confirmed_by, device_time=code.device_time)
    if isinstance(means, Label):
        return _judge_thing(tx, installation, scene, found, means)
    return Judged(Judgement.RIGHT, found)


def why_of_another(
    tx: Transaction, installation: Installation, scene: Scene, code: Code
) -> tuple[Why, ...]:
    """Why it is wrong on whatever screen it is read: unknown, another therapy's or patient's."""
    if not is_readable(code.raw):
        judged = _judge_others(scene, scanned_over_labels(tx, installation, [code.raw]))
    else:
        judged = _judge_strange(scene, code, resolve(tx, code).means)
    return judged.reasons if judged.judgement is Judgement.WRONG else ()


def fits(tx: Transaction, installation: Installation, scene: Scene, code: Code) -> bool:
    """The present screen asks for it, and has not read it yet: it is scanned now."""
    if any(one.raw == code.raw for one in scene.errand.part.reads):
        return False
    judgement = judge(tx, installation, scene, code).judgement
    return judgement not in {Judgement.UNREAD, Judgement.ANOTHER}


def _not_what_is_asked(scene: Scene, title: str) -> Judged:
    """Another thing of this therapy: it stops the hand."""
    why = Why(
        "NOT_WHAT_IS_ASKED", f"STOP. This is {title}", f"{scene.present.title}, and nothing else"
    )
    return Judged(Judgement.ANOTHER, reasons=(why,))


def _judge_others(scene: Scene, labels: Sequence[OverLabel]) -> Judged:
    """Another's label that is on record shows which bag is here; anything else was not read."""
    if not labels:
        return Judged(Judgement.UNREAD)
    (label,) = labels
    if label.coi != scene.therapy.coi:
        wrong = _wrong(OVER_LABEL_OF_ANOTHER, "This is another's label on a bag of another therapy")
        return Judged(Judgement.WRONG, reasons=(wrong,))
    told = scanned_for_ours(label)
    return Judged(Judgement.REFUSED, reasons=(Why(told.code, told.sentence, told.next_step),))


def _judge_strange(scene: Scene, code: Code, means: Meaning | None) -> Judged:
    """What is wrong stops, however it came; what a hand typed and is not wrong was not read.

    A slip of the hand may name nothing, which is no mismatch (BD-05).
    """
    reason = _strange(scene, means, code.raw)
    if reason is None or (code.by_hand and means is None):
        return Judged(Judgement.UNREAD)
    return Judged(Judgement.WRONG, reasons=(reason,))


_ASKED: Mapping[Asks, type[object]] = {
    Asks.ORDER: Order,
    Asks.WRISTBAND: Wristband,
    Asks.SHIPPER: Shipper,
    Asks.THINGS: Label,
}


def _unknown(raw: str) -> Why:
    """Nothing here goes by it: a thing is put aside, a patient is not."""
    if is_wristband(raw):
        return Why("UNKNOWN_CODE", UNKNOWN_WRISTBAND, IDENTIFY_ANEW)
    sentence = "STOP. This code is not known here"
    return Why("UNKNOWN_CODE", sentence, "Put it aside. Call the coordinator")


def _strange(scene: Scene, means: Meaning | None, raw: str) -> Why | None:
    """It is unknown, another therapy's, another patient's, or no longer worn."""
    match means:
        case None:
            return _unknown(raw)
        case Label(coi=coi) if coi != scene.therapy.coi:
            return _wrong("WRONG_THERAPY", "This bag does not belong to this therapy")
        case Order(coi) if coi != scene.therapy.coi:
            return _wrong("WRONG_ORDER", f"The order is not {scene.therapy.coi}")
        case Wristband(patient=patient) if patient != scene.therapy.patient:
            return _wrong("WRONG_PATIENT", "This is another patient's wristband")
        case Wristband(current=False):
            return _wrong("OLD_WRISTBAND", "This wristband has been replaced by a newer one")
    return None


def _wrong(code: str, sentence: str) -> Why:
    return Why(code, f"STOP. {sentence}", "Stop here. Call the coordinator")


def _name(scene: Scene, means: Meaning | None) -> str:
    """What was read, as people call it."""
    match means:
        case Order():
            return "the order"
        case Wristband():
            return "the wristband"
        case Label(serial=serial, subject=subject):
            machine = scene.workflow.machines[scene.subjects[subject].machine]
            return f"{machine.title.lower()} {serial}"
        case Shipper():
            return "a shipper"
    return "a place"


def _judge_thing(
    tx: Transaction, installation: Installation, scene: Scene, found: Read, label: Label
) -> Judged:
    """A bag of this therapy: whether this step can act on it now."""
    if _is_in_another_step(tx, installation, scene, label.subject):
        sentence = f"The same step is under way with {found.title}"
        why = Why("UNDER_WAY", sentence, "Go on with that one, or discard it")
        return Judged(Judgement.REFUSED, reasons=(why,))
    if any(one.title == found.title for one in scene.reads_of(scene.present)):
        why = Why("READ_ALREADY", f"The label of {found.title} was read already", "Scan the next")
        return Judged(Judgement.REFUSED, reasons=(why,))
    if judged := _judge_layer(scene, found, label.subject):
        return judged
    reasons = foresee(tx, installation, scene, (*scene.errand.part.reads, found))
    if any(map(_is_stop, reasons)):
        return Judged(Judgement.WRONG, found, reasons)
    if reasons:
        return Judged(Judgement.REFUSED, reasons=reasons)
    turn = scene.subjects[label.subject].position.turn
    found = replace(found, subject=label.subject)
    return Judged(Judgement.RIGHT, found, turns={label.subject: turn})


def _judge_layer(scene: Scene, found: Read, subject: str) -> Judged | None:
    """Where a package is opened: whether it is one, and whether this was packed in it."""
    if scene.form.opens and scene.present.name == LAYER:
        if scene.subjects[subject].machine in scene.form.opens:
            return None
        return _not_what_is_asked(scene, found.title)
    package = package_of(scene)
    if package is not None and package.id == subject:
        why = Why("READ_ALREADY", f"{found.title} is the one in hand", "Scan what is in it")
        return Judged(Judgement.REFUSED, reasons=(why,))
    if (unexpected := why_not_inside(scene, subject)) is not None:
        return Judged(Judgement.WRONG, found, (unexpected,))
    return None


def _is_in_another_step(
    tx: Transaction, installation: Installation, scene: Scene, subject: str
) -> bool:
    """One thing is in one such step at a time."""
    here = scene.errand
    rows = errands.of_therapy(tx, here.coi, since(scene.now))
    others = (row for row in rows if row.id != here.id)
    same = (row for row in others if (row.action, row.unit) == (here.action, here.unit))
    return any(subject in errand_of(installation.vault, row).bags for row in same)


def foresee(
    tx: Transaction, installation: Installation, scene: Scene, reads: tuple[Read, ...] = ()
) -> tuple[Why, ...]:
    """Why the step would be refused whatever is told later, as far as it is known by now."""
    errand = scene.errand
    codes = tuple(code_of(errand.part, one) for one in reads)
    # Under no key that anything is recorded by: nothing is handed in here.
    wanted = TakeAction(errand.coi, errand.action, errand.unit, "foreseen", codes)
    wanted = replace(wanted, checked_at=checked_by(errand.parts))
    refusals = _refusals(tx, installation, scene, wanted)
    return tuple(why_of(one) for one in refusals if _is_foreseen(one))


def foresee_told(
    tx: Transaction, installation: Installation, scene: Scene, wanted: TakeAction
) -> tuple[Why, ...]:
    """Why the step would be refused with all that was told so far.

    Whether enough was heard, by enough people, is not among it: that is said when both are in. What
    was heard otherwise than it stands in the vault is: it is as wrong as a wrong scan (BD-03).
    """
    refusals = _refusals(tx, installation, scene, wanted)
    return tuple(why_of(one) for one in refusals if one.guard not in _OF_BOTH or _is_stop(one))


def _refusals(
    tx: Transaction, installation: Installation, scene: Scene, wanted: TakeAction
) -> tuple[Refusal, ...]:
    """What the engine would say now, to whoever takes the step; nothing is recorded."""
    # The first of two takes it; whether their proof still holds is asked when it is taken.
    actor = person_of(tx, scene.errand.parts[0].username)
    present = Present(actor, scanned(tx, wanted))
    attempt = Attempt.of(tx, installation, wanted, "", present)
    return decide(attempt.standing.workflow, attempt.request, attempt.facts).refusals


def _is_stop(reason: Reason) -> bool:
    return reason.sentence.startswith(STOP)


def _is_foreseen(refusal: Refusal) -> bool:
    early = refusal.guard in _EARLY and refusal.code not in _LATER
    return early or refusal.code in _KNOWN_ALREADY


def why_of(reason: Reason) -> Why:
    """A reason as it is kept and shown."""
    return Why(reason.code, reason.sentence, reason.next_step)


def code_of(part: Part, one: Read) -> Code:
    """What was read, as a step is handed in with it: who scanned it, and who confirmed it."""
    code = Code(one.raw, one.how, one.device, part.person, one.confirmed_by)
    return replace(code, device_time=one.device_time)

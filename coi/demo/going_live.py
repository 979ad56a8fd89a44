"""A therapy that ran on paper when its hospital began: copied, labelled, compared by a second."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from coi.clock import rfc3339
from coi.demo.cast import STAFF, UNITS
from coi.demo.chapters import FROZEN, ORDERED, Step, collected, take
from coi.demo.fitting import CannotPerform
from coi.demo.performer import Performer, is_over
from coi.demo.values import ahead
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.proofs import JustProven, Signer
from coi.services.receipts import Receipt
from coi.services.therapies import TherapyView, look
from workflows.facts import Mode
from workflows.model import FieldKind
from workflows.on_paper import (
    APPLY_LABEL,
    COMPARED_UNTIL,
    END_TRANSCRIPTION,
    PAPER_REFERENCE,
    SIGNED_BY,
    TRANSCRIBED,
    VERIFIED,
)

REFERENCE = "Folder 17"
_STEPS = (*ORDERED, *collected(2))


def half_way(performer: Performer, patient: Mapping[str, str], site: str = "south") -> str:
    """Ordered and collected on paper, and copied from it; nobody has compared it yet."""
    coi = performer.order(patient, site, on_paper=REFERENCE)
    # Copying takes no time to speak of: what passes between steps has passed long ago.
    performer.pause = lambda _action: None
    copied(performer, coi, _STEPS)
    return coi


def gone_live(performer: Performer, patient: Mapping[str, str]) -> str:
    """The same, labelled and compared; it goes on as ever."""
    coi = half_way(performer, patient)
    label_everything(performer, coi)
    end(performer, coi)
    take(performer, coi, FROZEN)
    return coi


def copied(performer: Performer, coi: str, steps: Sequence[Step], hours_ago: float = 500) -> None:
    """Copy steps of the past, one hour after another."""
    for number, step in enumerate(steps):
        past = replace(step, mode=Mode.LATE, hours_ago=hours_ago - number, after_hours=0)
        then = performer.installation.clock.now() - timedelta(hours=past.hours_ago)
        told = {PAPER_REFERENCE: f"{REFERENCE}, sheet {number + 1}", SIGNED_BY: "as on the sheet"}
        told |= _times(performer, coi, step.action, rfc3339(then))
        take(performer, coi, replace(past, values={**told, **step.values}))


def _times(performer: Performer, coi: str, action: str, then: str) -> Mapping[str, str]:
    """Every time and day that a step tells, as of when it happened; what lies ahead stays so."""
    workflow = look(performer.installation, coi).workflow
    told = (one for one in workflow.actions[action].fields if one.name not in ahead(workflow))
    lengths = {FieldKind.TIME: None, FieldKind.DATE: 10}
    return {one.name: then[: lengths[one.kind]] for one in told if one.kind in lengths}


def label_everything(performer: Performer, coi: str) -> None:
    """Two scan our label on each living thing that carries one."""
    view = look(performer.installation, coi)
    living = (one for one in view.subjects.values() if not is_over(view, one))
    labelled = (one for one in living if view.workflow.machines[one.machine].labelled)
    for machine, state in dict.fromkeys((one.machine, one.position.state) for one in labelled):
        take(performer, coi, Step(APPLY_LABEL, machine, state))


def ending(
    performer: Performer, coi: str, copier: str = "", verifier: str = ""
) -> tuple[TakeAction, JustProven, tuple[Signer, ...]]:
    """The request that ends it, with who copied steps and who did not; whoever fits, if not told.

    Raises:
        CannotPerform: nobody copied anything, or nobody else is there.
    """
    view = look(performer.installation, coi)
    took_part = _took_part(performer, view)
    first = next((s for s in STAFF if s.username == copier or s.username in took_part), None)
    if first is None:
        raise CannotPerform(END_TRANSCRIPTION)
    sites = {UNITS[event.unit][0] for event in view.history}
    unit = next(at for _role, at in first.roles if UNITS[at][0] in sites)
    copier = copier or first.username
    verifier = verifier or next(_others(took_part, unit))
    performer.count += 1
    told = {COMPARED_UNTIL: str(view.history[-1].seq)}
    key = f"{coi}-{performer.count}-{END_TRANSCRIPTION}"
    wanted = TakeAction(coi, END_TRANSCRIPTION, unit, key, values=told)
    by = performer.proven[copier]
    return wanted, by, (Signer(by, TRANSCRIBED), Signer(performer.proven[verifier], VERIFIED))


def end(performer: Performer, coi: str, copier: str = "", verifier: str = "") -> Receipt:
    """Who copied it, and somebody else who compared all of it, end it."""
    return take_action(performer.installation, *ending(performer, coi, copier, verifier))


def _took_part(performer: Performer, view: TherapyView) -> set[str]:
    """The user names of who ordered it, or copied steps of it."""
    copied_ = [event for event in view.history if event.kind == "transcribed"]
    persons = {event.actor for event in copied_} | {view.history[0].actor}
    return {name for name, one in performer.proven.items() if one.person in persons}


def _others(took_part: set[str], unit: str) -> Iterator[str]:
    """Who works at the same site, and took no part."""
    site = UNITS[unit][0]
    for one in STAFF:
        if one.username not in took_part and any(UNITS[at][0] == site for _role, at in one.roles):
            yield one.username
    raise CannotPerform(END_TRANSCRIPTION)

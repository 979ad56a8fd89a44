"""While a therapy is copied from paper: what is refused, each time with what to do next.

Each step of the past is told as a late fact, in the order in which it happened. Nothing else
happens to the therapy but what needs no past (`on_paper.is_beside`), until two have ended it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from workflows.case import Case
from workflows.facts import Deed, Mode, Signing, Subject
from workflows.model import Verb, Workflow
from workflows.on_paper import (
    APPLY_LABEL,
    COMPARED_UNTIL,
    END_TRANSCRIPTION,
    OF_THE_ENGINE,
    VERIFIED,
    is_at_the_bed,
    is_beside,
    is_copied,
)
from workflows.refusal import Refusal

TRANSCRIBED = "transcribed"  # the kind of an entry
BAG_LABEL = "bag-label"


def problems(case: Case) -> Iterator[Refusal]:
    """Everything that an open transcription has against this request; nothing without one."""
    if not case.facts.therapy.is_copied:
        return
    action, is_late = case.action, case.request.mode is Mode.LATE
    goes_on = action.name in OF_THE_ENGINE or is_beside(case.workflow, action)
    if goes_on and is_late:
        yield Refusal(
            "NOT_COPIED",
            f"“{action.title}” is no step of the past: it is done now, beside the transcription",
            "Take it as ever, and say in it what stands on the paper",
        )
    elif not goes_on:
        yield from _not_copied(case) if not is_late else _copied(case)
    if action.name == END_TRANSCRIPTION:
        yield from _not_ended(case)


def _not_copied(case: Case) -> Iterator[Refusal]:
    yield Refusal(
        "TRANSCRIPTION_OPEN",
        f"This therapy is still copied from paper, and “{case.action.title}” would go on with it",
        "Enter what happened on paper, then end the transcription; two sign that",
    )


def _copied(case: Case) -> Iterator[Refusal]:
    """Why this is no step that can be copied, or not with this time."""
    if is_at_the_bed(case.workflow, case.action):
        yield Refusal(
            "NEVER_COPIED",
            f"“{case.action.title}” is done at the patient's bed, and is never copied from paper",
            "End the transcription before it; a product that is infused already is no case for it",
        )
    elif not is_copied(case.workflow, case.action):
        yield Refusal(
            "NOT_COPIED",
            f"“{case.action.title}” cannot be copied from paper",
            "Take it when the transcription has ended",
        )
    last = last_copied(case.history)
    happened_at = case.request.happened_at
    if last and happened_at is not None and happened_at < last.happened_at:
        yield Refusal(
            "BEFORE_THE_LAST_STEP",
            f"The step before, “{case.title_of_step(last.action)}”, happened at"
            f" {last.happened_at:%Y-%m-%d %H:%M} UTC, and this one would lie before it",
            "Enter the steps in the order in which they happened; correct the time",
        )


def copied_steps(history: Sequence[Deed]) -> tuple[Deed, ...]:
    """Every step that was copied so far."""
    return tuple(deed for deed in history if deed.kind == TRANSCRIBED)


def last_copied(history: Sequence[Deed]) -> Deed | None:
    """The newest step that was copied, or None before the first."""
    return next(reversed(copied_steps(history)), None)


# -- the end ---------------------------------------------------------------------------------------


def _not_ended(case: Case) -> Iterator[Refusal]:
    """Why the transcription cannot end yet, or not by these two."""
    steps = copied_steps(case.history)
    if not steps:
        yield Refusal(
            "NOTHING_COPIED",
            "No step was copied from the paper yet",
            "Enter the steps, or cancel the therapy and order it anew",
        )
    newest = case.facts.therapy.next_seq - 1
    if case.given(COMPARED_UNTIL) != str(newest):
        yield Refusal(
            "COMPARED_BEFORE",
            f"Something was recorded since it was compared: the newest entry is {newest}",
            "Look at every step once more, then sign",
        )
    took_part = {person for deed in steps for person, _meaning in deed.persons}
    took_part |= {deed.actor for deed in (*case.history[:1], *steps)}
    yield from _wrong_people(case, took_part)
    yield from _correctors(case, took_part)
    for subject in unlabelled(case.workflow, case.facts.subjects.values(), case.history):
        title = case.workflow.machines[subject.machine].title
        on_its_way = subject.position.in_transit
        yield Refusal(
            "LABEL_NOT_APPLIED",
            f"Nobody has said yet that the {title.lower()} {subject.id} carries our label",
            "It is on its way: enter that it arrived, then label it"
            if on_its_way
            else "Stick our label on it; two scan it and sign that it is on",
        )


def _wrong_people(case: Case, took_part: set[str]) -> Iterator[Refusal]:
    """Who copied signs that; who verifies has copied nothing, and did not order it."""
    for signing in case.request.signings:
        is_verifying, took = signing.meaning == VERIFIED, signing.person.id in took_part
        if is_verifying and took:
            yield _took_part(signing)
        elif not is_verifying and not took:
            yield Refusal(
                "COPIED_NOTHING",
                f"{signing.person.username} copied nothing of this therapy",
                "Somebody who copied steps of it signs first",
            )


def _correctors(case: Case, took_part: Collection[str]) -> Iterator[Refusal]:
    """Who corrected what was copied does not compare their own words with the paper."""
    actions = case.workflow.actions.values()
    rules = {one.name: one.signatures for one in actions if one.verb is Verb.CORRECT}
    wrote = set[str]()
    for deed in case.history:
        if deed.action in rules and deed.kind != "refused":
            # The second who signed a correction has compared it, and wrote nothing.
            first = {rule.meaning for rule in rules[deed.action][:1]}
            wrote |= {deed.actor, *(who for who, meaning in deed.persons if meaning in first)}
    for signing in case.request.signings:
        if signing.meaning == VERIFIED and signing.person.id in wrote - {*took_part}:
            yield Refusal(
                "TOOK_PART",
                f"{signing.person.username} corrected what was copied, and cannot verify it",
                "A second person compares every step with the paper",
            )


def _took_part(signing: Signing) -> Refusal:
    return Refusal(
        "TOOK_PART",
        f"{signing.person.username} ordered this therapy or copied steps of it,"
        " and cannot verify it",
        "A second person compares every step with the paper",
    )


def unlabelled(
    workflow: Workflow, subjects: Iterable[Subject], history: Sequence[Deed]
) -> Iterator[Subject]:
    """Each living thing that carries a label, of which two have not said yet that it is on."""
    printing = {name for name, one in workflow.actions.items() if BAG_LABEL in one.prints}
    for subject in subjects:
        machine = workflow.machines[subject.machine]
        is_over = machine.states[subject.position.state].final
        if machine.labelled and not is_over and not _is_labelled(subject, history, printing):
            yield subject


def _is_labelled(subject: Subject, history: Sequence[Deed], printing: Collection[str]) -> bool:
    """Two have seen its newest label on it."""
    deeds = [deed for deed in history if deed.kind != "refused" and subject.id in deed.subjects]
    printed = max((d.seq for d in deeds if d.action in printing), default=subject.born_seq)
    return any(deed.action == APPLY_LABEL and deed.seq > printed for deed in deeds)

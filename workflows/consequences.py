"""What an allowed entry opens beside itself: exceptions, each with the stop that belongs to it.

What has happened is recorded, and what it did to a thing is not forgotten: whatever is in doubt
stands still from the same entry on, until quality assurance has looked at it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from workflows import moves
from workflows.case import Case
from workflows.expansion import THINGS
from workflows.facts import Subject
from workflows.fields import read
from workflows.model import Custody, Field, FieldKind, Kind, MoveRule
from workflows.moves import Drafting
from workflows.refusal import Refusal
from workflows.wrong import Wrong


def of_broken_rule(
    drafting: Drafting, refusal: Refusal, is_broken: Callable[[Case], bool] | None
) -> None:
    """A rule that a late fact broke is an exception: critical while what it harmed still lives.

    `is_broken` asks the rule of a part of the case; None stands for a rule about people and
    papers, which harms no thing.
    """
    seen = f"{refusal.code}: {refusal.sentence}"
    harmed = _harmed(drafting.case, is_broken) if is_broken else []
    living = [s for s in harmed if not drafting.case.is_final(_standing(drafting, s))]
    for subject in living:
        stop(drafting, subject, seen, Wrong.DEVIATION)
    if living:
        return
    # What was made is not older than this entry, so nothing can be opened on it yet: the critical
    # exception bars it from being shipped, released and infused.
    lives_on = is_broken is not None and _makes_a_thing(drafting.case)
    of_class = "critical" if lives_on else "major"
    moves.open_exception(drafting, seen=seen, kind=Wrong.DEVIATION, of_class=of_class)


def of_a_late_entry(drafting: Drafting) -> None:
    """Nothing was against a rule; all the same somebody else looks at it (EU GMP Annex 11, 16)."""
    seen = f"Entered late: {drafting.case.action.title}"
    moves.open_exception(drafting, seen=seen, kind=Wrong.DEVIATION, of_class="minor")


def _harmed(case: Case, is_broken: Callable[[Case], bool]) -> list[Subject]:
    """The things in hand for each of which alone the rule is broken."""
    in_hand = (t for t in case.turns_of(*THINGS) if t.rule.custody is not Custody.NONE)
    return [turn.subject for turn in in_hand if is_broken(replace(case, turns=(turn,)))]


def _makes_a_thing(case: Case) -> bool:
    """The action brings something into being that can be used later."""
    kinds = {case.kind_of(arrival.rule.machine) for arrival in case.arrivals}
    return bool(kinds & {*THINGS, Kind.LOT})


def of_alarming_answers(drafting: Drafting) -> None:
    """An answer that the definition calls an alarm stops the thing that it was given about."""
    case = drafting.case
    for field in (field for field in case.action.fields if field.alarms):
        answer = case.request.values.get(field.name, "").strip()
        if answer and read(field, answer) in field.alarms:
            for subject in _asked_about(case, field):
                stop(drafting, subject, f"{field.title}: {read(field, answer)}", Wrong.DAMAGE)


def _asked_about(case: Case, field: Field) -> Iterator[Subject]:
    """The things on which a field is recorded."""
    turns = case.turns_of(*THINGS)
    return (t.subject for t in turns if field.on in {"*", t.subject.machine})


def of_what_is_reported(drafting: Drafting) -> None:
    """What an action says is wrong with a thing is in the register of exceptions too.

    It is major, and stops nothing: the thing stands in a state of its own from here on, which is
    left by a decision, and that has to be possible within minutes.
    """
    case = drafting.case
    if case.action.opens:
        texts = (one for one in case.action.fields if one.kind is FieldKind.TEXT)
        told = [f"{one.title}: {case.given(one.name)}" for one in texts if case.given(one.name)]
        seen = "; ".join([case.action.title, *told])
        for turn in case.turns_of(*THINGS):
            kind = Wrong(case.action.opens)
            moves.open_exception(drafting, seen=seen, kind=kind, of_class="major", on=turn.subject)


def of_things_on_their_way(drafting: Drafting) -> None:
    """What a decision cannot reach, because nobody has it in hand, stands still on arrival."""
    case = drafting.case
    rules = [rule for rule in case.action.moves if rule.hold_in_transit]
    if not rules:
        return
    made = (child for turn in case.turns_of(Kind.LOT) for child in case.children(turn.subject.id))
    for child in made:
        if child.position.in_transit and any(_is_of(rule, child) for rule in rules):
            stop(drafting, child, f"It was on its way: {case.action.title}", Wrong.DEVIATION)


def _is_of(rule: MoveRule, subject: Subject) -> bool:
    """The rule is one for this subject, where it stands now."""
    return rule.machine == subject.machine and subject.position.state in rule.from_states


def stop(drafting: Drafting, subject: Subject, seen: str, kind: Wrong) -> None:
    """Open a critical exception on a thing, and put the thing on hold where it now stands."""
    standing = _standing(drafting, subject)
    holdable = moves.hold_rule(drafting.case, standing) is not None
    # What is used up or lost cannot be held; that it was seen is recorded all the same.
    stops = "item" if holdable else "nothing"
    moves.open_exception(drafting, seen=seen, kind=kind, stops=stops, on=subject)
    if holdable:
        moves.hold(drafting, standing)


def _standing(drafting: Drafting, subject: Subject) -> Subject:
    """The subject where the moves of the draft have brought it."""
    last = [move.after for move in drafting.moves if move.subject == subject.id]
    return replace(subject, position=last[-1]) if last else subject

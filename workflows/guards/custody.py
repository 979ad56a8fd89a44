"""Who has it: no gap between giver and receiver, nothing moved past a stop, nothing forgotten."""

from collections.abc import Iterator, Mapping, Sequence

from workflows.case import Case, Turn
from workflows.facts import Subject
from workflows.model import Custody, Relation, Verb, Workflow
from workflows.packing import NOTHING, PACKAGING, Packing, layers, packing_of
from workflows.refusal import Refusal

_BY_THE_HOLDER = {Custody.KEEPS, Custody.RELEASES, Custody.TAKES_BACK, Custody.ENDS}
_NOT_IN_TRANSIT = {Custody.KEEPS, Custody.RELEASES, Custody.ENDS}
_ONLY_IN_TRANSIT = {Custody.ACCEPTS, Custody.TAKES_BACK}
_NOT_AS_IT_STANDS = {Packing.OUTSIDE, Packing.GOES_IN, Packing.COMES_OUT}


def custody_is_unbroken(case: Case) -> Refusal | None:
    """The giver holds it, the receiver is the one it was sent to (hard guard 6)."""
    for turn in case.turns:
        refusal = _gap(case, turn)
        if refusal:
            return refusal
    releases = any(turn.rule.custody is Custody.RELEASES for turn in case.turns)
    consignee = case.facts.consignee
    # What was looked up must be what was asked for: a slip of the caller sends nothing.
    if releases and (consignee is None or consignee.id != case.request.consignee):
        return Refusal(
            "CONSIGNEE_MISSING",
            "To whom it goes is not known here",
            "Name the receiving unit",
        )
    return None


def _gap(case: Case, turn: Turn) -> Refusal | None:
    """What is wrong with one subject's custody, if anything."""
    return _transit_gap(turn) or _holder_gap(case, turn)


def _transit_gap(turn: Turn) -> Refusal | None:
    """It is on its way where it must be at rest, or the other way round."""
    custody, in_transit = turn.rule.custody, turn.subject.position.in_transit
    # Without custody and into another state: somebody decides on what nobody has in hand.
    decided = custody is Custody.NONE and turn.rule.to_state not in {
        "",
        turn.subject.position.state,
    }
    if (custody in _NOT_IN_TRANSIT or decided) and in_transit:
        return Refusal(
            "IN_TRANSIT",
            f"{turn.subject.id} was handed over and not yet accepted",
            "The receiver accepts it, or the giver takes it back",
        )
    if custody in _ONLY_IN_TRANSIT and not in_transit:
        return Refusal(
            "NOT_IN_TRANSIT",
            f"{turn.subject.id} was not handed over to anybody",
            "Its holder hands it over first",
        )
    return None


def _holder_gap(case: Case, turn: Turn) -> Refusal | None:
    """This unit is not the one that may give or take it."""
    position, custody, unit = turn.subject.position, turn.rule.custody, case.request.unit.id
    if custody in _BY_THE_HOLDER and position.holder != unit:
        return Refusal(
            "NOT_THE_HOLDER",
            f"{turn.subject.id} is not held by this unit",
            "Its holder acts, or hands it over first",
        )
    if custody is Custody.ACCEPTS and position.consignee != unit:
        return Refusal(
            "NOT_THE_CONSIGNEE",
            f"{turn.subject.id} was sent to another unit",
            "Leave it closed and call the sender",
        )
    if custody is Custody.RELEASES and case.request.consignee == position.holder:
        return Refusal(
            "CONSIGNEE_IS_HOLDER", "It cannot be sent to its holder", "Name the receiver"
        )
    if custody is Custody.LOSES and unit not in {position.holder, position.consignee}:
        return Refusal(
            "NOT_THE_HOLDER",
            f"{turn.subject.id} is neither with this unit nor on its way to it",
            "Its holder or its consignee reports it lost",
        )
    return None


def nothing_is_packed_elsewhere(case: Case) -> Refusal | None:
    """What is in a closed package moves with it, or is taken out of it; missing, it is lost alone.

    Nothing is packed twice either: what goes into a package is in no other one.
    """
    opened = opened_by(case)
    moving = {(turn.subject.id, turn.rule.custody) for turn in case.turns}
    for turn in case.turns:
        packing, around = packing_of(case.action, turn.rule), turn.subject.position.inside
        # Taken out of what is opened here it is where it should be; all the others are not.
        if packing is Packing.COMES_OUT and around in opened:
            continue
        if packing in _NOT_AS_IT_STANDS and around != NOTHING:
            return packed_away(case.workflow, case.facts.subjects, turn.subject)
        if packing is Packing.INSIDE and (around, turn.rule.custody) not in moving:
            return _without_its_layer(case, turn.subject)
    return None


def _without_its_layer(case: Case, thing: Subject) -> Refusal:
    """The definition is wrong, and was proven by an earlier program: the store would refuse it."""
    around = case.facts.subjects[thing.position.inside]
    return Refusal(
        "LAYER_LEFT_BEHIND",
        f"“{case.action.title}” moves {thing.id} without {around.id}, in which it is",
        "Call whoever keeps the definition: a newer version moves both (`coi workflow check`)",
    )


def opened_by(case: Case) -> frozenset[str]:
    """The packages and shipments that this action opens."""
    if case.action.verb is not Verb.UNPACK:
        return frozenset()
    ended = (turn for turn in case.turns_of(*PACKAGING) if turn.rule.custody is Custody.ENDS)
    return frozenset(turn.subject.id for turn in ended)


def packed_away(workflow: Workflow, subjects: Mapping[str, Subject], thing: Subject) -> Refusal:
    """It cannot be reached: whatever is closed around it is opened first, from the outside."""
    around = list(layers(subjects, thing))
    machines = workflow.machines
    told = ", which is in ".join(
        f"{machines[one.machine].title.lower()} {one.id}" for one in around
    )
    outermost = machines[around[-1].machine].title.lower()
    return Refusal(
        "PACKED",
        f"{thing.id} is in {told}",
        f"Open the {outermost} {around[-1].id} first: scan it, then what is in it",
    )


def nothing_is_on_hold(case: Case) -> Refusal | None:
    """Neither the therapy nor what the action touches is stopped (the store refuses it too)."""
    stopped = [turn for turn in case.turns if not turn.rule.while_stopped]
    held = next((turn.subject for turn in stopped if turn.subject.position.stops), None)
    if held is not None:
        return Refusal("ON_HOLD", f"{held.id} is on hold", "QA lifts the hold first")
    born = any(not arrival.rule.while_stopped for arrival in case.arrivals)
    # Where every rule allows it while stopped, somebody lifts a hold or reports what is wrong.
    if case.facts.therapy.stops and (stopped or born):
        return Refusal("THERAPY_ON_HOLD", "The whole therapy is on hold", "QA lifts the hold first")
    return _came_in_what_is_on_hold(case, stopped)


def _came_in_what_is_on_hold(case: Case, stopped: Sequence[Turn]) -> Refusal | None:
    """A doubt about a package is a doubt about what was in it, at any depth, opened or not."""
    if not any(s.position.stops for s in case.subjects_of(*PACKAGING)):
        return None
    for turn in stopped:
        for package in _ever_around(case, turn.subject):
            if package.position.stops:
                title = case.workflow.machines[package.machine].title.lower()
                return Refusal(
                    "CAME_ON_HOLD",
                    f"{turn.subject.id} was packed in {package.id}, which is on hold",
                    f"QA lifts the hold of the {title} first",
                )
    return None


def _ever_around(case: Case, thing: Subject) -> Iterator[Subject]:
    """Every package that was ever closed around it, or around a package that it was in."""
    for package in case.children(thing.id, Relation.PACKED_IN):
        yield package
        yield from _ever_around(case, package)

"""Who has it: no gap between giver and receiver, nothing moved past a stop, nothing forgotten."""

from collections.abc import Sequence

from workflows.case import Case, Turn
from workflows.model import Custody, Kind, Relation
from workflows.refusal import Refusal

_BY_THE_HOLDER = {Custody.KEEPS, Custody.RELEASES, Custody.TAKES_BACK, Custody.ENDS}
_NOT_IN_TRANSIT = {Custody.KEEPS, Custody.RELEASES, Custody.ENDS}
_ONLY_IN_TRANSIT = {Custody.ACCEPTS, Custody.TAKES_BACK}
# A decision on paper reaches what is packed, and what is missing from its shipment is lost alone.
_WHILE_PACKED = {Custody.NONE, Custody.LOSES}


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
    """What travels inside a shipment moves with it, not on its own; missing, it is lost alone."""
    packed = _packed_elsewhere(case)
    for turn in case.turns:
        if turn.subject.id in packed and turn.rule.custody not in _WHILE_PACKED:
            return Refusal(
                "PACKED",
                f"{turn.subject.id} is packed in {packed[turn.subject.id]}",
                "Unpack the shipment first",
            )
    return None


def _packed_elsewhere(case: Case) -> dict[str, str]:
    """What is packed in a shipment that does not move with it now, and in which one."""
    moved = {turn.subject.id for turn in case.turns}
    return {
        parent.id: shipment.id
        for shipment in case.subjects_of(Kind.SHIPMENT)
        if shipment.id not in moved and not case.is_final(shipment)
        for parent in case.parents(shipment.id, Relation.PACKED_IN)
    }


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
    """A doubt about a shipment is a doubt about what was in it, unpacked or not."""
    if not any(s.position.stops for s in case.subjects_of(Kind.SHIPMENT)):
        return None
    for turn in stopped:
        for shipment in case.children(turn.subject.id, Relation.PACKED_IN):
            if shipment.position.stops:
                return Refusal(
                    "CAME_ON_HOLD",
                    f"{turn.subject.id} was packed in {shipment.id}, which is on hold",
                    "QA lifts the hold of the shipment first",
                )
    return None

"""Who has it: no gap between giver and receiver, nothing moved past a stop, nothing forgotten."""

from datetime import timedelta
from decimal import Decimal

from workflows.case import Case, Turn
from workflows.facts import Label
from workflows.fields import is_number
from workflows.guards.identity import shipper_scan
from workflows.model import Custody, Kind, Pick, Relation, Verb
from workflows.refusal import Refusal

_BY_THE_HOLDER = {Custody.KEEPS, Custody.RELEASES, Custody.TAKES_BACK, Custody.ENDS}
_NOT_IN_TRANSIT = {Custody.KEEPS, Custody.RELEASES, Custody.ENDS}
_ONLY_IN_TRANSIT = {Custody.ACCEPTS, Custody.TAKES_BACK}
_WHILE_PACKED = {Custody.NONE, Custody.LOSES}


def custody_is_unbroken(case: Case) -> Refusal | None:
    """The giver holds it, the receiver is the one it was sent to (hard guard 6)."""
    for turn in case.turns:
        refusal = _gap(case, turn)
        if refusal:
            return refusal
    releases = any(turn.rule.custody is Custody.RELEASES for turn in case.turns)
    consignee = case.facts.consignee
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
    open_shipments = [s for s in case.subjects_of(Kind.SHIPMENT) if not case.is_final(s)]
    if not open_shipments:
        return None
    moved = {turn.subject.id for turn in case.turns}
    packed = {
        parent.id: shipment.id
        for shipment in open_shipments
        if shipment.id not in moved
        for parent in case.parents(shipment.id, Relation.PACKED_IN)
    }
    for turn in case.turns:
        if turn.subject.id in packed and turn.rule.custody not in _WHILE_PACKED:
            return Refusal(
                "PACKED",
                f"{turn.subject.id} is packed in {packed[turn.subject.id]}",
                "Unpack the shipment first",
            )
    return None


def nothing_is_on_hold(case: Case) -> Refusal | None:
    """Neither the therapy nor what the action touches is stopped (the store refuses it too)."""
    stopped = [turn for turn in case.turns if not turn.rule.while_stopped]
    held = next((turn.subject for turn in stopped if turn.subject.position.stops), None)
    if held is not None:
        return Refusal("ON_HOLD", f"{held.id} is on hold", "QA lifts the hold first")
    born = any(not arrival.rule.while_stopped for arrival in case.arrivals)
    if case.facts.therapy.stops and (stopped or born):
        return Refusal("THERAPY_ON_HOLD", "The whole therapy is on hold", "QA lifts the hold first")
    return None


def something_is_packed(case: Case) -> Refusal | None:
    """A shipment holds at least one container, and all of one sort."""
    machines = {turn.subject.machine for turn in case.turns_of(Kind.CONTAINER)}
    if len(machines) == 1:
        return None
    return Refusal("NOTHING_PACKED", "A shipper takes containers of one sort", "Scan what goes in")


def whole_contents_are_scanned(case: Case) -> Refusal | None:
    """Every container that was packed is scanned on unpacking, and nothing else (hard guard 2)."""
    scanned = {label.subject for label in case.scanned(Label)}
    for turn in case.turns_of(Kind.SHIPMENT):
        packed = case.parents(turn.subject.id, Relation.PACKED_IN)
        missing = [s.id for s in packed if s.id not in scanned and not case.is_final(s)]
        if missing:
            return Refusal(
                "CONTENTS_INCOMPLETE",
                f"{missing[0]} was packed in {turn.subject.id} and is not scanned",
                "Scan every container; if one is not there, report it lost",
            )
        extra = {t.subject.id for t in case.turns_of(Kind.CONTAINER)} - {s.id for s in packed}
        if extra:
            return Refusal(
                "CONTENTS_UNEXPECTED",
                f"{min(extra)} was not packed in {turn.subject.id}",
                "Stop, and call the sender",
            )
    return None


def shipper_holds_long_enough(case: Case) -> Refusal | None:
    """The shipper is qualified and keeps cold for planned transit plus margin (hard guard 12)."""
    if case.action.verb is Verb.PACK:
        return _new_shipper(case)
    for turn in case.turns_of(Kind.SHIPMENT):
        if turn.rule.pick is Pick.SCANNED:
            refusal = _packed_shipper(case, turn)
            if refusal:
                return refusal
    return None


def _new_shipper(case: Case) -> Refusal | None:
    """The scanned shipper will do for the planned transit."""
    shipper = shipper_scan(case)
    if shipper is None:
        return Refusal("SHIPPER_NOT_SCANNED", "No shipper was scanned", "Scan the shipper's label")
    text = case.given("planned_transit_hours")
    if not is_number(text):
        return Refusal("TRANSIT_UNKNOWN", "The planned transit is not given", "Give its hours")
    planned = _hours(text)
    arrival = case.facts.now + planned
    if shipper.qualified_until is None or shipper.qualified_until < arrival:
        return Refusal(
            "SHIPPER_NOT_QUALIFIED",
            f"The shipper {shipper.serial} is not qualified for the time of transit",
            "Take another shipper",
        )
    if timedelta(hours=shipper.hold_hours or 0) < planned + _margin(case):
        return Refusal(
            "SHIPPER_HOLD_TIME",
            f"The shipper {shipper.serial} holds {shipper.hold_hours} h: too short with the margin",
            "Take a shipper that holds longer",
        )
    return None


def _packed_shipper(case: Case, turn: Turn) -> Refusal | None:
    """What is left of the hold time covers the transit that is still ahead."""
    packed = next((d for d in case.history if d.seq == turn.subject.born_seq), None)
    hold = case.value(turn.subject.id, "hold_hours")
    planned = case.value(turn.subject.id, "planned_transit_hours")
    if packed is None or hold is None or planned is None:
        return Refusal("SHIPPER_UNKNOWN", "The shipper's hold time is not on record", "Repack it")
    warm_at = packed.happened_at + _hours(hold.content)
    ahead = (
        _hours(planned.content) + _margin(case) if turn.subject.position.turn == 1 else timedelta()
    )
    if case.facts.now + ahead > warm_at:
        return Refusal(
            "SHIPPER_HOLD_TIME",
            "The shipper no longer holds its temperature for the way that is left",
            "Repack into a fresh shipper",
        )
    return None


def _hours(text: str) -> timedelta:
    """A number of hours."""
    return timedelta(seconds=int(Decimal(text) * 3600))


def _margin(case: Case) -> timedelta:
    """The margin on top of the planned transit, from the definition."""
    return _hours(str(case.workflow.product["transit_margin_hours"]))

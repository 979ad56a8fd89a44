"""What travels: a shipper that is qualified, free and cold, and all of its contents."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from workflows.case import Case, Turn
from workflows.facts import Label, Mode, Subject
from workflows.fields import is_number
from workflows.guards.custody import opened_by
from workflows.guards.identity import shipper_scan
from workflows.guards.quality import no_critical_exception_is_open
from workflows.label_life import BY_DEVICE
from workflows.model import Custody, Kind, Pick, SiteKind, Verb, Workflow
from workflows.packing import contents
from workflows.refusal import CONTENTS_INCOMPLETE, CONTENTS_UNEXPECTED, Refusal

DESTINATION = "deliver_to"
"""The field of a shipment that says where it was re-routed to."""


def something_is_packed(case: Case) -> Refusal | None:
    """A shipment holds at least one container, and all of one sort."""
    machines = {turn.subject.machine for turn in case.turns_of(Kind.CONTAINER)}
    if len(machines) == 1:
        return None
    return Refusal("NOTHING_PACKED", "A shipper takes containers of one sort", "Scan what goes in")


def shipper_is_free(case: Case) -> Refusal | None:
    """The scanned shipper is not closed around something else of this therapy."""
    shipper = shipper_scan(case)
    for shipment in case.subjects_of(Kind.SHIPMENT):
        used = case.value(shipment.id, "shipper")
        if shipper and used and used.content == shipper.serial and not case.is_final(shipment):
            return Refusal(
                "SHIPPER_IN_USE",
                f"The shipper {shipper.serial} is packed as {shipment.id}",
                "Take another shipper, or unpack that one first",
            )
    return None


def shipment_has_not_left(case: Case) -> Refusal | None:
    """Nobody has accepted the shipment since it was packed: it never left who packed it."""
    accepts = [a.name for a in case.workflow.actions.values() if a.verb is Verb.ACCEPT]
    for turn in case.turns_of(Kind.SHIPMENT):
        if any(case.last_deed(name, turn.subject.id) for name in accepts):
            return Refusal(
                "SHIPMENT_HAS_LEFT",
                f"{turn.subject.id} has been on its way",
                "Unpack it where it arrives, and inspect what was in it",
            )
    return None


def shipment_goes_where_it_was_sent_on(case: Case) -> Refusal | None:
    """A shipment that was re-routed goes to the unit that it was re-routed to, and to no other."""
    releases = any(turn.rule.custody is Custody.RELEASES for turn in case.turns)
    unit = case.facts.consignee if releases else case.request.unit
    for turn in case.turns_of(Kind.SHIPMENT):
        told = case.value(turn.subject.id, DESTINATION)
        on_its_way = unit is None or unit.site_kind == SiteKind.COURIER
        if told is not None and not on_its_way and unit and unit.id != told.content:
            return Refusal(
                "SHIPMENT_REROUTED",
                f"{turn.subject.id} was re-routed to {told.content}",
                "Leave it closed with the courier, who takes it there",
            )
    return None


def shipment_is_stopped(case: Case) -> Refusal | None:
    """A hold, a stop-ship or a critical exception bars the usual way of what is in hand."""
    held = any(turn.subject.position.stops for turn in case.turns)
    if held or case.facts.therapy.stops or no_critical_exception_is_open(case):
        return None
    return Refusal("NOT_STOPPED", "Nothing stops this shipment", "Hand it over as it was planned")


def shipment_goes_into_keeping(case: Case) -> Refusal | None:
    """What is stopped goes to somebody who keeps it: to no other courier."""
    unit = case.facts.consignee
    if unit and (unit.site_kind != SiteKind.COURIER or unit.site == case.request.unit.site):
        return None
    return Refusal(
        "CARRIED_ON",
        "A stopped shipment is not carried on by another courier",
        "Name the sender, the destination, or your own depot",
    )


def whole_contents_are_scanned(case: Case) -> Refusal | None:
    """What was packed is scanned when a package is opened: all of it, nothing else (hard guard 2).

    Of each layer what is directly in it; what is deeper is scanned when that layer is opened.
    Whoever types a label may have it from a list: a second person reads the characters too.
    """
    opened = sorted(opened_by(case))
    if len(opened) > 1:
        return Refusal(
            "ONE_AT_A_TIME",
            f"{len(opened)} packages would be opened at once",
            "Open one, scan what is in it, and then the next",
        )
    for package in opened:
        strange, missing = strange_in(case, package), missing_from(case, package)
        if strange:
            return not_expected_in(case.workflow, package, strange, missing)
        if missing:
            return not_scanned(package, missing)
    if opened and (typed := _typed_by_one(case)):
        return Refusal(
            "TYPED_BY_ONE",
            f"{_listed(typed)} typed, and read by one person alone",
            "Scan the label. If it cannot be read, open the package on its page, where a second"
            " person reads the characters too",
        )
    return None


def _typed_by_one(case: Case) -> list[str]:
    """The labels that one person typed and nobody else has read; none of what paper tells."""
    if case.request.mode is Mode.LATE:
        return []
    scans = case.request.scans
    read = {scan.means for scan in scans if scan.how in BY_DEVICE or scan.confirmed_by}
    return sorted({label.serial for label in case.scanned(Label) if label not in read})


def missing_from(case: Case, package: str) -> list[str]:
    """What should be directly in a package that is opened, and was not scanned."""
    scanned = {label.subject for label in case.scanned(Label)}
    return [name for name in _expected_in(case, package) if name not in scanned]


def strange_in(case: Case, package: str) -> list[Subject]:
    """What of this therapy was scanned where a package is opened, and should not be in it."""
    scanned = {label.subject for label in case.scanned(Label)} & set(case.facts.subjects)
    strange = scanned - {package, *_expected_in(case, package)}
    return [case.facts.subjects[name] for name in sorted(strange)]


def _expected_in(case: Case, package: str) -> list[str]:
    # What was lost on the way has come to its end on record, and should not be here any more.
    packed = contents(case.facts.subjects, package)
    return [one.id for one in packed if not case.is_final(one)]


def not_scanned(package: str, missing: Sequence[str]) -> Refusal:
    """These should be in a package that was opened, and nobody has scanned them."""
    return Refusal(
        CONTENTS_INCOMPLETE,
        _missing(package, missing),
        "Look again in what it came in, and beside it. Call the sender and quality assurance;"
        " report it lost only when they say so",
    )


def not_expected_in(
    workflow: Workflow, package: str, found: Sequence[Subject], missing: Sequence[str] = ()
) -> Refusal:
    """These were scanned in a package that was opened, and should not be there.

    What should be there and was not scanned is named beside them: they may have been exchanged.
    """
    strangers = [one.id for one in found if one.position.inside != package]
    told = [f"{_listed(strangers)} not packed in {package}"] if strangers else []
    for one in found:
        if one.position.inside == package:
            state = workflow.machines[one.machine].states[one.position.state].title.lower()
            told.append(f"{one.id} is on record as {state}, and was scanned in {package}")
    told += [_missing(package, missing)] if missing else []
    return Refusal(
        CONTENTS_UNEXPECTED,
        f"STOP. {'; '.join(told)}",
        "Put it aside, and everything beside it. Open an exception, and call the sender",
    )


def _missing(package: str, missing: Sequence[str]) -> str:
    """What should be in a package, and nobody has scanned."""
    return f"{_listed(missing)} packed in {package} and not scanned"


def _listed(things: Sequence[str]) -> str:
    """The things, one by one, and the verb that goes with them."""
    return f"{', '.join(things)} {'was' if len(things) == 1 else 'were'}"


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
    # Qualified when it arrives, and not only when it leaves.
    if shipper.qualified_until is None or shipper.qualified_until < arrival:
        return Refusal(
            "SHIPPER_NOT_QUALIFIED",
            f"The shipper {shipper.serial} is not qualified for the time of transit",
            "Take another shipper",
        )
    # Without a hold time on record it holds for no time at all.
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
    # Once it has been handed over nobody knows how much of the plan is left; then it must still be
    # cold now.
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

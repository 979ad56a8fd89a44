"""The way of a therapy from vein to vein: what was when, in whose hands, and by when it should be.

Everything here is worked out from what is on record. A step was late where it was taken after the
time that its workflow allows from when it could be taken, as the work lists count it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from coi.clock import parse_rfc3339
from coi.services.installation import Installation
from coi.services.looking import TherapyPage, look_at
from coi.services.sessions import SignedIn
from coi.services.spans import Spans, spans_of
from coi.services.therapies import Happened, TherapyView
from coi.store.tasks import task_rows
from workflows.expansion import MIGRATE
from workflows.facts import Subject
from workflows.model import Action, FieldKind, Kind
from workflows.tasks import NEVER

_BESIDE = frozenset({Kind.EXCEPTION, Kind.DISPENSATION})
_NOT_DONE = "refused"
_EXPIRES = "expires_at"


@dataclass(frozen=True, slots=True)
class Stay:
    """For how long something stood in one state, in one pair of hands."""

    state: str
    phase: str
    holder: str  # in words; '' of what nobody holds
    consignee: str  # to whom it was on the way; ''
    on_hold: bool
    since: datetime
    until: datetime | None  # None: it stands there now


@dataclass(frozen=True, slots=True)
class Lane:
    """One thing and where it stood, the oldest stay first."""

    subject: str
    title: str
    kind: Kind
    stays: tuple[Stay, ...]
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that has a time within which it is to be taken."""

    title: str
    at: datetime
    due_at: datetime

    @property
    def is_late(self) -> bool:
        """It was taken after that."""
        return self.at > self.due_at


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something that is still to come: a step that is due, or a day that was planned."""

    title: str
    at: datetime
    is_plan: bool  # a day that people chose; otherwise what the workflow allows


@dataclass(frozen=True, slots=True)
class Handed:
    """One handoff: what went from whose hands into whose, and how long it was on the way."""

    things: tuple[str, ...]
    giver: str
    taker: str
    at: datetime
    minutes: int | None  # None: it was handed over without a way between


@dataclass(frozen=True, slots=True)
class Journey:
    """The whole way, as far as whoever asks may see it."""

    lanes: tuple[Lane, ...]
    taken: tuple[Taken, ...]
    ahead: tuple[Ahead, ...]
    hands: tuple[Handed, ...]
    begins: datetime
    ends: datetime  # the last that is known, or still to come
    now: datetime
    spans: Spans


def journey(
    installation: Installation, signed_in: SignedIn, coi: str
) -> tuple[TherapyPage, Journey]:
    """The therapy, and its way.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """
    page = look_at(installation, signed_in, coi)
    rows = set() if page.is_former else installation.read(lambda tx: task_rows(tx, coi))
    due = {(name, parse_rfc3339(row[2])) for row in rows for name in row[5].split()[:1]}
    return page, told(page, due, installation.clock.now())


def told(page: TherapyPage, due: set[tuple[str, datetime]], now: datetime) -> Journey:
    """The way of a therapy, with the steps (name, deadline) that are due in it."""
    view = page.view
    lanes = tuple(_lanes(page))
    ahead = (*_due(view, due), *_plans(view))
    begins = parse_rfc3339(view.history[0].happened_at)
    times = [stay.since for lane in lanes for stay in lane.stays]
    last = [*times, *(one.at for one in ahead), begins]
    is_over = page.is_over(page.root)
    return Journey(
        lanes=lanes,
        taken=tuple(_taken(view)),
        ahead=tuple(sorted(ahead, key=lambda one: one.at)),
        hands=tuple(_hands(page)),
        begins=min([*times, begins]),
        ends=max(last) if is_over else max(*last, now),
        now=now,
        spans=spans_of(view, is_over=is_over),
    )


# -- where things stood ----------------------------------------------------------------------------


def _lanes(page: TherapyPage) -> Iterator[Lane]:
    """The therapy first, then each thing in the order in which it came to be."""
    stays: dict[str, list[Stay]] = {}
    for event in page.view.history:
        for move in _moves(event):
            _go_on(page, stays.setdefault(move["subject"], []), move, event)
    expiries = _expiries(page.view)
    for name, there in stays.items():
        subject = page.view.subjects.get(name)
        if subject is not None and _kind(page, subject) not in _BESIDE:
            kind = _kind(page, subject)
            yield Lane(name, page.title(subject), kind, tuple(there), expiries.get(name))


def _go_on(page: TherapyPage, stays: list[Stay], move: Mapping[str, Any], event: Happened) -> None:
    """Let a thing stand where the move brought it; what did not change goes on."""
    at, after = parse_rfc3339(event.happened_at), move["to"]
    machine = page.view.workflow.machines[move["machine"]]
    state = machine.states.get(after["state"])
    consignee = "" if after["consignee"] == "-" else page.party(after["consignee"])
    stay = Stay(
        state=page.view.state_title(machine.name, after["state"]),
        phase=state.phase if state else "",
        holder=page.party(after["holder"]),
        consignee=consignee,
        on_hold=after["stops"] > 0,
        since=at,
        until=at if state is None or state.final else None,
    )
    if stays and _is_same(stays[-1], stay):
        return
    if stays:
        stays.append(_ended(stays.pop(), at))
    stays.append(stay)


def _is_same(one: Stay, other: Stay) -> bool:
    there = (one.state, one.holder, one.consignee, one.on_hold)
    return there == (other.state, other.holder, other.consignee, other.on_hold)


def _ended(stay: Stay, at: datetime) -> Stay:
    # What is told late can have happened before what is known already: a stay is never negative.
    return replace(stay, until=max(at, stay.since))


def _moves(event: Happened) -> Iterator[Mapping[str, Any]]:
    # Everything moves to the other version, and nothing from where it is.
    if event.kind != MIGRATE:
        yield from event.content.get("moves", ())


def _kind(page: TherapyPage, subject: Subject) -> Kind:
    return page.view.workflow.machines[subject.machine].kind


def _expiries(view: TherapyView) -> dict[str, datetime]:
    values = (value for value in view.values if value.field == _EXPIRES and value.content != "-")
    return {value.subject: parse_rfc3339(value.content) for value in values}


# -- by when ---------------------------------------------------------------------------------------


def _taken(view: TherapyView) -> Iterator[Taken]:
    """Each step with a time for it: counted from when the last of all that it needs had come."""
    came: dict[str, datetime] = {}
    newest: dict[str, datetime] = {}
    for event in view.history:
        at, action = parse_rfc3339(event.happened_at), view.workflow.actions.get(event.action)
        moves = [*_moves(event)]
        if action is not None and action.due is not None and event.kind != _NOT_DONE:
            since = _since(action, moves, came)
            if since is not None:
                after = newest.get(action.due_after, since)
                yield Taken(event.title, at, max(since, after) + action.due)
        for move in moves:
            if _goes_elsewhere(move):
                came[move["subject"]] = newest[move["machine"]] = at


def _since(
    action: Action, moves: list[Mapping[str, Any]], came: Mapping[str, datetime]
) -> datetime | None:
    """Since when it could be taken: of several things of which one is enough, the first counts."""
    first: dict[str, datetime] = {}
    for move in moves:
        name, machine = move["subject"], move["machine"]
        rule = action.rule_for(machine, move["from"]["state"])
        if rule is not None and rule.undated:
            continue
        if name in came and machine in action.needed:
            first[machine] = min(first.get(machine, came[name]), came[name])
    return max(first.values()) if first and action.needed == first.keys() else None


def _goes_elsewhere(move: Mapping[str, Any]) -> bool:
    places = ("state", "holder", "consignee")
    return any(move["from"][name] != move["to"][name] for name in places)


def _due(view: TherapyView, due: set[tuple[str, datetime]]) -> Iterator[Ahead]:
    for name, at in due:
        if at != NEVER and (action := view.workflow.actions.get(name)) is not None:
            yield Ahead(action.title, at, is_plan=False)


def _plans(view: TherapyView) -> Iterator[Ahead]:
    """The days that lay ahead when they were recorded: somebody planned something for them."""
    fields = {
        field.name: field
        for action in view.workflow.actions.values()
        for field in action.fields
        if field.kind is FieldKind.DATE
    }
    recorded = {event.seq: event.recorded_at for event in view.history}
    for value in view.values:
        field = fields.get(value.field)
        if field is None or value.recorded_in not in recorded:
            continue
        try:
            day = datetime.combine(datetime.fromisoformat(value.content).date(), time(), UTC)
        except ValueError:
            continue  # confidential: a commitment stands there
        if day > parse_rfc3339(recorded[value.recorded_in]):
            yield Ahead(field.title, day, is_plan=True)


# -- hands -------------------------------------------------------------------------------


def _hands(page: TherapyPage) -> Iterator[Handed]:
    """Each handoff that was completed: what was accepted together is told together."""
    sent: dict[str, datetime] = {}
    for event in page.view.history:
        at = parse_rfc3339(event.happened_at)
        together: dict[tuple[str, str], list[tuple[str, datetime | None]]] = {}
        for move in _moves(event):
            before, after, name = move["from"], move["to"], move["subject"]
            if after["consignee"] not in {"-", before["consignee"]}:
                sent[name] = at
            if before["holder"] not in {"-", after["holder"]} and after["holder"] in page.units:
                way = page.party(before["holder"]), page.party(after["holder"])
                together.setdefault(way, []).append((name, sent.pop(name, None)))
        for (giver, taker), things in together.items():
            left = [moment for _name, moment in things if moment is not None]
            minutes = int((at - min(left)).total_seconds() // 60) if left else None
            yield Handed(tuple(name for name, _moment in things), giver, taker, at, minutes)

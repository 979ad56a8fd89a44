"""Which clocks run for the things of a therapy, until when and why: shown, and asked by no rule.

Pure: from the definition and from what was recorded. The rules ask the engine's guards, which look
at the time again when a step is taken; what ends here opens nothing and bars nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from workflows.fields import Unreadable, is_number, read_time
from workflows.model import FieldKind, Kind, Verb, Workflow
from workflows.ringing import HOLDS, THAWED

ENDED, FROZEN = "ended_at", "frozen_at"
FIELDS = (FROZEN, THAWED, HOLDS)
"""Fields of a thing by which a clock is told, beside the end of the collection that it came from:
their names are fixed, as guards fix those of others."""
CULTURE = "day_of_culture"
"""A step that records this of a lot is one of a culture: so the cells grow where it is taken."""

ENTERED = "-state"
"""So is told into which state a lot came; no field has a name that begins so."""

PLANNED_ON = "planned_on"
"""So ends the name of a field of a lot that holds a planned day."""

_NEVER = datetime.max.replace(tzinfo=UTC)
_GONE = "gone"
_FRESH = "material_is_fresh"


class Sort(StrEnum):
    """What a clock is, as it is called."""

    HOLD = "Hold time of the starting material"
    THAW = "Thaw window"
    SHIPPER = "Shipper keeps cold"
    STEP = "Next step at the bench"
    PLAN = "Planned day of the manufacture"
    CULTURE = "In culture"


@dataclass(frozen=True, slots=True)
class Told:
    """One recorded value that starts a clock, with where its thing stands now."""

    subject: str
    machine: str
    state: str
    unit: str  # who holds it
    field: str
    content: str
    happened_at: datetime  # of the entry that recorded it


@dataclass(frozen=True, slots=True)
class Planned:
    """Steps that are due at a moment, as they were planned with the newest entry."""

    steps: tuple[str, ...]
    unit: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock that runs: of what, of which thing, until when, and why.

    One without an end tells since when it runs instead.
    """

    sort: Sort
    thing: str  # a thing of the therapy; '' for the therapy itself
    unit: str
    ends_at: datetime | None
    why: str
    steps: tuple[str, ...] = ()  # those that end it, where the definition names them
    since: datetime | None = None


def running(
    workflow: Workflow, told: Sequence[Told], planned: Sequence[Planned]
) -> tuple[Clock, ...]:
    """Every clock that runs in a therapy, the one that ends first before the others.

    What has no end comes last, since nothing is to be done by then.
    """
    clocks = (*_of_things(workflow, told), *_of_steps(workflow, planned))
    return tuple(sorted(clocks, key=lambda one: (one.ends_at or _NEVER, one.thing)))


def _of_things(workflow: Workflow, told: Sequence[Told]) -> Iterator[Clock]:
    by_thing: dict[str, list[Told]] = {}
    for one in told:
        by_thing.setdefault(one.subject, []).append(one)
    for found in by_thing.values():
        if not _is_over(workflow, found[0]):
            yield from _of_thing(workflow, found)


def _is_over(workflow: Workflow, one: Told) -> bool:
    """It has come to its end, or is used for nobody any more.

    What stands in a state that the definition does not know was left behind by an older version.
    """
    state = workflow.machines[one.machine].states.get(one.state)
    return state is None or state.final or state.phase == _GONE


def _of_thing(workflow: Workflow, told: Sequence[Told]) -> Iterator[Clock]:
    kind = workflow.machines[told[0].machine].kind
    if kind is Kind.CONTAINER:
        yield from _hold(workflow, told)
        yield from _thaw(workflow, told)
    if kind is Kind.SHIPMENT:
        yield from _shipper(told)
    if kind is Kind.LOT:
        yield from _plans(workflow, told)
        yield from _culture(workflow, told)


def _hold(workflow: Workflow, told: Sequence[Told]) -> Iterator[Clock]:
    """From the end of the collection until it is frozen, or the manufacture begins."""
    hours, begun = workflow.product.get("fresh_hold_hours"), _earliest(told, ENDED)
    if hours is None or begun is None or any(one.field == FROZEN for one in told):
        return
    if _is_kept_fresh(workflow, told[0].machine):
        why = f"at most {hours} h from the collection until it is frozen or used"
        yield _clock(Sort.HOLD, told[0], begun + timedelta(hours=int(str(hours))), why)


def _is_kept_fresh(workflow: Workflow, machine: str) -> bool:
    """Some step asks that things of this sort are fresh."""
    return any(
        one.asks(_FRESH)
        for one in workflow.actions.values()
        if any(rule.machine == machine for rule in one.moves)
    )


def _thaw(workflow: Workflow, told: Sequence[Told]) -> Iterator[Clock]:
    minutes = workflow.product.get("thaw_window_minutes")
    if minutes is None or (begun := _earliest(told, THAWED)) is None:
        return
    why = f"at most {minutes} min from the thaw until it is infused"
    yield _clock(Sort.THAW, told[0], begun + timedelta(minutes=int(str(minutes))), why)


def _shipper(told: Sequence[Told]) -> Iterator[Clock]:
    holds = [one for one in told if one.field == HOLDS and is_number(one.content)]
    if not holds:
        return
    hours, begun = holds[-1].content, min(one.happened_at for one in holds)
    ends_at = begun + timedelta(seconds=int(Decimal(hours) * 3600))
    yield _clock(Sort.SHIPPER, told[0], ends_at, f"for {hours} h since it was closed")


def _plans(workflow: Workflow, told: Sequence[Told]) -> Iterator[Clock]:
    """The days that were planned for a lot when they were recorded."""
    titles = planned_days(workflow)
    newest = {one.field: one for one in told if one.field in titles}
    for one in newest.values():
        try:
            day = datetime.combine(datetime.fromisoformat(one.content).date(), time(), UTC)
        except ValueError:
            continue
        if day > one.happened_at:
            yield _clock(Sort.PLAN, one, day, titles[one.field])


def _culture(workflow: Workflow, told: Sequence[Told]) -> Iterator[Clock]:
    """Since when the cells of a lot grow, where nobody has said until when."""
    cultures, begun = culture_states(workflow, told[0].machine), None
    if told[0].state not in cultures:
        return
    for one in reversed([one for one in told if one.field == ENTERED]):
        if one.content not in cultures:
            break
        begun = one.happened_at
    if begun is not None:
        why = workflow.machines[told[0].machine].states[told[0].state].title
        one = told[0]
        yield Clock(Sort.CULTURE, one.subject, one.unit, None, why, since=begun)


def culture_states(workflow: Workflow, machine: str) -> frozenset[str]:
    """Where the cells of a lot grow: from there some step tells the day of the culture."""
    return frozenset(
        state
        for action in workflow.actions.values()
        if any((one.name, one.on) == (CULTURE, machine) for one in action.fields)
        for rule in action.moves
        if rule.machine == machine
        for state in rule.from_states
    )


def lots(workflow: Workflow) -> frozenset[str]:
    """What lots are called in this definition."""
    return frozenset(one.name for one in workflow.machines.values() if one.kind is Kind.LOT)


def planned_days(workflow: Workflow) -> dict[str, str]:
    """The fields of a lot that hold a day, with what they are called."""
    ours = lots(workflow)
    fields = (field for action in workflow.actions.values() for field in action.fields)
    days = (one for one in fields if one.kind is FieldKind.DATE and one.on in ours)
    return {one.name: one.title for one in days if one.name.endswith(PLANNED_ON)}


def _of_steps(workflow: Workflow, planned: Sequence[Planned]) -> Iterator[Clock]:
    """Until when the cells are to be worked on next, from when the step before was done."""
    for one in planned:
        known = [workflow.actions.get(name) for name in one.steps]
        steps = [step for step in known if step and step.verb is Verb.TRANSFORM]
        if steps:
            titles = " / ".join(step.title for step in steps)
            names = tuple(step.name for step in steps)
            yield Clock(Sort.STEP, "", one.unit, one.due_at, titles, names)


def _clock(sort: Sort, one: Told, ends_at: datetime, why: str) -> Clock:
    return Clock(sort, one.subject, one.unit, ends_at, why)


def _earliest(told: Sequence[Told], field: str) -> datetime | None:
    """The earlier of what was written down last and of when it was recorded first.

    Whoever errs makes a window shorter, never longer.
    """
    found = [one for one in told if one.field == field]
    times = [one.happened_at for one in found]
    with suppress(Unreadable):
        times += [read_time(one.content) for one in found[-1:]]
    return min(times, default=None)

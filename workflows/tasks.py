"""What could be done next, where, by whom, and by when: the lists from which people work.

As in `workflows.possible`, the positions alone say it, and a task is no permission: whoever takes
the step is told by the guards what stands against it. What nobody hopes to do makes no task.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from workflows.facts import Subject, Unit
from workflows.guards.treating import OF_WHAT_IS_IN_HAND, TAKES_OVER
from workflows.model import Action, Custody, MoveRule, Verb, Workflow
from workflows.packing import reaches
from workflows.possible import in_reach, lifts_nothing
from workflows.treating import ASKED, NOBODY, Treatment

NEVER = datetime.max.replace(tzinfo=UTC)
"""When something is due that has no deadline: after everything else."""

ANYBODY = "-"
"""The role at whose desk a therapy's soonest deadline lies, whoever has to meet it."""

EVERY_SITE = "-"
"""The place at which it lies for whoever looks at the whole organisation."""

_DESK = "site:"  # what the place of a desk begins with


@dataclass(frozen=True, slots=True)
class Task:
    """What could be done at one place, the soonest first, by when, and by which roles.

    Roles that could do the same there share a task: what lies at a unit could be handed over by any
    of six.
    """

    place: str  # a unit that has it in hand, or a role's desk: see `desk`
    roles: tuple[str, ...]
    due_at: datetime
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a therapy stands: its subjects, since when they stand there, and who takes part."""

    subjects: Mapping[str, Subject]
    since: Mapping[str, datetime]
    sites: Mapping[str, str]  # each site that takes part -> its kind
    units: Mapping[str, Unit]  # each unit that has something in hand, or waits for it
    stops: int = 0  # what holds the whole therapy
    treatment: Treatment = NOBODY  # which of the sites treats
    taken: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """When a step was taken last that left a subject where it stands; if `looks_back` says so."""
    is_copied: bool = False  # it is still being copied from paper, which tells what was due


_Fits = Sequence[tuple[MoveRule, Subject]]
"""What stands where an action begins, with the rule that would move it."""

_Step = tuple[datetime, int, str]
"""When it is due, its place in the definition, its name."""

_Steps = Mapping[str, Mapping[str, Sequence[_Step]]]
"""At each place and for each role there: what it could do."""


def desk(role: str, site: str) -> str:
    """The place of what a role decides on paper, at any unit of a site."""
    return f"{_DESK}{site}:{role}"


def desk_at(place: str) -> tuple[str, str] | None:
    """Whose desk a place is: the site and the role; None where it is a unit that has things."""
    site, colon, role = place.removeprefix(_DESK).rpartition(":")
    return (site, role) if place.startswith(_DESK) and colon else None


def is_of_anybody(place: str) -> bool:
    """There lies a therapy's soonest deadline, whoever has to meet it."""
    return place == EVERY_SITE or place.endswith(f":{ANYBODY}")


def tasks(workflow: Workflow, standing: Standing) -> tuple[Task, ...]:
    """Every task of a therapy; and for each site its soonest deadline of anybody."""
    steps = _steps(workflow, standing)
    theirs = [task for place, by_role in steps.items() for task in _shared(place, by_role)]
    return (*theirs, *_of_anybody(steps, standing))


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when a step is to be taken at one place, and who can take it there."""

    action: Action
    site: str
    unit: str  # '' where it is decided on paper
    roles: tuple[str, ...]
    since: datetime
    due_at: datetime


def deadlines(workflow: Workflow, standing: Standing) -> Iterator[Deadline]:
    """Of each step that is possible now and may not take for ever, at each place where it is."""
    for number, fits in _possible(workflow, standing):
        action = workflow.usual[number]
        for place in _openings(action, fits, standing) if action.due else ():
            roles = tuple(action.roles_at(place.site_kind))
            if roles and (since := _counts_from(workflow, action, place.fits, standing)):
                due_at = since + (action.due or timedelta())
                yield Deadline(action, place.site, place.unit, roles, since, due_at)


def _steps(workflow: Workflow, standing: Standing) -> _Steps:
    steps: dict[str, dict[str, list[_Step]]] = {}
    for number, fits in _possible(workflow, standing):
        action = workflow.usual[number]
        for opening in _openings(action, fits, standing):
            since = _counts_from(workflow, action, opening.fits, standing)
            due_at = since + action.due if since and action.due else NEVER
            for role in action.roles_at(opening.site_kind):
                there = steps.setdefault(opening.place_of(role), {})
                there.setdefault(role, []).append((due_at, number, action.name))
    return steps


def _possible(workflow: Workflow, standing: Standing) -> Iterator[tuple[int, _Fits]]:
    """The usual actions, by number, for which everything is there; and what is."""
    for number, fits in _beginning(workflow, standing).items():
        action = workflow.usual[number]
        if _is_complete(action, fits) and not lifts_nothing(
            action, standing.subjects.values(), standing.stops
        ):
            yield number, fits


def _shared(place: str, steps: Mapping[str, Sequence[_Step]]) -> Iterator[Task]:
    """The tasks at one place, each once for all roles that have the same to do.

    At one place each action is due once: the numbers alone tell what a role has to do.
    """
    alike: dict[tuple[int, ...], list[str]] = {}
    for role, found in steps.items():
        alike.setdefault(tuple([number for _due_at, number, _name in found]), []).append(role)
    for roles in alike.values():
        theirs = sorted(steps[roles[0]])
        names = tuple([name for _due_at, _number, name in theirs])
        yield Task(place, tuple(sorted(roles)), theirs[0][0], names)


def _of_anybody(steps: _Steps, standing: Standing) -> Iterator[Task]:
    """The soonest deadline at each site and for everywhere, with what is due then.

    A hospital that does not treat is told of what is due with what it has in hand, and no more.
    """
    every = [step for by_role in steps.values() for found in by_role.values() for step in found]
    due_at, names = _soonest(every)
    aside = standing.treatment.aside - {standing.treatment.asked}
    seeing = [site for site in standing.sites if site not in aside]
    for place in (*(desk(ANYBODY, site) for site in seeing), EVERY_SITE):
        yield Task(place, (ANYBODY,), due_at, names)
    units = standing.units.values()
    for site in standing.sites if aside else ():
        theirs = {unit.id for unit in units if unit.site == site}
        if site in aside and theirs:
            found = [s for unit in theirs for own in steps.get(unit, {}).values() for s in own]
            yield Task(desk(ANYBODY, site), (ANYBODY,), *_soonest(found))


def _soonest(steps: Sequence[_Step]) -> tuple[datetime, tuple[str, ...]]:
    """The soonest deadline of these, and what is due then."""
    due_at = min([step[0] for step in steps], default=NEVER)
    due = () if due_at == NEVER else sorted({step[1:] for step in steps if step[0] == due_at})
    return due_at, tuple([name for _number, name in due])


def _beginning(workflow: Workflow, standing: Standing) -> dict[int, list[tuple[MoveRule, Subject]]]:
    """The usual actions, by number, of which something stands where they begin; and what does."""
    found: dict[int, list[tuple[MoveRule, Subject]]] = {}
    for subject in standing.subjects.values():
        for number, rule in workflow.beginning.get((subject.machine, subject.position.state), ()):
            action = workflow.usual[number]
            if not _is_taken_on(action, subject) and reaches(action, rule, subject.position):
                found.setdefault(number, []).append((rule, subject))
    return found


def _is_taken_on(action: Action, subject: Subject) -> bool:
    """Somebody has done something about it since it was opened: nobody else needs to take it on."""
    return action.verb is Verb.TAKE_ON and subject.position.turn > 1


class _Opening(NamedTuple):
    """Where an action is possible, and with what."""

    site: str
    site_kind: str
    fits: _Fits
    unit: str = ""  # the one that has it in hand; '' where it is decided on paper

    def place_of(self, role: str) -> str:
        """Where this role finds it."""
        return self.unit or desk(role, self.site)


def _openings(action: Action, fits: _Fits, standing: Standing) -> Iterator[_Opening]:
    """Each place at which the action is possible."""
    in_hand = [fit for fit in fits if fit[0].custody is not Custody.NONE]
    if not in_hand:
        deciding = _deciding(action, standing)
        yield from (_Opening(site, standing.sites[site], fits) for site in deciding)
        return
    at = [(fit, in_reach(fit[0], fit[1].position)) for fit in in_hand]
    on_paper = [fit for fit in fits if fit[0].custody is Custody.NONE]
    for name in {unit for _fit, units in at for unit in units}:
        theirs = [*on_paper, *(fit for fit, units in at if name in units)]
        unit = standing.units.get(name)
        if unit is None or not _goes_on(action, unit, standing):
            continue
        if _is_complete(action, theirs):
            yield _Opening(unit.site, unit.site_kind, theirs, name)


def _deciding(action: Action, standing: Standing) -> Iterator[str]:
    """The sites at which it is decided on paper: a hospital that does not treat decides nothing."""
    told = standing.treatment
    if action.asks(TAKES_OVER):
        yield from (site for site in standing.sites if site == told.asked)
    else:
        yield from (site for site in standing.sites if site not in told.aside)


def _goes_on(action: Action, unit: Unit, standing: Standing) -> bool:
    """The unit may do it with what it has in hand, whether its site treats or not."""
    return action.verb in OF_WHAT_IS_IN_HAND or unit.site not in standing.treatment.aside


def _is_complete(action: Action, fits: _Fits) -> bool:
    """Each machine that must move has a subject that can."""
    needed = action.needed
    return len(needed) <= len(fits) and needed.issubset([there.machine for _rule, there in fits])


def _counts_from(
    workflow: Workflow, action: Action, fits: _Fits, standing: Standing
) -> datetime | None:
    """From when on its time counts here; None while nothing that stands here has to wait for it.

    Nothing waits while the therapy is copied: it stands where the paper left it, not where it is.
    """
    if standing.is_copied:
        return None
    waiting = [fit for fit in fits if not (fit[0].undated or _is_done(action, fit, standing))]
    if action.due is None or not waiting or not _is_complete(action, waiting):
        return None
    since = max([_since(action, waiting, standing), *_asked(workflow, action, standing)])
    if not action.due_after:
        return since
    ended = _last_end(workflow, action.due_after, standing)
    return max(since, ended) if ended else None


def looks_back(
    workflow: Workflow, subjects: Iterable[Subject], treatment: Treatment = NOBODY
) -> bool:
    """Some time counts by what was done since a subject came to where it stands."""
    here = {(one.machine, one.position.state) for one in subjects}
    waiting = (number for place in here for number, _rule in workflow.beginning.get(place, ()))
    return bool(treatment.asked) or any(_is_once(workflow.usual[number]) for number in waiting)


def _is_once(action: Action) -> bool:
    """It has a time, and leaves everything where it stands: nothing else tells that it was done.

    Who is to treat is asked anew each time, and waits again.
    """
    if action.due is None or action.asks(TAKES_OVER):
        return False
    return all(
        rule.custody is Custody.NONE and rule.to_state == "" and rule.from_states
        for rule in action.moves
    )


def _is_done(action: Action, fit: tuple[MoveRule, Subject], standing: Standing) -> bool:
    """It was taken since the subject stands there, and leaves it there: nobody waits any more."""
    _rule, subject = fit
    taken = standing.taken.get((subject.id, action.name))
    return taken is not None and taken >= standing.since[subject.id] and _is_once(action)


def _asked(workflow: Workflow, action: Action, standing: Standing) -> list[datetime]:
    """When another hospital was asked to treat: so long its answer has been awaited."""
    if not action.asks(TAKES_OVER):
        return []
    asking = [a for a in workflow.actions.values() if ASKED in {one.name for one in a.fields}]
    taken = standing.taken
    return [at for (_id, name), at in taken.items() if name in {one.name for one in asking}]


def _last_end(workflow: Workflow, machine: str, standing: Standing) -> datetime | None:
    """When the last thing of a machine came to its end; None while one has not, or none is there.

    What an older version left in a state that is no more has come to its end.
    """
    living = {one.name for one in workflow.machines[machine].states.values() if not one.final}
    theirs = [one for one in standing.subjects.values() if one.machine == machine]
    if any(one.position.state in living for one in theirs):
        return None
    return max((standing.since[one.id] for one in theirs), default=None)


def _since(action: Action, fits: _Fits, standing: Standing) -> datetime:
    """Since when it is possible: since the last of all that it needs came to where it stands.

    Of several things of which one is enough, the first that came there counts.
    """
    first: dict[str, datetime] = {}
    for _rule, subject in fits:
        since = standing.since[subject.id]
        first[subject.machine] = min(first.get(subject.machine, since), since)
    needed = [first[machine] for machine in action.needed]
    return max(needed) if needed else min(first.values())

"""What each role could do next, where, and by when: the lists from which people work.

As in `workflows.possible`, the positions alone say it, and a task is no permission: whoever takes
the step is told by the guards what stands against it. What nobody hopes to do makes no task.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from workflows.facts import Subject, Unit
from workflows.model import Action, Custody, MoveRule, Verb, Workflow
from workflows.possible import in_reach

NEVER = datetime.max.replace(tzinfo=UTC)
"""When something is due that has no deadline: after everything else."""

ANYBODY = "-"
"""The role under which a therapy's soonest deadline stands, whoever has to meet it."""

EVERY_SITE = "-"
"""The place at which it stands for whoever looks at the whole organisation."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one role could do at one place, the soonest first, and by when."""

    role: str
    place: str  # a unit that has it in hand, or a site: see `at_site`
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


_Fits = Sequence[tuple[MoveRule, Subject]]
"""What stands where an action begins, with the rule that would move it."""

_Step = tuple[datetime, int, str]
"""When it is due, its place in the definition, its name."""


def at_site(site: str) -> str:
    """The place of what is decided on paper, by a role at any unit of a site."""
    return f"site:{site}"


def tasks(workflow: Workflow, standing: Standing) -> tuple[Task, ...]:
    """Every task of a therapy; and for each site its soonest deadline of anybody."""
    steps: dict[tuple[str, str], list[_Step]] = {}
    for number, fits in _beginning(workflow, standing).items():
        action = workflow.usual[number]
        for place, site_kind, since in _openings(action, fits, standing):
            step = (since + action.due if action.due else NEVER, number, action.name)
            for who in action.who:
                if who.site_kind in {"*", site_kind}:
                    steps.setdefault((who.role, place), []).append(step)
    return (*(_task(*at, found) for at, found in steps.items()), *_of_anybody(steps, standing))


def _task(role: str, place: str, steps: list[_Step]) -> Task:
    """The steps of one role at one place, the soonest first."""
    steps.sort()
    return Task(role, place, steps[0][0], tuple([name for _due_at, _number, name in steps]))


def _of_anybody(steps: Mapping[tuple[str, str], list[_Step]], standing: Standing) -> Iterator[Task]:
    """The soonest deadline at each site and for everywhere, with what is due then."""
    every = {step for found in steps.values() for step in found}
    due_at = min((step[0] for step in every), default=NEVER)
    due = sorted(step for step in every if step[0] == due_at != NEVER)
    names = tuple(name for _due_at, _number, name in due)
    for place in (*map(at_site, standing.sites), EVERY_SITE):
        yield Task(ANYBODY, place, due_at, names)


def _beginning(workflow: Workflow, standing: Standing) -> dict[int, list[tuple[MoveRule, Subject]]]:
    """The usual actions, by number, of which something stands where they begin; and what does."""
    found: dict[int, list[tuple[MoveRule, Subject]]] = {}
    for subject in standing.subjects.values():
        for number, rule in workflow.beginning.get((subject.machine, subject.position.state), ()):
            found.setdefault(number, []).append((rule, subject))
    return found


def _openings(
    action: Action, fits: _Fits, standing: Standing
) -> Iterator[tuple[str, str, datetime]]:
    """Each place at which the action is possible, the kind of its site, and since when it is."""
    if not _is_complete(action, fits) or _lifts_nothing(action, standing):
        return
    if all(rule.custody is Custody.NONE for rule, _subject in fits):
        since = _since(action, fits, standing)
        yield from ((at_site(site), kind, since) for site, kind in standing.sites.items())
    for unit in {unit for rule, subject in fits for unit in in_reach(rule, subject.position)}:
        theirs = [
            (rule, subject)
            for rule, subject in fits
            if rule.custody is Custody.NONE or unit in in_reach(rule, subject.position)
        ]
        if unit in standing.units and _is_complete(action, theirs):
            yield unit, standing.units[unit].site_kind, _since(action, theirs, standing)


def _is_complete(action: Action, fits: _Fits) -> bool:
    """Each machine that must move has a subject that can."""
    return action.needed.issubset([subject.machine for _rule, subject in fits])


def _lifts_nothing(action: Action, standing: Standing) -> bool:
    """It lifts a hold, and there is none: of the therapy, or of something that it could be on."""
    if action.chain_stop < 0:
        return not standing.stops
    if action.verb is not Verb.LIFT:
        return False
    return not any(subject.position.stops for subject in standing.subjects.values())


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

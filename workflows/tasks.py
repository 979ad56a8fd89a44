"""What each role could do next, where, and by when: the lists from which people work.

As in `workflows.possible`, the positions alone say it, and a task is no permission: whoever takes
the step is told by the guards what stands against it. What nobody hopes to do makes no task.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from workflows.facts import Subject, Unit
from workflows.model import Action, Alternatives, Custody, MoveRule, Pick, Workflow
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
    of_machine: Mapping[str, Sequence[Subject]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the subjects once: every action asks for those of its machines."""
        sorted_: dict[str, list[Subject]] = {}
        for subject in self.subjects.values():
            sorted_.setdefault(subject.machine, []).append(subject)
        object.__setattr__(self, "of_machine", sorted_)


_Fit = tuple[MoveRule, Subject]
_Fits = list[tuple[bool, list[_Fit]]]
"""For each machine of an action: whether there may be none, and what stands where it begins."""

_Step = tuple[datetime, int, str]
"""When it is due, its place in the definition, its name."""


def at_site(site: str) -> str:
    """The place of what is decided on paper, by a role at any unit of a site."""
    return f"site:{site}"


def tasks(workflow: Workflow, standing: Standing) -> tuple[Task, ...]:
    """Every task of a therapy; and for each site its soonest deadline of anybody."""
    steps: dict[tuple[str, str], list[_Step]] = {}
    for number, action in _beginning(workflow, standing).items():
        due = action.due
        for place, site_kind, since in _openings(action, standing):
            step = (since + due if due else NEVER, number, action.name)
            for who in action.who:
                if who.site_kind in {"*", site_kind}:
                    steps.setdefault((who.role, place), []).append(step)
    return (*(_task(*at, found) for at, found in steps.items()), *_of_anybody(steps, standing))


def _task(role: str, place: str, steps: list[_Step]) -> Task:
    """The steps of one role at one place, the soonest first."""
    steps.sort()
    return Task(role, place, steps[0][0], tuple(name for _due_at, _number, name in steps))


def _of_anybody(steps: Mapping[tuple[str, str], list[_Step]], standing: Standing) -> Iterator[Task]:
    """The soonest deadline at each site and for everywhere, with what is due then."""
    every = {step for found in steps.values() for step in found}
    due_at = min((step[0] for step in every), default=NEVER)
    due = sorted(step for step in every if step[0] == due_at != NEVER)
    names = tuple(name for _due_at, _number, name in due)
    for place in (*map(at_site, standing.sites), EVERY_SITE):
        yield Task(ANYBODY, place, due_at, names)


def _beginning(workflow: Workflow, standing: Standing) -> dict[int, Action]:
    """The usual actions of which something stands where they begin, by their place in the list."""
    found: dict[int, Action] = {}
    for subject in standing.subjects.values():
        found |= workflow.beginning.get((subject.machine, subject.position.state), {})
    return found


def _openings(action: Action, standing: Standing) -> Iterator[tuple[str, str, datetime]]:
    """Each place at which the action is possible, the kind of its site, and since when it is."""
    fits = [
        (among.optional, _fits(among, standing))
        for among in action.alternatives
        if among.pick is not Pick.BORN
    ]
    if not _may_begin(fits):
        return
    in_hand = [fit for _, found in fits for fit in found if fit[0].custody is not Custody.NONE]
    if not in_hand:
        since = _since(fits, standing)
        yield from ((at_site(site), kind, since) for site, kind in standing.sites.items())
    for unit in dict.fromkeys(unit for rule, s in in_hand for unit in in_reach(rule, s.position)):
        theirs = [(optional, _of_unit(found, unit)) for optional, found in fits]
        if unit in standing.units and _may_begin(theirs):
            yield unit, standing.units[unit].site_kind, _since(theirs, standing)


def _fits(among: Alternatives, standing: Standing) -> list[_Fit]:
    """The subjects of a machine that stand where one of the rules begins."""
    there = standing.of_machine.get(among.machine, ())
    found = ((among.rule_from(subject.position.state), subject) for subject in there)
    return [(rule, subject) for rule, subject in found if rule is not None]


def _of_unit(fits: list[_Fit], unit: str) -> list[_Fit]:
    """Those that this unit has in hand, or waits for; and what is in nobody's hand."""
    return [
        (rule, subject)
        for rule, subject in fits
        if rule.custody is Custody.NONE or unit in in_reach(rule, subject.position)
    ]


def _may_begin(fits: _Fits) -> bool:
    """Each machine that must move has a subject that can, and something moves."""
    there = [bool(found) for _optional, found in fits]
    return any(there) and all(found or optional for optional, found in fits)


def _since(fits: _Fits, standing: Standing) -> datetime:
    """Since when it is possible: since the last of all that it needs came to where it stands.

    Of several things of which one is enough, the first that came there counts.
    """
    first = [
        (optional, min(standing.since[subject.id] for _rule, subject in found))
        for optional, found in fits
        if found
    ]
    needed = [since for optional, since in first if not optional]
    return max(needed) if needed else min(since for _optional, since in first)

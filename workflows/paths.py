"""Walks through a workflow: every move with its place, and what can be reached from where."""

from collections.abc import Collection, Iterable, Iterator

from workflows.model import Action, MoveRule, Transition, Workflow


def every_move(workflow: Workflow) -> Iterator[tuple[str, Action, MoveRule]]:
    """Each move of each action, with its place in the definition."""
    for action in workflow.actions.values():
        for n, rule in enumerate(action.moves):
            yield f"actions.{action.name}.moves[{n}]", action, rule


def rows_of(workflow: Workflow, machine: str) -> tuple[Transition, ...]:
    """The transitions of one machine."""
    return tuple(row for row in workflow.transitions if row.machine == machine)


def reachable(rows: Iterable[Transition], start: Collection[str]) -> frozenset[str]:
    """The states in which a subject can come to stand, with those in which it starts."""
    rows = tuple(rows)
    reached = frozenset(start)
    while True:
        further = reached | {row.to_state for row in rows if row.from_state in reached}
        if further == reached:
            return reached
        reached = further


def listed(names: Iterable[str]) -> str:
    """Names in alphabetical order, as people write them."""
    return ", ".join(sorted(set(names)))

"""Writes into docs/deadlines.md which step has which time: `python -m tests.whole.deadlines`."""

from collections.abc import Iterator
from pathlib import Path

from coi.definitions import packaged_workflow
from workflows.model import Action, MoveRule, Workflow

DOCUMENT = Path(__file__).parents[2] / "docs" / "deadlines.md"
BEGINS = "<!-- deadlines: written by `python -m tests.whole.deadlines` -->"
ENDS = "<!-- end of deadlines -->"
DEFINITIONS = ("autologous-car-t", "point-of-care-car-t", "til", "gene-edited-hsc")


def time_of(action: Action | None) -> str:
    """How long a step may take, as people say it; `none` where it has no time, `-` for no step."""
    if action is None:
        return "-"
    if action.due is None:
        return "none"
    minutes = int(action.due.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes <= 48 * 60 else f"{minutes // 60 // 24} d"


def begins(action: Action) -> bool:
    """It may be the next step of something that stands somewhere."""
    return any(rule.from_states and not rule.seldom for rule in action.moves)


def steps() -> dict[str, list[Action | None]]:
    """What may be the next step in any definition, as each of the four has it."""
    workflows = [packaged_workflow(name) for name in DEFINITIONS]
    names = dict.fromkeys(a.name for one in workflows for a in one.usual if begins(a))
    return {name: [one.actions.get(name) for one in workflows] for name in names}


def timed() -> Iterator[str]:
    """The table of those that have a time."""
    yield f"| Step | {' | '.join(DEFINITIONS)} |"
    yield "|---|---|---|---|---|"
    for name, found in steps().items():
        if any(action and action.due for action in found):
            yield f"| `{name}` | {' | '.join(map(time_of, found))} |"


def without() -> Iterator[str]:
    """The table of what has none, each with its reason."""
    yield "| Step | Where | Why it has none |"
    yield "|---|---|---|"
    reasons: dict[tuple[str, str, str], None] = {}
    for workflow in map(packaged_workflow, DEFINITIONS):
        for action in workflow.usual:
            if action.undated:
                reasons[action.name, "everywhere", action.undated] = None
            for rule in action.moves:
                if rule.undated:
                    reasons[action.name, where(workflow, rule), rule.undated] = None
    for name, there, why in sorted(reasons):
        yield f"| `{name}` | {there} | {why}. |"


def where(workflow: Workflow, rule: MoveRule) -> str:
    """From which states."""
    machine = workflow.machines[rule.machine]
    return f"{machine.title.lower()}: {', '.join(s.replace('_', ' ') for s in rule.from_states)}"


def tables() -> str:
    """Both of them."""
    return "\n".join([*timed(), "", "## What has none, and why", "", *without()])


def written(text: str) -> str:
    """The document with the tables as they are now."""
    before, _mark, rest = text.partition(BEGINS)
    _old, _end, after = rest.partition(ENDS)
    return f"{before}{BEGINS}\n\n{tables()}\n\n{ENDS}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")

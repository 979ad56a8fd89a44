"""Whether each step that somebody waits for has its time, or says why it has none."""

from collections.abc import Iterator

from workflows.model import Action, Workflow
from workflows.problem import Problem


def next_steps_have_their_time(workflow: Workflow) -> Iterator[Problem]:
    """What may be the next step has a time in which it is to be taken, or a reason for none."""
    for action in workflow.usual:
        if _begins_somewhere(action) and action.due is None and not action.undated:
            reason = "has no time in which it is to be taken"
            mend = "Write due_hours or due_minutes, or undated: and why it has none"
            yield Problem(f"actions.{action.name}.due_hours", reason, mend)


def times_are_told_once(workflow: Workflow) -> Iterator[Problem]:
    """Where a step has no time, no more is said of its time; and what is rare needs no reason."""
    for action in workflow.actions.values():
        place = f"actions.{action.name}"
        if action.undated and (action.due or action.is_rare):
            reason = "says why it has no time, and has one" if action.due else "is seldom done"
            yield Problem(f"{place}.undated", reason, "Remove it")
        if action.due_after and action.due is None:
            yield Problem(f"{place}.due_after", "has no time that could count", "Remove it")
        for n, rule in enumerate(action.moves):
            if rule.undated and (action.due is None or rule.seldom or not rule.from_states):
                reason = "says why it has no time where it would have none anyway"
                yield Problem(f"{place}.moves[{n}].undated", reason, "Remove it")


def _begins_somewhere(action: Action) -> bool:
    """Something stands where it begins, and somebody waits there; otherwise no clock can run."""
    return any(rule.from_states and not (rule.seldom or rule.is_inside) for rule in action.moves)

"""The versions by which one therapy has run: each of its entries is judged by its own.

A late fact is recorded by the version of now, since that says where things stand; what is asked of
it is what was asked when it happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from workflows.model import Action, Workflow


@dataclass(frozen=True, slots=True)
class Earlier:
    """An older version, and the entry and the moment from which on the next one was in force."""

    workflow: Workflow
    until_seq: int
    until: datetime


def version_at(seq: int, now: Workflow, earlier: Sequence[Earlier]) -> Workflow:
    """The version by which an entry of this number was made; of several, the oldest comes first."""
    return next((one.workflow for one in earlier if seq < one.until_seq), now)


def version_on(moment: datetime, now: Workflow, earlier: Sequence[Earlier]) -> Workflow:
    """The version that was in force at this moment."""
    return next((one.workflow for one in earlier if moment < one.until), now)


def asked(
    now: Workflow, name: str, happened_at: datetime | None, earlier: Sequence[Earlier]
) -> Action | None:
    """The action of this name; a late fact meets the fields and guards of when it happened."""
    action = now.actions.get(name)
    if action is None or happened_at is None:
        return action
    then = version_on(happened_at, now, earlier).actions.get(name)
    return replace(action, fields=then.fields, guards=then.guards) if then else action


def known_until(name: str, earlier: Sequence[Earlier]) -> Earlier | None:
    """The newest older version that has an action of this name, or None."""
    return next((one for one in reversed(earlier) if name in one.workflow.actions), None)

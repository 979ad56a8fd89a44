"""What is due in a therapy stands before all else that could be done: one step is the next."""

from collections.abc import Iterable, Sequence

from coi.clock import rfc3339
from coi.store.tasks import task_rows
from coi.store.transactions import Transaction
from workflows.model import Action
from workflows.tasks import NEVER

_NEVER = rfc3339(NEVER)


def due_in(tx: Transaction, coi: str) -> tuple[str, ...]:
    """The steps that are due in a therapy, by name, the soonest first."""
    due = sorted((at, names) for _place, _roles, at, _phase, _held, names in task_rows(tx, coi))
    first = (name for at, names in due if at != _NEVER for name in names.split()[:1])
    return tuple(dict.fromkeys(first))


def soonest_first(due: Sequence[str], actions: Iterable[Action]) -> tuple[Action, ...]:
    """The same steps: those that are due in their order, all others behind them as they were."""
    places = {name: place for place, name in enumerate(due)}
    return tuple(sorted(actions, key=lambda action: places.get(action.name, len(places))))

"""A step that was begun screen by screen, interrupted, and told late: the late entry ends it.

Whoever loses the line goes on by paper, and tells afterwards what was done. What they had begun is
then no more to be gone on with: it would be done twice.
"""

from datetime import datetime

from coi.services.attempt import Attempt
from coi.services.errand import LATE, Errand, Verdict, errand_of, row_of, since
from coi.services.vault import Vault, VaultClosed
from coi.store import errands as store
from coi.store.transactions import Transaction
from workflows.draft import Draft
from workflows.facts import Mode


def end_interrupted(attempt: Attempt, draft: Draft) -> None:
    """What was begun of a step that is told late has ended, and what was entered is forgotten."""
    request, tx, now = attempt.request, attempt.tx, attempt.occasion.now
    if request.mode is not Mode.LATE:
        return
    vault = attempt.installation.vault
    for listed in store.of_therapy(tx, request.coi, since(now)):
        errand = _held(tx, vault, listed.id)
        if errand is not None and errand.is_open and _is_told(errand, attempt, draft):
            store.change(tx, row_of(vault, errand.ended(Verdict(LATE), now), now))


def _held(tx: Transaction, vault: Vault, identifier: str) -> Errand | None:
    """The step as it stands; what cannot be read any more is no reason to tell nothing late."""
    row = store.hold(tx, identifier)
    try:
        return errand_of(vault, row) if row else None
    except VaultClosed:
        return None


def _is_told(errand: Errand, attempt: Attempt, draft: Draft) -> bool:
    """It is the step that is told: begun before, there, with the same things or by the same people.

    What was scanned for it says which step it is; before anything was, who took it says so.
    """
    request = attempt.request
    begun = (errand.action, errand.unit) == (request.action, request.unit.id)
    if not begun or not _came_before(errand, request.happened_at):
        return False
    if bags := frozenset().union(*(part.bags for part in errand.parts), errand.bags):
        return bags <= {move.subject for move in draft.moves}
    took_part = {request.actor.id, *(one.person.id for one in request.signings)}
    return any(part.person in took_part for part in errand.parts)


def _came_before(errand: Errand, happened_at: datetime | None) -> bool:
    """It was begun by then; whoever writes down when it happened writes down a minute."""
    return happened_at is None or errand.opened_at.replace(second=0, microsecond=0) <= happened_at

"""Writes down what became of a delivery, and what that says of its receiver."""

from http import HTTPStatus

from coi.clock import rfc3339
from coi.interop.posting import Answer
from coi.services.deliveries import outcome
from coi.services.installation import Installation
from coi.services.webhooks import note_gone
from coi.store import outbox
from coi.store import webhooks as stored
from coi.store.outbox import DEAD, DELIVERED, NOBODY, WAITING, Claimed
from coi.store.transactions import Transaction


def settle(
    tx: Transaction, installation: Installation, sender: str, one: Claimed, answer: Answer
) -> None:
    """Write down an answer; where another sender has the delivery meanwhile, nothing."""
    row = stored.webhook(tx, one.webhook)
    if row is None:
        return  # it was removed, and with it all that was to be sent there
    now, chance = installation.clock.now(), installation.draw(1)[0] / 255
    became = outcome(answer, one.attempts, row.failures, now, chance)
    state = DELIVERED if became.delivered else WAITING if became.due_at else DEAD
    told = {
        "state": state,
        "status": answer.told,
        "due_at": rfc3339(became.due_at or now),
        "settled_at": NOBODY if state == WAITING else rfc3339(now),
        "attempts": one.attempts + 1,
    }
    if not outbox.settle(tx, one, sender, told):
        return
    if became.delivered and row.failures:
        stored.change(tx, one.webhook, failures=0)
    if became.is_down:
        stored.note_failure(tx, one.webhook)
    if became.quiet_until:
        stored.change(tx, one.webhook, quiet_until=rfc3339(became.quiet_until))
    if answer.status == HTTPStatus.GONE:
        note_gone(tx, installation, one.webhook)

"""One message to one webhook: what it says, how it is signed, and whether it is still sent."""

from coi.clock import rfc3339
from coi.interop.addresses import read_target
from coi.interop.posting import Message, Way
from coi.interop.signing import event_id, signed_headers
from coi.services.event_kinds import TEST
from coi.services.events import At, body_of, is_told_of
from coi.services.installation import Installation
from coi.services.webhook_secrets import secrets_of
from coi.store import webhooks as stored
from coi.store.outbox import NOBODY, Claimed
from coi.store.transactions import Transaction
from coi.store.webhooks import WebhookRow


def message_for(
    tx: Transaction, installation: Installation, way: Way, one: Claimed
) -> Message | None:
    """The message, signed now; None where the sites of the webhook see nothing of it any more.

    Raises:
        NotReached: the address is not one that may be spoken to, or is not any more.
    """
    row = stored.webhook(tx, one.webhook)
    if row is None or not _is_told(tx, row, one):
        return None
    target = read_target(row.url, way.allowed)
    body = body_of(tx, installation, At(one.chain, one.seq, one.kind))
    now = installation.clock.now()
    secrets = secrets_of(installation.vault, row, rfc3339(now))
    identifier = event_id(one.webhook, one.chain, one.seq)
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "user-agent": "chain-of-identity",
        **signed_headers(secrets, identifier, int(now.timestamp()), body),
    }
    return Message(target, headers, body)


def _is_told(tx: Transaction, row: WebhookRow, one: Claimed) -> bool:
    """What was put out for some sites is sent while one of them sees the therapy."""
    if row.sites == NOBODY or one.kind == TEST:
        return True
    return is_told_of(tx, frozenset(row.sites.split()), one.chain)

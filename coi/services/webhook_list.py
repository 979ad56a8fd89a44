"""Webhooks as those see them who look after them; and how full the outbox is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from coi.clock import parse_rfc3339
from coi.interop.signing import event_id
from coi.services.installation import Installation
from coi.services.webhooks import known
from coi.store import outbox
from coi.store import webhooks as stored
from coi.store.outbox import DEAD, DELIVERED, NOBODY, SENDING, WAITING
from coi.store.transactions import Transaction
from coi.store.webhooks import DeliveryRow, WebhookRow

MOST_SHOWN = 200
STATES = (WAITING, SENDING, DELIVERED, DEAD)


@dataclass(frozen=True, slots=True)
class Listed:
    """One webhook, with how its deliveries stand.

    Its secret stays where it is, and so does the path of its address, which may be as good as one.
    """

    id: str
    host: str
    description: str
    sites: tuple[str, ...]
    events: tuple[str, ...]
    state: str
    opened_at: str
    quiet_until: str
    failures: int
    both_until: datetime | None
    waiting: int
    dead: int
    last_delivered: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One entry that was, or is to be, sent to a webhook; and under which id."""

    row: DeliveryRow
    event: str


def every_webhook(installation: Installation) -> tuple[Listed, ...]:
    """Every webhook, oldest first."""

    def look(tx: Transaction) -> tuple[Listed, ...]:
        counts = stored.counts(tx)
        return tuple(_listed(row, counts.get(row.id, {})) for row in stored.webhooks(tx))

    return installation.read(look)


def one_webhook(
    installation: Installation, webhook: str, shown: str = ""
) -> tuple[Listed, tuple[Delivery, ...]]:
    """A webhook with its newest deliveries: `waiting`, `dead`, or all.

    Raises:
        Unknown: there is no such webhook.
    """

    def look(tx: Transaction) -> tuple[Listed, tuple[Delivery, ...]]:
        row = known(tx, webhook)
        rows = stored.deliveries(tx, webhook, shown, MOST_SHOWN)
        listed = _listed(row, stored.counts(tx).get(webhook, {}))
        return listed, tuple(Delivery(one, event_id(webhook, one.chain, one.seq)) for one in rows)

    return installation.read(look)


def queue_depths(installation: Installation) -> Mapping[str, int]:
    """How many deliveries there are in each state, over all webhooks."""
    found = installation.read(outbox.depths)
    return {state: found.get(state, 0) for state in STATES}


def oldest_waiting(installation: Installation) -> datetime | None:
    """When the oldest entry was recorded that has not arrived everywhere; None when all have."""
    at = installation.read(outbox.oldest_waiting)
    return parse_rfc3339(at) if at else None


def _listed(row: WebhookRow, counts: Mapping[str, tuple[int, str]]) -> Listed:
    def number(*states: str) -> int:
        return sum(counts.get(state, (0, ""))[0] for state in states)

    return Listed(
        id=row.id,
        host=_host(row.url),
        description=row.description,
        sites=_named(row.sites),
        events=_named(row.events),
        state=row.state,
        opened_at=row.opened_at,
        quiet_until=row.quiet_until,
        failures=row.failures,
        both_until=parse_rfc3339(row.old_until) if row.old_until != NOBODY else None,
        waiting=number(WAITING, SENDING),
        dead=number(DEAD),
        last_delivered=counts.get(DELIVERED, (0, ""))[1],
    )


def _host(url: str) -> str:
    """The server of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _named(text: str) -> tuple[str, ...]:
    """Names that stand between blanks; none means all."""
    return () if text == NOBODY else tuple(text.split())

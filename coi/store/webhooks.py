"""Reads and writes webhooks, and what became of their deliveries, for those who look after them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, select, update

from coi.store import tables as t
from coi.store.append import add
from coi.store.outbox import DEAD, DELIVERED, NOBODY, UNSETTLED, WAITING
from coi.store.statements import Statement
from coi.store.words import ONE


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """One webhook as it is stored; its secrets sealed."""

    id: str
    url: str
    description: str
    sites: str
    events: str
    secret: str
    old_secret: str
    old_until: str
    state: str
    opened_at: str
    quiet_until: str
    failures: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One entry that was, or is to be, sent to a webhook."""

    webhook: str
    chain: str
    seq: int
    kind: str
    state: str
    status: str
    due_at: str
    recorded_at: str
    settled_at: str
    attempts: int


_columns = t.webhook.c
_rows = t.delivery.c
_every = select(*(_columns[name] for name in WebhookRow.__slots__))
_webhooks = Statement(_every.order_by(_columns.opened_at, _columns.id))
_webhook = Statement(_every.where(_columns.id == bindparam("id")))
_counts = Statement(
    select(_rows.webhook, _rows.state, func.count(), func.max(_rows.settled_at)).group_by(
        _rows.webhook, _rows.state
    )
)
_deliveries = (
    select(*(_rows[name] for name in DeliveryRow.__slots__))
    .where(_rows.webhook == bindparam("webhook"))
    .order_by(_rows.recorded_at.desc(), _rows.chain, _rows.seq.desc())
    .limit(bindparam("most", type_=_rows.seq.type))
)
_all_of = Statement(_deliveries)
_unsettled_of = Statement(_deliveries.where(_rows.state.in_(UNSETTLED)))
_dead_of = Statement(_deliveries.where(_rows.state == DEAD))
_SHOWN: Mapping[str, Statement] = {"waiting": _unsettled_of, "dead": _dead_of}
_one_of = Statement(
    select(_rows.state)
    .where(
        _rows.webhook == bindparam("webhook"),
        _rows.chain == bindparam("chain"),
        _rows.seq == bindparam("seq"),
    )
    .limit(ONE)
)


def webhooks(connection: Connection) -> list[WebhookRow]:
    """Every webhook, oldest first."""
    return [WebhookRow(*row) for row in _webhooks.rows(connection)]


def webhook(connection: Connection, identifier: str) -> WebhookRow | None:
    """The webhook of this id."""
    row = _webhook.row(connection, id=identifier)
    return WebhookRow(*row) if row else None


def open_webhook(connection: Connection, row: WebhookRow) -> None:
    """Keep a new one."""
    add(connection, t.webhook, [{name: getattr(row, name) for name in WebhookRow.__slots__}])


def change(connection: Connection, identifier: str, **to: str | int) -> None:
    """Let these columns of a webhook be so."""
    connection.execute(update(t.webhook).where(_columns.id == identifier).values(**to))


def note_failure(connection: Connection, identifier: str) -> None:
    """Count one more failure in a row."""
    told = update(t.webhook).where(_columns.id == identifier)
    connection.execute(told.values(failures=_columns.failures + 1))


def remove(connection: Connection, identifier: str) -> None:
    """Forget a webhook, and all that was to be sent there."""
    connection.execute(delete(t.delivery).where(_rows.webhook == identifier))
    connection.execute(delete(t.webhook).where(_columns.id == identifier))


def counts(connection: Connection) -> dict[str, dict[str, tuple[int, str]]]:
    """Of each webhook and state: how many deliveries, and when the last of them was settled."""
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for identifier, state, number, last in _counts.rows(connection):
        found.setdefault(identifier, {})[state] = (number, last)
    return found


def deliveries(connection: Connection, identifier: str, shown: str, most: int) -> list[DeliveryRow]:
    """The newest deliveries of a webhook: `waiting`, `dead`, or all."""
    statement = _SHOWN.get(shown, _all_of)
    return [DeliveryRow(*row) for row in statement.rows(connection, webhook=identifier, most=most)]


def delivery_state(connection: Connection, identifier: str, chain: str, seq: int) -> str | None:
    """How one delivery stands; None where there is none."""
    row = _one_of.row(connection, webhook=identifier, chain=chain, seq=seq)
    return row[0] if row else None


def send_again(
    connection: Connection,
    identifier: str,
    now: str,
    *,
    one: tuple[str, int] | None = None,
    since: str = "",
) -> int:
    """Let one delivery, or all since a time, or all dead ones wait anew; returns how many."""
    again = update(t.delivery).where(_rows.webhook == identifier)
    if one:
        which = again.where(_rows.chain == one[0], _rows.seq == one[1])
        which = which.where(_rows.state.in_((DELIVERED, DEAD)))
    elif since:
        which = again.where(_rows.recorded_at >= since, _rows.state.in_((DELIVERED, DEAD)))
    else:
        which = again.where(_rows.state == DEAD)
    told = {"state": WAITING, "status": NOBODY, "settled_at": NOBODY, "attempts": 0, "due_at": now}
    return connection.execute(which.values(**told)).rowcount

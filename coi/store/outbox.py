"""What is to be sent to webhooks: put out with the entry, claimed by one sender, settled.

A row says that an entry is to be sent somewhere, and holds nothing of what the entry says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from coi.ledger.content import NewEntry
from coi.store import tables as t
from coi.store.append import GONE
from coi.store.statements import Statement
from coi.store.words import ONE

WAITING, SENDING, DELIVERED, DEAD = "waiting", "sending", "delivered", "dead"
NOBODY = "-"
ACTIVE = "active"
UNSETTLED = (literal(WAITING), literal(SENDING))
"""What has not arrived yet, and is still tried."""

_concerns_site = exists().where(
    t.participation.c.chain == bindparam("chain"),
    t.webhook.c.sites.like(literal("% ").concat(t.participation.c.site).concat(literal(" %"))),
)
_put_out = Statement(
    insert(t.delivery).from_select(
        [
            *("webhook", "chain", "seq", "kind", "state", "status", "due_at", "claim"),
            *("recorded_at", "settled_at", "attempts"),
        ],
        select(
            t.webhook.c.id,
            bindparam("chain", type_=t.delivery.c.chain.type),
            bindparam("seq", type_=t.delivery.c.seq.type),
            bindparam("kind", type_=t.delivery.c.kind.type),
            literal(WAITING),
            literal(NOBODY),
            bindparam("recorded_at", type_=t.delivery.c.recorded_at.type),
            literal(NOBODY),
            bindparam("recorded_at", type_=t.delivery.c.recorded_at.type),
            literal(NOBODY),
            literal(0, t.delivery.c.attempts.type),
        ).where(
            t.webhook.c.state != GONE,
            or_(t.webhook.c.sites == NOBODY, _concerns_site),
            or_(
                t.webhook.c.events == bindparam("every"),
                t.webhook.c.events.like(bindparam("first")),
                t.webhook.c.events.like(bindparam("second")),
            ),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One entry that is to be sent to one webhook, by this sender and no other."""

    webhook: str
    chain: str
    seq: int
    kind: str
    recorded_at: str
    attempts: int


def put_out(
    connection: Connection, entry: NewEntry, kinds: Sequence[str], *, named_alone: bool = False
) -> None:
    """Let every webhook that asked for one of these one or two kinds be told of an entry.

    Those that asked for everything are too, unless it is for those alone that named it.
    """
    named = [f"% {kind} %" for kind in kinds]
    row = {"chain": entry.chain, "seq": entry.seq, "recorded_at": entry.recorded_at}
    told = {"kind": kinds[0], "first": named[0], "second": named[-1]}
    told["every"] = named[0] if named_alone else NOBODY
    _put_out.write(connection, [row | told])


def put_out_to(
    connection: Connection, webhook: str, at: tuple[str, int], kind: str, recorded_at: str
) -> None:
    """Let one webhook be told of one entry."""
    row = {"webhook": webhook, "chain": at[0], "seq": at[1], "kind": kind, "attempts": 0}
    told = {"state": WAITING, "status": NOBODY, "claim": NOBODY, "settled_at": NOBODY}
    connection.execute(
        insert(t.delivery), row | told | {"due_at": recorded_at, "recorded_at": recorded_at}
    )


_columns = t.delivery.c
_is_due = and_(_columns.state.in_(UNSETTLED), _columns.due_at <= bindparam("now"))
_ready = Statement(
    select(t.webhook.c.id, t.webhook.c.failures)
    .where(
        t.webhook.c.state == ACTIVE,
        t.webhook.c.quiet_until <= bindparam("now"),
        exists().where(_columns.webhook == t.webhook.c.id, _is_due),
    )
    .order_by(t.webhook.c.id)
)
_before = t.delivery.alias("before")
_claimable = Statement(
    select(*(_columns[name] for name in Claimed.__slots__))
    .where(
        _columns.webhook == bindparam("webhook"),
        _is_due,
        # Each therapy's events go in its order: the next one waits until this one has arrived, or
        # nobody tries any more.
        ~exists().where(
            _before.c.webhook == _columns.webhook,
            _before.c.chain == _columns.chain,
            _before.c.seq < _columns.seq,
            _before.c.state.in_(UNSETTLED),
        ),
    )
    .order_by(_columns.due_at, _columns.chain, _columns.seq)
    .limit(bindparam("most", type_=_columns.seq.type))
    # On SQLite one writes at a time anyway; on PostgreSQL two senders pass each other by.
    .with_for_update(skip_locked=True)
)
_at = (
    _columns.webhook == bindparam("at_webhook"),
    _columns.chain == bindparam("at_chain"),
    _columns.seq == bindparam("at_seq"),
)
_claim = Statement(update(t.delivery).where(*_at), ("state", "claim", "due_at"))
_settle = Statement(
    update(t.delivery).where(*_at, _columns.claim == bindparam("by")),
    ("state", "status", "due_at", "claim", "settled_at", "attempts"),
)
_discard = Statement(delete(t.delivery).where(*_at, _columns.claim == bindparam("by")))
_forget = Statement(
    delete(t.delivery).where(
        or_(
            and_(_columns.state == DELIVERED, _columns.settled_at <= bindparam("before")),
            # Put out while its webhook was being removed.
            ~exists().where(t.webhook.c.id == _columns.webhook),
        )
    )
)
_depths = Statement(select(_columns.state, func.count()).group_by(_columns.state))
_oldest = Statement(
    select(_columns.recorded_at)
    .where(_columns.state.in_(UNSETTLED))
    .order_by(_columns.recorded_at)
    .limit(ONE)
)


def ready(connection: Connection, now: str) -> list[tuple[str, int]]:
    """The webhooks to which something can be sent now, with their failures in a row."""
    return [(row[0], row[1]) for row in _ready.rows(connection, now=now)]


def claim(
    connection: Connection, webhook: str, now: str, most: int, by: tuple[str, str]
) -> list[Claimed]:
    """Take so many of what is due there, for this sender and until this time."""
    found = [
        Claimed(*row) for row in _claimable.rows(connection, webhook=webhook, now=now, most=most)
    ]
    sender, until = by
    taken = {"state": SENDING, "claim": sender, "due_at": until}
    if found:
        _claim.write(connection, [{**_place(one), **taken} for one in found])
    return found


def settle(connection: Connection, one: Claimed, by: str, became: dict[str, object]) -> bool:
    """Write down what became of it; False where another sender has it meanwhile."""
    row = {**_place(one), "by": by, "claim": NOBODY, **became}
    return _settle.write(connection, [row]) == 1


def discard(connection: Connection, one: Claimed, by: str) -> None:
    """Forget that it was to be sent."""
    _discard.write(connection, [{**_place(one), "by": by}])


def forget_delivered(connection: Connection, before: str) -> None:
    """Forget what arrived before a moment, and what is for nobody any more."""
    _forget.write(connection, [{"before": before}])


def depths(connection: Connection) -> dict[str, int]:
    """How many there are in each state."""
    return dict(_depths.rows(connection))


def oldest_waiting(connection: Connection) -> str | None:
    """When the oldest was recorded that has not arrived yet."""
    row = _oldest.row(connection)
    return row[0] if row else None


def _place(one: Claimed) -> dict[str, object]:
    return {"at_webhook": one.webhook, "at_chain": one.chain, "at_seq": one.seq}

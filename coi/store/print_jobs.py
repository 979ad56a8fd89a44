"""Reads and writes what is to be printed: taken by one sender, with nothing left to be sent twice.

A job that is taken loses its bytes in the same transaction; only the sender has them then. What
was not sent after all the sender puts back, and where it dies nobody can send it again (LB-04).
"""

from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement
from coi.store.words import ONE

QUEUED, SENDING, HELD = "queued", "sending", "held"
PRINTED, UNCONFIRMED, CANCELLED = "printed", "unconfirmed", "cancelled"
STATES = (QUEUED, SENDING, PRINTED, UNCONFIRMED, HELD, CANCELLED)
NOTHING = "-"
NEVER = "9999-12-31T23:59:59.999999Z"
"""When a job is tried next that waits for a person."""

RESTORED = "restored"
"""Who has in hand what came back from a backup: nobody, and so it is told as unconfirmed."""

_WAITING = (literal(QUEUED), literal(HELD))


@dataclass(frozen=True, slots=True)
class JobRow:
    """One label that is to be printed, or was; its times in text."""

    id: str
    chain: str
    seq: int
    printer: str
    therapy: str
    labels: str
    media_type: str
    sha256: str
    sealed: str
    state: str
    why: str
    claim: str
    made_at: str
    due_at: str
    ended_at: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """Whose labels may lie at a printer, and what it is being sent."""

    printer: str
    therapy: str
    job: str
    since: str


_job, _line = t.print_job.c, t.print_line.c
_every = select(*(_job[name] for name in JobRow.__slots__))
_lines = select(*(_line[name] for name in LineRow.__slots__))
# A label can be megabytes long: whoever lists many reads the bytes of none.
_listed = select(
    *(literal(NOTHING).label(name) if name == "sealed" else _job[name] for name in JobRow.__slots__)
)
_one = Statement(_every.where(_job.id == bindparam("id")))
_of_printer = Statement(
    _listed.where(_job.printer == bindparam("printer"))
    .order_by(_job.made_at.desc(), _job.id.desc())
    .limit(bindparam("most", type_=_job.seq.type))
)
_waiting_at = Statement(
    _listed.where(_job.printer == bindparam("printer"), _job.state.in_(_WAITING)).order_by(
        _job.made_at, _job.id
    )
)
_behind = Statement(
    _listed.where(
        _job.chain == bindparam("chain"),
        _job.seq >= bindparam("first", type_=_job.seq.type),
        _job.seq <= bindparam("last", type_=_job.seq.type),
    )
)
_of_entry = Statement(_every.where(_job.chain == bindparam("chain"), _job.seq == bindparam("seq")))
_of_therapy = Statement(
    _listed.where(_job.therapy == bindparam("therapy")).order_by(_job.made_at, _job.id)
)
_line_of = Statement(_lines.where(_line.printer == bindparam("printer")))
_line_held = Statement(_lines.where(_line.printer == bindparam("printer")).with_for_update())
_remove_line = Statement(delete(t.print_line).where(_line.printer == bindparam("printer")))
_every_line = Statement(_lines)
_may_lie = or_(
    _line.therapy == NOTHING, _line.therapy == _job.therapy, _job.therapy == literal(NOTHING)
)
_next = Statement(
    select(_job.printer, _job.id, _job.due_at)
    .join_from(t.print_job, t.print_line, _line.printer == _job.printer)
    .where(
        _job.state.in_(_WAITING),
        _job.due_at < literal(NEVER),
        _line.job == NOTHING,
        _may_lie,
    )
    .order_by(_job.made_at, _job.id)
)
_take_line = Statement(
    update(t.print_line).where(
        _line.printer == bindparam("at"),
        _line.job == NOTHING,
        _line.therapy == bindparam("before"),
    ),
    ("job", "therapy"),
)
_take = Statement(
    update(t.print_job).where(
        _job.id == bindparam("of"), _job.printer == bindparam("at"), _job.state.in_(_WAITING)
    ),
    ("state", "sealed", "claim", "due_at", "why"),
)
_settle = Statement(
    update(t.print_job).where(
        _job.id == bindparam("of"), _job.state == SENDING, _job.claim == bindparam("by")
    ),
    ("state", "sealed", "claim", "due_at", "why", "ended_at"),
)
_free_line = Statement(update(t.print_line).where(_line.job == bindparam("of")), ("job",))
_clear_line = Statement(
    update(t.print_line).where(_line.printer == bindparam("at"), _line.job == NOTHING),
    ("therapy", "since"),
)
_change = Statement(
    update(t.print_job).where(_job.id == bindparam("of"), _job.state.in_(_WAITING)),
    ("printer", "state", "sealed", "why", "due_at", "ended_at"),
)
_hold = Statement(
    update(t.print_job).where(
        _job.id == bindparam("of"), _job.printer == bindparam("at"), _job.state.in_(_WAITING)
    ),
    ("state", "why", "due_at"),
)
_left = Statement(_every.where(_job.state == literal(SENDING), _job.due_at <= bindparam("now")))
_give_up = Statement(
    update(t.print_job).where(_job.ended_at == NOTHING),
    ("state", "sealed", "claim", "why", "due_at"),
)
_free_every_line = Statement(update(t.print_line).where(_line.job != NOTHING), ("job",))
_forget = Statement(
    delete(t.print_job).where(_job.ended_at != NOTHING, _job.ended_at <= bindparam("before"))
)
_under_way = Statement(
    select(_job.labels, _job.printer).where(
        _job.therapy == bindparam("therapy"), _job.ended_at == NOTHING
    )
)
_depths = Statement(select(_job.state, func.count()).group_by(_job.state))
_oldest = Statement(
    select(_job.made_at).where(_job.state.in_(_WAITING)).order_by(_job.made_at).limit(ONE)
)


def keep(connection: Connection, row: JobRow) -> None:
    """Let a label wait for its printer."""
    add(connection, t.print_job, [{name: getattr(row, name) for name in JobRow.__slots__}])


def open_line(connection: Connection, printer: str, since: str) -> None:
    """Let a printer be one that labels can be sent to, with nothing at it."""
    told = {"printer": printer, "therapy": NOTHING, "job": NOTHING, "since": since}
    add(connection, t.print_line, [told])


def job(connection: Connection, identifier: str) -> JobRow | None:
    """The job of this id."""
    row = _one.row(connection, id=identifier)
    return JobRow(*row) if row else None


def jobs_of(connection: Connection, printer: str, most: int) -> list[JobRow]:
    """The newest jobs of a printer."""
    return [JobRow(*row) for row in _of_printer.rows(connection, printer=printer, most=most)]


def jobs_of_therapy(connection: Connection, therapy: str) -> list[JobRow]:
    """Every job of a therapy that is not forgotten, the oldest first."""
    return [JobRow(*row) for row in _of_therapy.rows(connection, therapy=therapy)]


def waiting_at(connection: Connection, printer: str) -> list[JobRow]:
    """What waits at a printer, the oldest first."""
    return [JobRow(*row) for row in _waiting_at.rows(connection, printer=printer)]


def jobs_behind(connection: Connection, chain: str, first: int, last: int) -> dict[int, JobRow]:
    """The jobs of these entries of a chain, each with one, without their bytes; what is kept."""
    rows = _behind.rows(connection, chain=chain, first=first, last=last)
    return {row.seq: row for row in (JobRow(*one) for one in rows)}


def jobs_of_entry(connection: Connection, chain: str, seq: int) -> list[JobRow]:
    """What an entry printed."""
    return [JobRow(*row) for row in _of_entry.rows(connection, chain=chain, seq=seq)]


def under_way_of(connection: Connection, therapy: str) -> dict[str, str]:
    """The serials of a therapy that wait or are being sent, each with its printer."""
    rows = _under_way.rows(connection, therapy=therapy)
    return {serial: printer for labels, printer in rows for serial in labels.split()}


def line(connection: Connection, printer: str) -> LineRow | None:
    """What lies at a printer."""
    row = _line_of.row(connection, printer=printer)
    return LineRow(*row) if row else None


def hold_line(connection: Connection, printer: str) -> LineRow | None:
    """The same, while nobody else changes it: a printer is not retired while a label comes."""
    row = _line_held.row(connection, printer=printer)
    return LineRow(*row) if row else None


def close_line(connection: Connection, printer: str) -> None:
    """Send nothing to a printer any more."""
    _remove_line.write(connection, [{"printer": printer}])


def lines(connection: Connection) -> dict[str, LineRow]:
    """What lies at each printer."""
    return {row[0]: LineRow(*row) for row in _every_line.rows(connection)}


def ready(connection: Connection, now: str) -> list[JobRow]:
    """What could be sent now: the oldest of each printer, and none before it is due.

    What a printer did not take comes first when it is tried again: labels come out in their order.
    """
    first: dict[str, tuple[str, str]] = {}
    for printer, identifier, due_at in _next.rows(connection):
        first.setdefault(printer, (identifier, due_at))
    due = [identifier for identifier, due_at in first.values() if due_at <= now]
    found = [job(connection, identifier) for identifier in due]
    return [row for row in found if row is not None]


def take(connection: Connection, row: JobRow, on_line: str, by: str, until: str) -> bool:
    """Take a job and its printer's line for this sender; False where somebody was quicker.

    What is at the printer must still be what it was when the job was found.
    """
    therapy = on_line if row.therapy == NOTHING else row.therapy
    line_ = {"at": row.printer, "before": on_line, "job": row.id, "therapy": therapy}
    if _take_line.write(connection, [line_]) != 1:
        return False
    taken = {"state": SENDING, "sealed": NOTHING, "claim": by, "due_at": until, "why": NOTHING}
    if _take.write(connection, [{"of": row.id, "at": row.printer, **taken}]) == 1:
        return True
    _free_line.write(connection, [{"of": row.id, "job": NOTHING}])
    return False


def settle(connection: Connection, identifier: str, by: str, became: dict[str, object]) -> bool:
    """Write down what became of it, and free its printer; False where it was taken for lost."""
    told = {"of": identifier, "by": by, "claim": NOTHING, **became}
    if _settle.write(connection, [told]) != 1:
        return False
    _free_line.write(connection, [{"of": identifier, "job": NOTHING}])
    return True


def left_behind(connection: Connection, now: str) -> list[JobRow]:
    """What somebody began to send and never told the end of."""
    return [JobRow(*row) for row in _left.rows(connection, now=now)]


def hold(connection: Connection, row: JobRow, why: str, due_at: str) -> None:
    """Let a job wait until then, and say why; where it was moved meanwhile, nothing."""
    told = {"of": row.id, "at": row.printer, "state": HELD, "why": why, "due_at": due_at}
    _hold.write(connection, [told])


def change(connection: Connection, identifier: str, to: dict[str, object]) -> bool:
    """Let a job that waits be so; False where it does not wait any more."""
    return _change.write(connection, [{"of": identifier, **to}]) == 1


def clear_line(connection: Connection, printer: str, since: str) -> bool:
    """Nobody's labels lie at the printer from now on; False while it is being sent something."""
    told = {"at": printer, "therapy": NOTHING, "since": since}
    return _clear_line.write(connection, [told]) == 1


def give_up_every_one(connection: Connection, now: str) -> None:
    """Send nothing of what waits: in a record that was put back it may have been sent since.

    Its bytes are gone, and it stands as one that a sender left behind: so it is told as such.
    """
    told = {"state": SENDING, "sealed": NOTHING, "claim": RESTORED, "why": NOTHING}
    _give_up.write(connection, [{**told, "due_at": now}])
    _free_every_line.write(connection, [{"job": NOTHING}])


def forget_ended(connection: Connection, before: str) -> None:
    """Forget what came to an end before a moment."""
    _forget.write(connection, [{"before": before}])


def depths(connection: Connection) -> dict[str, int]:
    """How many there are in each state."""
    return dict(_depths.rows(connection))


def oldest_waiting(connection: Connection) -> str | None:
    """When the oldest was made that waits still."""
    row = _oldest.row(connection)
    return row[0] if row else None

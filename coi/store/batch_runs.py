"""Reads and writes batches that are done beside the pages; what is in them is sealed, and stays so.

One process is at a batch at a time, for as long as it says that it lives. Where it does not say so
in time, another one takes the batch.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, literal, or_, select, update

from coi.store import tables as t
from coi.store.append import add
from coi.store.overwriting import overwrite_erased
from coi.store.statements import Statement
from coi.store.words import ONE

LABELS, CUSTODY_RECORDS = "labels", "custody_records"
GOING, STOPPED, ENDED = "going", "stopped", "ended"
NOBODY = "-"
DRAWN_OF = "drawn "
"""How it begins what a file is that shows a therapy; its COI identifier follows."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A batch that somebody began, as it is stored; its times in text."""

    key: str
    kind: str
    person: str
    sealed: str
    state: str
    claim: str
    made_at: str
    due_at: str
    tries: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """One file of a batch."""

    key: str
    n: int
    about: str
    sealed: str


_run, _part = t.batch_run.c, t.batch_part.c
_every = select(*(_run[name] for name in RunRow.__slots__))
_one = Statement(_every.where(_run.key == bindparam("key")))
_held = Statement(_every.where(_run.key == bindparam("key")).with_for_update())
_left = Statement(
    _every.where(
        _run.state == literal(GOING),
        _run.due_at <= bindparam("now"),
        _run.due_at > bindparam("since"),
        _run.tries < bindparam("most", type_=_run.tries.type),
    ).order_by(_run.due_at, _run.key)
)
_take = Statement(
    update(t.batch_run).where(
        _run.key == bindparam("of"),
        _run.state == literal(GOING),
        _run.claim == bindparam("before"),
        _run.due_at <= bindparam("now"),
    ),
    ("claim", "due_at", "tries"),
)
_live = Statement(
    update(t.batch_run).where(
        _run.key == bindparam("of"),
        _run.state == literal(GOING),
        _run.claim == bindparam("by"),
    ),
    ("due_at",),
)
_end = Statement(
    update(t.batch_run).where(_run.key == bindparam("of"), _run.state == literal(GOING)),
    ("state", "claim", "due_at"),
)
_stop = Statement(
    update(t.batch_run).where(_run.key == bindparam("of"), _run.state != literal(STOPPED)),
    ("state", "claim", "due_at"),
)
_going = Statement(
    select(func.count()).where(
        _run.person == bindparam("person"),
        _run.kind == bindparam("kind"),
        _run.state == literal(GOING),
        _run.key != bindparam("besides"),
    )
)
_of_person = Statement(
    select(_run.key, _run.made_at, _run.state)
    .where(_run.person == bindparam("person"), _run.kind == bindparam("kind"))
    .order_by(_run.made_at.desc(), _run.key)
)
_set_right = Statement(update(t.batch_run).where(_run.due_at > bindparam("ahead")), ("due_at",))
_again = Statement(
    update(t.batch_run).where(_run.key == bindparam("of")),
    ("sealed", "state", "claim", "due_at", "tries"),
)
_forget = Statement(delete(t.batch_run).where(_run.key == bindparam("of")))
_forget_parts = Statement(delete(t.batch_part).where(_part.key == bindparam("of")))
_old = Statement(
    select(_run.key).where(_run.due_at <= bindparam("before")).order_by(_run.key).with_for_update()
)
_off = Statement(
    select(_run.key)
    .where(or_(_run.due_at > bindparam("ahead"), _run.due_at <= bindparam("before")))
    .limit(ONE)
)
_all = Statement(select(_run.key))
_drawn = Statement(
    select(_part.n, _part.about).where(_part.key == bindparam("key")).order_by(_part.n)
)
_part_of = Statement(
    select(*(_part[name] for name in PartRow.__slots__)).where(
        _part.key == bindparam("key"), _part.n == bindparam("n", type_=_part.n.type)
    )
)


def keep(connection: Connection, row: RunRow) -> None:
    """Let a batch be one that goes on until it has ended."""
    add(connection, t.batch_run, [{name: getattr(row, name) for name in RunRow.__slots__}])


def run(connection: Connection, key: str) -> RunRow | None:
    """The batch of this key, where it is kept."""
    row = _one.row(connection, key=key)
    return RunRow(*row) if row else None


def hold(connection: Connection, key: str) -> RunRow | None:
    """The same, which nobody else changes before the transaction ends."""
    row = _held.row(connection, key=key)
    return RunRow(*row) if row else None


def going(connection: Connection, person: str, kind: str, besides: str) -> int:
    """How many batches of one kind go on for a person, besides one."""
    row = _going.row(connection, person=person, kind=kind, besides=besides)
    return int(row[0]) if row else 0


def of_person(connection: Connection, person: str, kind: str) -> list[tuple[str, str, str]]:
    """The batches of one kind that a person began: key, when, state; the newest first."""
    found = _of_person.rows(connection, person=person, kind=kind)
    return [(key, made_at, state) for key, made_at, state in found]


def left_behind(connection: Connection, now: str, since: str, most: int) -> list[RunRow]:
    """What nobody is at, who was at it since a moment; and none that was begun so often."""
    rows = _left.rows(connection, now=now, since=since, most=most)
    return [RunRow(*row) for row in rows]


def take(connection: Connection, row: RunRow, by: str, now: str, until: str) -> bool:
    """Take a batch for this process; False where somebody was quicker, or it has ended."""
    told = {"of": row.key, "before": row.claim, "now": now, "claim": by, "due_at": until}
    return _take.write(connection, [{**told, "tries": row.tries + 1}]) == 1


def say_alive(connection: Connection, key: str, by: str, until: str) -> bool:
    """Whoever is at a batch lives; False where another one took it, or it has ended."""
    return _live.write(connection, [{"of": key, "by": by, "due_at": until}]) == 1


def end(connection: Connection, key: str, state: str, now: str) -> bool:
    """Nobody goes on with a batch by itself any more; False where that was so before."""
    told = {"of": key, "state": state, "claim": NOBODY, "due_at": now}
    return _end.write(connection, [told]) == 1


def stop(connection: Connection, key: str, now: str) -> None:
    """A batch is stopped, whoever is at it or nobody; one that was stopped before stays so."""
    told = {"of": key, "state": STOPPED, "claim": NOBODY, "due_at": now}
    _stop.write(connection, [told])


def begin_again(connection: Connection, key: str, sealed: str, now: str) -> None:
    """Let a batch that is kept go on for whoever says so now."""
    told = {"sealed": sealed, "state": GOING, "claim": NOBODY, "due_at": now, "tries": 0}
    _again.write(connection, [{"of": key, **told}])


def forget(connection: Connection, key: str) -> None:
    """Keep nothing of a batch, nor of its files."""
    overwrite_erased(connection)
    _forget_parts.write(connection, [{"of": key}])
    _forget.write(connection, [{"of": key}])


def are_off(connection: Connection, ahead: str, before: str) -> bool:
    """Something is due later than `ahead`, or was before a moment."""
    return _off.row(connection, ahead=ahead, before=before) is not None


def forget_ended(connection: Connection, before: str) -> list[str]:
    """Keep nothing of what ended, or was left by everybody, before a moment; returns their keys.

    What somebody goes on with in that moment is not among them.
    """
    old = [row[0] for row in _old.rows(connection, before=before)]
    for key in old:
        forget(connection, key)
    return old


def set_right(connection: Connection, ahead: str, now: str) -> None:
    """What is due later than `ahead` was said by a clock that was set back: it is due now."""
    _set_right.write(connection, [{"ahead": ahead, "due_at": now}])


def forget_every_one(connection: Connection) -> None:
    """Keep no batch: in a record that was put back it may have gone on since."""
    for (key,) in _all.rows(connection):
        forget(connection, key)


# -- files -----------------------------------------------------------------------------------------


def keep_part(connection: Connection, part: PartRow) -> None:
    """Keep one file of a batch."""
    add(connection, t.batch_part, [{name: getattr(part, name) for name in PartRow.__slots__}])


def parts_of(connection: Connection, key: str) -> dict[int, str]:
    """The numbers of the files of a batch that there are, in their order: of what each is."""
    return dict(_drawn.rows(connection, key=key))


def forget_records_of_patient(connection: Connection, patient: str) -> None:
    """Forget each file of a batch that is of a therapy of this patient."""
    theirs = select(literal(DRAWN_OF) + t.therapy.c.coi).where(t.therapy.c.patient_id == patient)
    connection.execute(delete(t.batch_part).where(_part.about.in_(theirs)))


def part(connection: Connection, key: str, n: int) -> PartRow | None:
    """One file of a batch."""
    row = _part_of.row(connection, key=key, n=n)
    return PartRow(*row) if row else None

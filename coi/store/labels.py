"""Reads which labels were issued, and what became of each."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement
from workflows.label_life import LabelLife, LabelState

_labels = Statement(
    select(t.label.c.subject, t.label.c.serial)
    .where(t.label.c.chain == bindparam("coi"))
    .order_by(t.label.c.seq, t.label.c.n)
)


_issued = Statement(
    select(t.label.c.subject, t.label.c.serial, t.label.c.seq)
    .where(t.label.c.chain == bindparam("coi"))
    .order_by(t.label.c.seq, t.label.c.n)
)


def newest_labels(connection: Connection, coi: str) -> dict[str, tuple[str, int]]:
    """The serial of the newest label of each labelled subject, and the entry that issued it."""
    rows = _issued.rows(connection, coi=coi)
    return {subject: (serial, seq) for subject, serial, seq in rows}


def labels_of(connection: Connection, coi: str) -> dict[str, tuple[str, ...]]:
    """The serials of each labelled subject of a therapy, oldest first."""
    found: dict[str, tuple[str, ...]] = {}
    for subject, serial in _labels.rows(connection, coi=coi):
        found[subject] = (*found.get(subject, ()), serial)
    return found


_lives = Statement(
    select(t.label.c.serial, t.label.c.subject, t.label.c.issue, t.label.c.seq)
    .where(t.label.c.chain == bindparam("coi"))
    .order_by(t.label.c.seq, t.label.c.n)
)
_turns = Statement(
    select(t.label_turn.c.serial, t.label_turn.c.turn, t.label_turn.c.after)
    .where(t.label_turn.c.chain == bindparam("coi"))
    .order_by(t.label_turn.c.seq, t.label_turn.c.n)
)


def lives_of(connection: Connection, coi: str) -> tuple[LabelLife, ...]:
    """Every label of a therapy as it stands now, in the order of issue."""
    stands = {
        serial: (turn, LabelState(after))
        for serial, turn, after in _turns.rows(connection, coi=coi)
    }
    return tuple(
        LabelLife(serial, subject, issue, seq, *stands.get(serial, (0, LabelState.ISSUED)))
        for serial, subject, issue, seq in _lives.rows(connection, coi=coi)
    )


_MOST_ASKED = 50
_untold = Statement(
    select(t.label.c.chain)
    .where(
        t.label.c.chain.in_([bindparam(f"coi{n}") for n in range(_MOST_ASKED)]),
        ~select(t.label_turn.c.serial)
        .where(t.label_turn.c.chain == t.label.c.chain, t.label_turn.c.serial == t.label.c.serial)
        .correlate(t.label)
        .exists(),
    )
    .distinct()
)


def with_untold_labels(connection: Connection, cois: Sequence[str]) -> set[str]:
    """Those of these therapies, no more than 50, with a label of which nothing was told yet."""
    asked = {f"coi{n}": coi for n, coi in enumerate([*cois, *[""] * (_MOST_ASKED - len(cois))])}
    return {row[0] for row in _untold.rows(connection, **asked)}


_nth_of_labels = Statement(
    select(t.label.c.serial, t.entry.c.content)
    .join_from(
        t.label,
        t.request,
        t.request.c.key == bindparam("before") + t.label.c.serial + bindparam("behind"),
    )
    .join(t.entry, and_(t.entry.c.chain == t.request.c.chain, t.entry.c.seq == t.request.c.seq))
    .where(t.label.c.chain == bindparam("coi"))
)


def answers_by_serial(connection: Connection, coi: str, before: str, behind: str) -> dict[str, str]:
    """For each label of a therapy the entry that answered the key with its serial in the midst."""
    rows = _nth_of_labels.rows(connection, coi=coi, before=before, behind=behind)
    return {row[0]: row[1] for row in rows}

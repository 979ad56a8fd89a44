"""Finds the therapies that something is about: a recorded value, a unit, a site, a workflow.

Always among those in which one site takes part. A value is found by an index of what values begin
with; all else walks along the therapies of that site, and no further.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, func, or_, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import BEGINNING, ONE

_own = t.participation.alias("own")
_later = t.value.alias("later")
_begins = func.substr(bindparam("content"), ONE, BEGINNING)


def _within(recorded_at: ColumnElement[str]) -> ColumnElement[bool]:
    """Recorded in the period that is asked for."""
    return and_(recorded_at >= bindparam("since"), recorded_at < bindparam("until"))


def _entry_of(chain: ColumnElement[str], seq: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(t.entry.c.chain == chain, t.entry.c.seq == seq, _within(t.entry.c.recorded_at))


def _theirs(*conditions: ColumnElement[bool]) -> Select[tuple[str]]:
    """The therapies of one site of which all of this holds."""
    return (
        select(_own.c.chain)
        .where(_own.c.site == bindparam("own"), *conditions)
        .order_by(_own.c.chain)
    )


_by_value = Statement(
    select(t.value.c.chain)
    .distinct()
    .join_from(t.value, _own, _own.c.chain == t.value.c.chain)
    .join(t.entry, _entry_of(t.value.c.chain, t.value.c.seq))
    .where(
        _own.c.site == bindparam("own"),
        t.value.c.field == bindparam("field"),
        func.substr(t.value.c.content, ONE, BEGINNING) == _begins,
        t.value.c.content == bindparam("content"),
        # What was corrected since says something else.
        ~exists().where(
            _later.c.chain == t.value.c.chain,
            _later.c.subject == t.value.c.subject,
            _later.c.field == t.value.c.field,
            _later.c.occurrence == t.value.c.occurrence,
            _later.c.revision > t.value.c.revision,
        ),
    )
    .order_by(t.value.c.chain)
)
_by_unit = Statement(
    _theirs(
        exists().where(
            t.entry.c.chain == _own.c.chain,
            t.entry.c.unit == bindparam("content"),
            t.entry.c.kind != "refused",
            _within(t.entry.c.recorded_at),
        )
    )
)
_by_site = Statement(
    _theirs(
        exists().where(
            t.participation.c.chain == _own.c.chain,
            t.participation.c.site == bindparam("content"),
            t.entry.c.chain == t.participation.c.chain,
            # It came in then, or one of its units did something.
            or_(
                t.entry.c.seq == t.participation.c.seq,
                and_(
                    t.entry.c.kind != "refused",
                    t.entry.c.unit.in_(
                        select(t.unit.c.id).where(t.unit.c.site == bindparam("content"))
                    ),
                ),
            ),
            _within(t.entry.c.recorded_at),
        )
    )
)
_by_workflow = Statement(
    _theirs(
        exists().where(
            t.therapy.c.coi == _own.c.chain,
            t.therapy.c.workflow == bindparam("content"),
            t.entry.c.chain == t.therapy.c.coi,
            t.entry.c.seq == 0,
            _within(t.entry.c.recorded_at),
        )
    )
)

UNIT, SITE, WORKFLOW = "unit that worked on it", "site that takes part", "workflow"
"""What is no recorded field, and can be asked for: no field has a blank in its name."""

_OTHERS = {UNIT: _by_unit, SITE: _by_site, WORKFLOW: _by_workflow}


def concerned(
    connection: Connection, what: str, content: str, own: str, period: tuple[str, str]
) -> Sequence[str]:
    """The therapies in which the site `own` takes part and `what` is `content`, recorded then."""
    told = {"own": own, "content": content, "since": period[0], "until": period[1]}
    if what in _OTHERS:
        return [row[0] for row in _OTHERS[what].rows(connection, **told)]
    return [row[0] for row in _by_value.rows(connection, **told, field=what)]

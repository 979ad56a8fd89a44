"""Finds what a scanned serial or identifier stands for."""

from sqlalchemy import Connection, and_, bindparam, func, literal, or_, select

from coi.clock import parse_rfc3339
from coi.store import places
from coi.store import tables as t
from coi.store.donations import is_newest
from coi.store.facts import ORGANISATION
from coi.store.statements import Statement
from coi.store.words import BEGINNING, ONE
from workflows.facts import Label, Order, OverLabel, Place, Shipper, Wristband
from workflows.label_life import LabelState
from workflows.migrating import VERSION
from workflows.stating import DONOR_TEST

_over = t.label.alias("over")
_tells_a_donor_test = func.substr(t.value.c.field, ONE, len(DONOR_TEST)) == DONOR_TEST
_changed_in = (
    select(func.coalesce(func.max(t.value.c.seq), -1))
    .where(
        t.value.c.chain == t.label.c.chain,
        or_(t.value.c.revision > ONE, _tells_a_donor_test, t.value.c.field == literal(VERSION)),
    )
    .scalar_subquery()
)
_last = (
    select(t.label_turn.c.after)
    .where(t.label_turn.c.serial == t.label.c.serial)
    .order_by(t.label_turn.c.turn.desc())
    .limit(ONE)
    .scalar_subquery()
)
_label = Statement(
    select(
        *(t.label.c.serial, t.label.c.chain, t.label.c.subject, t.therapy.c.patient_id),
        *(_over.c.serial, t.label.c.seq, _changed_in, _last),
    )
    .join_from(t.label, t.therapy, t.therapy.c.coi == t.label.c.chain)
    .join(
        _over,
        and_(
            _over.c.chain == t.label.c.chain,
            _over.c.subject == t.label.c.subject,
            _over.c.issue > t.label.c.issue,
        ),
        isouter=True,
    )
    .where(t.label.c.serial == bindparam("serial"))
    .limit(ONE)
)

_newer = t.wristband.alias("newer")
_wristband = Statement(
    select(t.wristband.c.serial, t.wristband.c.patient_id, _newer.c.serial)
    .join_from(
        t.wristband,
        _newer,
        and_(
            _newer.c.patient_id == t.wristband.c.patient_id,
            # A band is worn until a newer one was issued, in whichever therapy (BD-10).
            _newer.c.issue > t.wristband.c.issue,
        ),
        isouter=True,
    )
    .where(t.wristband.c.serial == bindparam("serial"))
    .limit(ONE)
)

_order = Statement(select(t.therapy.c.coi).where(t.therapy.c.coi == bindparam("coi")))
_shipper = Statement(
    select(t.attestation.c.holds, t.attestation.c.valid_until, t.attestation.c.detail)
    .where(
        t.attestation.c.kind == "shipper",
        t.attestation.c.about == bindparam("serial"),
        t.attestation.c.chain == ORGANISATION,
    )
    .order_by(t.attestation.c.seq.desc(), t.attestation.c.n.desc())
    .limit(ONE)
)


_says_now = (
    t.value.c.field == bindparam("field"),
    # The index keeps what values begin with: said as it is said there.
    func.substr(t.value.c.content, ONE, BEGINNING)
    == func.substr(bindparam("content"), ONE, BEGINNING),
    t.value.c.content == bindparam("content"),
    is_newest,
)
_named = Statement(
    select(t.value.c.chain, t.value.c.subject)
    .distinct()
    .where(*_says_now)
    .order_by(t.value.c.chain, t.value.c.subject)
)


def named(connection: Connection, field: str, content: str) -> list[tuple[str, str]]:
    """Therapy and subject of which a field says this now, whoever may see them."""
    return [(row[0], row[1]) for row in _named.rows(connection, field=field, content=content)]


_over_label = Statement(
    select(t.value.c.chain, t.value.c.subject, t.therapy.c.patient_id)
    .join_from(t.value, t.therapy, t.therapy.c.coi == t.value.c.chain)
    .where(t.value.c.over_label == bindparam("content"))
)


def over_label(connection: Connection, content: str) -> OverLabel | None:
    """The container of which this code was ever recorded, whoever may see it; corrected or not."""
    row = _over_label.row(connection, content=content)
    return OverLabel(*row) if row else None


def label(connection: Connection, serial: str) -> Label | None:
    """The container behind a bag label, and what became of the label; None if never issued."""
    row = _label.row(connection, serial=serial)
    if row is None:
        return None
    serial, coi, subject, patient, newer, issued_in, changed_in, state = row
    stands = LabelState(state) if state else LabelState.ISSUED
    return Label(serial, coi, subject, patient, newer is None, issued_in, changed_in, stands)


def wristband(connection: Connection, serial: str) -> Wristband | None:
    """The patient behind a wristband, and whether a newer band has replaced it."""
    row = _wristband.row(connection, serial=serial)
    return Wristband(row[0], row[1], current=row[2] is None) if row else None


def order(connection: Connection, coi: str) -> Order | None:
    """The therapy behind a COI identifier."""
    found = _order.row(connection, coi=coi)
    return Order(found[0]) if found else None


def place(connection: Connection, serial: str) -> Place | None:
    """The place behind a location label; None when there is none."""
    return Place(serial) if places.place(connection, serial) else None


def shipper(connection: Connection, serial: str) -> Shipper | None:
    """A transport container with its qualification; one that lapsed is not qualified."""
    row = _shipper.row(connection, serial=serial)
    if row is None:
        return None
    holds, until, hours = row
    qualified = parse_rfc3339(until) if holds and until != "-" else None
    return Shipper(serial, qualified, int(hours) if hours.isdigit() else None)

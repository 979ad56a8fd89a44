"""Reads what is on record of the tests of registered devices."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, exists, func, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import ONE

_KIND = "device_test"
_of = t.attestation.c
_about = (_of.kind == _KIND) & (_of.about == bindparam("device"))


def _told() -> Select[tuple[str, str, int]]:
    same_entry = and_(t.entry.c.chain == _of.chain, t.entry.c.seq == _of.seq)
    return select(_of.about, t.entry.c.recorded_at, _of.holds).join_from(
        t.attestation, t.entry, same_entry
    )


# A device stays at its site: of what one chain says of it, the last comes last.
_newest = Statement(_told().where(_about).order_by(_of.seq.desc()).limit(ONE))
MOST_ONCE = 50
_asked: list[BindParameter[str]] = [bindparam(f"device{n}") for n in range(MOST_ONCE)]
_later = t.attestation.alias("later")
_is_newest = ~exists().where(
    _later.c.kind == _KIND, _later.c.about == _of.about, _later.c.seq > _of.seq
)
_those = Statement(_told().where(_of.kind == _KIND, _of.about.in_(_asked), _is_newest))
_number = Statement(select(func.count()).select_from(t.attestation).where(_about))


def newest_test(connection: Connection, device: str) -> tuple[str, bool] | None:
    """When a device was tested last, and whether it read what it should; None for never."""
    row = _newest.row(connection, device=device)
    return (row[1], bool(row[2])) if row else None


def newest_tests(connection: Connection, devices: Sequence[str]) -> dict[str, tuple[str, bool]]:
    """The same of each of these devices that was ever tested; a page of them at most."""
    asked = {f"device{n}": one for n, one in enumerate(devices[:MOST_ONCE])}
    asked |= {f"device{n}": "" for n in range(len(asked), MOST_ONCE)}
    return {about: (at, bool(holds)) for about, at, holds in _those.rows(connection, **asked)}


def tests_of(connection: Connection, device: str) -> int:
    """How often a device was tested."""
    ((number,),) = _number.rows(connection, device=device)
    return int(number)

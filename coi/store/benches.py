"""Reads which benches a unit has, and what is on each: the newest that was attested of it."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, select

from coi.clock import parse_rfc3339
from coi.store import tables as t
from coi.store.statements import Row, Statement
from workflows.facts import Bench

_place = t.attestation.alias("place")
_bench = t.attestation.alias("bench")
_any = t.attestation.alias("any_bench")
_when = t.entry.alias("any_entry")

_newest = select(func.max(_any.c.seq)).where(
    _any.c.kind == "bench", _any.c.about == _place.c.about, _any.c.chain == _place.c.chain
)
_until = (
    _newest.join(_when, and_(_when.c.chain == _any.c.chain, _when.c.seq == _any.c.seq))
    .where(_when.c.recorded_at <= bindparam("until"))
    .scalar_subquery()
)


def _benches(seq: ColumnElement[int], *which: ColumnElement[bool]) -> Statement:
    """The benches among some places, as a subquery says which entry tells of each."""
    found: Select[Any] = (
        select(
            _place.c.about,
            _place.c.detail,
            _place.c.unit,
            _bench.c.detail,
            t.entry.c.recorded_at,
            _bench.c.holds,
        )
        .join_from(
            _place,
            _bench,
            and_(
                _bench.c.kind == "bench",
                _bench.c.about == _place.c.about,
                _bench.c.chain == _place.c.chain,
                _bench.c.seq == seq,
            ),
        )
        .join(t.entry, and_(t.entry.c.chain == _bench.c.chain, t.entry.c.seq == _bench.c.seq))
        .where(_place.c.kind == "place", *which)
        # Of several names the newest, and of one entry's attestations the last, come last.
        .order_by(_place.c.about, _place.c.seq, _bench.c.n)
    )
    return Statement(found)


_in_unit = _place.c.unit == bindparam("unit"), _place.c.chain == bindparam("chain")
_of_unit = _benches(_newest.scalar_subquery(), *_in_unit)
_of_unit_then = _benches(_until, *_in_unit)
_by_serial = _benches(_newest.scalar_subquery(), _place.c.about == bindparam("serial"))


def benches(connection: Connection, unit: str, chain: str, until: str = "") -> tuple[Bench, ...]:
    """The benches of a unit by name, from its site's chain; `until` asks how they stood then."""
    statement, more = (_of_unit_then, {"until": until}) if until else (_of_unit, {})
    return _read(statement.rows(connection, unit=unit, chain=chain, **more))


def bench(connection: Connection, serial: str) -> Bench | None:
    """The bench of this serial, or None when there is none."""
    return next(iter(_read(_by_serial.rows(connection, serial=serial))), None)


def _read(rows: list[Row]) -> tuple[Bench, ...]:
    found = {serial: (told, holds) for serial, *told, holds in rows}
    there = (
        Bench(serial, name, unit, on_it, parse_rfc3339(since))
        for serial, ((name, unit, on_it, since), holds) in found.items()
        if holds
    )
    return tuple(sorted(there, key=lambda one: (one.name, one.serial)))

"""What no stock-take can be, on either database; each is refused by the name of the constraint."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from coi.store import stock
from coi.store import tables as t
from coi.store.engine import read, write
from coi.store.stock import ScanRow, TakeRow
from workflows.stock import Finding

NOW, LATER = "2026-11-22T09:00:00.000000Z", "2026-11-22T09:03:00.000000Z"
ENTRY = ("site:works", 0)
NEVER_SCANNED = {Finding.MISSING, Finding.MOVED}


@pytest.fixture
def engine(clinic):
    """A clinic with one therapy in it."""
    return clinic


@pytest.fixture
def take(engine):
    """A stock-take of a whole unit that goes on, begun by somebody."""
    with write(engine) as connection:
        unit = connection.execute(t.unit.select()).first().id
        person = connection.execute(t.person.select().where(t.person.c.id != "-")).first().id
        row = TakeRow("one", unit, "-", person, NOW)
        stock.begin(connection, row)
    return row


@pytest.fixture
def scan(take):
    """Give a scan in it, which nobody has kept."""
    told = ("found", "B-1", "TEST-1", "TEST-1/30.1", "-", "scanned")
    return ScanRow(take.id, "B-1", *told, take.opened_by, NOW, 1)


TAKES = (
    ({"id": "one"}, "pk_stock_take"),
    ({"unit": "nowhere"}, "fk_stock_take_unit"),
    ({"opened_by": "nobody"}, "fk_stock_take_person"),
    ({"opened_at": "yesterday"}, "ck_stock_take_opened_at"),
    ({"opened_at": "-"}, "ck_stock_take_opened_at"),
    (
        {"closed_at": "soon", "closed_in": "site:works", "closed_seq": 1},
        "ck_stock_take_closed_at",
    ),
    # Closed by no entry, and closed by one that goes on.
    ({"closed_at": LATER}, "ck_stock_take_closed"),
    ({"closed_in": "site:works"}, "ck_stock_take_closed"),
    ({"closed_seq": 4}, "ck_stock_take_closed"),
    ({"closed_at": LATER, "closed_in": "site:works", "closed_seq": -1}, "ck_stock_take_closed"),
)
SCANS = (
    ({}, "pk_stock_scan"),
    ({"code": "B-2"}, "uq_stock_scan_n"),
    ({"stock_take": "another"}, "fk_stock_scan_stock_take"),
    ({"person": "nobody"}, "fk_stock_scan_person"),
    ({"scanned_at": "just now"}, "ck_stock_scan_scanned_at"),
    ({"how": "guessed"}, "ck_stock_scan_how"),
    ({"n": 0}, "ck_stock_scan_n"),
    ({"finding": "gone"}, "ck_stock_scan_finding"),
    *(({"finding": one.value}, "ck_stock_scan_finding") for one in sorted(NEVER_SCANNED)),
)
"""How a row differs from one that is right, and which constraint refuses it."""

UNTOLD = ("pk_", "uq_", "fk_")
"""What SQLite refuses without a name: it says which columns, or nothing."""


def refusal(engine, keep, row):
    """What the database says against a row."""
    with pytest.raises(DBAPIError) as caught, write(engine) as connection:
        keep(connection, row)
    return str(caught.value.orig)


def missed(engine, forgeries, told):
    """The forgeries that were refused by another constraint than the one that is meant."""
    unnamed = UNTOLD if engine.dialect.name == "sqlite" else ()
    return [
        (name, said)
        for (_changes, name), said in zip(forgeries, told, strict=True)
        if name not in said and not name.startswith(unnamed or ("-",))
    ]


def test_what_no_stock_take_can_be_is_refused_by_name(engine, take):
    """Of no unit, begun by nobody, closed by no entry, or closed and going on."""
    others = (replace(take, **{"id": "two", **changes}) for changes, _name in TAKES)

    told = [refusal(engine, stock.begin, other) for other in others]

    assert missed(engine, TAKES, told) == []


def test_what_no_scan_can_be_is_refused_by_name(engine, scan):
    """Twice the same code, two of one number, found out by nobody, or what only the end tells."""
    with write(engine) as connection:
        stock.keep_scan(connection, scan)
    others = [
        replace(scan, **{"code": "B-2", "n": 2, **changes}) if changes != {} else scan
        for changes, _name in SCANS
    ]
    others[1] = replace(scan, code="B-2")

    told = [refusal(engine, stock.keep_scan, other) for other in others]

    assert missed(engine, SCANS, told) == []


def test_every_finding_of_a_scan_can_be_kept(engine, scan):
    """The check knows each; what is missing is found out when it is closed."""
    found = [one for one in Finding if one not in NEVER_SCANNED]

    with write(engine) as connection:
        for n, finding in enumerate(found, start=1):
            stock.keep_scan(connection, replace(scan, code=f"B-{n}", n=n, finding=finding.value))
    with read(engine) as connection:
        kept = [row.finding for row in stock.scans(connection, scan.stock_take)]

    assert kept == [one.value for one in found]


def test_what_is_closed_is_closed_by_one_entry_for_ever(engine, take):
    """Another entry that comes later changes nothing."""
    with write(engine) as connection:
        stock.close(connection, take.id, LATER, ENTRY)
    with write(engine) as connection:
        stock.close(connection, take.id, NOW, ("site:other", 7))
        found = stock.stock_take(connection, take.id)

    assert (found.closed_at, found.closed_in, found.closed_seq) == (LATER, *ENTRY)

"""Places, devices, people and what was captured: a page of a thousand is one of fifty."""

import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text

from coi.store import tables as t
from coi.store.engine import write
from tests.coi.web.test_captured import coi, hand_in, handed_over, leo, queue  # noqa: F401 - fixtures
from tests.plans import heard

MANY = 1200
MOST_BYTES = 90_000

_COPIES = (
    "WITH RECURSIVE copies(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM copies WHERE i < :many)"
)

_BEHIND = (
    "(SELECT max(n) FROM attestation AS last WHERE last.chain = attestation.chain"
    " AND last.seq = attestation.seq)"
    " + row_number() OVER (PARTITION BY chain, seq ORDER BY i, n)"
)
IN_TURN = {"n": _BEHIND, "prev_n": f"{_BEHIND} - 1"}
"""Behind the last of their entry, one after the other."""


def add_many(installation, table, where, told, more="", **changes):
    """Write as many copies of the rows of a table, each with what is its own."""
    names = [column.name for column in table.columns]
    values = ", ".join(changes.get(name, name) for name in names)
    statement = (
        f"{_COPIES} INSERT INTO {table.name} ({', '.join(names)})"  # noqa: S608 - of ours
        f" SELECT {values} FROM {table.name}, copies WHERE {where} ORDER BY i{more}"
    )
    with write(installation.engine) as connection:
        # An entry says how many attestations it holds; these are more, and no page looks at that.
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(text(statement), {"many": MANY, **told})
        connection.execute(text("PRAGMA ignore_check_constraints = OFF"))


def attested(installation, kind):
    """What an attestation of this kind is about."""
    one = select(t.attestation.c.about).where(t.attestation.c.kind == kind)
    with installation.engine.connect() as connection:
        return connection.execute(one).scalar_one()


def attest_many(installation, kind, detail="detail"):
    """Write as many more of what is attested once."""
    about = attested(installation, kind)
    own = {**IN_TURN, "about": "about || i", "detail": detail}
    where = "kind = :kind AND about = :about"
    add_many(installation, t.attestation, where, {"kind": kind, "about": about}, ", n", **own)


@pytest.fixture
def places(administrator, installation):
    """Twelve hundred tank positions of one unit."""
    key = re.search(r'name="key" value="([^"]+)"', administrator.get("/places").text)[1]
    told = {"name": "Tank 7, position 0", "unit": "north-lab", "key": key}
    administrator.send("/places", page="/places", **told)
    attest_many(installation, "place", "'Tank 7, position ' || (10000 + i)")
    return administrator


@pytest.fixture
def devices(administrator, installation):
    """Twelve hundred tablets of one unit."""
    told = {"unit": "north-lab", "name": "Tablet", "password": "the keys of the house"}
    administrator.send("/devices", page="/devices", **told)
    attest_many(installation, "device", "detail || ' ' || (10000 + i)")
    return administrator


@pytest.fixture
def people(administrator, installation):
    """Twelve hundred people who are called as Nina."""
    with installation.engine.connect() as connection:
        one = select(t.account.c.person).where(t.account.c.username == "nina")
        nina = {"about": connection.execute(one).scalar_one()}
    add_many(installation, t.person, "id = :about", nina, id="id || '-' || i")
    own = {"username": "username || i", "person": "person || '-' || i"}
    add_many(installation, t.account, "person = :about", nina, **own)
    own = {**IN_TURN, "about": "about || '-' || i"}
    add_many(installation, t.attestation, "about = :about", nina, ", n", **own)
    return administrator


@pytest.fixture
def captured(leo, installation, queue):  # noqa: F811 - fixtures
    """Twelve hundred handoffs of one device that nobody has settled."""
    hand_in(leo, queue.captures)
    attest_many(installation, "capture")
    return leo


@dataclass(frozen=True)
class Many:
    """One list: its path, what begins each line, and how much its first page holds."""

    path: str
    line: str
    most: int = 50
    queries: int = 12
    one: str = ""  # what finds one of them


LISTS = (
    # Two units that have no place yet stand on the first page too.
    Many("places", "<li><span><strong>", most=48, one="position+10777"),
    # Of each site two rules are told: where its steps are taken, and where the second one checks.
    Many("devices", 'section class="found" aria-labelledby="device-', queries=33, one="10777"),
    Many("people", '<th scope="row"', most=100, one="nina777"),
    # It is worked through from the oldest on, and not searched.
    Many("captured", '<th scope="row"', queries=13),
)


@pytest.mark.parametrize("many", LISTS, ids=lambda many: many.path)
def test_a_page_of_very_many_is_short(request, installation, many):
    """As many queries as for few, and no more bytes than a page holds; one of them is found."""
    browser, path = request.getfixturevalue(many.path), f"/{many.path}"
    browser.get(path)

    with heard(installation.engine) as asked:
        page = browser.get(path).text
    last = browser.get(f"{path}?page=999999").text

    assert page.count(many.line) == many.most
    assert len(page) < MOST_BYTES
    assert len(asked) <= many.queries
    assert f'href="{path}?page=2">Next<' in page
    assert ">Before<" in last
    assert ">Next<" not in last
    if many.one:
        assert browser.get(f"{path}?q={many.one}").text.count(many.line) == 1

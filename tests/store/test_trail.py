"""A part of the trail is found along an index, on both databases, whatever is asked of it."""

import pytest

from coi.store import trail
from coi.store.trail import Narrowed, Scope
from tests.plans import heard, plan_of, walked

ALL = Scope(every_therapy=True, every_chain=True)
SITES = Scope(sites=("north", "south"), chains=("site:north",))
DAY = {"since": "2026-11-01T00:00:00.000000Z", "until": "2026-11-02T00:00:00.000000Z"}
ASKED = [
    (ALL, Narrowed(), "ix_entry_recorded"),
    (ALL, Narrowed(**DAY), "ix_entry_recorded"),
    (SITES, Narrowed(), "ix_entry_recorded"),
    (ALL, Narrowed(unusual=True), "ix_entry_unusual"),
    (SITES, Narrowed(unusual=True, **DAY), "ix_entry_unusual"),
    (ALL, Narrowed(actor="P"), "ix_entry_actor"),
    (SITES, Narrowed(actor="P", **DAY), "ix_entry_actor"),
    (ALL, Narrowed(actor="P", concerned=True, actions=("sign_in", "sign_out")), "ix_entry_actor"),
    (ALL, Narrowed(actions=("lock_account",)), "ix_entry_action"),
]


@pytest.mark.parametrize(("scope", "narrowed", "index"), ASKED)
def test_a_part_of_the_trail_is_found_along_its_index(engine, scope, narrowed, index):
    """No condition makes a database read all entries; SQLite takes the index that is meant."""
    with engine.connect() as connection:
        with heard(engine) as sent:
            assert trail.walked(connection, scope, narrowed) == []
        ((statement, values),) = sent

        assert "entry" not in walked(connection, statement, values)
        if connection.dialect.name == "sqlite":
            assert index in plan_of(connection, statement, values)


def test_what_came_since_a_review_is_counted_along_the_chain(engine):
    """Only what came after it is read, however long the chain and whatever it holds."""
    with engine.connect() as connection:
        with heard(engine) as sent:
            assert trail.count_since(connection, "TEST-1", 40) == 0
        ((statement, values),) = sent

        assert walked(connection, statement, values) == set()
        if connection.dialect.name == "sqlite":
            assert "chain=? AND seq>?" in plan_of(connection, statement, values)


CHAINS = Scope(chains=("site:north", "site:organisation"))
ACCESS = ("sign_in", "sign_out")


def test_the_access_log_of_small_sites_is_read_along_their_chains(engine):
    """Without a day or a person too: never along the million entries of others (A11d-11.9)."""
    with engine.connect() as connection:
        with heard(engine) as sent:
            assert trail.walked(connection, CHAINS, Narrowed(actions=ACCESS)) == []
        ((statement, values),) = sent

        assert "entry" not in walked(connection, statement, values)
        if connection.dialect.name == "sqlite":
            assert plan_of(connection, statement, values).count("(chain=?)") == 2


@pytest.mark.parametrize(
    ("narrowed", "index"),
    [
        (Narrowed(actions=ACCESS, **DAY), "recorded_at>? AND recorded_at<?"),
        (Narrowed(actions=("lock_account",)), "ix_entry_action"),
        (Narrowed(actions=ACCESS, actor="P"), "ix_entry_actor"),
    ],
)
def test_what_has_an_index_of_its_own_is_found_by_it(sqlite_engine, narrowed, index):
    """A day, a step or a person of these sites, however long their chains (A11d-11.9)."""
    with sqlite_engine.connect() as connection:
        with heard(sqlite_engine) as sent:
            trail.walked(connection, CHAINS, narrowed)
        ((statement, values),) = sent

        assert index in plan_of(connection, statement, values)


def test_one_therapy_is_read_along_its_own_chain(engine):
    """Its entries are found by its key, however many others there are."""
    with engine.connect() as connection:
        with heard(engine) as sent:
            trail.walked(connection, ALL, Narrowed(chain="TEST-1", unusual=True))
        ((statement, values),) = sent

        assert walked(connection, statement, values) == set()
        if connection.dialect.name == "sqlite":
            assert "chain=?" in plan_of(connection, statement, values)

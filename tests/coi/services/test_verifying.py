"""Verifying what is new: what it sees at once, what in turn, and what it leaves to a whole look."""

import re
from contextlib import closing
from dataclasses import replace

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import event

from benchmarks.clinic import new_clinic, open_clinic
from coi.services import verifying
from coi.services.verifying import verify_new, verify_record
from coi.settings import Settings
from coi.store import together
from tests.plans import plan_of


def opened(engine, home):
    """A clinic whose record was found whole, and which remembers that."""
    (home / "keys").mkdir()
    clinic = open_clinic(engine)
    settings = Settings.from_environment({"COI_HOME": str(home)})
    clinic = replace(clinic, installation=replace(clinic.installation, settings=settings))
    assert verify_record(clinic.installation).holds
    return clinic


@pytest.fixture
def few_in_turn(monkeypatch):
    """Each time two chains are read anew, of about sixty."""
    monkeypatch.setattr(verifying, "ANEW", 2)


def changed_by_hand(engine, *statements):
    """Change the file as whoever owns it can: no trigger, no key, no check."""
    with closing(sqlite3.connect(engine.url.database)) as database:
        locks = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (lock,) in locks.fetchall():
            database.execute(f"DROP TRIGGER {lock}")
        for statement in statements:
            assert database.execute(statement).rowcount > 0
        database.commit()


def found(installation):
    """The places in which something is wrong, as far as this look finds them."""
    return {finding.key for finding in verify_new(installation).verdict.findings}


def test_several_processes_find_what_one_finds(engine, tmp_path, monkeypatch):
    """On either database: the record as one moment saw it, also while others write."""
    new_clinic(engine, 2)
    clinic = opened(engine, tmp_path)
    alone = verify_record(clinic.installation)
    asked = []
    shared = verifying.verify_together
    monkeypatch.setattr(together, "SHARED_FROM", 0)
    monkeypatch.setattr(verifying, "verify_together", lambda *a: asked.append(a) or shared(*a))

    assert verify_record(clinic.installation, processes=2) == alone
    assert verify_record(clinic.installation, progress=asked.append, processes=2).holds
    assert len([one for one in asked if not isinstance(one, int)]) == 2


@pytest.mark.parametrize("processes", [1, 2])
def test_a_damaged_file_is_named_however_many_look(sqlite_engine, tmp_path, monkeypatch, processes):
    """Beside the others, or after the one; and what cannot be looked at is no sound record."""
    new_clinic(sqlite_engine, 2)
    clinic = opened(sqlite_engine, tmp_path)
    monkeypatch.setattr(verifying, "damages", lambda _tx: ["row 3 missing from index"])

    (damage,) = verify_record(clinic.installation, processes=processes).findings
    assert "row 3 missing from index" in damage.what

    monkeypatch.setattr(verifying, "damages", lambda _tx: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        verify_record(clinic.installation, processes=processes)


@pytest.mark.usefixtures("few_in_turn")
def test_only_chains_that_grew_are_read(engine, tmp_path):
    """And a few others in turn; the next time the chain is remembered as it ended then."""
    (bag, *_) = new_clinic(engine, 2)
    clinic = opened(engine, tmp_path)
    before = verify_new(clinic.installation)
    clinic.hand_over(bag, clinic.turn_of(bag), "one more")

    after, again = (verify_new(clinic.installation) for _ in range(2))

    assert (before.grown, after.grown, again.grown) == (0, 1, 0)
    assert (after.verdict.holds, bag.coi in after.verdict.heads) == (True, True)
    assert len(after.verdict.heads) <= 1 + 2


@pytest.mark.usefixtures("few_in_turn")
def test_no_look_walks_along_every_chain(engine, tmp_path):
    """What is new is found by its time, what is in turn by its name: by an index, both."""
    (bag, *_) = new_clinic(engine, 1)
    clinic = opened(engine, tmp_path)
    clinic.hand_over(bag, clinic.turn_of(bag), "one more")
    sent = []
    event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2:4]))

    verify_new(clinic.installation)

    looked = [one for one in sent if "FROM entry" in one[0] or "FROM chain" in one[0]]
    with engine.connect() as connection:
        plans = "\n".join(plan_of(connection, *one) for one in looked)
    assert looked
    assert not re.findall(r"SCAN entry(?! USING COVERING INDEX ix_entry_rec)|Seq Scan on", plans)


@pytest.mark.usefixtures("few_in_turn")
def test_what_was_changed_in_an_old_chain_is_found_in_its_turn(sqlite_engine, tmp_path):
    """An old row is not new, so that nothing leads to it but the turn of its chain."""
    bags = new_clinic(sqlite_engine, 2)
    installation = opened(sqlite_engine, tmp_path).installation
    chains = len(verify_record(installation).heads)
    changed_by_hand(
        sqlite_engine,
        f"UPDATE value SET content = '1' WHERE chain = '{bags[1].coi}' AND field = 'volume_ml'",  # noqa: S608 - the attack
    )

    looks = [found(installation) for _ in range(chains)]

    assert any(any(key.startswith(bags[1].coi) for key in look) for look in looks)


@pytest.fixture
def put_back(sqlite_engine, tmp_path):
    """A record that was verified once more after a handoff, and then put back to before it."""
    (bag,) = new_clinic(sqlite_engine, 1)
    clinic = opened(sqlite_engine, tmp_path)
    turn, copy = clinic.turn_of(bag), tmp_path / "older.sqlite3"
    with closing(sqlite3.connect(sqlite_engine.url.database)) as database:
        database.execute("VACUUM INTO ?", (str(copy),))
    clinic.hand_over(bag, turn, "cut off afterwards")
    assert verify_new(clinic.installation).grown == 1
    sqlite_engine.dispose()
    for end in ("", "-wal", "-shm"):
        (tmp_path / f"coi.sqlite3{end}").unlink(missing_ok=True)
    copy.rename(tmp_path / "coi.sqlite3")
    return clinic.installation, bag.coi


def test_an_end_that_was_cut_off_is_found(put_back):
    """A chain whose head went back is whole in itself: only the remembered head tells."""
    installation, coi = put_back

    findings = verify_new(installation).verdict.findings

    assert coi in {finding.chain for finding in findings}
    assert any("no longer" in finding.what for finding in findings)


def test_a_record_that_is_older_than_it_was_is_told_at_once(put_back, monkeypatch):
    """Even where none of the chains that are looked at went back."""
    installation, _coi = put_back
    monkeypatch.setattr(verifying, "ANEW", 0)

    (finding,) = verify_new(installation).verdict.findings

    assert "was verified" in finding.what


@pytest.mark.parametrize(
    "damage",
    ["UPDATE head SET seq = seq + 1", "UPDATE reached SET moment = '2999'", "DELETE FROM reached"],
)
def test_a_memory_that_was_changed_is_not_gone_on_from(sqlite_engine, tmp_path, damage):
    """Then the whole record is read, and it is remembered anew."""
    new_clinic(sqlite_engine, 1)
    installation = opened(sqlite_engine, tmp_path).installation
    with closing(sqlite3.connect(tmp_path / "keys" / "verified.sqlite3")) as memory:
        memory.execute(damage)
        memory.commit()

    before = verify_new(installation)
    verify_record(installation)

    assert before is None
    assert verify_new(installation).verdict.holds


def test_a_memory_that_is_no_database_stops_nobody(sqlite_engine, tmp_path):
    """It is made anew with the next whole verification."""
    new_clinic(sqlite_engine, 1)
    installation = opened(sqlite_engine, tmp_path).installation
    (tmp_path / "keys" / "verified.sqlite3").write_text("no database at all " * 1000)

    before = verify_new(installation)
    verify_record(installation)

    assert before is None
    assert verify_new(installation).verdict.holds

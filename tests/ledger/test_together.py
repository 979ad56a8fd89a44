"""A record that several processes look along: what one finds they find, in the same order."""

import multiprocessing
from contextlib import closing
from random import Random

import pytest
from pysqlite3 import dbapi2 as sqlite3

from coi.ledger import piles
from coi.ledger.participants import site_of_units
from coi.ledger.piles import Pile
from coi.ledger.plain import check_workflows
from coi.ledger.registered import Registered
from coi.ledger.spans import EVERYTHING, Span, spans_of
from coi.ledger.verify import Measure, verify, verify_along, verify_together
from coi.store import together as sharing
from coi.store.engine import read, write
from coi.store.read_ledger import LedgerRows
from coi.store.together import together
from tests.ledger.clinic import a_small_history, expand, walk
from tests.ledger.conftest import named, verdict_on
from tests.ledger.sequencing import SIGNER, sequence


@pytest.fixture(autouse=True)
def shared_at_once(monkeypatch):
    """However small the record is."""
    monkeypatch.setattr(sharing, "SHARED_FROM", 0)


@pytest.fixture
def therapies(empty):
    """A history of a dozen therapies beside the two small ones."""
    with write(empty) as connection:
        clinic = a_small_history(connection)
        for seed in range(12):
            clinic.order(f"COI-{seed}", f"PAT-{seed}")
            walk(clinic, f"COI-{seed}", Random(seed), 12)
        sequence(connection)
    return empty


def by_two(engine, meanwhile=lambda: None, progress=lambda _done: None):
    """What two processes find; `meanwhile` happens before they are asked."""
    with read(engine) as tx, together(engine, tx, 2, progress) as everybody:
        assert everybody is not None
        meanwhile()
        return verify_together(LedgerRows(tx), expand, everybody, signers=[SIGNER])


DAMAGE = (
    "UPDATE entry SET content = replace(content, 'note', 'vote') WHERE chain = 'COI-A'",
    "UPDATE entry SET prev_hash = hash WHERE chain = 'COI-3' AND seq = 2",
    "UPDATE move SET action = 'X' WHERE chain = 'COI-B'",
    "DELETE FROM value WHERE seq % 3 = 0",
    "DELETE FROM erasable WHERE commitment < '4'",
    "DELETE FROM therapy WHERE coi = 'COI-7'",
    "UPDATE person SET kind = 'service'",
    "UPDATE unit SET name = 'elsewhere'",
    "UPDATE position SET turn = turn + 1 WHERE chain > 'COI-4'",
    "UPDATE tree_leaf SET hash = replace(hash, 'a', 'b')",
)
"""What a bare prompt does to many tables at once, in chains of either process."""


def test_two_find_what_one_finds_in_the_same_order(therapies, attack):
    """Of a record that holds, and of one in which much was changed by hand."""
    assert by_two(therapies) == verdict_on(therapies)

    for statement in DAMAGE:
        attack(statement)

    alone = verdict_on(therapies)
    assert len(alone.findings) > 100
    assert by_two(therapies) == alone


@pytest.mark.parametrize(
    ("name", "read_as"), [("NULL", None), ("7", 7), ("X'00'", b"\x00"), ("''", "")]
)
def test_what_stands_in_place_of_a_chains_name_is_read_too(therapies, tmp_path, name, read_as):
    """A damaged file holds it before the first chain, or behind the last."""
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as database:
        database.execute("CREATE TABLE loose AS SELECT * FROM position")
        database.execute(f"UPDATE loose SET chain = {name} WHERE chain = 'COI-B'")  # noqa: S608 - the attack
        database.execute("DROP TABLE position")
        database.execute("ALTER TABLE loose RENAME TO position")
        database.commit()

    bodiless = {("position", f"{read_as}/{subject}") for subject in ("COI-B", "COI-B/1.1")}
    assert named(by_two(therapies)) >= bodiless
    assert named(verdict_on(therapies)) >= bodiless


def test_who_ends_leaves_its_work_to_the_others(therapies, caplog):
    """Killed, or out of memory: it takes longer, nothing is left out, and the log says so."""

    def kill(processes):
        for process in processes:
            process.kill()
            process.join()

    one_of_them = by_two(therapies, lambda: kill(multiprocessing.active_children()[:1]))
    both = by_two(therapies, lambda: kill(multiprocessing.active_children()))

    assert one_of_them == both == verdict_on(therapies)
    assert caplog.text.count("the others do its work") >= 3
    assert not multiprocessing.active_children()


def test_all_see_the_moment_that_one_sees(therapies, monkeypatch):
    """On SQLite they begin anew where somebody wrote meanwhile; then the one sees that too."""
    begin, written = vars(sharing)["_begin"], []

    def disturbed(helpers, moment):
        """Somebody writes between the first that begins and the second, twice."""
        begun = begin(helpers[:1], moment)
        if len(written) < 2:
            with write(therapies) as connection:
                written.append(connection.exec_driver_sql("DELETE FROM request WHERE seq = 1"))
        return begun and begin(helpers[1:], moment)

    monkeypatch.setattr(sharing, "_begin", disturbed)
    found = by_two(therapies)

    assert len(written) == 2
    assert found == verdict_on(therapies)


def test_who_cannot_begin_at_one_moment_leaves_it_to_one(therapies, monkeypatch, caplog):
    """Where others write all the time."""
    changing = iter(range(1_000))
    monkeypatch.setattr(sharing, "_writes", lambda _other: next(changing))

    with read(therapies) as tx, together(therapies, tx, 2, lambda _done: None) as everybody:
        assert everybody is None
        alone = verify(LedgerRows(tx), expand, signers=[SIGNER])

    assert alone == verdict_on(therapies)
    assert "by one process" in caplog.text


def test_a_small_record_needs_no_other_process(therapies, monkeypatch):
    """To begin one takes longer than to read it."""
    monkeypatch.setattr(sharing, "SHARED_FROM", 20_000)

    with read(therapies) as tx, together(therapies, tx, 2, lambda _done: None) as everybody:
        assert everybody is None
        assert not multiprocessing.active_children()


@pytest.mark.parametrize("most", [1, 2, 3, 8, 100])
def test_spans_lie_side_by_side_and_hold_about_as_much(most):
    """Every chain is in one of them, and what comes in later falls into one too."""
    drawn = Random(most)
    heads = [(f"COI-{drawn.random()}", drawn.randrange(30)) for _ in range(60)]

    spans = spans_of(heads, most)

    assert (spans[0].after, spans[-1].through) == (None, None)
    assert [one.through for one in spans[:-1]] == [one.after for one in spans[1:]]
    assert len(spans) == min(most, 60)
    held = [
        sum(
            seq + 1
            for chain, seq in heads
            if (one.after or "") < chain and not one.ends_before(chain)
        )
        for one in spans
    ]
    total = sum(seq + 1 for _chain, seq in heads)
    assert sum(held) == total
    assert max(held) <= total / len(spans) + 30


def test_nothing_at_all_is_one_span():
    """And so is a record in which no chain has a name."""
    assert spans_of([], 4) == spans_of([(None, 3), (5, 1)], 4) == [EVERYTHING]
    assert not EVERYTHING.ends_before("COI-Z")
    assert not Span("A", "B").ends_before(None)


def test_piles_of_several_are_gone_through_as_one(monkeypatch):
    """Of one moment what was laid down last counts, and that is the pile that comes behind."""
    monkeypatch.setattr(piles, "MOST", 3)
    one, other = Pile(int), Pile(int, first=1 << 40)
    for number in (5, 1, 4, 2):
        one.add((number,), "first")
    for number in (3, 5, 6, 1):
        other.add((number,), "second")
    one.put_beside(other)

    with closing(one):
        taken = [(sheet.key[0], sheet.what) for sheet in one.taken_up()]

    second, first = "second", "first"
    assert taken == [(1, second), (2, first), (3, second), (4, first), (5, second), (6, second)]


def test_what_is_told_first_counts_also_where_several_gather(therapies):
    """Where a workflow is used first, a person signs first: a finding names that entry."""
    with read(therapies) as tx:
        whole = verify_along(LedgerRows(tx), _measure(tx), Registered()).registered
        halves = spans_of(LedgerRows(tx).heads(), 2)
        first, second = (
            verify_along(LedgerRows(tx, span=span), _measure(tx), Registered(first=n)).registered
            for n, span in enumerate(halves)
        )
    first.absorb(second)

    for name in ("installed", "programs", "signed_by", "workflows_used", "keepers", "approved"):
        assert getattr(first, name) == getattr(whole, name), name
    assert first.kept == whole.kept
    assert first.wrongly_erased == whole.wrongly_erased
    assert (first.clock_checks, first.set_back) == (whole.clock_checks, whole.set_back)


def _measure(tx):
    source = LedgerRows(tx)
    return Measure(check_workflows(source, expand, []), site_of_units(source), {})

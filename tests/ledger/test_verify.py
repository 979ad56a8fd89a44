"""What the verifier says of whole histories: clean, erased, cut off, damaged, or seen before."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import Engine

from coi.ledger import content
from coi.ledger.canonical import canonical
from coi.ledger.canonical import read as read_canonical
from coi.ledger.entry import content_hash, entry_hash
from coi.ledger.findings import Finding, Head, Heads, heads_text, read_heads
from coi.ledger.source import Row
from coi.ledger.verify import verify
from coi.store.engine import read, write
from coi.store.read_ledger import LedgerRows
from tests.ledger.clinic import (
    LAYOUT,
    NINA,
    OMAR,
    SITE_CHAIN,
    TEMPLATE_TEXT,
    Clinic,
    expand,
    walk,
)
from tests.ledger.conftest import Attack, named, verdict_on
from tests.ledger.sequencing import SIGNER, sequence


class Withdrawn(Exception):
    """Something went wrong after writing, and before the commit."""


def _withdraw(withdrawn: bool) -> None:  # noqa: FBT001 - drawn by lot
    if withdrawn:
        raise Withdrawn


def test_a_clean_history_has_no_finding(history: Engine):
    """Nothing is found in what nobody touched, and nothing counts as erased."""
    verdict = verdict_on(history)

    assert verdict.holds
    assert verdict.entries == 29
    assert set(verdict.erased.values()) == {0}


def _random_histories(engine: Engine, seeds: range) -> None:
    with write(engine) as connection:
        clinic = Clinic(connection)
        clinic.open()
        for seed in seeds:
            clinic.order(f"COI-{seed}", f"PAT-{seed}")
            walk(clinic, f"COI-{seed}", Random(seed), 12)
        sequence(connection)

    verdict = verdict_on(engine)
    assert verdict.findings == ()
    assert len(verdict.heads) == len(seeds) + 1


def test_clean_random_histories_have_no_finding(empty: Engine):
    """Random legal journeys, in the tree and signed, raise no alarm."""
    _random_histories(empty, range(25))


@pytest.mark.soak
def test_a_thousand_clean_random_histories_have_no_finding(empty: Engine):
    """As many as TL-12 asks. Short form: test_clean_random_histories_have_no_finding."""
    _random_histories(empty, range(1_000))


def test_a_thousand_rolled_back_transactions_leave_no_gap(empty: Engine):
    """Whatever is withdrawn at random, the sequence stays dense (TL-05)."""
    random, kept = Random(5), 0
    with write(empty) as connection:
        clinic = Clinic(connection)
        clinic.open()
        clinic.order("COI-A", "PAT-A")
    for _ in range(1_000):
        before = (dict(clinic.heads), dict(clinic.positions))
        withdrawn = random.random() < 0.8
        with suppress(Withdrawn), write(empty) as clinic.connection:
            clinic.note("COI-A")
            _withdraw(withdrawn)
        if withdrawn:
            clinic.heads, clinic.positions = before
        kept += not withdrawn

    verdict = verdict_on(empty)
    assert verdict.holds
    assert verdict.heads["COI-A"].seq == kept > 100


NOT_SAID = "is missing, and no entry says that it was erased"


def test_whatever_is_gone_from_the_vault_is_named_where_it_was_registered(history: Engine):
    """Whoever deletes texts, names, keys and passwords hides them, and not that they did (T18)."""
    with write(history) as connection:
        for table in ("erasable", "patient_identity", "patient_key", "credential", "request"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - tables of ours

    verdict = verdict_on(history)
    assert {one.what for one in verdict.findings} == {NOT_SAID}
    assert {(one.table, one.key, one.chain, one.seq) for one in verdict.findings} >= {
        ("patient_identity", "PAT-A/name", "COI-A", 0),
        ("patient_key", "PAT-B", "COI-B", 0),
        ("credential", NINA, SITE_CHAIN, 0),
    }
    assert sum(one.table == "erasable" for one in verdict.findings) > 20
    assert set(verdict.erased.values()) == {0}


def _erased(history: Engine, *signers: str, **said: object) -> None:
    """An entry that says that patient A, and all texts, were erased; and they are gone."""
    keys, fields = [{"patient": "PAT-A"}], [{"patient": "PAT-A", "field": "name"}]
    with write(history) as connection:
        texts = connection.exec_driver_sql("SELECT commitment FROM erasable").scalars().all()
        head = connection.exec_driver_sql(
            f"SELECT hash, shape, recorded_at FROM entry WHERE chain = '{SITE_CHAIN}'"  # noqa: S608 - ours
        ).one()
        clinic = Clinic(connection, tick=10_000)
        clinic.heads[SITE_CHAIN] = content.Head(0, head[0], 0, 0, head[1], head[2])
        for table in ("erasable", "patient_identity", "patient_key"):
            whose = "" if table == "erasable" else " WHERE patient_id = 'PAT-A'"
            connection.exec_driver_sql(f"DELETE FROM {table}{whose}")  # noqa: S608 - tables of ours
        registers = {
            "erased_texts": [{"commitment": one} for one in texts],
            "erased_keys": keys,
            "erased_identities": fields,
        }
        clinic.write(
            SITE_CHAIN,
            **{"action": "erase", "kind": "site", "registers": registers, "signers": signers}
            | said,
        )


def test_what_two_people_erased_is_counted_and_is_no_alarm(history: Engine):
    """The entry says of each row that it is gone, and the chains are whole without it."""
    _erased(history, NINA, OMAR)

    verdict = verdict_on(history)
    assert verdict.findings == ()
    assert verdict.erased["patient_identity"] == verdict.erased["patient_key"] == 1
    assert verdict.erased["credential"] == 0
    assert verdict.erased["erasable"] > 20


def test_what_one_person_erased_is_named(history: Engine):
    """A patient is erased by two; the finding names the entry, once for the key and the fields."""
    _erased(history, NINA)

    assert {(one.table, one.key, one.seq, one.what) for one in verdict_on(history).findings} == {
        ("entry", f"{SITE_CHAIN}/1", 1, "says erased_keys, and is signed by 1 of 2"),
        ("entry", f"{SITE_CHAIN}/1", 1, "says erased_identities, and is signed by 1 of 2"),
    }


def test_what_is_erased_again_needs_nobody(history: Engine):
    """An older backup is restored, and the program does in it what two people had signed for."""
    _erased(history, action="erase_again", actor="-", unit="-")

    assert verdict_on(history).holds


def test_what_comes_back_after_it_was_erased_is_named(history: Engine, attack: Attack):
    """Neither the old row nor another one in its place."""
    _erased(history, NINA, OMAR)
    attack("INSERT INTO patient_key VALUES ('PAT-A', 'wrapped for PAT-A')")

    said = "is there, although it was erased"
    assert (Finding("patient_key", "PAT-A", SITE_CHAIN, 1, said),) == verdict_on(history).findings


def test_the_first_finding_is_the_first_damage(history: Engine, attack: Attack):
    """Of two changed entries, the earlier comes first."""
    attack("UPDATE entry SET content = content || ' ' WHERE chain = 'COI-B' AND seq IN (4, 9)")

    first = verdict_on(history).findings[0]

    assert first == Finding("entry", "COI-B/4", "COI-B", 4, "its bytes do not hash to its hash")


@pytest.mark.parametrize(
    ("sql", "table", "key"),
    [
        ("UPDATE entry SET content = replace(content, 'weigh', 'x')", "entry", "COI-A/2"),
        ("DELETE FROM entry WHERE chain = 'COI-A' AND seq = 5", "entry", "COI-A/6"),
        ("DELETE FROM entry WHERE chain = 'COI-A' AND seq = 13", "move", "COI-A/13/1"),
        (
            "UPDATE position SET turn = 1, consignee = '-' WHERE subject = 'COI-A/5.1'",
            "position",
            "COI-A/COI-A/5.1",
        ),
        ("UPDATE entry SET content = CAST(x'c3' AS TEXT) WHERE seq = 5", "entry", "COI-A/5"),
        ("UPDATE move SET machine = CAST(x'ff' AS TEXT) WHERE seq = 5", "move", "COI-A/5/1"),
        (
            "UPDATE entry SET content = replace(content, '\"stops\":0', '\"stops\":0.0')",
            "entry",
            "COI-A/0",
        ),
        ("UPDATE account SET person = 'P-OMAR'", "account", "nina"),
        (
            "UPDATE attestation SET about = 'P-INES' WHERE n = 1",
            "attestation",
            "site:organisation/0/1",
        ),
        ("UPDATE person SET id = 'P-EVE' WHERE id = 'P-OMAR'", "person", "P-EVE"),
        ("UPDATE workflow SET text = '[]'", "workflow", "bags/1"),
        (
            f"UPDATE workflow SET text = 'x', hash = '{content_hash('x')}'",  # noqa: S608 - the attack
            "workflow",
            "bags/1",
        ),
        ("UPDATE label_template SET text = 'name: other'", "label_template", "own-bag/1"),
        (
            f"UPDATE label_template SET text = 'x', hash = '{content_hash('x')}'",  # noqa: S608 - the attack
            "label_template",
            "own-bag/1",
        ),
        ("UPDATE move SET while_stopped = 1 WHERE action = 'accept'", "move", "COI-A/4/1"),
    ],
    ids=lambda part: part if "/" in part else None,
)
def test_a_class_of_tampering_is_named(
    sql: str, table: str, key: str, history: Engine, attack: Attack
):
    """Changed and cut bytes, live tables, bit rot, swapped people: T1 to T3, T9, T14, T16."""
    attack(sql)

    assert (table, key) in named(verdict_on(history))


def test_a_forged_entry_with_a_right_hash_is_found_in_its_rows(history: Engine, attack: Attack):
    """Who changes the last entry and hashes it anew must still answer to every row (T4)."""
    with read(history) as connection:
        row = connection.exec_driver_sql(
            "SELECT content, signed FROM entry WHERE chain = 'COI-A' AND seq = 13"
        ).one()
    forged = row[0].replace('"label":"L-COI-A-5-1"', '"label":"L-COI-A-5-2"')
    hashes = f"hash = '{entry_hash(forged, row[1])}', content_hash = '{content_hash(forged)}'"

    attack(f"UPDATE entry SET content = '{forged}', {hashes} WHERE chain = 'COI-A' AND seq = 13")  # noqa: S608 - the attack

    assert ("move", "COI-A/13/1") in named(verdict_on(history))


def test_a_person_who_becomes_a_program_is_named_wherever_they_signed(
    history: Engine, attack: Attack
):
    """Neither the row nor the bytes, hashed anew, can make a program of somebody who signed."""
    where = "chain = 'site:organisation' AND seq = 0"
    with read(history) as connection:
        row = connection.exec_driver_sql(
            f"SELECT content, signed FROM entry WHERE {where}"  # noqa: S608 - the attack
        ).one()
    forged = row[0].replace('{"id":"P-OMAR","kind":"person"}', '{"id":"P-OMAR","kind":"service"}')
    hashes = f"hash = '{entry_hash(forged, row[1])}', content_hash = '{content_hash(forged)}'"

    attack(f"UPDATE entry SET content = '{forged}', {hashes} WHERE {where}")  # noqa: S608 - the attack
    attack("UPDATE person SET kind = 'service' WHERE id = 'P-OMAR'")

    found = [one.what for one in verdict_on(history).findings if one.table == "entry"]
    assert "is signed by P-OMAR, which is a program" in found


def _cut_off_the_end(attack: Attack) -> None:
    """Delete the last entry with all that it wrote, and put its subject back."""
    last = "WHERE chain = 'COI-A' AND seq = 13"
    attack(
        "DELETE FROM erasable WHERE commitment IN"  # noqa: S608 - the attack
        f" (SELECT printed_name FROM signature {last} UNION SELECT reason FROM label_turn {last})"
    )
    parts = ("move", "label_turn", "signature", "request", "entry")
    for table in parts:
        attack(f"DELETE FROM {table} {last}")  # noqa: S608 - the attack
    attack(
        "UPDATE position SET turn = 1, state = 'held', consignee = '-' WHERE subject = 'COI-A/5.1'"
    )


def test_what_a_chain_cannot_know_is_found_with_earlier_heads(history: Engine, attack: Attack):
    """A whole end cut off without a trace is seen only by who remembers the heads (T3, T6)."""
    heads = verdict_on(history).heads

    _cut_off_the_end(attack)

    _forget_the_tree(attack)
    assert verdict_on(history).holds
    assert [(f.table, f.key) for f in verdict_on(history, heads).findings] == [
        ("entry", "COI-A/13")
    ]


def _forget_the_tree(attack: Attack) -> None:
    """Whoever owns the file can also let it be as if nothing had ever been signed."""
    for table in ("checkpoint", "tree_node", "tree_leaf"):
        attack(f"DELETE FROM {table}")  # noqa: S608 - the attack


def test_a_chain_without_its_end_is_found_by_the_tree(history: Engine, attack: Attack):
    """No head need be known: the entry that is gone has its leaf (T3)."""
    _cut_off_the_end(attack)

    (finding,) = verdict_on(history).findings
    assert (finding.table, finding.chain, finding.seq) == ("tree_leaf", "COI-A", 13)
    assert finding.what == "is of an entry that is no longer there"


def test_a_rewritten_past_is_found_with_earlier_heads(history: Engine):
    """A head must still have the hash that it had."""
    heads = dict(verdict_on(history).heads)
    heads["COI-B"] = Head(13, "ab" * 32)

    (finding,) = verdict_on(history, heads).findings

    assert (finding.key, "ab" * 32 in finding.what) == ("COI-B/13", True)


def test_a_chain_that_vanished_is_found_with_earlier_heads(history: Engine):
    """A chain that was there must be there."""
    heads = {**verdict_on(history).heads, "COI-GONE": Head(3, "ab" * 32)}

    assert named(verdict_on(history, heads)) == {("entry", "COI-GONE/3")}


def test_only_what_is_new_is_hashed_since_earlier_heads(history: Engine):
    """Going on from heads hashes new entries only, and compares the chains that grew."""
    heads = verdict_on(history).heads
    with write(history) as connection:
        clinic = Clinic(connection, tick=10_000)
        clinic.order("COI-C", "PAT-C")
        clinic.collect("COI-C")

    verdict = verdict_on(history, heads)

    assert (verdict.entries, verdict.findings) == (2, ())
    assert verdict.heads == verdict_on(history).heads
    assert verdict.digest == verdict_on(history).digest


def test_a_changed_row_of_a_chain_that_grew_is_found_since_earlier_heads(
    history: Engine, attack: Attack
):
    """A chain that grew is compared from its beginning; the others wait for a whole look."""
    heads = dict(verdict_on(history).heads)
    with read(history) as connection:
        entry = "SELECT hash FROM entry WHERE chain = 'COI-A' AND seq = 12"
        heads["COI-A"] = Head(12, connection.exec_driver_sql(entry).scalar_one())

    attack("UPDATE value SET content = '1' WHERE chain IN ('COI-A', 'COI-B') AND seq = 2")

    assert named(verdict_on(history, heads)) == {("value", "COI-A/2/1")}


def test_what_is_wrong_in_each_chain_that_grew_is_found(history: Engine, attack: Attack):
    """What is found in the next chain adds to what was found in the one before."""
    heads = dict(verdict_on(history).heads)
    for chain in ("COI-A", "COI-B"):
        heads.pop(chain)

    attack("UPDATE value SET content = '1' WHERE chain IN ('COI-A', 'COI-B') AND seq = 2")

    found = named(verdict_on(history, heads))
    assert found == {("value", "COI-A/2/1"), ("value", "COI-B/2/1")}


def test_heads_are_written_and_read(history: Engine):
    """A heads file gives back the heads, and its digest is the verdict's."""
    verdict = verdict_on(history)

    text = heads_text(verdict.heads)

    assert read_heads(text) == verdict.heads
    assert verdict.digest in text


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"seq":13', '"seq":12'),
        lambda text: text.replace('"format":1', '"format":2'),
        lambda _: "{}",
        lambda _: "[]",
        lambda _: "",
    ],
)
def test_a_changed_heads_file_is_refused(history: Engine, change: Callable[[str], str]):
    """A heads file that does not fit its own digest is not gone on from."""
    text = change(heads_text(verdict_on(history).heads))

    with pytest.raises(ValueError, match=r"heads file|Expecting value"):
        read_heads(text)


def test_what_stands_before_an_entry_that_cannot_be_told_is_compared(
    history: Engine, attack: Attack
):
    """An impossible entry hides no damage before it; nothing is said of what comes after it."""
    attack("UPDATE entry SET content = '{}' WHERE chain = 'COI-A' AND seq = 5")
    attack("UPDATE move SET holder_after = 'P' WHERE chain = 'COI-A' AND seq IN (4, 5, 6)")

    found = named(verdict_on(history))

    moves = {key for table, key in found if table == "move"}
    assert ("entry", "COI-A/5") in found
    assert moves == {"COI-A/4/1"}


def a_long_chain(engine: Engine) -> None:
    """A therapy of more than a thousand entries."""
    with write(engine) as connection:
        clinic = Clinic(connection)
        clinic.open()
        clinic.order("COI-A", "PAT-A")
        for _ in range(1_000):
            clinic.note("COI-A")


def test_progress_is_reported(empty: Engine):
    """Every thousand entries of a pass, the caller hears of it."""
    heard: list[int] = []
    a_long_chain(empty)

    with read(empty) as connection:
        verify(LedgerRows(connection), expand, progress=heard.append)

    assert heard == [1_000, 1_000]


def test_a_long_chain_is_compared_to_its_end(empty: Engine, attack: Attack):
    """However many entries are compared at once, the last one is among them."""
    a_long_chain(empty)

    attack("UPDATE move SET action = 'x' WHERE chain = 'COI-A' AND seq IN (2, 1000)")

    assert named(verdict_on(empty)) == {("move", "COI-A/2/1"), ("move", "COI-A/1000/1")}


def test_a_damaged_file_gives_a_verdict_and_no_crash(history: Engine, tmp_path: Path):
    """Pages that the database cannot read are a finding like any other (T14)."""
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        where = "SELECT rootpage FROM sqlite_master WHERE name = 'move'"
        (page,) = connection.execute(where).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with (tmp_path / "ledger.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xee" * size)

    findings = verdict_on(history).findings

    assert ("move", "-") in {(finding.table, finding.key) for finding in findings}


class Flipped(LedgerRows):
    """What a database gives after a bit of a row has flipped that says of what type a value is."""

    column = 0

    def leaves(self, chain: str | None = None, from_seq: int = 0) -> Iterator[Row]:
        """The third entry lacks a value that every entry has."""
        for number, row in enumerate(super().leaves(chain, from_seq)):
            damaged = [None if at == self.column else value for at, value in enumerate(row)]
            yield tuple(damaged) if number == 2 else row


@pytest.mark.parametrize("column", [0, 1, 2, 4, 5])
@pytest.mark.parametrize("since", [None, {}])
def test_a_row_that_holds_what_none_can_hold_gives_a_verdict_and_no_crash(
    history: Engine, column: int, since: Heads | None
):
    """Whatever stops the pass is a finding, and the record does not hold (SEC-45)."""
    with read(history) as connection:
        source = Flipped(connection)
        source.column = column
        verdict = verify(source, expand, since, signers=[SIGNER])

    assert not verdict.holds
    assert "entry" in {finding.table for finding in verdict.findings}


def test_both_halves_of_a_history_have_one_canonical_form(history: Engine):
    """Every stored text is canonical, which the verifier relies on without looking."""
    with read(history) as connection:
        rows = connection.exec_driver_sql("SELECT content, signed FROM entry").all()

    assert all(canonical(read_canonical(text)) == text for row in rows for text in row)


def _unread(text: str) -> tuple[str, int, str]:
    raise ValueError(f"{text} is no template")


@pytest.mark.parametrize(
    ("layout", "what"),
    [
        (lambda _text: ("own-bag", 1, LAYOUT), None),
        (lambda _text: ("own-bag", 2, LAYOUT), "its text declares another template"),
        (lambda _text: ("own-bag", 1, "2b" * 32), "its text declares another template"),
        (_unread, f"{TEMPLATE_TEXT} is no template"),
    ],
)
def test_a_kept_template_declares_what_its_entry_says(
    layout: Callable[[str], tuple[str, int, str]], what: str | None, history: Engine
):
    """A text under the hash of another layout is found, though it hashes to its own hash."""
    with read(history) as connection:
        verdict = verify(LedgerRows(connection), expand, layout=layout, signers=[SIGNER])

    assert [one.what for one in verdict.findings] == ([what] if what else [])

"""What a damaged or forged database can hold beside its chains; the verifier names each of it."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import Engine

from coi.store.engine import write
from tests.ledger.clinic import WORKFLOW, Clinic
from tests.ledger.conftest import Attack, verdict_on
from workflows.draft import Birth

ANOTHER_SITE = (
    "INSERT INTO site SELECT 'z', kind, name, country, time_zone, chain, seq FROM site LIMIT 1"
)
ANOTHER_LABEL = (
    "INSERT INTO label SELECT chain, 99, n, NULL, content_hash, shape, 'L-Z', subject, template,"
    " 77, prev_issue, replaces FROM label LIMIT 1"
)


def _told(engine: Engine) -> set[tuple[str, str, str]]:
    return {(one.table, one.key, one.what) for one in verdict_on(engine).findings}


def _written(engine: Engine, write_more: Callable[[Clinic], object]) -> None:
    """Write a ledger with the product's own hands, and something more."""
    with write(engine) as connection:
        clinic = Clinic(connection)
        clinic.open()
        clinic.order("COI-X", "patient-x")
        write_more(clinic)


def test_a_row_that_stands_twice_is_named(history: Engine, tmp_path: Path) -> None:
    """A table without its key can hold a part two times; both are as the entry says."""
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.executescript(
            "CREATE TABLE loose AS SELECT * FROM label;"
            "INSERT INTO loose SELECT * FROM label ORDER BY chain, seq, n LIMIT 1;"
            "DROP TABLE label; ALTER TABLE loose RENAME TO label;"
        )
        (key,) = connection.execute("SELECT chain, seq, n FROM label ORDER BY 1, 2, 3 LIMIT 1")

    twice = ("label", "/".join(map(str, key)), "stands there more than once")
    assert _told(history) == {twice}


@pytest.mark.parametrize(
    ("chain", "what"),
    [
        ("COI-Z", "is of a subject that no entry bears"),
        ("site:z", "is of a chain that has no entry"),
    ],
)
def test_a_position_of_no_chain_is_named(
    chain: str, what: str, history: Engine, attack: Attack
) -> None:
    """Something is said to be where nobody ever wrote of it, before or behind the last chain."""
    stands = "turn, version, state, holder, consignee, stops, inside"
    here = "WHERE chain = 'COI-A' AND subject = 'COI-A'"
    row = f"SELECT '{chain}', 'x', {stands} FROM position {here}"  # noqa: S608 - the attack

    attack(f"INSERT INTO position (chain, subject, {stands}) {row}")

    (found,) = verdict_on(history).findings
    assert (found.table, found.key, found.what) == ("position", f"{chain}/x", what)
    assert (found.chain, found.seq) == (chain, None)


def test_a_part_of_no_chain_is_named(history: Engine, attack: Attack) -> None:
    """A label behind the last chain belongs to no entry."""
    told = "prev_n, content_hash, shape, serial || 'X', subject, template, issue, NULL, NULL"

    attack(f"INSERT INTO label SELECT 'site:z', 7, 1, {told} FROM label LIMIT 1")  # noqa: S608 - the attack

    assert _told(history) == {("label", "site:z/7/1", "belongs to no entry")}


@pytest.mark.parametrize(
    ("chain", "what"),
    [
        ("COI-Z", "is not what its entry answered"),
        ("site:z", "names an entry that is not there"),
    ],
)
def test_an_answer_by_no_entry_is_named(
    chain: str, what: str, history: Engine, attack: Attack
) -> None:
    """A request is remembered as answered by an entry of a chain that is not there."""
    row = f"SELECT 'a new key', actor, digest, '{chain}', seq FROM request LIMIT 1"  # noqa: S608 - the attack

    attack(f"INSERT INTO request (key, actor, digest, chain, seq) {row}")

    assert _told(history) == {("request", "a new key", what)}


def test_what_was_born_and_never_moved_is_named(empty: Engine) -> None:
    """A birth without a first move leaves a thing that stands nowhere; no key can miss it."""
    nowhere = Birth("COI-X/1.1", "bag", "COI-X", 0)

    _written(empty, lambda clinic: clinic.take("COI-X", "collect", births=(nowhere,)))

    assert ("subject", "COI-X/1.1", "was born, but stands nowhere") in _told(empty)


def test_an_entry_by_another_workflow_text_is_named(empty: Engine) -> None:
    """Name and version are those of the installed workflow, and its text is another."""
    other = replace(WORKFLOW, hash="0" * 64)

    _written(empty, lambda clinic: clinic.write("COI-X", "note", workflow=other))

    what = f"its hash {other.hash} is of no workflow bags 1 that was installed"
    assert ("entry", "COI-X/1", what) in _told(empty)


def test_an_entry_that_was_known_and_is_gone_is_found_though_others_follow(
    history: Engine, attack: Attack
) -> None:
    """With earlier heads the missing one is named, whatever was written after it."""
    since = verdict_on(history).heads
    known = since["COI-A"].seq
    attack(f"UPDATE entry SET seq = {known + 1} WHERE chain = 'COI-A' AND seq = {known}")  # noqa: S608 - the attack

    found = verdict_on(history, since).findings

    assert found[0].key == f"COI-A/{known}"
    assert found[0].what == "was there before, and is there no more"


def test_a_part_that_differs_is_told_with_its_entry(history: Engine, attack: Attack) -> None:
    """Whoever looks into it knows in which chain, and at which entry."""
    attack("UPDATE move SET holder_after = 'P' WHERE chain = 'COI-A' AND seq = 4")

    (found,) = verdict_on(history).findings

    assert (found.key, found.chain, found.seq) == ("COI-A/4/1", "COI-A", 4)


@pytest.mark.parametrize("what", ["UPDATE position SET holder = 'P'", "DELETE FROM position"])
def test_a_wrong_position_is_told_with_its_chain_alone(
    what: str, history: Engine, attack: Attack
) -> None:
    """No entry is to blame for what stands beside the chain, changed or gone."""
    attack(f"{what} WHERE chain = 'COI-A' AND subject <> chain AND subject LIKE '%.1'")

    found = verdict_on(history).findings

    assert {(one.table, one.chain, one.seq) for one in found} == {("position", "COI-A", None)}


def test_of_a_chain_that_cannot_be_told_to_its_end_no_position_is_said_to_be_wrong(
    history: Engine, attack: Attack
) -> None:
    """Where its subjects stand now is not known, so that no finding leads astray."""
    attack("UPDATE entry SET content = '{}' WHERE chain = 'COI-A' AND seq = 5")

    assert not [one for one in verdict_on(history).findings if one.table == "position"]


def test_why_a_chain_cannot_be_told_is_said(history: Engine, attack: Attack) -> None:
    """Whoever looks into it reads what is impossible, and that the rest was left."""
    other = """content = replace(content, '"format":1', '"format":2')"""
    attack(f"UPDATE entry SET {other} WHERE chain = 'COI-A' AND seq = 5")  # noqa: S608 - the attack

    what = "is of another format; of what followed only what each entry tells alone was compared"
    assert ("entry", "COI-A/5", what) in _told(history)


@pytest.mark.parametrize(
    ("what", "table"),
    [
        ("UPDATE value SET content = content || '9'", "value"),
        ("UPDATE value SET n = n + 9", "value"),
        ("DELETE FROM signature", "signature"),
        ("UPDATE signature SET role = 'other'", "signature"),
        ("UPDATE signature SET n = n + 9", "signature"),
    ],
)
def test_behind_what_cannot_be_told_each_entry_still_tells_its_own_parts(
    what: str, table: str, history: Engine, attack: Attack
) -> None:
    """One entry that nobody can read opens none of those behind it: T1, after TL-19."""
    attack("UPDATE entry SET content = '[' || content WHERE chain = 'COI-A' AND seq = 1")
    before = {one.name for one in verdict_on(history).findings}

    attack(f"{what} WHERE chain = 'COI-A' AND seq > 1")

    new = [one for one in verdict_on(history).findings if one.name not in before]
    assert {one.table for one in new} == {table}
    assert before <= {one.name for one in verdict_on(history).findings}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (
            ANOTHER_SITE,
            "UPDATE site SET name = 'another' WHERE id = 'z'",
        ),
        (
            ANOTHER_LABEL,
            "UPDATE label SET template = 'another' WHERE serial = 'L-Z'",
        ),
        (
            "UPDATE entry SET content = content || ' ' WHERE chain = 'COI-A' AND seq = 3",
            "UPDATE entry SET content = content || ' ' WHERE chain = 'COI-A' AND seq = 3",
        ),
        (
            "UPDATE value SET method = 'x' WHERE chain = 'COI-A'",
            "UPDATE value SET method = 'y' WHERE chain = 'COI-A'",
        ),
    ],
)
def test_what_was_found_and_is_changed_once_more_is_another_finding(
    first: str, then: str, history: Engine, attack: Attack
) -> None:
    """Whoever signed for the one has not seen the other, where the words are the same too."""
    attack(first)
    before = {one.name for one in verdict_on(history).findings}
    again = {one.name for one in verdict_on(history).findings}

    attack(then)

    assert before
    assert again == before
    assert {one.name for one in verdict_on(history).findings} - before

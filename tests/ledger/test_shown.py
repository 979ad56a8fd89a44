"""What is shown of a chain is what was signed: whatever somebody changed by hand is named."""

# ruff: noqa: S608 - an attack types its statement

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from coi.ledger.entry import GENESIS, entry_hash
from coi.ledger.shown import Entry, Fault, Shown, faults_of, in_words
from coi.store import facts
from coi.store.engine import read
from coi.store.entries import entries_of
from coi.store.labels import labels_of
from coi.store.signatures import signatures_of
from tests.ledger.conftest import Attack
from workflows.facts import Therapy

COI = "COI-A"
OF_IT = "chain = 'COI-A'"
WEIGHED = (
    f"UPDATE value SET {{}} WHERE {OF_IT} AND seq = (SELECT max(seq) FROM value WHERE {OF_IT})"
)

FORGED = {
    "a value": ("value", WEIGHED.format("content = content || '1'")),
    "its unit": ("value", WEIGHED.format("unit_of_measure = 'lb'")),
    "its limits": ("value", WEIGHED.format("limits = 'any'")),
    "that it lies within them": ("value", WEIGHED.format("within = 'no'")),
    "how it was measured": ("value", WEIGHED.format("method = 'guessed'")),
    "what it is of": ("value", WEIGHED.format("field = 'other'")),
    "the entry that recorded it": ("value", WEIGHED.format("seq = seq + 1")),
    "a correction that is gone": (
        "value",
        f"DELETE FROM value WHERE {OF_IT} AND revision = 2",
    ),
    "where a thing stands": (
        "thing",
        f"UPDATE position SET state = 'held' WHERE {OF_IT} AND state = 'infused'",
    ),
    "who holds it": (
        "thing",
        f"UPDATE position SET holder = 'U-LAB' WHERE {OF_IT} AND holder = 'PAT-A'",
    ),
    "that it is on hold": ("thing", f"UPDATE position SET stops = 1 WHERE {OF_IT}"),
    "what a thing is": ("thing", f"UPDATE subject SET machine = 'box' WHERE {OF_IT} AND seq > 0"),
    "a thing that is gone": (
        "thing",
        f"DELETE FROM position WHERE {OF_IT} AND state = 'infused'",
    ),
    "that the therapy is on hold": ("thing", f"UPDATE entry SET stops = 1 WHERE {OF_IT}"),
    "whose therapy it is": (
        "thing",
        "UPDATE therapy SET patient_id = 'PAT-B' WHERE coi = 'COI-A'",
    ),
    "what it is made of": ("link", f"UPDATE lineage SET relation = 'packed_in' WHERE {OF_IT}"),
    "a label of another thing": (
        "label",
        f"UPDATE label SET subject = 'COI-A' WHERE {OF_IT} AND seq = 1",
    ),
    "a label that is gone": ("label", f"DELETE FROM label WHERE {OF_IT}"),
    "what a signature means": (
        "signature",
        f"UPDATE signature SET meaning = 'verified' WHERE {OF_IT} AND n = 1",
    ),
    "who signed": ("signature", f"UPDATE signature SET person = 'P-X' WHERE {OF_IT} AND n = 1"),
    "a signature that is gone": ("signature", f"DELETE FROM signature WHERE {OF_IT} AND n = 2"),
    "a signature that was copied to another entry": (
        "signature",
        f"""INSERT INTO signature
        SELECT chain, 2, 1, NULL, content_hash, shape, person, role, printed_name, meaning,
        signed_at, person_kind FROM signature WHERE {OF_IT} AND seq = 0""",
    ),
    "what an entry says": (
        "entry",
        f"UPDATE entry SET content = replace(content, 'P-NINA', 'P-OMAR') WHERE {OF_IT}",
    ),
    "who signed it, in its own bytes": (
        "entry",
        f"UPDATE entry SET signed = '[]' WHERE {OF_IT} AND signed <> '[]'",
    ),
    "an entry that is gone": ("entry", f"DELETE FROM entry WHERE {OF_IT} AND seq = 3"),
}
"""What somebody changed by hand: of which sort the fault is, and by which statement."""


def faults_in(engine: Engine, coi: str = COI) -> tuple[Fault, ...]:
    """What is wrong with what would be shown of a therapy."""
    with read(engine) as tx:
        found = facts.therapy(tx, coi)
        assert found is not None
        shown = Shown(
            found[0],
            facts.subjects(tx, coi),
            facts.values(tx, coi),
            facts.links(tx, coi),
            labels_of(tx, coi),
            signatures_of(tx, coi).rows,
        )
        entries = [
            Entry(hash_, text, signed, json.loads(text), json.loads(signed))
            for hash_, text, signed in entries_of(tx, coi)
        ]
        return faults_of(shown, entries)


def test_what_nobody_touched_is_what_was_signed(history: Engine) -> None:
    """Of either therapy."""
    assert faults_in(history) == faults_in(history, "COI-B") == ()


@pytest.mark.parametrize("what", FORGED)
def test_what_was_changed_by_hand_is_named(what: str, history: Engine, attack: Attack) -> None:
    """Where it stands, and of this therapy alone."""
    sort, statement = FORGED[what]

    attack(statement)

    found = faults_in(history)
    assert {one.sort for one in found} == {sort}
    assert all(one.what for one in found)
    assert faults_in(history, "COI-B") == ()


VOLUME = ("COI-A/1.1", "volume", 1)
WHERE_IT_IS = {
    "a value": [(VOLUME, 2, "volume of COI-A/1.1")],
    "what it is of": [
        (VOLUME, 2, "volume of COI-A/1.1"),
        (("COI-A/1.1", "other", 1), None, "other of COI-A/1.1"),
    ],
    "where a thing stands": [(("COI-A/1.1",), 12, "by entry 12")],
    "that it is on hold": [
        (("COI-A",), 7, "COI-A"),
        (("COI-A/1.1",), 12, "COI-A/1.1"),
        (("COI-A/5.1",), 13, "COI-A/5.1"),
        (("COI-A/5.2",), 5, "COI-A/5.2"),
    ],
    "that the therapy is on hold": [(("COI-A",), 13, "entry 13")],
    "what it is made of": [
        (
            (thing, "COI-A/1.1", relation),
            at,
            f"{thing} is {told} COI-A/1.1, by {'no entry' if at is None else 'entry 5'}",
        )
        for thing in ("COI-A/5.1", "COI-A/5.2")
        for relation, told, at in (("made_of", "made of", 5), ("packed_in", "packed in", None))
    ],
    "a label of another thing": [
        (("COI-A/1.1",), 5, "COI-A/1.1, by entry 5"),
        (("COI-A",), None, "COI-A, by no entry"),
    ],
    "a signature that is gone": [((1,), 1, "entry 1"), ((12,), 12, "entry 12")],
    "a signature that was copied to another entry": [((2,), 2, "entry 2")],
    "what an entry says": [((0,), 0, "entry 0")],
    "an entry that is gone": [((3,), 3, "entry 3")],
}
"""Of which thing each fault is, which entry says what is true, and what the sentence names."""


@pytest.mark.parametrize("what", WHERE_IT_IS)
def test_the_thing_and_the_last_entry_about_it_are_named(
    what: str, history: Engine, attack: Attack
) -> None:
    """Those alone, in the order in which the record tells of them."""
    attack(FORGED[what][1])

    found = faults_in(history)

    assert [(one.key, one.entry) for one in found] == [one[:2] for one in WHERE_IT_IS[what]]
    told = [one.what for one in found]
    assert all(name in one for one, (_, _, name) in zip(told, WHERE_IT_IS[what], strict=True))


def an_entry(told: dict[str, Any], previous: str = GENESIS) -> Entry:
    """An entry that hashes well, whatever it says."""
    text = json.dumps({"previous": previous, **told})
    return Entry(entry_hash(text, "[]"), text, "[]", json.loads(text), [])


BEGUN = Shown(Therapy("COI", "PAT", "bags", 1, 0, 0), {}, (), (), {}, {})


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"chain": "COI", "seq": 0}, "format"),
        ({"chain": "COI", "seq": 0, "format": 2}, "another format"),
    ],
)
def test_why_an_entry_cannot_be_read_is_told(told: dict[str, Any], why: str) -> None:
    """Of what form it is not, or what cannot have been."""
    (fault,) = faults_of(BEGUN, [an_entry(told)])

    assert (fault.sort, fault.key, fault.entry) == ("entry", (0,), 0)
    assert why in fault.what


def test_an_entry_that_nobody_signed_may_be_told_either_way() -> None:
    """With an empty list of signatures, or with none."""
    found = faults_of(replace(BEGUN, signatures={0: ()}), [])

    assert "signature" not in {one.sort for one in found}


def test_the_entry_that_was_signed_is_named(history: Engine, attack: Attack) -> None:
    """So that somebody can look there what is true."""
    attack(WEIGHED.format("content = '9'"))

    (fault,) = faults_in(history)

    assert fault.entry is not None
    assert fault.what.endswith(f"by entry {fault.entry}")


def test_what_no_entry_tells_of_is_said_to_stand_in_none(history: Engine, attack: Attack) -> None:
    """Put in by hand, it is as wrong as what was changed."""
    attack(WEIGHED.format("field = 'other'"))

    gone, strange = faults_in(history)

    assert (gone.entry is None, strange.entry) == (False, None)
    assert strange.what.endswith("of which no entry tells")


def test_of_many_faults_the_first_few_are_told() -> None:
    """A sentence stays one that can be read."""
    told = in_words([Fault("value", (n,), n, f"fault {n}") for n in range(12)])

    assert told.startswith("fault 0; fault 1;")
    assert told.endswith("fault 9; and 2 more")


def test_where_no_more_faults_are_than_are_told_nothing_is_counted() -> None:
    """Ten are told, and no rest."""
    told = in_words([Fault("value", (n,), n, f"fault {n}") for n in range(10)])

    assert told.endswith("; fault 9")

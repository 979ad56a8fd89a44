"""What was found and signed for is that, and no more: what differs from it stops work again."""

# ruff: noqa: S608 - the attack

import json
from contextlib import suppress
from dataclasses import replace

import pytest

from coi.errors import DataRefused
from coi.ledger.findings import Finding, Verdict
from coi.services import doubt
from coi.services.doubt import accept_findings, in_doubt_since, note_verdict
from coi.services.people import grant_role
from coi.services.programs import NewProgram, open_program
from coi.services.proofs import authenticate
from coi.services.sequencing import Sequencer
from coi.services.signed_before import HistoryChanged
from coi.services.tokens import NewToken, Scope, make_token
from coi.services.verifying import verify_new, verify_record
from coi.store.engine import write
from coi.store.facts import last_verification
from tests.coi.clinic import PASSWORD

FOUND = Finding("value", "COI-A/3/1", "COI-A", 3, "method is 'x' and should be '-'", "aa")


def verdict(*findings):
    """A verdict that found these."""
    return Verdict(9, findings, {}, {})


@pytest.fixture
def signed_for(clinic):
    """Put findings on record, and let quality assurance sign that work goes on."""
    clinic.hire("queenie", ("qa_reviewer", "north-ward"))

    def signed(*findings):
        installation = clinic.installation
        note_verdict(installation, verdict(*findings), whole=True)
        by = authenticate(installation, "queenie", PASSWORD)
        accept_findings(installation, by, "A restored disk; the paper says the same.")
        assert not installation.read(in_doubt_since)
        return installation

    return signed


def test_the_same_found_once_more_stops_nothing(signed_for):
    """A verification finds it each time; nobody signs for it each time."""
    installation = signed_for(FOUND)

    note_verdict(installation, verdict(FOUND), whole=True)

    assert not installation.read(in_doubt_since)


@pytest.mark.parametrize(
    "change",
    [{"what": "method is 'y' and should be '-'"}, {"held": "bb"}, {"key": "COI-A/3/2"}, {"seq": 4}],
    ids=["other words", "another row", "another key", "another entry"],
)
def test_another_change_at_the_same_place_stops_work_again(signed_for, change):
    """Somebody who changed what was signed for once more is found once more (TL-20)."""
    installation = signed_for(FOUND)

    note_verdict(installation, verdict(replace(FOUND, **change)), whole=True)

    assert installation.read(in_doubt_since)


@pytest.mark.parametrize("held", ["e\u0301", "\udcff", "\x00", "é"])
def test_whatever_a_damaged_row_holds_it_has_a_name(signed_for, held):
    """Also what no canonical text can hold: a verification that ends there would find nothing."""
    told = replace(FOUND, what=f"content is {held!r} and should be '3'")
    installation = signed_for(told)

    note_verdict(installation, verdict(told), whole=True)

    assert not installation.read(in_doubt_since)
    assert told.name != replace(told, what="content is 'e' and should be '3'").name


def actions(installation):
    """What was put on record of verifications, in its order."""
    sql = "SELECT action FROM entry WHERE action LIKE '%verif%' OR action = ? ORDER BY seq"
    return installation.read(lambda tx: [*tx.exec_driver_sql(sql, (doubt.ACCEPTED,)).scalars()])


def test_a_whole_verification_that_passes_ends_the_doubt(clinic):
    """Once: what passes again, or was never in doubt, is no news; a part of one ends nothing."""
    installation = clinic.installation
    note_verdict(installation, verdict(), whole=True)
    note_verdict(installation, verdict(FOUND), whole=True)
    note_verdict(installation, verdict(), whole=False)
    assert installation.read(in_doubt_since)

    for _ in range(2):
        note_verdict(installation, verdict(), whole=True)
        assert not installation.read(in_doubt_since)

    assert actions(installation) == [doubt.FAILED, doubt.PASSED]


@pytest.mark.parametrize(
    ("why", "is_taken"),
    [("", False), (" \n", False), ("x" * 2_001, False), ("x" * 2_000, True), ("x", True)],
)
def test_whoever_signs_that_work_goes_on_says_why(clinic, why, is_taken):
    """In some words, and not in too many; nothing is signed before."""
    installation = clinic.installation
    clinic.hire("queenie", ("qa_reviewer", "north-ward"))
    note_verdict(installation, verdict(FOUND), whole=True)
    by = authenticate(installation, "queenie", PASSWORD)

    if is_taken:
        assert accept_findings(installation, by, why) == 1
    else:
        with pytest.raises(DataRefused) as refused:
            accept_findings(installation, by, why)
        assert [one.column for one in refused.value.problems] == ["why"]

    assert bool(installation.read(in_doubt_since)) is not is_taken


def test_that_work_goes_on_is_signed_and_names_what_was_found(signed_for):
    """By who did it, below the entry that names each finding."""
    installation = signed_for(FOUND)
    signed = "SELECT count(*) FROM signature JOIN entry USING (chain, seq) WHERE action = ?"

    told = json.loads(installation.read(last_verification)[2])["document"]
    count = installation.read(lambda tx: tx.exec_driver_sql(signed, (doubt.ACCEPTED,)).scalar_one())

    assert (told["kind"], told["about"], told["findings"]) == (
        *("verification", "1 findings", FOUND.name),
    )
    assert count == 1
    assert actions(installation) == [doubt.FAILED, doubt.ACCEPTED]


@pytest.mark.parametrize("key", ["-", "the anchor"])
def test_what_is_said_of_the_whole_record_is_known_by_its_place(signed_for, key):
    """It counts the entries, which are more each day: nobody signs for it each day."""
    told = Finding("checkpoint" if key != "-" else "tree_node", key, "-", None, "there are 9")
    installation = signed_for(told)

    note_verdict(installation, verdict(replace(told, what="there are 12")), whole=True)

    assert not installation.read(in_doubt_since)


GARBLED = "content = '[' || substr(content, 2)"
UNREADABLE = "content = CAST(X'ff' AS TEXT) || substr(content, 2)"
OTHER_HASH = "UPDATE tree_leaf SET hash = '{}' WHERE n = 3".format("0" * 64)


def past_every_lock(installation, statement):
    """Whoever owns the database changes it."""
    with write(installation.engine) as connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.exec_driver_sql(triggers).fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        assert connection.exec_driver_sql(statement).rowcount


@pytest.mark.parametrize(
    "change",
    [
        "action = 'make_token' WHERE action = 'grant_role'",
        "action = 'restore' WHERE action = 'grant_role'",
        f"{GARBLED} WHERE action = 'make_token'",
        f"{UNREADABLE} WHERE action = 'make_token'",
        f"{GARBLED} WHERE action = 'create_log'",
        f"{UNREADABLE} WHERE action = 'create_log'",
    ],
)
def test_nothing_that_is_read_beside_the_chains_ends_a_verification(clinic, change):
    """One row that cannot be read hides nothing else, and puts the record in doubt (SEC-45)."""
    installation = clinic.installation
    open_program(installation, clinic.root, NewProgram("gateway", "Gateway", "north-ward"))
    grant_role(installation, clinic.root, "gateway", "coordinator", "north-ward")
    make_token(installation, clinic.root, NewToken("gateway", "x", [Scope.ORDERS_WRITE], ["north"]))
    assert verify_record(installation).holds

    past_every_lock(installation, f"UPDATE entry SET {change}")

    news = verify_new(installation).verdict
    whole = verify_record(installation)
    assert not whole.holds
    note_verdict(installation, whole, whole=True)
    assert installation.read(in_doubt_since)
    assert not news.holds or "create_log" in change


def test_who_signed_for_what_differs_has_not_signed_for_what_cannot_be_read(signed_for):
    """Both are told of the checkpoints as a whole, and each has a place of its own."""
    differs = Finding("checkpoint", "-", "-", None, "does not continue what was signed: 9, and 7")
    installation = signed_for(differs)
    # An entry by which a tree was closed, as far as the database's row says.
    where = "chain = 'site:organisation' AND seq = 2"
    past_every_lock(installation, f"UPDATE entry SET action = 'restore', {GARBLED} WHERE {where}")
    told = [one for one in verify_record(installation).findings if one.table == "checkpoint"]

    note_verdict(installation, verdict(differs, *told), whole=True)

    assert told
    assert installation.read(in_doubt_since)


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE entry SET {GARBLED} WHERE chain = 'site:organisation' AND seq = 2",
        f"UPDATE entry SET {GARBLED} WHERE chain = 'site:north' AND seq = 1",
        OTHER_HASH,
    ],
    ids=["the organisation's chain", "a site's chain", "a leaf of the tree"],
)
def test_what_was_signed_for_is_no_news_as_the_record_grows(clinic, statement):
    """Entries and checkpoints follow it, the signature itself too: nobody signs each night."""
    installation = clinic.installation
    clinic.hire("queenie", ("qa_reviewer", "north-ward"))
    Sequencer(installation).run_until_empty()
    past_every_lock(installation, statement)
    note_verdict(installation, verify_record(installation), whole=True)
    by = authenticate(installation, "queenie", PASSWORD)

    accept_findings(installation, by, "A restored disk; the paper says the same.")
    later = []
    for name in ("quinn", "quirin"):
        clinic.hire(name, ("qa_reviewer", "north-ward"))
        Sequencer(installation).sequence()
        with suppress(HistoryChanged):
            Sequencer(installation).sign()
        note_verdict(installation, verify_record(installation), whole=True)
        later.append(installation.read(in_doubt_since))

    assert later == ["", ""]


def test_of_very_many_none_changes_unseen(signed_for, monkeypatch):
    """More than are named each by itself: those that share a name make another one together."""
    monkeypatch.setattr(doubt, "_MOST_NAMED", 200)
    many = [replace(FOUND, key=f"COI-A/{n}/1", seq=n) for n in range(300)]
    installation = signed_for(*many)
    last = max(many, key=lambda one: one.name)

    note_verdict(installation, verdict(*many), whole=True)
    same = installation.read(in_doubt_since)
    changed = [one if one is not last else replace(one, held="bb") for one in many]
    note_verdict(installation, verdict(*changed), whole=True)

    assert not same
    assert installation.read(in_doubt_since)

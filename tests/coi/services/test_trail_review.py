"""The trail of a therapy is reviewed: by whom it may be, how far, and what makes it old again."""

import pytest

from coi.demo.chapters import MADE, RELEASED, filled, play
from coi.demo.labels import read_back
from coi.demo.performer import spoilt
from coi.errors import Refused, Unknown
from coi.ledger.verify import verify
from coi.services import acting
from coi.services.acting import take_action
from coi.services.asked import fingerprint
from coi.services.decoding import content_of_text, signatures_of_text
from coi.services.numbered import numbered_key
from coi.services.proofs import NotAllowed
from coi.services.therapies import look
from coi.services.trail_review import (
    REVIEWED,
    Overtaken,
    TookPart,
    review_trail,
    reviewed,
)
from coi.services.trail_reviews import Read, asked_of
from coi.services.verifying import verify_new, verify_record
from coi.store.read_ledger import LedgerRows
from tests.coi.services.test_trail import as_
from tests.journeys.asking import until
from tests.journeys.worlds import Databases, copy_of
from workflows.loading import expand_all


@pytest.fixture
def house(lives, migrated_file, tmp_path):
    """Therapies that went through a good deal."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as performer:
        yield performer


@pytest.fixture
def coi(lives):
    """A therapy whose lot is made; quality assurance had nothing to do with it yet."""
    return lives.cois["in manufacture"]


def everything_read_back(performer, coi):
    """Each label is scanned where it is."""
    view = look(performer.installation, coi)
    read_back(performer.installation, performer.proven, view, performer.proven["quentin"])


def stands(performer, coi, username="quirin"):
    """How it stands with the review, as somebody is told."""
    return reviewed(performer.installation, as_(performer, username), coi)


def review(performer, coi, username="quirin", read=None):
    """Somebody signs for all that there is, or for what they say."""
    by, read = performer.proven[username], read or stands(performer, coi).head
    return review_trail(performer.installation, by, coi, read)


def test_a_review_is_an_entry_that_says_how_far_it_went(house, coi):
    """Who, when, the last entry and its hash; signed, and as sound as the rest (DI-07, WL-07)."""
    before = stands(house, coi)

    done = review(house, coi)

    after = stands(house, coi)
    assert (before.holds, before.since > 0, before.part) == (False, True, "")
    assert (after.holds, after.since, after.reviews) == (True, 0, (done,))
    assert (done.by, done.read) == ("Quirin Quality", after.head)
    assert look(house.installation, coi).head_hash == done.read.hash
    found = house.installation.read(lambda tx: verify(LedgerRows(tx), expand_all, {}))
    assert found.findings == ()


def test_each_review_is_numbered_and_stands_where_its_reader_belongs(house, coi):
    """Two who review are counted in turn; a review stands for what was read and by whom."""
    for number in (1, 2):
        done = review(house, coi)

        content = content_of_text(done.content)
        digest = fingerprint(house.installation.vault, coi, done.read, done.person)
        assert content["request"] == {"key": numbered_key(asked_of(coi), number), "digest": digest}
        assert (done.chain, content["action"], content["actor"]) == (
            "site:works",
            "review_trail",
            house.proven["quirin"].person,
        )
        house.do(coi, "record_weight")


@pytest.mark.parametrize(
    ("username", "role"), [("quirin", "qa_reviewer"), ("quentin", "qualified_person")]
)
def test_it_is_signed_in_a_role_that_the_reviewer_holds(house, coi, username, role):
    """A qualified person reviews as such, and not as the quality assurance that they are not."""
    done = review(house, coi, username)

    assert [one["role"] for one in signatures_of_text(done.signed)] == [role]


def test_who_released_before_and_who_was_refused_took_no_part(house, coi):
    """Who released has reviewed it; who tried in vain made nothing of it (A11d-12.6)."""
    play(house, coi, (*MADE, *filled(1), *until(RELEASED, "release_lot")))
    wanted, _actor, signers = house.request(coi, "record_weight")
    with pytest.raises(Refused):
        take_action(house.installation, wanted, house.proven["quill"], signers)
    house.do(coi, "release_lot")

    quentin = house.proven["quentin"].person
    released = look(house.installation, coi).history[-1]
    assert quentin in {one.person for one in released.signatures} | {released.actor}
    assert {stands(house, coi, one).part for one in ("quentin", "quill")} == {""}
    assert stands(house, coi, "queenie").part


def test_a_release_that_went_round_the_rule_is_named_by_a_verification(house, coi, monkeypatch):
    """By its entry, and nothing else is (A11d-12.8)."""
    play(house, coi, (*MADE, *filled(1), *until(RELEASED, "release_lot")))
    everything_read_back(house, coi)
    assert verify_record(house.installation).holds
    monkeypatch.setattr(acting, "refused_unreviewed", lambda _attempt, decision: decision)
    wanted, actor, signers = house.request(coi, "release_lot")
    released = take_action(house.installation, wanted, actor, signers)

    new = verify_new(house.installation)
    (found,) = verify_record(house.installation).findings

    assert new.verdict.findings == (found,)
    assert (found.table, found.chain, found.seq) == ("entry", coi, released.seq)
    assert found.what.startswith("releases a lot, and nobody had reviewed the trail")


def test_a_review_that_is_older_than_what_is_new_counts_for_its_release(house, coi):
    """Who verifies what is new looks it up, in whichever chain it stands (A11d-12.8)."""
    play(house, coi, (*MADE, *filled(1), *until(RELEASED, "release_lot")))
    everything_read_back(house, coi)
    review(house, coi)
    assert verify_record(house.installation).holds
    wanted, actor, signers = house.request(coi, "release_lot")
    take_action(house.installation, wanted, actor, signers)

    new = verify_new(house.installation)

    assert (new.verdict.findings, new.grown) == ((), 1)


def test_it_is_signed_with_its_meaning(house, coi):
    """Meaning, role and person of the signature stand in the entry of a site's chain."""
    review(house, coi)

    def signature(tx):
        asked = "SELECT action, signed FROM entry WHERE action = 'review_trail' AND content LIKE ?"
        return tx.exec_driver_sql(asked, (f"%{coi}%",)).one()

    action, signed = house.installation.read(signature)
    assert action == "review_trail"
    assert f'"meaning":"{REVIEWED}"' in signed
    assert '"role":"qa_reviewer"' in signed


@pytest.mark.parametrize("username", ["queenie", "quentin"])
def test_whoever_took_part_does_not_review(house, lives, username):
    """Who took a step of the therapy, or signed for one, is told which (A11d-12.6)."""
    coi = next(
        one
        for one in lives.cois.values()
        if house.proven[username].person in _persons(look(house.installation, one))
    )

    before = stands(house, coi)

    with pytest.raises(TookPart) as caught:
        review(house, coi, username, before.head)

    assert stands(house, coi, username).part in caught.value.problems[0].reason
    assert stands(house, coi).reviews == before.reviews


def _persons(view):
    """Everybody who did something of it that is no release."""
    found = [e for e in view.history if e.kind != "refused" and "release_lot" not in e.action]
    return {e.actor for e in found} | {s.person for e in found for s in e.signatures}


def test_what_was_not_shown_is_not_signed_for(house, coi):
    """An entry that there is not, another hash, and one that is no more the last."""
    head = stands(house, coi).head
    for read in (
        Read(head.entry + 1, head.hash),
        Read(-1, head.hash),
        Read(head.entry, "0" * 64),
        Read(head.entry, ""),
    ):
        with pytest.raises(Overtaken, match="column entry: there is no such entry"):
            review(house, coi, read=read)
    oldest = look(house.installation, coi).history[0]
    with pytest.raises(Overtaken, match=r"column entry: \d+ entries came meanwhile"):
        review(house, coi, read=Read(oldest.seq, oldest.hash))
    house.do(coi, "record_weight")
    with pytest.raises(Overtaken, match="column entry: 1 entry came meanwhile"):
        review(house, coi, read=head)

    assert stands(house, coi).reviews == ()


def test_only_who_reviews_trails_at_a_site_that_takes_part_signs(house, coi):
    """A maker may not; of who sees nothing of the therapy nobody learns that there is one."""
    with pytest.raises(NotAllowed):
        review(house, coi, "carla")
    with pytest.raises(Unknown):
        review(house, coi, "winnie")
    with pytest.raises(Unknown):
        stands(house, coi, "winnie")


def test_what_was_refused_and_changed_nothing_leaves_a_review_standing(house, coi):
    """A refused attempt does; a step that was taken makes it old, and counts."""
    review(house, coi)
    wanted, actor, _signers = house.request(coi, "record_weight")
    with pytest.raises(Refused):
        take_action(house.installation, spoilt(wanted, action="no_such_step"), actor)
    now = stands(house, coi)
    assert (now.holds, now.head.entry) == (True, now.reviews[0].read.entry + 1)

    house.do(coi, "record_weight")

    now = stands(house, coi)
    assert (now.holds, now.since, len(now.reviews)) == (False, 1, 1)
    review(house, coi)
    assert [one.read.entry for one in stands(house, coi).reviews] == [
        now.head.entry,
        now.reviews[0].read.entry,
    ]

"""No lot is released before its trail was reviewed to the end; nothing goes round that."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, RELEASED, filled, play
from coi.demo.labels import read_back
from coi.demo.performer import Wish, spoilt
from coi.demo.reviewing import review_before
from coi.demo.stories import GOES_WELL
from coi.services import unreviewed
from coi.services.labelling import newest_serial
from coi.services.therapies import look
from coi.services.trail_review import review_trail
from coi.services.trail_reviews import Read
from tests.journeys.asking import act, ids, labelled_anew, refused, until
from tests.journeys.test_label_ledger import BURNT, do
from workflows.facts import Mode
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed

RELEASE, CONFIRM, NOT_REVIEWED = "release_lot", "confirm_release", "TRAIL_NOT_REVIEWED"


@pytest.fixture
def coi(performer):
    """A therapy of which everything is there for its release but the review of its trail."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*IN_MANUFACTURE, *MADE, *filled(1), *until(RELEASED, RELEASE)))
    return coi


def release(performer, coi, **changes):
    """Release it as the request says, and do nothing else before."""
    wanted, actor, signers = performer.request(coi, RELEASE)
    return act(performer, (spoilt(wanted, **changes), actor, signers))


def everything_else_done(performer, coi):
    """Each label is read back where it is."""
    read_back(
        performer.installation,
        performer.proven,
        look(performer.installation, coi),
        performer.proven["quentin"],
    )


def test_a_release_is_refused_until_the_trail_is_reviewed_to_its_end(performer, coi):
    """Before the review, after a step that came since, told late too; then it is released.

    Neither a refused attempt nor a label that is read back makes the review old (A11d-12.8).
    """
    everything_else_done(performer, coi)
    with refused(performer, coi, NOT_REVIEWED) as caught:
        release(performer, coi)
    (why,) = caught.value.refusals
    assert why.sentence == "The audit trail of this therapy was not reviewed"
    assert "reviews the audit trail of the therapy, and signs" in why.next_step
    a_second_ago = performer.installation.clock.now() - timedelta(seconds=1)
    with refused(performer, coi, NOT_REVIEWED):
        release(performer, coi, mode=Mode.LATE, happened_at=a_second_ago)

    review_before(performer.installation, performer.proven, coi)
    performer.do(coi, "record_weight")
    with refused(performer, coi, NOT_REVIEWED) as caught:
        release(performer, coi)
    assert caught.value.refusals[0].sentence.startswith("1 entry came since")

    review_before(performer.installation, performer.proven, coi)
    assert release(performer, coi).seq


def test_the_last_word_on_a_lot_that_was_released_early_asks_for_what_came_since(performer):
    """The lot alone moves; what was recorded since its first release is reviewed first."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, until(GOES_WELL, CONFIRM))
    everything_else_done(performer, coi)
    with refused(performer, coi, NOT_REVIEWED) as caught:
        act(performer, performer.request(coi, CONFIRM))
    (why,) = caught.value.refusals
    assert re.match(r"\d+ entries came since", why.sentence)

    review_before(performer.installation, performer.proven, coi)
    assert act(performer, performer.request(coi, CONFIRM)).seq


def test_a_label_that_is_read_back_leaves_a_review_standing(performer, coi):
    """The review comes first, then every label is scanned where it is, then the lot is released."""
    (bag,) = ids(performer, coi, "product")
    old = newest_serial(performer.installation, bag)
    labelled_anew(performer, bag)
    torn = Deed(LabelDeed.ACCOUNT, old, end="destroyed", pieces=1)
    do(performer, coi, torn, *BURNT)
    review_before(performer.installation, performer.proven, coi)
    before = len(look(performer.installation, coi).history)
    everything_else_done(performer, coi)
    assert len(look(performer.installation, coi).history) > before

    assert release(performer, coi).seq


def test_a_check_that_breaks_refuses(performer, coi, monkeypatch, caplog):
    """Where nobody can tell whether it was reviewed, nothing is released (SEC-45)."""
    review_before(performer.installation, performer.proven, coi)
    everything_else_done(performer, coi)

    def broken(*_of):
        raise LookupError

    monkeypatch.setattr(unreviewed, "reviews_of", broken)
    with refused(performer, coi, NOT_REVIEWED) as caught:
        release(performer, coi)
    assert caught.value.refusals[0].sentence.startswith("It cannot be told")
    assert [one.getMessage() for one in caplog.records if one.name == unreviewed.__name__] == [
        "It cannot be told whether a trail was reviewed: LookupError"
    ]


def test_a_review_of_an_entry_that_is_another_one_now_is_none(performer, coi, monkeypatch):
    """What was reviewed is told by its hash, and not by its number alone."""
    found = unreviewed.reviews_of
    review_before(performer.installation, performer.proven, coi)
    everything_else_done(performer, coi)

    def of_another(tx, coi):
        return tuple(replace(one, read=Read(one.read.entry, "0" * 64)) for one in found(tx, coi))

    monkeypatch.setattr(unreviewed, "reviews_of", of_another)
    with refused(performer, coi, NOT_REVIEWED):
        release(performer, coi)


def test_whoever_reviewed_may_sign_the_release(performer, coi):
    """To have reviewed is no part in the work: the same person signs “reviewed” at the release."""
    view, quirin = look(performer.installation, coi), performer.proven["quirin"]
    review_trail(performer.installation, quirin, coi, Read(view.history[-1].seq, view.head_hash))
    everything_else_done(performer, coi)

    assert act(performer, performer.request(coi, RELEASE, Wish(avoid=("queenie",)))).seq

    signed = {one.username for one in look(performer.installation, coi).history[-1].signatures}
    assert "quirin" in signed

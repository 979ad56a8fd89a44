"""Checkpoints are sent by e-mail to those who keep them, over a real connection."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from coi.ledger.checkpoint import read_checkpoints
from coi.services.anchor import AnchorAway
from coi.services.anchor_mail import MailAnchor
from coi.services.anchoring import Anchorer, anchored, anchors_of, keep_everywhere
from coi.services.checkpoint_keys import signers_of
from coi.services.sequencing import Sequencer
from coi.services.signed_before import HistoryChanged
from coi.services.verifying import verify_record
from coi.store import tree
from tests.coi.services.test_anchoring import grown
from tests.coi.services.test_sequencing import later
from tests.mail_peer import mail_peer


@pytest.fixture
def post():
    """A server of e-mails."""
    with mail_peer() as peer:
        yield peer


@pytest.fixture
def mailed(clinic, post):
    """A clinic with a checkpoint, of which two people are sent each hour what is new."""
    told = {
        "anchor_mail": ("qa@example.org", "notary@example.org"),
        "mail_server": f"smtp://127.0.0.1:{post.port}",
    }
    settings = replace(clinic.installation.settings, **told)
    Sequencer(clinic.installation).run_until_empty()
    return replace(clinic.installation, settings=settings)


def test_the_last_checkpoint_is_sent_to_everybody_as_text(mailed, post):
    """Whoever keeps it can take it out of the e-mail and check it (TL-09)."""
    keep_everywhere(mailed)

    (mail,), newest = post.got, mailed.read(tree.newest_checkpoint)
    (note,) = read_checkpoints(mail.get_content().replace("\r\n", "\n").encode())
    keys = [one.verifier for one in mailed.read(signers_of)]
    assert post.to == ["qa@example.org", "notary@example.org"]
    assert mail.get_content_type() == "text/plain"
    assert mail["subject"] == f"Checkpoint of {note.checkpoint.origin}: {newest.size} entries"
    assert (note.text, bool(note.signed_by(keys))) == (newest.note, True)
    assert verify_record(mailed).holds


def test_not_each_checkpoint_is_sent_but_the_last_of_each_hour(mailed, clinic, post):
    """A mailbox is not filled: what is anchored there grows as old as the setting says."""
    keep_everywhere(mailed)
    grown(clinic)
    keep_everywhere(mailed)
    soon = len(post.got)

    keep_everywhere(later(mailed, 61))
    keep_everywhere(later(mailed, 62))

    (stands,) = anchored(mailed)
    assert (soon, len(post.got)) == (1, 2)
    assert (stands.name, stands.waiting) == ("mail", 0)


def test_a_worker_that_waits_sends_it_once_it_is_due(mailed, clinic, post):
    """It looks again, and what was signed meanwhile is not forgotten."""
    clock = SteppedClock(mailed.clock.now(), timedelta(0))
    keeper = Anchorer(replace(mailed, clock=clock), anchors_of(mailed.settings)[0])
    keeper.step()
    grown(clinic)
    steps = [keeper.step(), len(post.got)]
    clock.advance(timedelta(minutes=61))

    assert [*steps, keeper.step(), len(post.got)] == [True, 1, True, 2]


def test_an_e_mail_that_is_not_taken_is_sent_again(mailed, post, caplog):
    """It stops nobody, is told once, and counts as waiting until everybody was sent it."""
    gone = replace(mailed.settings, mail_server="smtp://127.0.0.1:9")
    away = replace(mailed, settings=gone)
    keeper = Anchorer(away, MailAnchor(gone))
    took = keeper.step(), keeper.step()
    (stands,) = anchored(away)

    keep_everywhere(mailed)

    assert (took, stands.waiting) == ((False, False), 1)
    assert [record.message for record in caplog.records].count("anchor_away") == 1
    assert len(post.got) == 1


def test_no_address_is_left_out_unseen(mailed):
    """One that the server refuses makes the anchor one that is away."""
    with mail_peer(frozenset({"notary@example.org"})) as peer:
        server = f"smtp://127.0.0.1:{peer.port}"
        settings = replace(mailed.settings, mail_server=server)
        with pytest.raises(AnchorAway, match="1 of 2 addresses were refused"):
            MailAnchor(settings).keep(replace(mailed, settings=settings))


def test_nothing_is_sent_that_does_not_go_on_from_what_was_sent(mailed, post):
    """What was sent last is kept beside the key; a file that is none is told."""
    keep_everywhere(mailed)
    file = mailed.settings.checkpoint_key_file.with_name("mailed") / "last"
    sent = file.read_text()
    file.write_text(sent.replace("\n", "1\n", 2).replace("1\n", "\n", 1))
    with pytest.raises(HistoryChanged):
        MailAnchor(mailed.settings).keep(later(mailed, 61))

    file.write_text("torn")
    with pytest.raises(AnchorAway, match="no checkpoint"):
        MailAnchor(mailed.settings).keep(later(mailed, 61))

    assert len(post.got) == 1

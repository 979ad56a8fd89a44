"""No entry is dated before a stamp that does not cover it; a stamp of another history says none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.ledger.checkpoint import Checkpoint, read_checkpoint, signed
from coi.ledger.findings import Finding
from coi.services.back_dating import ALLOWED, dated_back
from coi.services.checkpoint_keys import read_signing_key
from coi.services.sequencing import Sequencer
from coi.services.stamping import Stamped, StampUnread
from coi.store import tree
from tests.coi.services.test_sequencing import _something_unsigned


@pytest.fixture
def here(clinic):
    """A record of which all is below a checkpoint."""
    Sequencer(clinic.installation).run_until_empty()
    return clinic.installation


def last_note(installation):
    """The last checkpoint."""
    return read_checkpoint(installation.read(tree.newest_checkpoint).note.encode())


def of_another_history(installation):
    """One of as many entries, with another root, and signed by the same key."""
    last = last_note(installation).checkpoint
    key = read_signing_key(installation.settings.checkpoint_key_file)
    return signed(Checkpoint(last.origin, last.size, bytes(32)), last.origin, key)


def more(installation):
    """One more entry is in the tree; returns when it says that it was recorded."""
    now = installation.clock.now()
    clock = replace(installation, clock=type(installation.clock)(now, timedelta(0)))
    _something_unsigned(clock)
    Sequencer(installation).run_until_empty()
    return now


def found(installation, *kept):
    """What is found with these stamps: of which entry of the organisation's chain."""
    findings = installation.read(lambda tx: list(dated_back(tx, kept)))
    assert all(one.key == f"{one.chain}/{one.seq}" for one in findings)
    return [(one.table, one.chain) for one in findings]


ONE = [("entry", "site:organisation")]


def test_what_came_after_a_stamp_and_is_dated_before_it_is_found(here):
    """By more than an entry may take into the tree; to the very moment it is none (CL-06)."""
    note = last_note(here)
    recorded_at = more(here)

    for late, told in ((timedelta(0), []), (timedelta(microseconds=1), ONE)):
        assert found(here, Stamped(note, recorded_at + ALLOWED + late)) == told


def test_a_stamp_of_another_history_dates_nothing(here):
    """The anchors tell of it; beside it those of this record count as ever."""
    own, other = last_note(here), of_another_history(here)
    after = more(here) + 2 * ALLOWED

    assert found(here, Stamped(other, after)) == []
    assert found(here, Stamped(other, after), Stamped(own, after)) == ONE
    assert found(here, Stamped(own, after), Stamped(other, after)) == ONE


def test_each_entry_is_named_once_by_the_last_stamp_before_it(here):
    """In whichever order the stamps come."""
    first = last_note(here)
    after = more(here) + 2 * ALLOWED
    second = last_note(here)
    more(here)

    told = [Stamped(one, after) for one in (first, second)]

    assert found(here, *told) == ONE * 2
    assert found(here, *reversed(told)) == ONE * 2


def test_a_stamp_that_proves_nothing_is_a_finding_of_its_own(here):
    """By its file, and with the reason; it dates nothing."""
    file = here.settings.home / "stamp"

    (finding,) = here.read(lambda tx: list(dated_back(tx, [StampUnread(file, "it is torn")])))

    assert finding == Finding("checkpoint", str(file), "-", None, "its stamp: it is torn")

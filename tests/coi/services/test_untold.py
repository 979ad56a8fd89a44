"""What was found and cannot be written stops a release all the same, until it is on record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock, parse_rfc3339
from coi.ledger.findings import Finding, Verdict
from coi.services.disk import Disk
from coi.services.doubt import in_doubt_since, note_untold, note_verdict
from coi.services.untold import UNREADABLE, untold, untold_file
from coi.store.facts import ORGANISATION, head

FOUND = Verdict(9, (Finding("move", "x/3/1", "x", 3, "says another holder"),), {}, {})
SOUND = Verdict(9, (), {}, {})


@pytest.fixture
def failing(clinic):
    """The same installation, whose disk has failed: nothing at all is written to it."""
    disk = Disk(clinic.installation.settings.home)
    disk.fail()
    return replace(clinic.installation, disk=disk)


def test_what_cannot_be_written_is_kept_beside_the_record_until_it_is(clinic, failing):
    """Every program here knows it; the next that can write puts it on record (SEC-45)."""
    here = clinic.installation
    note_verdict(failing, FOUND, whole=False)
    kept, before = untold(here), here.read(in_doubt_since)

    note_untold(here)

    assert (len(kept), before) == (1, "")
    assert here.read(in_doubt_since)
    assert untold(here) == frozenset()


def test_what_nothing_can_keep_is_kept_in_the_process(failing, tmp_path):
    """A folder that is away too: whoever found it still knows."""
    settings = replace(failing.settings, home=tmp_path / "nowhere")
    nowhere = replace(failing, settings=settings)

    note_verdict(nowhere, FOUND, whole=False)

    assert len(untold(nowhere)) == 1


@pytest.mark.parametrize("said", ["", "[]", "{}", "[1]", '"x"', "\udcff"])
def test_a_file_that_says_nothing_is_a_finding(clinic, said):
    """Whoever empties it lets nothing go on by that."""
    file = untold_file(clinic.installation.settings)
    file.write_text(said, errors="surrogateescape")

    assert untold(clinic.installation) == {UNREADABLE}


def test_a_whole_verification_that_passes_ends_it(clinic, failing):
    """As it ends what is on record; one of what is new does not."""
    note_verdict(failing, FOUND, whole=False)

    note_verdict(clinic.installation, SOUND, whole=False)
    still = untold(clinic.installation)
    note_verdict(clinic.installation, SOUND, whole=True)

    assert (len(still), untold(clinic.installation)) == (1, frozenset())


def test_a_clock_that_went_back_hides_no_finding(clinic):
    """It is on record under the time of the entry before."""
    newest = clinic.installation.read(lambda tx: head(tx, ORGANISATION)).recorded_at
    behind = SteppedClock(parse_rfc3339(newest) - timedelta(days=1), timedelta(0))

    note_verdict(replace(clinic.installation, clock=behind), FOUND, whole=False)

    assert clinic.installation.read(in_doubt_since) == newest

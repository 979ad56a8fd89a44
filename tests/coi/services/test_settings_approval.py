"""What is set otherwise is approved by quality assurance: as it was shown, and with a reason."""

from dataclasses import replace

import pytest

from coi.errors import DataRefused
from coi.services.checkup import Verdict
from coi.services.checkup_duties import DUTIES
from coi.services.proofs import NotAllowed
from coi.services.served import note_served
from coi.services.settings_approval import (
    APPROVED,
    approvals,
    approve_settings,
    digest_of_changes,
    not_approved,
)
from coi.services.verifying import verify_record


@pytest.fixture
def queenie(clinic):
    """Quality assurance."""
    return clinic.hire("queenie", ("qa_reviewer", "works-production"))


def start(clinic, **changed):
    """A server starts, set so."""
    settings = replace(clinic.installation.settings, **changed)
    here = replace(clinic.installation, settings=settings)
    note_served(here, "server", clinic.installation.clock.now(), follows=True)


def waiting(clinic):
    """What waits to be approved."""
    return clinic.installation.read(not_approved)


def test_a_change_waits_until_quality_assurance_approves_it_with_a_reason(clinic, queenie):
    """The old and the new value, who approved it, when and why (A11-10, A11d-12.2)."""
    here = clinic.installation
    start(clinic)
    assert (waiting(clinic), DUTIES["approval of settings"](here)[0]) == ((), Verdict.OK)

    start(clinic, idle_minutes=5)
    (changed,) = waiting(clinic)
    shown = digest_of_changes(waiting(clinic))
    with pytest.raises(NotAllowed):
        approve_settings(here, clinic.root, shown, "Asked for by the ward.")
    with pytest.raises(DataRefused, match="say why"):
        approve_settings(here, queenie, shown, " ")
    assert "COI_IDLE_MINUTES" in DUTIES["approval of settings"](here)[1]

    approve_settings(here, queenie, shown, "Asked for by the ward.")
    (done,) = here.read(approvals)
    assert [(one.name, one.before, one.after) for one in changed.changes] == [
        ("COI_IDLE_MINUTES", "15", "5")
    ]
    assert (waiting(clinic), done.remark) == ((), "Asked for by the ward.")
    assert [(one.username, one.meaning) for one in done.signatures] == [("queenie", APPROVED)]
    assert verify_record(here).findings == ()


def test_what_was_not_shown_is_not_approved(clinic, queenie):
    """A second change that came meanwhile makes the first look again (A11-10)."""
    here = clinic.installation
    start(clinic)
    start(clinic, idle_minutes=5)
    shown = digest_of_changes(waiting(clinic))
    start(clinic, idle_minutes=120)

    with pytest.raises(DataRefused, match="meanwhile"):
        approve_settings(here, queenie, shown, "Asked for by the ward.")
    with pytest.raises(DataRefused, match="nothing waits"):
        approve_settings(here, queenie, "", "Asked for by the ward.")

    assert len(waiting(clinic)) == 2
    approve_settings(here, queenie, digest_of_changes(waiting(clinic)), "Both were asked for.")
    assert waiting(clinic) == ()

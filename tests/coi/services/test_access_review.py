"""Who has which access is reviewed: as a list that was shown, by quality assurance, in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from coi.errors import DataRefused
from coi.services.access_review import ACCESS, REVIEWED, access_reviewed, review_access
from coi.services.badges import issue_badge
from coi.services.overdue import overdue
from coi.services.people import close_account, grant_role
from coi.services.periodic import LONGEST_REMARK
from coi.services.pins import set_pin
from coi.services.proofs import NotAllowed
from coi.services.sessions import sign_in
from coi.services.verifying import verify_record
from tests.cast import WHY
from tests.coi.clinic import NOW, PASSWORD


@pytest.fixture
def queenie(clinic):
    """Quality assurance."""
    return clinic.hire("queenie", ("qa_reviewer", "works-production"))


def later(clinic, days):
    """The same installation so many days later."""
    clock = SteppedClock(NOW + timedelta(days=days), timedelta(seconds=1))
    return replace(clinic.installation, clock=clock)


def test_what_is_reviewed_is_who_has_which_roles_and_was_here_last(clinic, queenie):
    """Each active account once; who was never here, or not for 90 days, comes first (P11-300b)."""
    nina = clinic.hire("nina", ("infusion_nurse", "north-ward"))
    for username, role in (("nina", "infusion_nurse"), ("carla", "coordinator")):
        role_at = (role, "north-ward")
        issue_badge(clinic.installation, clinic.root, username, role_at, key=username)
    set_pin(clinic.installation, nina, PASSWORD, "730946")
    clinic.hire("gone", ("infusion_nurse", "north-ward"))
    close_account(clinic.installation, clinic.root, "gone", why=WHY)
    sign_in(clinic.installation, "queenie", PASSWORD)

    soon = access_reviewed(clinic.installation).every
    long_after = access_reviewed(later(clinic, 100)).every

    told = {one.username: one for one in soon}
    assert len(told) == len(soon)
    assert "gone" not in told
    assert (told["nina"].wears_badge, told["nina"].has_pin) == (True, True)
    assert (told["carla"].wears_badge, told["carla"].has_pin) == (True, False)
    assert not told["queenie"].wears_badge
    assert told["nina"].roles == (("infusion_nurse", "north-ward"),)
    assert (told["nina"].signed_in_at, told["nina"].is_quiet) == ("", True)
    assert (told["queenie"].signed_in_at[:10], told["queenie"].is_quiet) == (f"{NOW:%F}", False)
    assert [one.is_quiet for one in soon] == sorted((one.is_quiet for one in soon), reverse=True)
    assert all(one.is_quiet for one in long_after)
    assert queenie.username in told


def test_quality_assurance_alone_signs_and_only_for_what_was_shown(clinic, queenie):
    """An administrator does not; a role that was given meanwhile is not signed for unseen."""
    here = clinic.installation
    shown = access_reviewed(here)
    with pytest.raises(NotAllowed):
        review_access(here, clinic.root, shown.digest, "")
    with pytest.raises(DataRefused, match="at most"):
        review_access(here, queenie, shown.digest, "x" * (LONGEST_REMARK + 1))
    grant_role(here, clinic.root, "carla", "auditor", "works-production")
    with pytest.raises(DataRefused, match="changed meanwhile"):
        review_access(here, queenie, shown.digest, "")
    refused = access_reviewed(here)

    review_access(here, queenie, refused.digest, "Carla's role is new.")
    review_access(here, queenie, refused.digest, "")

    assert refused.stands.reviews == ()
    reviews = access_reviewed(here).stands.reviews
    signed = [
        (one.username, one.printed_name, one.role, one.meaning)
        for review in reviews
        for one in review.signatures
    ]
    assert [one.remark for one in reviews] == ["", "Carla's role is new."]
    assert signed == [("queenie", "Queenie Example", "qa_reviewer", REVIEWED)] * 2
    assert verify_record(here).findings == ()


@pytest.mark.parametrize("days", [1, 180])
def test_a_review_is_due_again_after_the_days_that_are_set(clinic, queenie, days):
    """From the beginning of the record, and from each review on (P11-300b)."""

    def here(after):
        found = later(clinic, after)
        return replace(found, settings=replace(found.settings, access_review_days=days))

    before, after = ACCESS in overdue(here(days - 1)), ACCESS in overdue(here(days + 1))
    there = here(days + 1)
    review_access(there, queenie, access_reviewed(there).digest, "")
    reviewed = [ACCESS in overdue(here(days + 1 + more)) for more in (days - 1, days + 1)]

    assert (before, after, *reviewed) == (False, True, False, True)
    assert access_reviewed(here(2 * days + 3)).stands.is_overdue

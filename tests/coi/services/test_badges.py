"""A badge names a person of the staff, and opens nothing alone; the newest one is worn."""

import pytest

from coi.errors import DataRefused, KeyReused, Unknown
from coi.services import badges, people
from coi.services.approvals import approve_template
from coi.services.labelling import NotPrinted
from coi.services.person_file import person_file
from coi.services.proofs import NotAllowed
from labels.identifiers import parse_code
from tests.cast import WHY
from tests.journeys.worlds import verdict_of
from tests.labels.reading import read

NINA = ("apheresis_nurse", "north-ward")
LOST = "lost on the way home"


@pytest.fixture
def nina(clinic):
    """A nurse of the hospital."""
    return clinic.hire("nina", NINA)


def issued(clinic, key="first", role=NINA, by=None):
    """Issue a badge to the nurse."""
    return badges.issue_badge(clinic.installation, by or clinic.root, "nina", role, key=key)


def worn(clinic):
    """The serial of the badge that the nurse wears; '' for none."""
    badge = person_file(clinic.installation, "nina").badge
    return badge.serial if badge else ""


@pytest.mark.usefixtures("nina")
def test_a_badge_is_issued_once_for_a_request(clinic):
    """Under its key it is the same one; another badge takes another request."""
    serial = issued(clinic)

    assert (parse_code(serial).kind, issued(clinic), worn(clinic)) == ("S", serial, serial)
    with pytest.raises(KeyReused):
        issued(clinic, role=("administrator", "-"))


@pytest.mark.usefixtures("nina")
def test_the_newest_badge_is_worn_until_it_is_struck_off(clinic):
    """The one before is struck off with it, once; and the record is whole."""
    first, second = issued(clinic), issued(clinic, "second")
    now = worn(clinic)
    for _ in "twice":
        badges.strike_off_badge(clinic.installation, clinic.root, "nina", LOST)

    titles = [one.title for one in person_file(clinic.installation, "nina").happened]

    assert (now, worn(clinic), first == second) == (second, "", False)
    assert titles.count("Badge struck off") == 1
    assert verdict_of(clinic.installation).findings == ()


def test_a_badge_says_who_it_is_and_where(clinic, nina):
    """Printed once quality assurance has approved how it looks; its symbol is the serial alone."""
    queenie = clinic.hire("queenie", ("qa_reviewer", "works-production"))
    serial = issued(clinic)
    with pytest.raises(NotPrinted, match="not approved the staff badge"):
        badges.write_badge(clinic.installation, clinic.root, "nina")
    approve_template(clinic.installation, queenie, "staff-badge")

    label = read(badges.write_badge(clinic.installation, clinic.root, "nina").content)

    assert [text for _symbology, text in label.symbols] == [serial]
    assert all(told in label.text for told in ("Nina Example", "Apheresis nurse"))
    with pytest.raises(NotAllowed):
        badges.write_badge(clinic.installation, nina, "nina")


def test_nobody_wears_a_badge_of_a_role_that_they_do_not_hold(clinic, nina):
    """Nor when the account is closed; and who does not administer issues none."""
    with pytest.raises(DataRefused, match="no role that this person holds"):
        issued(clinic, role=("coordinator", "north-ward"))
    with pytest.raises(NotAllowed):
        issued(clinic, by=nina)
    people.close_account(clinic.installation, clinic.root, "nina", why=WHY)

    with pytest.raises(DataRefused, match="account is closed"):
        issued(clinic)
    with pytest.raises(Unknown):
        badges.write_badge(clinic.installation, clinic.root, "nina")


@pytest.mark.usefixtures("nina")
def test_a_badge_of_a_role_that_was_taken_back_is_printed_no_more(clinic):
    """It would say of her what is no longer so; she is issued another one."""
    queenie = clinic.hire("queenie", ("qa_reviewer", "works-production"))
    approve_template(clinic.installation, queenie, "staff-badge")
    issued(clinic)
    people.grant_role(clinic.installation, clinic.root, "nina", "coordinator", "north-ward")
    people.grant_role(clinic.installation, clinic.root, "nina", *NINA, holds=False, why=WHY)

    with pytest.raises(NotPrinted, match="no longer holds") as refused:
        badges.write_badge(clinic.installation, clinic.root, "nina")

    assert refused.value.reason == "BADGE_OUTDATED"

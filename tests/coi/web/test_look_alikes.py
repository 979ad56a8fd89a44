"""Another patient who looks alike is told wherever a mix-up could begin (SEC-48, BD-08)."""

import pytest

from coi.demo.performer import Wish
from coi.services import likeness
from coi.services.likeness import asked_besides, looks_like_others
from coi.services.therapies import look
from coi.store.erasing import destroy_identity
from tests.coi.web.bedside import CHECK, FIRST, WARD

ALIKE = "another patient here looks alike"
BESIDES = "Ask also for the medical record number."
WHY = {"cancelled_because": "patient withdrew", "material_disposition": "none exists"}


@pytest.fixture
def twin(bedside):
    """A therapy of somebody with Anissa's name and birth date, ordered at the same hospital."""
    return a_twin(bedside, "4712")


def a_twin(bedside, number):
    """Order for another patient of Anissa's name and birth date."""
    identity = dict(bedside.performer.identities[bedside.coi])
    return bedside.performer.order(identity | {"medical_record_number": number})


def scanned(bedside):
    """Everything is scanned; the patient is asked next."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    return walker


def test_it_is_said_before_a_step_begins_on_each_screen_and_at_the_therapy(bedside, twin):
    """At the patient and from hand to hand; nothing that tells who it is stands there."""
    identity = bedside.performer.identities[twin]
    walker = bedside.checking()
    paths = ("", "/actions/release_custody", f"/actions/{CHECK}")
    told = [walker.browser.get(f"/therapies/{bedside.coi}{path}").text for path in paths]
    pages = [walker.page, *told]

    assert all(ALIKE in page for page in pages)
    assert not any(identity["family_name"] in page or twin in page for page in pages)


def test_where_nobody_looks_alike_nothing_is_said(bedside):
    """A line that always stands there is read by nobody."""
    walker = scanned(bedside)

    assert ALIKE not in walker.page
    assert ALIKE not in walker.browser.get(f"/therapies/{bedside.coi}").text


@pytest.mark.usefixtures("twin")
def test_what_tells_the_two_apart_is_asked_of_the_patient(bedside):
    """Name and birth date are both patients': with them alone the screen is asked again."""
    walker = scanned(bedside)
    assert BESIDES in walker.page

    walker.send(**bedside.heard())
    assert walker.answer.status_code == 422
    assert "is asked too: another patient here looks alike" in walker.answer.text
    number = bedside.performer.identities[bedside.coi]["medical_record_number"]
    walker.send(**bedside.heard(), **{"said-medical_record_number": number})
    assert walker.asked == "Read it back"


def test_who_was_heard_before_the_other_came_is_asked_again(bedside):
    """What was signed on the way does not count: the engine looks when both are in."""
    first = bedside.first_part()
    a_twin(bedside, "4712")
    second = bedside.second(first)
    for code in (bedside.coi, bedside.band(), bedside.label()):
        second.scan(code)
    number = bedside.performer.identities[bedside.coi]["medical_record_number"]
    second.send(**bedside.heard(), **{"said-medical_record_number": number})
    second.send()
    bedside.signs(second, "irma")

    assert {one.code for one in bedside.last().refusals} == {"NOT_TOLD_APART"}
    assert "each of you" in second.page


@pytest.mark.usefixtures("twin")
def test_they_are_found_at_the_sites_at_which_both_are(bedside):
    """The maker of both is told too; another hospital is not."""

    def told(*sites):
        return looks_like_others(bedside.installation, bedside.coi, sites)

    assert told("north")
    assert told("south", "works")
    assert not told("south")
    assert not told()
    assert not looks_like_others(bedside.installation, bedside.danae, ["north"])


def test_who_is_no_patient_any_more_is_not_told(bedside):
    """Neither whose therapy is over, nor whose identity is erased."""
    over, gone = a_twin(bedside, "4712"), a_twin(bedside, "4713")
    bedside.performer.do(over, "cancel", Wish(values=WHY))
    patient = look(bedside.installation, gone).therapy.patient
    bedside.installation.transact(lambda tx: destroy_identity(tx, patient))

    assert not looks_like_others(bedside.installation, bedside.coi, ["north"])


@pytest.mark.usefixtures("twin")
def test_two_that_are_the_same_in_all_that_is_asked_stop_nobody(bedside, monkeypatch):
    """The wristband tells them apart; no question could."""
    monkeypatch.setattr(likeness, "IDENTIFIERS", ("family_name", "birth_date"))

    assert asked_besides(bedside.installation, bedside.coi, "north") == ()


def test_a_step_says_it_though_it_began_before(bedside):
    """Each screen is drawn as things stand."""
    walker = bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD)
    assert ALIKE not in walker.page

    a_twin(bedside, "4712")
    walker.scan(bedside.label())

    assert ALIKE in walker.page

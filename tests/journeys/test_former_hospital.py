"""What a hospital that treats no more, or was asked and declined, can no longer see or do."""

from datetime import timedelta

import pytest

from coi.app import create_app
from coi.demo.cast import PASSWORD, PATIENTS, STAFF, UNITS
from coi.demo.chapters import AT_LAB, ORDERED, Step, play, take
from coi.errors import Unknown
from coi.services import people
from coi.services.documents import write_destruction_certificate
from coi.services.erasing import StillTraced, Wish, erase_patient
from coi.services.former import as_former
from coi.services.label_papers import write_bag_label
from coi.services.labelling import newest_serial
from coi.services.looking import is_label_of, look_now
from coi.services.people import NewPerson
from coi.services.proofs import NotAllowed, Proven, authenticate, person_of
from coi.services.sessions import resume, sign_in
from coi.services.therapies import look
from tests.coi.web.browser import Browser
from tests.coi.web.walk import Walker
from tests.journeys.asking import act, ids, labelled_anew, values
from tests.journeys.changing import install, proposal
from tests.journeys.test_change_of_site import MOVED, ON_ITS_WAY, by

GIVEN_AWAY = (
    Step("pack", "material", "frozen"),
    Step("release_shipment", "shipment", "packed", to="wheels-van"),
    Step("accept_shipment", "shipment", "packed"),
)
OPENED = Step("open_exception", values={"kind": "damage", "class": "critical", "seen": ""})


@pytest.fixture
def coi(performer):
    """A therapy that the northern hospital has ordered."""
    return performer.order(PATIENTS[0])


@pytest.fixture
def someone(installation):
    """Give a browser in which this person is signed in."""
    app = create_app(installation)

    def signed_in(username):
        browser = Browser(app.test_client())
        assert browser.sign_in(username).status_code == 302
        return browser

    return signed_in


def quality_of_the_north(performer):
    """Somebody who answers for quality at the northern hospital."""
    installation = performer.installation
    known = installation.read(lambda tx: person_of(tx, "root"))
    root = Proven("root", known.person.id, known.credential)
    new = NewPerson("nele", "Nele North", PASSWORD, "north-ward")
    people.register_person(installation, root, new)
    people.grant_role(installation, root, "nele", "qa_reviewer", "north-ward")
    people.record_training(
        installation, root, "nele", "qa_reviewer", installation.clock.now() + timedelta(days=90)
    )
    people.record_proofing(installation, root, "nele", "passport")
    people.accept_policy(installation, authenticate(installation, "nele", PASSWORD))
    performer.proven["nele"] = authenticate(installation, "nele", PASSWORD)


def test_its_exceptions_leave_the_list_of_the_former_hospital(performer, coi, someone):
    """They stand in the list of the hospital that treats, with what comes to them since."""
    play(performer, coi, (*ORDERED, OPENED))
    before = [coi in someone(name).get("/exceptions").text for name in ("ines", "jonas")]

    play(performer, coi, (*MOVED, OPENED))

    assert before == [True, False]
    assert [coi in someone(name).get("/exceptions").text for name in ("ines", "jonas")] == [
        False,
        True,
    ]


def test_its_exceptions_leave_the_list_of_a_hospital_that_declined(performer, coi, someone):
    """While it is asked they stand there; afterwards it sees nothing of the therapy."""
    play(performer, coi, (*ORDERED, OPENED, MOVED[0]))
    asked = coi in someone("jonas").get("/exceptions").text

    act(performer, by(performer, coi, "call_off_change", "jonas", "south-ward"))

    assert asked
    assert coi not in someone("jonas").get("/exceptions").text


def test_the_former_hospital_moves_it_to_no_other_version(performer, coi):
    """Nor does it read what lies outside of the newer version: these values are another's."""
    quality_of_the_north(performer)
    play(performer, coi, ORDERED)
    install(performer)
    assert proposal(performer, coi, by="nele").coi == coi

    play(performer, coi, MOVED)

    with pytest.raises(Unknown):
        proposal(performer, coi, by="nele")


def test_the_former_hospital_is_not_told_who_looks_at_the_patient(performer, coi, someone):
    """Who meets the patient at another hospital is no matter of its own."""
    quality_of_the_north(performer)
    play(performer, coi, ORDERED)
    page = f"/therapies/{coi}/identity-looks"
    before = someone("nele").get(page).status_code

    play(performer, coi, MOVED)

    assert (before, someone("nele").get(page).status_code) == (200, 404)


def test_the_former_hospital_erases_nobody_whom_another_treats(performer, coi):
    """Nor by the COI of an older therapy, which ended there and of which it sees everything."""
    quality_of_the_north(performer)
    take(performer, coi, Step("cancel", values={"material_disposition": "none exists"}))
    newer = performer.order(PATIENTS[0])
    play(performer, newer, (*ORDERED, *MOVED))
    north, *works = (performer.proven[one] for one in ("nele", "queenie", "quirin"))
    wish = Wish(coi, "asked", "A letter of the 20th.")

    with pytest.raises(NotAllowed, match="at other sites"):
        erase_patient(performer.installation, wish, north, works[0])
    with pytest.raises(StillTraced, match="has not ended") as kept:
        erase_patient(performer.installation, wish, *works)

    assert (newer in str(kept.value), coi in str(kept.value)) == (True, False)


def test_the_former_hospital_prints_labels_of_what_it_has_in_hand_alone(performer, coi):
    """Of the bag that it gave away it makes no second label; before, it may."""
    play(performer, coi, (*AT_LAB, Step("freeze_material", "material", "collected")))
    bag = ids(performer, coi, "material", "frozen")[0]
    serial = labelled_anew(performer, bag)
    play(performer, coi, MOVED)
    another = performer.order(PATIENTS[1])
    leo = resume(performer.installation, sign_in(performer.installation, "leo", PASSWORD))
    assert bag in look_now(performer.installation, leo, coi).view.subjects
    of = [is_label_of(performer.installation, leo, serial, one) for one in (coi, another)]
    assert of == [True, False]
    assert write_bag_label(performer.installation, performer.proven["leo"], serial)

    play(performer, coi, GIVEN_AWAY)

    with pytest.raises(Unknown):
        write_bag_label(performer.installation, performer.proven["leo"], serial)
    assert bag not in look_now(performer.installation, leo, coi).view.subjects


def test_the_page_of_the_former_hospital_offers_the_labels_of_what_it_has_in_hand(
    performer, coi, someone
):
    """The label that has no piece yet, and what goes along; nothing of what lies elsewhere."""
    play(performer, coi, (*AT_LAB, Step("freeze_material", "material", "collected")))
    bag = ids(performer, coi, "material", "frozen")[0]
    serial = labelled_anew(performer, bag)
    play(performer, coi, MOVED)
    leo, page = someone("leo"), f"/therapies/{coi}"
    label, sheet = f'"{page}/labels/{serial}"', f'"{page}/labels/{serial}/sheet"'
    before = leo.get(page).text
    along = leo.get(f"{page}/labels/{serial}/sheet")
    printed, again = (leo.send(f"{page}/labels/{serial}", page) for _ in range(2))
    after = leo.get(page).text
    play(performer, coi, GIVEN_AWAY)
    gone = leo.get(page).text

    assert (label in before, sheet in before) == (True, True)
    assert (printed.mimetype, along.status_code) == ("application/pdf", 200)
    assert (label in after, sheet in after) == (False, True)
    assert (label in gone, sheet in gone) == (False, False)
    # Where it cannot go, nothing leads: it does not see every label of the therapy.
    assert again.status_code == 409
    assert f'"{page}/printing"' not in before
    assert f'"{page}/labels"' not in before + again.text


def test_the_former_hospital_certifies_what_it_destroyed_itself(performer, coi, someone):
    """Of what it had in hand when another took over; of nothing else, which its page says too."""
    play(performer, coi, (*AT_LAB, *MOVED))
    here, elsewhere, *_ = ids(performer, coi, "material", "collected")
    before = someone("leo").get(f"/therapies/{coi}").text
    play(performer, coi, [Step("destroy", "material", "collected", first=1)])
    by_leo = (performer.installation, performer.proven["leo"], coi)

    assert write_destruction_certificate(*by_leo, here).startswith(b"%PDF")
    assert "Print certificate of destruction" not in before
    assert "Print certificate of destruction" in someone("leo").get(f"/therapies/{coi}").text
    with pytest.raises(Unknown):
        write_destruction_certificate(*by_leo, elsewhere)


def test_a_hospital_that_is_asked_prints_no_label_yet(performer, coi):
    """The bag lies in another's laboratory, and nothing of it is decided here."""
    play(performer, coi, AT_LAB)
    bag = ids(performer, coi, "material", "collected")[0]
    serial = labelled_anew(performer, bag)
    play(performer, coi, MOVED[:1])

    with pytest.raises(NotAllowed):
        write_bag_label(performer.installation, performer.proven["luc"], serial)

    play(performer, coi, MOVED[1:])
    assert write_bag_label(performer.installation, performer.proven["luc"], serial)


def test_what_was_corrected_elsewhere_is_as_it_was_recorded_here(performer, coi):
    """The former hospital reads its own value; the right one is the other's to know."""
    play(performer, coi, (*ORDERED, *MOVED))
    others = tuple(one.username for one in STAFF if one.username not in {"carla", "noel"})
    told = {"of": "weight_kg", "content": "46.5"}

    take(performer, coi, Step("correct_value", values=told, avoid=others))

    site_of = {unit: site for unit, (site, _title) in UNITS.items()}
    former = as_former(look(performer.installation, coi), site_of, frozenset({"north"}))
    assert values(performer, coi, "weight_kg") == ["64.5", "46.5"]
    assert [one.content for one in former.values if one.field == "weight_kg"] == ["64.5"]


def test_the_former_hospital_is_asked_about_what_it_has_in_hand_alone(performer, coi, someone):
    """Neither a form nor the scan box tells it of anything else, or offers another's step."""
    play(performer, coi, (*AT_LAB, Step("freeze_material", "material", "collected"), *MOVED))
    bag = ids(performer, coi, "material", "frozen")[0]
    form = f"/therapies/{coi}/actions/report_lost"
    before = bag in someone("leo").get(form).text

    play(
        performer,
        coi,
        (
            Step("pack", "material", "frozen"),
            Step("release_shipment", "shipment", "packed", to="wheels-van"),
            Step("accept_shipment", "shipment", "packed"),
        ),
    )

    assert before
    assert bag not in someone("leo").get(form).text


def test_the_scan_box_offers_the_former_hospital_no_step_of_another(performer, coi, someone):
    """Of a bag in its laboratory it packs or destroys it, and decides nothing about it."""
    play(performer, coi, (*AT_LAB, *MOVED))
    serial = newest_serial(performer.installation, ids(performer, coi, "material", "collected")[0])
    leo = someone("leo")

    page = leo.send("/scan", page="/", code=serial).text

    assert "Hand over" in page
    assert "Freeze" not in page


def test_nobody_begins_at_the_patient_before_they_are_admitted_anew(performer, coi, someone):
    """It is said before anything is scanned or done, and not when all of it is to be signed."""
    play(performer, coi, (*ORDERED, Step("plan_collection"), *MOVED))

    early = Walker(someone("noel")).begin(coi, "collect", "south-apheresis")
    take(performer, coi, Step("admit_patient"))
    later = Walker(someone("noel")).begin(coi, "collect", "south-apheresis")

    assert "not identified anew" in early.answer.text
    assert (early.answer.status_code, later.answer.status_code) == (409, 303)


def test_a_re_routed_shipment_is_refused_at_the_old_door_when_it_is_scanned(
    performer, coi, someone
):
    """Nobody there goes on to the seal, and to a signature that would be refused."""
    play(performer, coi, (*ON_ITS_WAY, *MOVED, Step("reroute_shipment")))
    (shipment,) = ids(performer, coi, "shipment", "packed")
    walker = Walker(someone("leo")).begin(coi, "accept_shipment", "north-lab")

    walker.scan(newest_serial(performer.installation, shipment))

    assert walker.answer.status_code == 409
    assert "SHIPMENT_REROUTED" in walker.answer.text

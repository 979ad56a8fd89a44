"""Another hospital treats: the rights move with its signature, and so does what is on its way."""

import re
from dataclasses import replace

import pytest

from coi.app import create_app
from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    ACCEPTED,
    AT_LAB,
    CONDITIONED,
    INFUSED_WHOLE,
    ORDERED,
    OUT,
    Step,
    play,
    take,
)
from coi.services.proofs import Signer
from coi.services.scanning import Code
from coi.services.therapies import look, wristband_of
from coi.store import facts
from tests.coi.web.browser import Browser
from tests.fixtures import DATABASES
from tests.journeys.asking import act, ids, newest, refused, state, take_refused, values
from tests.journeys.changing import asked, changed, install, install_text, move
from tests.journeys.worlds import verdict_of


@pytest.fixture(params=DATABASES)
def databases(request):
    """Where this journey is recorded."""
    return request.getfixturevalue(f"{request.param}_databases")


MOVED = (Step("ask_other_hospital"), Step("take_over_treatment"))


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


def who_treats(performer, coi):
    """Give which hospital treats, and which do not any more."""
    return performer.installation.read(lambda tx: facts.parts(tx, coi)[1])


def by(performer, coi, action, username, unit, **changes):
    """Give the request for an action, made by somebody else at their unit."""
    wanted, _, signers = performer.request(coi, action)
    somebody = performer.proven[username]
    return (
        replace(wanted, unit=unit, **changes),
        somebody,
        tuple(Signer(somebody, signer.meaning) for signer in signers),
    )


# -- asked, taken over, called off ---------------------------------------------------------------


def test_the_rights_move_with_the_signature_of_who_takes_over(performer, coi):
    """Two physicians at two hospitals sign, each at their own desk; the record is whole."""
    play(performer, coi, ORDERED)
    take(performer, coi, MOVED[0])
    before = who_treats(performer, coi)

    take(performer, coi, MOVED[1])

    after = who_treats(performer, coi)
    assert (before.treats, before.asked, before.aside) == ("north", "south", {"south"})
    assert (after.treats, after.asked, after.aside) == ("south", "", {"north"})
    signed = [one.unit.split("-")[0] for one in look(performer.installation, coi).history[-2:]]
    assert signed == ["north", "south"]
    assert verdict_of(performer.installation).findings == ()


def test_the_former_hospital_decides_nothing_any_more(performer, coi):
    """It plans no collection, and cancels nothing; the attempt is on record."""
    play(performer, coi, (*ORDERED, *MOVED))

    with refused(performer, coi, "SITE_DOES_NOT_TREAT"):
        act(performer, by(performer, coi, "cancel", "ines", "north-ward"))

    assert state(performer, coi) == "scheduled"


def test_the_hospital_that_is_asked_decides_nothing_yet(performer, coi):
    """It takes over or declines first."""
    play(performer, coi, (*ORDERED, MOVED[0]))

    with refused(performer, coi, "SITE_DOES_NOT_TREAT"):
        act(performer, by(performer, coi, "cancel", "jonas", "south-ward"))


def test_nobody_takes_over_who_was_not_asked(performer, coi):
    """A third hospital takes no part, and one that was called off is asked no more."""
    play(performer, coi, (*ORDERED, MOVED[0]))
    asked = performer.request(coi, "take_over_treatment")

    with refused(performer, coi, "SITE_TAKES_NO_PART", "NOT_ASKED_TO_TREAT"):
        act(performer, by(performer, coi, "take_over_treatment", "wanda", "west-ward", key="third"))
    take(performer, coi, Step("call_off_change"))
    with refused(performer, coi, "NOT_ASKED_TO_TREAT"):
        act(performer, asked)

    assert who_treats(performer, coi).treats == "north"


def test_the_hospital_that_is_asked_can_decline(performer, coi, someone):
    """It sees the therapy while it is asked, and nothing of it afterwards."""
    play(performer, coi, (*ORDERED, MOVED[0]))
    page = f"/therapies/{coi}"
    jonas = someone("jonas")
    asked = jonas.get(page)

    act(performer, by(performer, coi, "call_off_change", "jonas", "south-ward"))

    assert "Take the patient over" in asked.text
    assert jonas.get(page).status_code == 404
    assert jonas.get(page).text.count("COI") == jonas.get("/therapies/TEST-0").text.count("COI")


def test_the_former_hospital_still_reads_after_a_move_to_another_version(performer, coi, someone):
    """Where it left the therapy is no state any more by the newer version; it is told all the same.

    By which version others go on is not theirs to know.
    """
    play(performer, coi, (*ORDERED, *MOVED, Step("plan_collection")))
    text = re.sub(r"\bscheduled\b", "slotted", changed({"version: 1\n": "version: 2\n"}))
    install_text(performer, text)
    move(performer, asked(performer, coi))

    page = someone("ines").get(f"/therapies/{coi}")

    assert (page.status_code, "manufacturing slot confirmed" in page.text) == (200, True)
    assert "Runs on version" not in page.text
    assert "Runs on version 2" in someone("jonas").get(f"/therapies/{coi}").text


def test_the_former_hospital_is_shown_no_difference_between_versions(performer, someone):
    """It tells where things stand by now, and results: of both it has no part any more."""
    coi = performer.order(PATIENTS[0], "west")
    install(performer)
    page = f"/therapies/{coi}/version"
    winnie = someone("winnie")
    before = winnie.get(page)
    play(performer, coi, (*ORDERED, *MOVED))

    assert (before.status_code, winnie.get(page).status_code) == (200, 404)
    assert someone("queenie").get(page).status_code == 200


def test_a_patient_can_come_back(performer, coi):
    """The first hospital takes over again, and goes on with everything."""
    play(performer, coi, (*ORDERED, *MOVED, *MOVED))

    take(performer, coi, Step("plan_collection"))

    assert newest(performer, coi).unit == "north-apheresis"
    assert who_treats(performer, coi).aside == {"south"}


# -- who sees and does what ----------------------------------------------------------------------


def test_pages_move_with_the_rights(performer, coi, someone):
    """The new hospital sees therapy and name; the former one what it did, and no step of it."""
    play(performer, coi, (*AT_LAB, MOVED[0]))
    ines, jonas, page = someone("ines"), someone("jonas"), f"/therapies/{coi}"

    take(performer, coi, MOVED[1])
    play(performer, coi, [Step("admit_patient")])

    paths = [f"{page}/{path}" for path in ("actions/cancel", "values", "patient")]
    answers = [[b.get(path).status_code for path in paths] for b in (ines, jonas)]
    shown = [b.get(page).text for b in (ines, jonas)]
    assert answers == [[404] * 3, [200] * 3]
    assert ["Admit the patient and issue a wristband" in one for one in shown] == [True, True]
    assert [one.count("<strong>Admit the patient and issue a wristband") for one in shown] == [1, 2]


def test_an_exception_is_listed_for_those_who_see_the_whole_therapy(performer, coi, someone):
    """Who is asked finds it in the list; who treats no more, or was called off, does not."""
    opened = {"kind": "damage", "class": "minor", "seen": ""}
    play(performer, coi, (*AT_LAB, Step("open_exception", values=opened), MOVED[0]))
    ines, jonas = someone("ines"), someone("jonas")

    asked = [coi in one.get("/exceptions").text for one in (ines, jonas)]
    take(performer, coi, Step("call_off_change"))
    called_off = [coi in one.get("/exceptions").text for one in (ines, jonas)]
    play(performer, coi, MOVED)
    taken_over = [coi in one.get("/exceptions").text for one in (ines, jonas)]

    assert asked == [True, True]
    assert called_off == [True, False]
    assert taken_over == [False, True]


def test_a_task_moves_to_the_new_hospital(performer, coi, someone):
    """The open tasks leave My work at the former hospital, and stand there at the new one."""
    play(performer, coi, ORDERED)
    before = [coi in someone(name).get("/").text for name in ("ines", "jonas")]

    play(performer, coi, MOVED)

    assert before == [True, False]
    assert [coi in someone(name).get("/").text for name in ("ines", "jonas")] == [False, True]


def test_the_former_hospital_hands_over_what_it_has(performer, coi):
    """Cells in its laboratory it ships; nothing new is sent to it."""
    play(performer, coi, (*AT_LAB, Step("freeze_material", "material", "collected"), *MOVED))

    play(
        performer,
        coi,
        (
            Step("pack", "material", "frozen"),
            Step("release_shipment", "shipment", "packed", to="wheels-van"),
            Step("accept_shipment", "shipment", "packed"),
        ),
    )
    take_refused(
        performer,
        coi,
        Step("release_shipment", "shipment", "packed", to="north-lab"),
        "CONSIGNEE_DOES_NOT_TREAT",
    )

    assert who_treats(performer, coi).treats == "south"


# -- identity ------------------------------------------------------------------------------------


def test_nobody_touches_the_patient_before_they_are_admitted_anew(performer, coi):
    """The wristband of the former hospital opens nothing; the new one is asked for, and then is."""
    play(performer, coi, (*ORDERED, Step("plan_collection"), *MOVED))
    old = performer.installation.read(lambda tx: wristband_of(tx, coi))
    take_refused(performer, coi, Step("collect"), "NOT_ADMITTED_HERE")

    take(performer, coi, Step("admit_patient"))

    wanted, actor, signers = performer.request(coi, "collect")
    codes = (wanted.codes[0], Code(old))
    with refused(performer, coi, "OLD_WRISTBAND"):
        act(performer, (replace(wanted, codes=codes), actor, signers))
    take(performer, coi, Step("collect"))


# -- what is on its way ---------------------------------------------------------------------------

ON_ITS_WAY = (*OUT, *ACCEPTED[:3], Step("release_shipment", "shipment", "packed", to="north-lab"))
TURNED_ROUND = (
    *MOVED,
    Step("reroute_shipment"),
    Step("take_back_shipment", "shipment", "packed"),
    Step("release_shipment", "shipment", "packed", to="south-lab"),
)


def test_a_shipment_on_its_way_is_re_routed_and_infused_at_the_new_hospital(performer, coi):
    """The courier takes it back at the old door; who stands there with it is told where it goes."""
    play(performer, coi, (*ON_ITS_WAY, *MOVED))
    at_the_door = performer.request(coi, "accept_shipment")
    take(performer, coi, Step("reroute_shipment"))
    with refused(performer, coi, "SHIPMENT_REROUTED") as caught:
        act(performer, at_the_door)
    play(performer, coi, TURNED_ROUND[3:])

    play(performer, coi, (*ACCEPTED[4:], Step("admit_patient"), CONDITIONED, *INFUSED_WHOLE))

    assert "re-routed to south-lab" in " ".join(one.sentence for one in caught.value.refusals)
    assert newest(performer, coi).unit == "south-ward"
    assert values(performer, coi, "treating_unit") == ["north-ward", "south-ward"]
    told = " ".join(one.title for one in look(performer.installation, coi).history)
    assert "Re-route a shipment to the hospital that treats" in told


def test_a_re_routed_shipment_goes_nowhere_else(performer, coi):
    """A slip of the courier sends it to no other unit, be it of the hospital that treats."""
    play(performer, coi, (*ON_ITS_WAY, *TURNED_ROUND[:-1]))

    take_refused(
        performer,
        coi,
        Step("release_shipment", "shipment", "packed", to="south-ward"),
        "SHIPMENT_REROUTED",
    )

    assert len(ids(performer, coi, "shipment", "packed")) == 1


def test_a_shipment_is_re_routed_to_the_hospital_that_treats_alone(performer, coi):
    """Whoever sent it, or coordinates, names no other."""
    play(performer, coi, (*ON_ITS_WAY, *MOVED))

    take_refused(
        performer,
        coi,
        Step("reroute_shipment", values={"deliver_to": "north-lab"}),
        "DESTINATION_DOES_NOT_TREAT",
    )

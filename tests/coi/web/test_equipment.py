"""Equipment on the pages: the register, one piece, the field of a step, what is told in time."""

import re
from datetime import timedelta

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import ORDERED, collected, play
from coi.demo.performer import Wish
from coi.services.equipment import equipment_of
from coi.services.equipment_keeping import About, put_in_service, register_equipment
from coi.services.people import grant_role
from coi.services.permissions import EVERYWHERE
from coi.services.therapies import look
from tests.cast import WHY
from tests.coi.line import UNIT, root_of
from tests.coi.web.steps import filled_in, form_on, path_of, put
from tests.coi.web.walk import Walker
from tests.journeys.changing import install
from workflows.facts import Mode

PATH = "/equipment"


@pytest.fixture
def performer(line):
    """The cast, in the world with two lots and two benches."""
    return line.performer


@pytest.fixture
def mia(someone):
    """The browser of who makes."""
    return someone("mia")


def day(line, days):
    """A day so many days ahead, as it is typed."""
    return f"{line.installation.clock.now() + timedelta(days=days):%Y-%m-%d}"


@pytest.fixture
def register(line):
    """Register an incubator of production."""

    def registered(number="INC-04", days=200, name="Mia's, by the door"):
        about = About(number, "incubator", name, "SN 7741", day(line, days), f"CAL-{number}")
        by = line.performer.proven["mia"]
        return register_equipment(line.installation, by, UNIT, about, key=number)

    return registered


def typed(line, **changes):
    """The form of a new piece, filled in."""
    told = {"unit": UNIT, "number": "INC-04", "kind": "incubator", "name": "Mia's, by the door"}
    told |= {"maker_serial": "SN 7741", "until": day(line, 200), "certificate": "CAL-12"}
    return {**told, "key": "k", **changes}


def activation(line, browser, number):
    """Send the form of an activation in this incubator."""
    wanted, _actor, signers = line.wanted(line.first, line.benches[0])
    told = filled_in(browser.get(path_of(line.first, "activate")).text, wanted, signers)
    put(told, {"value-incubator": number, "bench": line.benches[0]})
    return browser.client.post(path_of(line.first, "activate"), data=told)


# -- the register ----------------------------------------------------------------------------------


def test_an_empty_register_says_what_to_do(mia):
    """An empty list could be a broken one."""
    assert "No equipment yet" in mia.get(PATH).text


def test_equipment_is_registered_and_leads_to_its_page(line, mia):
    """Where its label is printed, and what was entered of it stands."""
    answer = mia.send(PATH, PATH, **typed(line))

    page = mia.get(answer.headers["Location"]).text
    assert answer.status_code == 303
    assert all(told in page for told in ("INC-04", "Mia&#39;s, by the door", "SN 7741", "CAL-12"))
    assert "Print label" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"kind": ""}, "kind"),
        ({"until": "soon"}, "until"),
        ({"certificate": ""}, "certificate"),
        ({"name": "a\u202eb"}, "name"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(line, mia, changes, field):
    """What was typed stays."""
    answer = mia.send(PATH, PATH, **typed(line, **changes))

    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert 'value="SN 7741"' in answer.text


def test_what_ends_first_stands_first_with_its_state_in_words(line, mia, register):
    """A colour alone says nothing."""
    for number, days in (("INC-01", 200), ("INC-02", 10), ("INC-03", -1), ("INC-05", 90)):
        serial = register(number, days)
    by = line.performer.proven["mia"]
    put_in_service(line.installation, by, serial, in_service=False, why=WHY)

    page = mia.get(PATH).text.partition("<h1>")[2]

    assert re.findall(r">(INC-\d\d)</a>", page) == ["INC-03", "INC-02", "INC-01", "INC-05"]
    assert re.findall(r'<strong class="tag \w+">([^<]+)<', page) == [
        "calibration over",
        "ends soon",
        "out of service",
    ]


def test_one_piece_is_found_among_many(mia, register):
    """By a part of its number or of its name."""
    register("INC-01")
    register("INC-02", name="Freezer room")

    assert re.findall(r">(INC-\d\d)</a>", mia.get(f"{PATH}?q=freezer").text) == ["INC-02"]
    assert "Nothing is called so" in mia.get(f"{PATH}?q=nothing").text


def test_a_calibration_is_entered_with_its_certificate_and_the_reason(line, mia, register):
    """The old one stays below it."""
    serial = register()
    path = f"{PATH}/{serial}"

    told = {"until": day(line, 400), "certificate": "CAL-13", "why": "yearly", "key": "c"}
    answer = mia.send(f"{path}/calibration", path, **told)

    page = mia.get(path).text
    assert answer.status_code == 303
    assert all(told in page for told in ("yearly", "certificate CAL-13", "certificate CAL-INC-04"))


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("calibration", {"until": "2027-12-31", "certificate": "CAL-13", "why": ""}),
        ("calibration", {"until": "soon", "certificate": "CAL-13", "why": WHY}),
        ("service", {"service": "out", "why": " "}),
        ("service", {"service": "in", "why": WHY}),
    ],
)
def test_what_cannot_be_entered_is_told(line, mia, register, part, fields):
    """No reason, no day, or what is so already: nothing is saved, and it is said."""
    path = f"{PATH}/{register()}"

    answer = mia.send(f"{path}/{part}", path, **fields)

    assert answer.status_code == 422
    assert "Nothing was saved." in answer.text
    (one,) = equipment_of(line.installation, line.person("mia"))
    assert (one.certificate, one.piece.in_service) == ("CAL-INC-04", True)


def test_out_of_service_and_back_again(mia, register):
    """Both with their reasons; the page offers what comes next."""
    path = f"{PATH}/{register()}"

    mia.send(f"{path}/service", path, service="out", why="door does not close")
    out = mia.get(path).text
    mia.send(f"{path}/service", path, service="in", why="door mended")

    assert "Put it back in service" in out
    assert "door does not close" in out
    assert "Take it out of service" in mia.get(path).text


def test_another_units_equipment_answers_like_an_unknown_one(someone, register):
    """To whoever works elsewhere (SEC-07)."""
    leo, serial = someone("leo"), register()
    known, unknown = (leo.get(f"{PATH}/{one}") for one in (serial, "L-TEST-00000000-0"))

    assert (known.status_code, unknown.status_code) == (404, 404)
    assert known.text.replace(serial, "") == unknown.text.replace("L-TEST-00000000-0", "")
    assert serial not in leo.get(PATH).text


def test_the_label_of_equipment_leads_to_its_page(mia, register):
    """Scanned into the box above every page."""
    serial = register()

    page = mia.send("/scan", "/", code=serial).text

    assert f'href="{PATH}/{serial}"' in page
    assert "INC-04" in page


def test_an_inspector_reads_how_equipment_stands_and_changes_nothing(line, someone, register):
    """Each piece with all that was entered of it; no form, and no label to print."""
    serial = register()
    root, path = root_of(line.installation), f"{PATH}/{serial}"
    grant_role(line.installation, root, "abel", "auditor", EVERYWHERE)
    grant_role(line.installation, root, "abel", "qc_analyst", "lab-testing", holds=False, why=WHY)
    abel = someone("abel")

    listed, page = abel.get(PATH).text, abel.get(path).text

    assert f'href="{path}"' in listed
    assert "Register equipment" not in listed
    assert all(told in page for told in ("Mia&#39;s, by the door", "CAL-INC-04", "Registered"))
    assert not any(told in page for told in ("Print label", "Calibrated anew", "Take it out"))
    assert abel.send(f"{path}/service", path, service="out", why=WHY).status_code == 403
    assert 'href="/equipment">Equipment</a>' in abel.get("/").text


def test_an_inspector_of_a_site_without_equipment_is_told_so(line, someone):
    """An empty list could be a broken one."""
    root = root_of(line.installation)
    grant_role(line.installation, root, "abel", "auditor", EVERYWHERE)
    grant_role(line.installation, root, "abel", "qc_analyst", "lab-testing", holds=False, why=WHY)

    assert "What the units of your sites register stands here" in someone("abel").get(PATH).text


# -- what is told in time --------------------------------------------------------------------------


def test_who_keeps_it_is_told_thirty_days_before(mia, someone, register):
    """On My work; nobody is told of what others keep."""
    assert "calibration is over or ends" not in mia.get("/").text
    register("INC-02", 10)

    page = mia.get("/").text

    assert "Equipment whose calibration is over or ends within 30 days: 1." in page
    assert "INC-02 (Mia&#39;s, by the door) comes first" in page
    assert "calibration is over or ends" not in someone("leo").get("/").text


# -- at a step -------------------------------------------------------------------------------------


def test_the_form_shows_what_the_unit_has_and_until_when_it_is_calibrated(line, mia, register):
    """Beside the field; what may not be used is not offered, and says why."""
    register("INC-02")
    register("INC-03", -1)

    page = mia.get(path_of(line.first, "activate")).text

    assert 'list="value-incubator-offers"' in page
    assert re.findall(r'<option value="(INC-\d\d)">', page) == ["INC-02"]
    assert "calibrated until" in page
    assert "calibration over" in page
    assert "value-incubator" in form_on(page)


def test_what_is_entered_late_is_offered_the_same(line, mia, register):
    """The form that is copied from paper names it, too."""
    register("INC-02")

    page = mia.get(path_of(line.first, "activate", Mode.LATE)).text

    assert '<option value="INC-02">' in page


def test_a_unit_without_equipment_says_so(line, mia):
    """The field may stay empty."""
    page = mia.get(path_of(line.first, "activate")).text

    assert "This unit has no such equipment on its register." in page


def test_a_step_is_taken_with_the_equipment_whose_label_was_scanned(line, mia, register):
    """A scanner writes the serial into the field; the record has its number."""
    serial = register()

    assert activation(line, mia, serial).status_code == 303
    values = look(line.installation, line.first).history[-1].content["values"]
    assert "INC-04" in {value["content"] for value in values}
    page = mia.get(f"/therapies/{line.first}/values").text
    assert page.count(f"INC-04 (calibrated until {day(line, 200)})") == 1
    assert page.count("calibrated until") == 1


def test_a_step_with_equipment_that_is_not_fit_is_refused(line, mia, register):
    """With the sentence, its code, and what to do; what was typed stays."""
    register("INC-03", -1)

    answer = activation(line, mia, "INC-03")

    assert answer.status_code == 409
    assert "CALIBRATION_OVER" in answer.text
    assert "have it calibrated" in answer.text
    assert 'value="INC-03"' in answer.text


def test_a_step_on_screens_offers_what_the_unit_has_too(line, someone, performer):
    """Where it is asked, one thing on each screen: as on the form of a step."""
    guards = "    guards: [unreleased_product_stays_at_its_site]\n"
    box = "      box: {title: Cold box, kind: equipment, on: material, required: false}\n"
    install(performer, {"version: 1\n": "version: 2\n", guards: f"    fields:\n{box}{guards}"})
    about = About("CB-02", "other", "Blue box", "SN 9", day(line, 200), "CAL-9")
    register_equipment(line.installation, performer.proven["leo"], "north-lab", about, key="box")
    coi = performer.order(PATIENTS[2])
    play(performer, coi, (*ORDERED, *collected(1)))
    wanted = performer.request(coi, "release_custody", Wish(to="north-ward"))[0]
    walker = Walker(someone("leo")).begin(coi, "release_custody", "north-lab")

    walker.scan(wanted.codes[0].raw)
    walker.send(done="1")

    assert walker.asked.endswith("Cold box")
    assert '<option value="CB-02">' in walker.page
    assert "calibrated until" in walker.page

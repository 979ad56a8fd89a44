"""The days of those who follow, release, inspect and administer, at a workstation.

Beside what each sees stands what is on record then. docs/days.md tells them, and those of the
nurse and of the maker, whose tests stand beside.
"""

from csv import DictReader
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from subprocess import run
from sys import executable
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import EARLY, FILLED, TESTED, results
from coi.demo.labels import read_back
from coi.demo.performer import Wish
from coi.services.people import NewPerson, grant_role, register_person
from coi.services.person_file import person_file
from coi.services.therapies import look
from tests.browser.days import TABLET, WORKSTATION, in_the_morning, nothing_is_recorded
from tests.browser.filling import fill_page
from tests.browser.house import KEYS_OF_THE_HOUSE
from tests.browser.walking import FORM, MAIN, fill_in, order_texts, path_of
from tests.coi.reports.pages import text_of
from tests.journeys.asking import values
from tests.journeys.worlds import verdict_of

LOT = "VL-2026-0417"
READY = tuple(
    replace(step, values={"vector_lot": LOT}) if step.action == "transduce" else step
    for step in (*FILLED, *TESTED, *results("sterility"))
)
READS = "reads the whole record"
O_BRIEN = {
    **PATIENTS[3],
    "family_name": "O'Brien",
    "given_name": "Siobhán",
    "medical_record_number": "ob-1",
}


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What they see does not depend on the database."""
    return sqlite_house


@pytest.fixture(scope="module")
def tested(house):
    """A therapy whose lot is tested, and waits for its release; no other was made with its lot."""
    return in_the_morning(house, READY)


def send(person):
    """Send the form that is open."""
    with person.page.expect_navigation():
        person.page.locator(MAIN).click()


def go(person, name, role="link"):
    """Follow what bears this name."""
    with person.page.expect_navigation():
        person.page.get_by_role(role, name=name, exact=True).first.click()


def find(person, number):
    """Look for a therapy by what somebody has in hand."""
    person.page.get_by_label("COI, label, donation number, batch or lot number").fill(number)
    go(person, "Find it", "button")


# -- the coordinator -------------------------------------------------------------------------------


@pytest.fixture
def carla(house, someone):
    """At her workstation."""
    return someone(house, "carla", **WORKSTATION)


def test_carla_finds_every_therapy(house, tested, carla, glance):
    """By phase, narrowed down, and by any number in hand; its page tells all that happened."""
    page = carla.page
    go(carla, "By phase")
    glance(carla, "day coordinator board")
    page.locator("summary").click()
    page.get_by_label("COI begins with").fill(tested.coi)
    page.locator("#phase").select_option("quality control")
    go(carla, "Show these", "button")
    expect(page.locator(".board section")).to_have_count(1)
    expect(page.locator(".board")).to_contain_text(tested.coi)
    page.get_by_label("Keep this view as").fill("Dr. O'Brien's")
    go(carla, "Keep it", "button")
    expect(page.get_by_role("link", name="Dr. O'Brien's", exact=True)).to_be_visible()
    glance(carla, "day coordinator view")

    (donation,) = values(house.performer, tested.coi, "donation_number")
    for number in (tested.coi, tested.serial, donation, LOT):
        carla.open("/board")
        find(carla, number)
        assert page.url.endswith(tested.coi), number

    expect(page.locator("ol.timeline > li")).to_have_count(len(tested.view.history))
    custody = text_of(carla.print(page.get_by_role("button", name="Custody record")))
    assert tested.coi in custody


def test_carla_takes_along_what_is_late(carla, glance):
    """Each with what is due, on the page and in either file; the second is fetched at once."""
    page = carla.page
    carla.open("/?which=all&overdue=1")
    late = page.locator("main tbody tr")
    glance(carla, "day coordinator late")

    listed = carla.print(page.get_by_role("button", name="The whole list as CSV"))
    book = carla.print(page.get_by_role("button", name="The whole list as XLSX"))

    rows = [*DictReader(StringIO(listed.decode("utf-8-sig")))]
    assert load_workbook(BytesIO(book)).active.max_row == len(rows) + 1
    assert len(rows) >= late.count() == page.locator("main .tag.overdue").count() >= 1
    assert all(row["What is due"] for row in rows)
    for told in ("COI", "Where it stands", "What is due"):
        assert rows[0][told].partition(";")[0] in late.first.inner_text()


def test_carla_orders_for_a_patient_with_an_apostrophe(house, carla, glance):
    """The name stands on the page as it was typed, and the look at it is on record."""
    page = carla.page
    go(carla, "Order a therapy")
    carla.open("/orders/new?workflow=autologous-car-t")
    fill_page(page, FORM, order_texts(O_BRIEN, "north"), ())
    send(carla)
    coi = page.url.rpartition("/")[2]

    go(carla, "Who the patient is")
    page.get_by_label("I compare the order with the chart").check()
    go(carla, "Show who the patient is", "button")

    expect(page.locator("main")).to_contain_text("O'Brien")
    glance(carla, "day coordinator apostrophe")
    assert [event.action for event in look(house.installation, coi).history] == ["order"]


# -- quality assurance and the qualified person ----------------------------------------------------


def test_a_lot_is_released_after_its_trail_was_reviewed_by_another(house, someone, glance):
    """Refused before; who took part cannot review; two signatures release it."""
    tested = in_the_morning(house, (*FILLED, *TESTED, *results("sterility")))
    proven = house.performer.proven
    read_back(house.installation, proven, tested.view, proven["quentin"])
    quentin = someone(house, "quentin", **WORKSTATION)
    quentin.open(path_of(tested.coi, "release_lot"))
    glance(quentin, "day qp release")
    releases(quentin)
    assert "The audit trail of this therapy was not reviewed" in quentin.page.inner_text("#refused")
    to_the_trail = quentin.page.get_by_role("link", name=f"audit trail of {tested.coi}")
    expect(to_the_trail).to_have_attribute("href", f"/therapies/{tested.coi}/trail")
    glance(quentin, "day qp refused")
    refused = tested.newest
    assert [one.code for one in refused.refusals] == ["TRAIL_NOT_REVIEWED"]

    queenie = someone(house, "queenie", **WORKSTATION)
    queenie.open(f"/therapies/{tested.coi}")
    with queenie.page.expect_navigation():
        queenie.page.locator("main").get_by_role("link", name="Audit trail").click()
    expect(queenie.page.get_by_role("link", name="To look at first")).to_have_attribute(
        "aria-current", "page"
    )
    assert queenie.page.locator("table.trail tbody tr").count() < len(tested.view.history) / 2
    glance(queenie, "day qa trail")
    assert "somebody who took no part reviews it" in queenie.page.inner_text("main")
    quill = someone(house, "quill", **WORKSTATION)
    quill.open(queenie.page.url)
    go(quill, "Every entry")
    quill.open(queenie.page.url)
    quill.page.get_by_label("Password of quill").fill(PASSWORD)
    go(quill, "Sign: the trail is reviewed", "button")
    glance(quill, "day qa reviewed")

    quentin.open(path_of(tested.coi, "release_lot"))
    releases(quentin)
    released = tested.newest
    assert (released.action, released.kind) == ("release_lot", "act")
    assert [one.username for one in released.signatures] == ["queenie", "quentin"]


def releases(person):
    """Fill in the release, and sign it with quality assurance."""
    page = person.page
    page.locator("#signer-1-username").fill("queenie")
    page.locator("#signer-1-password").fill(PASSWORD)
    page.locator("#signer-2-username").fill("quentin")
    page.locator("#signer-2-password").fill(PASSWORD)
    send(person)


def test_a_result_outside_its_limits_stops_the_release(house, someone, glance):
    """It is flagged where it is recorded, and where it is decided; what follows is offered."""
    others = tuple(name for name in EARLY if name != "viability")
    therapy = in_the_morning(house, (*FILLED, *results(*others, "sterility")))
    anna = someone(house, "anna", **WORKSTATION)
    low = Wish(values={"test": "viability", "result": "58.0"})
    anna.open(path_of(therapy.coi, "record_result"))
    fill_in(anna, house.performer.request(therapy.coi, "record_result", low))
    row = anna.page.get_by_role("row").filter(has_text="Viability").first
    expect(row).to_contain_text("outside its limits")
    glance(anna, "day qc outside")

    quentin = someone(house, "quentin", **WORKSTATION)
    quentin.open(path_of(therapy.coi, "release_lot"))
    releases(quentin)
    codes = {one.code for one in therapy.newest.refusals}
    assert codes == {"OUT_OF_SPECIFICATION", "EXCEPTION_OPEN"}
    assert "Viability is 58.0 %; the limit is ≥ 70 %" in quentin.page.inner_text("#refused")
    glance(quentin, "day qp outside")

    queenie = someone(house, "queenie", **WORKSTATION)
    queenie.open(f"/therapies/{therapy.coi}")
    queenie.page.get_by_text("Seldom done").click()
    go(queenie, "Declare the lot out of specification")
    fill_in(queenie, house.performer.request(therapy.coi, "declare_out_of_specification"))
    glance(queenie, "day qa declared")
    expect(
        queenie.page.get_by_role("link", name="Evaluate the risk for this patient")
    ).to_be_visible()
    declared = therapy.newest
    assert declared.action == "declare_out_of_specification"
    assert {one.username for one in declared.signatures} == {"queenie", "quentin"}


# -- the inspector ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def inspector(house):
    """An account for somebody who looks on everywhere."""
    by, unit = house.administrator, "-"
    register_person(house.installation, by, NewPerson("iona", "Iona Inspector", READS, unit))
    grant_role(house.installation, by, "iona", "auditor", "-")
    return "iona"


def test_an_inspector_reads_everything_and_changes_nothing(
    house, tested, inspector, people, glance, tmp_path
):
    """Found, read, signatures seen, verified, taken along whole."""
    iona = people(house, inspector, **WORKSTATION)
    page = iona.page
    iona.sign_in(READS)
    glance(iona, "day inspector work")
    iona.open("/board")
    find(iona, tested.coi)
    expect(page.locator("header.therapy")).to_contain_text(tested.coi)
    assert page.get_by_role("heading", name="Next").count() == 1
    expect(page.locator("main")).to_contain_text("There is nothing that you could do here")
    glance(iona, "day inspector therapy")
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name="Audit trail").click()
    go(iona, "Every entry")
    assert page.locator("ul.signatures li").count() >= 10
    assert page.get_by_role("button", name="Sign: the trail is reviewed").count() == 0
    glance(iona, "day inspector trail")
    go(iona, "The record")
    expect(page.locator("main")).to_contain_text("May it be written?")
    glance(iona, "day inspector record")

    iona.open(f"/therapies/{tested.coi}/record")
    page.get_by_label("Your password").fill(READS)
    whole = iona.print(page.get_by_role("button", name="Take the whole record along"))
    with ZipFile(BytesIO(whole)) as file:
        file.extractall(tmp_path)
    (program,) = tmp_path.rglob("verify.py")
    checked = run(
        [executable, "-I", "-S", str(program)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.startswith("HOLDS")

    with nothing_is_recorded(tested):
        assert {send_anyway(iona, tested.coi, path) for path in TRIED} <= {403, 404, 422}
        assert send_anyway(iona, tested.coi, "/trail") == 403
    assert verdict_of(house.installation).findings == ()


TRIED = ("/actions/release_lot", "/actions/hold_therapy", "/actions/open_exception", "/version")


def send_anyway(person, coi, path):
    """Send what no page offers; returns the status of the answer."""
    address = f"/therapies/{coi}"
    person.open(address)
    token = person.page.locator("[name=csrf_token]").first.input_value()
    form = {"csrf_token": token, "unit": "works-production", "key": path}
    form |= {"signer-1-username": "iona", "signer-1-password": READS}
    answer = person.context.request.post(f"{address}{path}", form=form)
    return answer.status


# -- the administrator -----------------------------------------------------------------------------


def test_root_lets_somebody_in_and_sees_no_therapy(house, tested, someone, people, glance):
    """An account, a role, training and an identity check; the secret is shown once."""
    root = someone(house, "root", **WORKSTATION)
    page = root.page
    expect(page.locator("main")).to_contain_text("Therapies are not shown to administrators.")
    expect(page.locator("#scan-box")).to_have_count(0)
    for path in ("/board", f"/therapies/{tested.coi}", f"/therapies/{tested.coi}/trail"):
        assert root.open(path) == 403
    root.open("/")
    glance(root, "day administrator work")
    go(root, "People")
    go(root, "Open an account")
    fill_page(
        page, FORM, {"username": "nell", "printed_name": "Nell O'Neill", "unit": "north-ward"}, ()
    )
    send(root)
    secret = page.inner_text(".huge-code").strip()
    glance(root, "day administrator secret")
    go(root, "It is handed over: on to this person")
    assert secret not in page.content()
    glance(root, "day administrator person")
    part(root, "roles", role="infusion_nurse", unit="north-ward")
    part(root, "training", role="infusion_nurse", until=f"{NEXT_YEAR:%Y-%m-%d}")
    part(root, "identity", how="passport, seen in person")
    assert "The identity was checked." in page.inner_text("main")
    glance(root, "day administrator done")

    nell = people(house, "nell", **TABLET)
    nell.sign_in(secret)
    assert nell.page.inner_text("h1") == "Choose your own password"
    for name, text in (("old", secret), ("new", OWN), ("again", OWN)):
        nell.page.locator(f"main form [name={name}]").fill(text)
    go(nell, "Choose it", "button")
    nell.page.get_by_label("Password of nell").fill(OWN)
    go(nell, "I accept it", "button")
    nell.open("/")
    expect(nell.page.locator("h1")).to_have_text("My work")
    glance(nell, "day newcomer work")
    titles = [one.title for one in person_file(house.installation, "nell").happened]
    assert titles[::-1] == TOLD_OF_NELL


NEXT_YEAR = datetime.now(UTC) + timedelta(days=365)
TOLD_OF_NELL = [
    "Account opened",
    "Role given",
    "Training recorded",
    "Identity checked",
    "Signed in",
    "Own password chosen",
    "Signed in",
    "Signature statement accepted",
]
OWN = "cold feet in warm slippers"


def part(person, name, **texts):
    """Open a part of a person's page, fill it in, and sign it where it is signed."""
    form = person.page.locator(f"form[aria-labelledby={name}]")
    if not form.is_visible():
        person.page.locator(f"summary#{name}").click()
    for field, text in texts.items():
        control = form.locator(f"[name={field}]")
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(text)
        else:
            control.fill(text)
    if form.locator("[name=password]").count():
        form.locator("[name=password]").fill(KEYS_OF_THE_HOUSE)
    with person.page.expect_navigation():
        form.locator("button.main").click()

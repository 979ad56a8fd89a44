"""The pages of imports: a template, a check that keeps nothing, and the import itself."""

import io
import re

import pytest
from openpyxl import load_workbook

from coi.demo.cast import PASSWORD
from coi.services.directory import everybody, sites_and_units
from coi.services.import_runs import AT_ONCE, MOST_KEPT, MOST_UNDER_WAY
from coi.services.table_file import MOST_BYTES
from coi.services.therapies import list_therapies
from coi.web import imports
from coi.web.imports import RUNS
from tests.coi.services.test_importing import a_file
from tests.paper_book import CONSENT, ORDER, a_book, steps

SITES = (
    "site,site_name,kind,country,time_zone,unit,unit_name\n"
    "east,East Hospital,hospital,DE,Europe/Berlin,east-ward,<b>Ward</b>\n"
)
USERS = (
    "username,printed_name,home_unit,role,role_unit\n"
    "ellen,Ellen O'Brien,north-ward,infusion_nurse,north-ward\n"
)


def checked(browser, kind, content):
    """Hand in a file to be checked."""
    file = (io.BytesIO(content.encode() if isinstance(content, str) else content), "a.csv")
    return browser.send(f"/imports/{kind}", page=f"/imports/{kind}", file=file)


def imported(browser, kind, content, **more):
    """Check a file, import it, and follow to its end."""
    sealed = sealed_in(checked(browser, kind, content).text)
    began = browser.send(f"/imports/{kind}/now", page=f"/imports/{kind}", sealed=sealed, **more)
    assert began.status_code == 303
    RUNS.known[began.location.rpartition("/")[2]].ended.wait(20)
    return browser.get(began.location), began.location


def sealed_in(page):
    """The file that the page holds, sealed."""
    return re.search(r'name="sealed" value="([0-9a-f]+)"', page)[1]


def test_each_sees_what_they_may_import(administrator, someone):
    """Who orders imports orders, who administers sites and people, who copies what is on paper."""
    ordering, lists = someone("carla"), administrator.get("/imports").text

    assert ("/imports/sites" in lists, "/imports/orders" in lists) == (True, False)
    assert ordering.get("/imports/orders").status_code == 200
    assert ordering.get("/imports/users").status_code == 403
    copying = someone("nina").get("/imports").text
    assert ("/imports/therapies" in copying, "/imports/orders" in copying) == (True, False)
    assert administrator.get("/imports/therapies").status_code == 403
    assert ordering.get("/imports/everything").status_code == 404


@pytest.mark.parametrize("kind", ["sites", "users"])
def test_the_template_explains_itself_and_its_example_is_refused(administrator, kind):
    """Its cells are texts, its choices those of this installation; the example is nobody."""
    content = administrator.get(f"/imports/{kind}/template.xlsx").data
    plain = administrator.get(f"/imports/{kind}/template.csv").data

    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == [kind, "columns", "choices"]
    assert book[kind].data_validations.count >= 1
    for one in (content, plain):
        answer = checked(administrator, kind, one)
        assert (answer.status_code, "is the example of the template" in answer.text) == (422, True)


def test_a_check_shows_what_would_be_made_and_keeps_nothing(administrator, installation):
    """Row by row, as plain text; the file passes through the browser sealed."""
    answer = checked(administrator, "sites", SITES)

    assert "Import all 1 rows now" in answer.text
    assert "&lt;b&gt;Ward&lt;/b&gt;" in answer.text
    assert "east-ward" not in sites_and_units(installation)[1]


def test_sites_are_imported_once_however_often_it_is_sent(administrator, installation):
    """The same form again is the same import; its page says what was made."""
    sealed = sealed_in(checked(administrator, "sites", SITES).text)

    twice = [
        administrator.send("/imports/sites/now", page="/imports/sites", sealed=sealed)
        for _ in range(2)
    ]

    assert twice[0].location == twice[1].location
    RUNS.known[twice[0].location.rpartition("/")[2]].ended.wait(20)
    assert "All 1 rows are done" in administrator.get(twice[0].location).text
    assert "east-ward" in sites_and_units(installation)[1]


def test_the_secrets_of_new_people_are_shown_once(administrator, installation):
    """On a page of their own, which a form asks for; never by opening an address."""
    _page, path = imported(administrator, "users", USERS)

    first, again = (administrator.send(f"{path}/secrets", page="/imports/users") for _ in range(2))

    assert re.search(r"([0-9a-f]{6}-){4}[0-9a-f]{6}", first.text)
    assert "They were shown already" in again.text
    assert "ellen" in {one.person.username for one in everybody(installation)}


def test_an_import_is_known_after_a_restart(administrator):
    """What was imported says the record; of what was interrupted, that nothing was saved."""
    _page, path = imported(administrator, "sites", SITES)
    RUNS.known.clear()

    assert "It was imported" in administrator.get(path).text
    assert "Not imported" in administrator.get("/imports/sites/runs/import-none").text


def test_what_another_one_did_is_told_as_no_import(administrator, someone):
    """Whose key it is, nobody learns by trying; and no other deed is called an import."""
    page, location = imported(administrator, "sites", SITES)
    RUNS.known.clear()

    by_another = someone("carla").get(location.replace("sites", "orders"))

    assert "All 1 rows are done" in page.text
    assert "It was imported" in administrator.get(location).text
    assert "Not imported" in by_another.text


def test_every_problem_is_told_and_many_are_counted(administrator):
    """The first two hundred are shown, the number of the others is said."""
    rows = "".join(f"x{n}!,X{n},ship,de,nowhere,,\n" for n in range(60))

    answer = checked(administrator, "sites", SITES + rows)

    assert answer.status_code == 422
    assert "240 problems; the first 200 are shown" in answer.text
    assert "And 40 more." in answer.text


def test_what_became_wrong_since_the_check_is_told(administrator):
    """Between check and import another one registered the site with another name."""
    sealed = sealed_in(checked(administrator, "sites", SITES).text)
    imported(administrator, "sites", SITES.replace("East Hospital", "Eastern Hospital"))

    began = administrator.send("/imports/sites/now", page="/imports/sites", sealed=sealed)

    RUNS.known[began.location.rpartition("/")[2]].ended.wait(20)
    assert "the site east has “Eastern Hospital”" in administrator.get(began.location).text


def test_a_sealed_file_is_good_for_its_kind_alone(administrator):
    """Changed, or in another form, it is not held any more."""
    sealed = sealed_in(checked(administrator, "sites", SITES).text)

    for kind, text in (("users", sealed), ("sites", sealed[:-2] + "00"), ("sites", "x")):
        answer = administrator.send(f"/imports/{kind}/now", page=f"/imports/{kind}", sealed=text)
        assert "FILE_NOT_HELD" in answer.text


def test_a_file_that_is_too_large_is_refused(administrator):
    """A large one with a sentence, one that nobody means before it is read."""
    large = checked(administrator, "sites", b"x" * (MOST_BYTES + 1))
    beyond = checked(administrator, "sites", b"x" * 13_000_000)

    assert (large.status_code, "the file is larger than" in large.text) == (422, True)
    assert beyond.status_code == 413
    # A test's browser keeps what is large in a file of its own, and leaves it open.
    for answer in (large, beyond):
        answer.request.environ["wsgi.input"].close()


def test_the_template_of_what_ran_on_paper_has_both_sheets(someone):
    """It offers the therapies and units that there are; there is no CSV of it."""
    browser = someone("carla")

    book = load_workbook(io.BytesIO(browser.get("/imports/therapies/template.xlsx").data))

    assert book.sheetnames == ["therapies", "steps", "columns", "choices"]
    offered = {cell.value for row in book["choices"].iter_rows() for cell in row}
    assert {"autologous-car-t", "north-ward", "North Hospital"} <= offered
    assert browser.get("/imports/therapies/template.csv").status_code == 404


def test_what_ran_on_paper_is_signed_with_a_password_for_the_file(someone, installation):
    """A wrong one imports nothing, and what was checked stays on the page."""
    browser, before = someone("ines"), len(list_therapies(installation))
    content = a_book(
        [ORDER | {"on_paper": "Folder 23"}], steps(CONSENT | {"reference": "Folder 23"})
    )
    page = checked(browser, "therapies", content).text
    form = {"page": "/imports/therapies", "sealed": sealed_in(page)}

    wrong = browser.send("/imports/therapies/now", password="no", **form)
    right = browser.send("/imports/therapies/now", password=PASSWORD, **form)

    assert "What you sign" in page
    assert (wrong.status_code, sealed_in(wrong.text)) == (422, form["sealed"])
    RUNS.known[right.location.rpartition("/")[2]].ended.wait(20)
    assert "All 2 rows are done" in browser.get(right.location).text
    assert len(list_therapies(installation)) == before + 1


def test_nobody_keeps_the_machine_busy_with_many_files(administrator, monkeypatch):
    """A few wait for their turn, and one more is refused in a sentence; what ended is forgotten."""
    monkeypatch.setattr(imports, "PATIENCE_SECONDS", 0.0)
    RUNS.known.clear()
    for _ in range(AT_ONCE):
        RUNS.turns.acquire()

    answers = [checked(administrator, "sites", SITES) for _ in range(MOST_UNDER_WAY + 1)]
    waiting = [run.ended.is_set() for run in RUNS.known.values()]
    for _ in range(AT_ONCE):
        RUNS.turns.release()
    ended = [run.ended.wait(20) for run in RUNS.known.values()]

    assert [one.status_code for one in answers] == [303] * MOST_UNDER_WAY + [503]
    assert "IMPORTS_UNDER_WAY" in answers[-1].text
    assert (waiting, all(ended)) == ([False] * MOST_UNDER_WAY, True)
    for _ in range(MOST_KEPT + 1):
        checked(administrator, "sites", SITES)
        assert all(run.ended.wait(20) for run in [*RUNS.known.values()])
    assert len(RUNS.known) <= MOST_KEPT + 1


def test_a_long_check_is_followed_like_an_import(administrator, monkeypatch):
    """The request does not wait for it; its page tells how far it is, then what would be made."""
    monkeypatch.setattr(imports, "PATIENCE_SECONDS", -1)

    began = checked(administrator, "sites", SITES)

    assert began.status_code == 303
    RUNS.known[began.location.rpartition("/")[2]].ended.wait(20)
    assert "Import all 1 rows now" in administrator.get(began.location).text
    RUNS.known.clear()
    assert "FILE_NOT_HELD" in administrator.get(began.location).text


def test_look_alikes_are_confirmed_before_they_are_imported(someone, installation):
    """The check says which lines; without the tick nothing is imported (SEC-48)."""
    browser = someone("carla")
    twins = a_file({}, {"given_name": "Anna", "medical_record_number": "00018"})
    before = len(list_therapies(installation))

    page = checked(browser, "orders", twins).text
    refused, _ = imported(browser, "orders", twins)
    done, _ = imported(browser, "orders", twins + b"\r\n", compared="1")

    assert "1 of these patients looks like another one" in page
    assert "Line 3 looks like line 2" in page
    assert re.search(r'id="compared"[^>]* required', page)
    assert "confirm that they are two people" in refused.text
    assert "All 2 rows are done" in done.text
    assert len(list_therapies(installation)) == before + 2

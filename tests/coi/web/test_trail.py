"""The pages of the audit trail: what is unusual first, narrowed down, taken along, and no name."""

import csv
import io
import re

import pytest

from coi.app import create_app
from coi.demo.cast import PASSWORD
from tests.coi.web.browser import Browser
from tests.coi.web.walk import token_on
from tests.journeys.worlds import Databases, copy_of


@pytest.fixture(scope="module")
def house(lives, migrated_file, tmp_path_factory):
    """Therapies that went through a good deal, for every test of this module."""
    with copy_of(Databases(migrated_file), lives, tmp_path_factory.mktemp("trail")) as performer:
        yield performer


@pytest.fixture(scope="module")
def app(house):
    """The application over them."""
    return create_app(house.installation)


@pytest.fixture(scope="module")
def queenie(app):
    """The browser of quality assurance at the manufacturer."""
    browser = Browser(app.test_client())
    assert browser.sign_in("queenie").status_code == 302
    return browser


@pytest.fixture(scope="module")
def coi(lives):
    """A therapy in which something was entered late."""
    return lives.cois["recorded late"]


def rows(page):
    """The lines of the trail."""
    return re.findall(r"<tr role=\"row\">\s*<th scope=\"row\".*?</tr>", page, re.DOTALL)


def test_what_is_unusual_is_shown_before_everything_else(queenie, coi):
    """Each line of the first page says why it is there; “Every entry” has those and more."""
    first = queenie.get(f"/therapies/{coi}/trail").text
    every = queenie.get(f"/therapies/{coi}/trail?all=1").text

    assert rows(first)
    assert all('class="tag late"' in row for row in rows(first))
    assert "entered late" in first
    assert len(rows(every)) > len(rows(first))


def test_both_times_who_where_and_what_stand_in_a_line(queenie, coi):
    """By the clock of the place and in UTC; user name, role and unit beside the name."""
    row = rows(queenie.get(f"/therapies/{coi}/trail?why=late").text)[0]

    assert len(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d \+0[0-2]:00", row)) >= 2
    assert "+00:00" in row
    assert "happened" in row
    assert "Hospital" in row or "Works" in row


def test_no_patient_is_named(queenie, house, coi):
    """Neither name nor birth date nor number of a patient stands on it (SEC-08)."""
    page = queenie.get(f"/therapies/{coi}/trail?all=1").text + queenie.get("/trail?all=1").text

    assert house.identities
    for identity in house.identities.values():
        for name in ("family_name", "given_name", "birth_date", "medical_record_number"):
            assert identity[name] not in page


def test_going_on_shows_the_older_ones(queenie):
    """The way to the older ones leads on, and back to the newest."""
    first = queenie.get("/trail?all=1").text
    older = re.search(r'href="(/trail\?after=[^"]+)">Older ones', first)[1].replace("&amp;", "&")

    page = queenie.get(older).text

    assert len(rows(first)) == 50
    assert not set(rows(first)) & set(rows(page))
    assert "Back to the newest ones" in page


@pytest.mark.parametrize(
    "asked",
    [
        "after=x~y~z",
        "after=9999-12-31T00:00:00.000000Z~<b>~999999999",
        "who=%00&what=%ff&said=%0a&site=%22%3E&why=nothing",
        "since=9999-12-31&until=0001-01-01",
        "since=2026-02-30&who=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "said=%25&who='%3B--",
    ],
)
def test_whatever_stands_in_the_address_is_harmless(queenie, asked):
    """It asks for nothing, or finds nothing; nothing of it becomes a part of the page."""
    answer = queenie.get(f"/trail?all=1&{asked}")

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text


def test_the_file_holds_what_the_page_shows(queenie, coi):
    """As CSV, a row for each change of each line, under the same conditions (SEC-22)."""
    page = queenie.get(f"/therapies/{coi}/trail?why=late").text
    told = {"csrf_token": token_on(page), "why": "late", "coi": coi, "form": "csv"}

    answer = queenie.client.post("/exports/trail", data=told)

    told = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert {row["Therapy or chain"] for row in told} == {coi}
    assert all("entered late" in row["Looked at first because"] for row in told)
    assert len({row["Entry"] for row in told}) == len(rows(page))


def test_where_nothing_is_found_the_page_says_what_helps(queenie):
    """Nothing fits; or nothing so far, with the way on."""
    page = queenie.get("/trail?who=nobody.of.this.name").text

    assert "Nothing fits" in page
    assert "take one of the conditions away" in page


def test_the_page_of_a_therapy_leads_to_its_trail(queenie, coi):
    """Whoever may read the trail finds it where it is told what happened."""
    assert f'href="/therapies/{coi}/trail"' in queenie.get(f"/therapies/{coi}").text


def test_access_shows_who_came_in_and_who_could_not(app, queenie):
    """A sign-in and a wrong password are there, for administrators, by person (A11d-11.9)."""
    browser = Browser(app.test_client())
    browser.sign_in("queenie", "not hers")

    page = queenie.get("/access?who=queenie").text

    told = [row for row in rows(page) if "queenie" in row]
    assert any("Wrong password" in row for row in told)
    assert any("Signed in" in row for row in told)
    assert all("queenie" in row or "Queenie" in row for row in rows(page))


@pytest.fixture
def quirin(app):
    """The browser of somebody of quality assurance who had nothing to do with some of them."""
    browser = Browser(app.test_client())
    assert browser.sign_in("quirin").status_code == 302
    return browser


def test_the_trail_is_signed_for_below_it(quirin, lives):
    """Not with a wrong password, nor up to an entry that is another one; then it says how far."""
    path = f"/therapies/{lives.cois['in manufacture']}/trail"
    page = quirin.get(path).text
    shown = dict(re.findall(r'type="hidden" name="(entry|hash)" value="([^"]+)"', page))

    wrong = quirin.send(path, path, **shown, password="a wrong one")
    other = quirin.send(path, path, entry=shown["entry"], hash="0" * 64, password=PASSWORD)
    nothing = quirin.send(path, path, password=PASSWORD)
    signed = quirin.send(path, path, **shown, password=PASSWORD)

    assert "Not yet." in page
    assert (wrong.status_code, "Nothing was saved." in wrong.text) == (401, True)
    assert (other.status_code, "TRAIL_MOVED_ON" in other.text) == (409, True)
    assert nothing.status_code == 409
    assert (signed.status_code, signed.location) == (303, path)
    after = quirin.get(path).text
    assert f"Yes, up to entry {shown['entry']}" in after
    assert "I have reviewed the audit trail of this therapy: Quirin Quality" in after
    assert "Sign: the trail is reviewed" not in after


def test_whoever_took_part_is_told_that_somebody_else_reviews(quirin, lives):
    """With the step, and without a form to sign (A11d-12.6)."""
    page = quirin.get(f"/therapies/{lives.cois['recorded late']}/trail").text

    assert "somebody who took no part reviews it" in page
    assert "Sign: the trail is reviewed" not in page

"""What others did to one's account stands behind the door, until it was read."""

import re

import pytest

from coi.demo.cast import PASSWORD
from coi.services import accounts, people
from coi.services.account_notices import OBJECT
from coi.services.alarm_mail import ENTRIES
from coi.services.person_file import TITLES, person_file
from coi.services.proofs import authenticate
from tests.cast import WHY

PAGE = "/account/notices"
OWN = "what only one person knows"
READ_IT = "I have read it, and it was wanted"


@pytest.fixture
def nina(installation, root, browser):
    """Nina, who came in by a new secret, and chose a password by it."""
    answer = choose(browser, accounts.issue_secret(installation, root, "nina", why=WHY))
    assert answer.headers["Location"].startswith(PAGE)
    return browser


def choose(browser, secret):
    """Come in by a secret, and choose a password."""
    browser.sign_in("nina", secret)
    told = {"old": secret, "new": OWN, "again": OWN}
    return browser.send("/account/password", page="/account/password", **told)


def answer(browser, path=PAGE, **more):
    """Send the form that stands on the page."""
    newest = re.search(r'name="newest" value="(\d+)"', browser.get(PAGE).text)[1]
    return browser.send(path, page=PAGE, newest=newest, **more)


def check(installation):
    """Quality assurance checks who she is."""
    by = authenticate(installation, "queenie", PASSWORD)
    people.record_proofing(installation, by, "nina", "passport")


def test_it_is_the_first_page_at_each_sign_in_until_it_was_read(nina, installation):
    """By the choice of the password, and by each sign-in; then they go where they wanted to."""
    again = nina.sign_in("nina", OWN, next="/board")
    assert again.headers["Location"] == f"{PAGE}?next=/board"
    page = nina.get(again.headers["Location"]).text
    assert "You were given a new one-time secret." in page
    assert WHY in page
    assert 'value="/board"' in page
    assert READ_IT not in page

    check(installation)
    assert READ_IT in nina.get(PAGE).text
    read = answer(nina, next="/board")

    assert (read.status_code, read.headers["Location"]) == (303, "/board")
    assert nina.sign_in("nina", OWN, next="/board").headers["Location"] == "/board"


def test_without_a_checked_identity_it_is_not_put_away(nina):
    """Not by a form of one's own making either."""
    refused = answer(nina)

    assert refused.status_code == 422
    assert "somebody else checks your identity before you put this away" in refused.text
    assert nina.sign_in("nina", OWN).headers["Location"].startswith(PAGE)


def test_what_was_not_wanted_is_said_there(nina, installation):
    """It stands in the trail, rings, and goes on to be shown."""
    told = answer(nina, f"{PAGE}/not-wanted")

    assert told.headers["Location"] == PAGE
    page = nina.get(PAGE).text
    assert "Recorded: you did not want this." in page
    assert "You said that you did not want this." in page
    assert "I did not want this" not in page
    assert person_file(installation, "nina").happened[0].title == TITLES[OBJECT]
    assert OBJECT in ENTRIES


def test_the_page_of_an_account_says_so_too(nina, someone):
    """And says nothing where nothing was done."""
    assert "Somebody else did something to your account" in nina.get("/account").text

    mia = someone("mia")
    assert "Somebody else did something to your account" not in mia.get("/account").text
    assert "Nobody has given you a new secret" in mia.get(PAGE).text


def test_what_no_page_showed_is_not_read(nina, installation):
    """Whatever is sent, what is new is shown again."""
    check(installation)

    for newest in ("", "-1", "x", "٣", "9" * 5000):
        again = nina.send(PAGE, page=PAGE, newest=newest)
        assert (again.status_code, again.headers["Location"]) == (303, PAGE), newest
    assert nina.sign_in("nina", OWN).headers["Location"].startswith(PAGE)


def test_nobody_is_led_elsewhere_from_there(nina, installation):
    """What was wanted is a page of ours, or the first one."""
    for wanted in ("https://elsewhere.example/", "//elsewhere.example", "/\\x"):
        assert nina.sign_in("nina", OWN, next=wanted).headers["Location"] == PAGE
        assert wanted not in re.findall(r'class="button main" href="([^"]*)"', nina.get(PAGE).text)
    check(installation)

    assert answer(nina, next="//elsewhere.example").headers["Location"] == "/"


def test_a_name_and_a_reason_are_shown_as_text(installation, root, browser):
    """Whatever somebody typed as the reason is nothing else."""
    why = "O'Brien said <b>so</b>"
    choose(browser, accounts.issue_secret(installation, root, "nina", why=why))

    assert "O&#39;Brien said &lt;b&gt;so&lt;/b&gt;" in browser.get(PAGE).text

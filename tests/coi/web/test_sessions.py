"""How long somebody is signed in at the pages: what counts as use, and what is told at the door."""

from datetime import timedelta

import pytest

from coi.demo.cast import PASSWORD
from coi.services.person_file import person_file
from coi.settings import Settings
from coi.web.here import by_itself
from tests.coi.web.walk import token_on

QUARTER = timedelta(minutes=5)
"""A third of the time after which a session is idle."""


def looks(browser, clock, path):
    """What three looks at a page are answered, five minutes apart."""
    found = []
    for _ in range(3):
        clock.advance(QUARTER)
        found.append(browser.get(path).status_code)
    return found


def test_a_page_that_looks_again_by_itself_is_no_use_of_a_session(someone, installation):
    """Idle is idle while the tab is open and asks every two seconds (A11d-11.8)."""
    used = looks(someone("nina"), installation.clock, "/account")
    left = looks(someone("nora"), installation.clock, "/account?by_itself=1")

    assert (used, left) == ([200, 200, 200], [200, 200, 303])


def test_a_page_that_waits_for_the_second_check_is_no_use_of_a_session(bedside):
    """The server knows that nobody asks so by hand: it takes no word of the browser for it."""
    first = bedside.first_part()

    found = looks(first.browser, bedside.installation.clock, f"{first.path}/now")

    assert found == [200, 200, 303]
    assert f'data-watch="{first.path}/now"' not in first.browser.get(first.path).text


def test_whoever_was_away_too_long_is_told_so_at_the_door(someone, installation):
    """The page leads there by itself; who signs in again finds it."""
    nina = someone("nina")
    installation.clock.advance(3 * QUARTER)

    answer = nina.get("/account?by_itself=1")
    door = nina.get(answer.headers["Location"]).text

    assert answer.headers["Location"] == "/sign-in?next=/account"
    assert "Your session here ended: nobody used it for 15 minutes." in door


def test_whoever_has_worked_for_half_a_day_is_told_so_at_the_door(someone, installation):
    """However busy they were."""
    nina, asked = someone("nina"), 0
    while (answer := nina.get("/account")).status_code == 200:
        installation.clock.advance(2 * QUARTER)
        asked += 1

    assert asked == Settings.from_environment({}).session_hours * 6
    assert "it had lasted 12 hours" in nina.get(answer.headers["Location"]).text


def test_whoever_signs_in_elsewhere_is_told_so_where_they_were(someone):
    """At the next thing they do there; the page is found again after signing in (DI-01)."""
    left, there = someone("nina"), someone("nina")

    answer = left.get("/account")
    door = left.get(answer.headers["Location"]).text

    assert answer.headers["Location"] == "/sign-in?next=/account"
    assert "you signed in at another workstation. Nothing was saved. Sign in again" in door
    assert "If it was not you, somebody knows your password" in door
    assert there.get("/account").status_code == 200


@pytest.mark.parametrize("hostile", ["", "&_external=1&_scheme=javascript", "&x=%22%3E%3Cb%3E"])
def test_a_page_asks_itself_again_at_its_own_address(someone, lives, hostile):
    """With all that it was asked with, and never at another server."""
    told = f"/therapies/{lives.cois['mixed up']}/printing?watch=1"
    with someone("mia").client as client:
        client.get(f"{told}{hostile}")

        assert by_itself() == f"{told}{hostile}&by_itself=1"


def test_who_signs_is_away_and_signs_again_signs_in_first(administrator, installation):
    """A series has no short cut: after it, as in it, each signature takes both (P11-200a1i)."""
    keys, page = "the keys of the house", "/people/nina"
    told = {"how": "passport", "signer": "root", "password": keys, "key": "k"}

    def signed():
        happened = person_file(installation, "nina").happened
        return sum(one.title == "Identity checked" for one in happened)

    before = signed()
    assert administrator.send(f"{page}/identity", page=page, **told).status_code == 303
    form = {"csrf_token": token_on(administrator.get(page).text), **told}
    installation.clock.advance(3 * QUARTER)
    late = administrator.client.post(f"{page}/identity", data=form)
    assert (late.headers["Location"], signed()) == ("/sign-in", before + 1)

    administrator.sign_in("root", keys)
    without = administrator.send(f"{page}/identity", page=page, **(told | {"password": ""}))
    assert (without.status_code, signed()) == (401, before + 1)
    assert administrator.send(f"{page}/identity", page=page, **told).status_code == 303
    assert signed() == before + 2


def test_a_password_that_is_typed_changes_what_the_browser_holds(someone, installation):
    """Whoever took it before is out as soon as it is used; a wrong one changes nothing (SEC-14)."""
    nina = someone("nina")
    stolen = nina.client.get_cookie("coi").value
    nina.send("/account/statement", page="/account", password="not the password at all")
    installation.clock.advance(timedelta(minutes=1))
    assert looked_at_with(nina, stolen) == 200

    nina.send("/account/statement", page="/account", password=PASSWORD)
    installation.clock.advance(timedelta(minutes=1))

    assert nina.get("/account").status_code == 200
    assert looked_at_with(nina, stolen) == 303


def looked_at_with(browser, cookie):
    """How the page of the account answers somebody else's browser with this cookie."""
    thief = browser.client.application.test_client()
    thief.set_cookie("coi", cookie)
    return thief.get("/account").status_code

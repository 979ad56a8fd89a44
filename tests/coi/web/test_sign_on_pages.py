"""The pages of the house's provider: there and back in a browser that keeps cookies as one does."""

import html
import re
from urllib.parse import urlencode, urlsplit

import pytest

from coi.app import create_app
from coi.errors import SettingError
from coi.services.people import set_password
from coi.services.sign_on_house import PAGE
from tests.coi.clinic import PASSWORD
from tests.coi.house import NAME, a_house, confirm, proven_there, with_settings
from tests.coi.web.browser import Browser
from tests.identity_peer import identity_peer

KEYS = "the keys of the house"


@pytest.fixture
def peer():
    """A provider of identities."""
    with identity_peer() as found:
        yield found


@pytest.fixture
def house(clinic, peer):
    """A clinic to which Mara may come by it."""
    return a_house(clinic, peer)


@pytest.fixture
def browser(house):
    """A browser in which nobody is signed in."""
    return Browser(create_app(house.installation).test_client())


def led_to(answer):
    """Where a page leads on by itself."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
    assert found is not None, answer.text
    return html.unescape(found[1])


def back(browser, **fields):
    """Press the button, prove there who one is, and come back: the answer of our page."""
    answer = browser.send(PAGE, **fields)
    assert answer.status_code == 200
    return come(browser, proven_there(led_to(answer)))


def come(browser, answer):
    """Come back from another site: no cookie goes along but the one that is kept for this."""
    kept = browser.client.get_cookie("coi")
    browser.client.delete_cookie("coi")
    came = browser.get(f"{PAGE}?{urlencode(answer)}")
    if kept and not browser.client.get_cookie("coi"):
        browser.client.set_cookie("coi", kept.value)
    return came


def test_somebody_comes_in_without_a_script(browser, house):
    """By a form, two pages that lead on, and the page that was wanted at the end (SEC-18)."""
    confirm(house)

    answer = back(browser, next="/account")

    assert led_to(answer) == "/account"
    assert "<script>" not in answer.text
    assert "Mara Example" in browser.get("/account").text
    assert browser.client.get_cookie("coi-house") is None


def test_what_is_kept_for_the_way_back_is_kept_from_scripts(browser):
    """And goes back to nobody else; the session's own cookie never comes from elsewhere."""
    answer = browser.send(PAGE)

    (held,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("coi-house=")]
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/"} <= set(held.split("; "))
    address = urlsplit(led_to(answer))
    assert "verifier" not in address.query.replace("code_challenge", "")


def test_the_first_time_the_password_is_asked_for(browser):
    """A wrong one is said, and asked for again; after the right one they are in."""
    asked = back(browser)
    assert "Is this you?" in asked.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', asked.text)[1]

    wrong = browser.client.post(f"{PAGE}/more", data={"csrf_token": token, "password": "x"})
    entered = browser.client.post(f"{PAGE}/more", data={"csrf_token": token, "password": PASSWORD})

    assert (wrong.status_code, "Is this you?" in wrong.text) == (401, True)
    assert (entered.status_code, led_to(entered)) == (200, "/")


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere(browser, house, wanted):
    """Whatever the form said that they wanted."""
    confirm(house)

    assert led_to(back(browser, next=wanted)) == "/"


def test_whoever_is_here_stays_when_a_stranger_sends_an_answer(browser, house):
    """An address that somebody was sent signs nobody in and nobody out (login CSRF)."""
    confirm(house)
    browser.sign_in("carla", PASSWORD)

    answer = come(browser, {"code": "x", "state": "y"})

    assert (answer.status_code, "SIGN_ON_OVER" in answer.text) == (401, True)
    assert "Carla Example" in browser.get("/account").text


def test_whoever_signs_in_takes_over_this_browser(browser, house):
    """As by the password: the session of whoever was here is over."""
    confirm(house)
    browser.sign_in("carla", PASSWORD)

    back(browser)

    assert "Mara Example" in browser.get("/account").text
    assert browser.get("/account").status_code == 200


def test_a_name_that_was_made_to_break_the_page_is_text(browser, peer):
    """Whatever the provider calls somebody (SEC-18)."""
    peer.subject = "<script>alert(1)</script>"

    answer = back(browser)

    assert (answer.status_code, "SIGN_ON_NOBODY" in answer.text) == (401, True)
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_a_provider_that_is_away_leaves_the_password(browser, peer):
    """The door says so, and has its form; what was wanted stays."""
    peer.configuration = {"issuer": "https://other.example"}

    answer = browser.send(PAGE, next="/account")

    assert answer.status_code == 502
    assert 'name="password"' in answer.text
    assert 'name="next" value="/account"' in answer.text
    assert browser.sign_in("mara", PASSWORD).status_code == 302


def test_the_door_offers_it_where_it_is_set(browser, clinic):
    """And nowhere else is there such a door."""
    bare = Browser(create_app(clinic.installation).test_client())

    assert f"Sign in with {NAME}" in browser.get("/sign-in").text
    assert "Sign in with" not in bare.get("/sign-in").text
    assert bare.get(PAGE).status_code == bare.send(PAGE).status_code == 404


def test_an_administrator_binds_and_ends_it_on_the_page_of_a_person(house):
    """With the reason; whoever has none is told so, and what happened stands there."""
    set_password(house.installation, house.root, KEYS)
    root = Browser(create_app(house.installation).test_client())
    root.sign_in("root", KEYS)
    page = "/people/mara"
    key = re.search(r'name="key" value="([^"]+)"', root.get(page).text)[1]

    ended = root.send(f"{page}/sign-on/end", page, why="Another one.")
    refused = root.send(f"{page}/sign-on", page, subject="mara-2", key=key, why="")
    bound = root.send(f"{page}/sign-on", page, subject="mara-2", key=key, why="A new one.")

    assert (ended.status_code, refused.status_code, bound.status_code) == (303, 422, 303)
    shown = root.get(page).text
    assert f"Comes in by {NAME} too, once they have confirmed it" in shown
    for told in ("Identity at the provider bound", "“mara-2”", "“A new one.”", "provider ended"):
        assert told in shown


def test_whoever_comes_in_by_it_ends_it_on_their_own_page(browser, house):
    """They are out by it, and their password lets them in."""
    confirm(house)
    back(browser)
    assert f'<h2 id="sign-on-title">{NAME}</h2>' in browser.get("/account").text

    refused = browser.send("/account/sign-on/end", "/account", why="")
    ended = browser.send("/account/sign-on/end", "/account", why="I do not want it.")

    assert (refused.status_code, ended.status_code) == (422, 303)
    assert browser.get("/account").status_code == 303
    assert browser.sign_in("mara", PASSWORD).status_code == 302


def test_no_server_starts_by_a_provider_that_it_cannot_speak_with(house, tmp_path):
    """A file that is named is there, and holds what it is named for."""
    (tmp_path / "empty").write_text("\n")
    for name, file in (
        ("oidc_secret_file", tmp_path / "none"),
        ("oidc_secret_file", tmp_path / "empty"),
        ("oidc_ca", tmp_path / "empty"),
    ):
        with pytest.raises(SettingError, match=name.upper()):
            create_app(with_settings(house, **{name: file}).installation)

"""Signing in and out by the pages."""

import pytest

from coi.services.sessions import TRIES

WRONG = "not the password at all"


def test_whoever_signs_in_is_led_to_their_work(browser):
    """And is named there."""
    answer = browser.sign_in("nina")

    assert answer.headers["Location"] == "/"
    assert "Nina Needle" in browser.get("/").text


def test_whoever_wanted_a_page_finds_it(browser, lives):
    """The order that was scanned is open after signing in."""
    wanted = f"/therapies/{lives.cois['mixed up']}"

    assert browser.sign_in("nina", next=wanted).headers["Location"] == wanted


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "\\\\evil.example",
    ],
)
def test_nobody_is_led_to_another_server(browser, elsewhere):
    """A link to the door can hold anything."""
    assert browser.sign_in("nina", next=elsewhere).headers["Location"] == "/"


def test_a_wrong_password_says_nothing_of_which_was_wrong(browser):
    """The same words for a name that nobody has."""
    known = browser.sign_in("nina", WRONG)
    unknown = browser.sign_in("nobody", WRONG)

    assert known.status_code == unknown.status_code == 401
    assert "The user name or the password is wrong." in known.text
    assert "The user name or the password is wrong." in unknown.text


def test_a_locked_account_is_told_when_to_come_back(browser):
    """After five mistakes, the right password too."""
    for _ in range(TRIES):
        browser.sign_in("nina", WRONG)

    answer = browser.sign_in("nina")

    assert answer.status_code == 401
    assert "Wait 15 minutes" in answer.text


def test_what_was_typed_is_not_shown_again(browser):
    """Whoever types the password as name does not find it on the screen."""
    assert WRONG not in browser.sign_in(WRONG, WRONG).text


def test_whoever_signs_out_is_out(someone):
    """The page answers with the door."""
    nina = someone("nina")
    nina.send("/sign-out", page="/")

    assert nina.get("/").status_code == 303


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(app, someone):
    """It is the row that counts, not the cookie (SEC-14)."""
    nina = someone("nina")
    stolen = nina.client.get_cookie("coi").value
    nina.send("/sign-out", page="/")
    thief = app.test_client()
    thief.set_cookie("coi", stolen)

    assert thief.get("/").status_code == 303


def test_signing_in_changes_the_cookie(browser):
    """What somebody planted before is gone (SEC-14)."""
    browser.get("/sign-in")
    before = browser.client.get_cookie("coi").value
    browser.sign_in("nina")

    assert browser.client.get_cookie("coi").value != before


@pytest.mark.parametrize("fields", [{}, {"username": "nina"}, {"password": "x"}])
def test_a_form_that_lacks_a_field_is_refused_in_a_sentence(browser, fields):
    """Somebody sends what no page of ours sends."""
    answer = browser.send("/sign-in", **fields)

    assert answer.status_code == 400
    assert "Nothing was saved" in answer.text

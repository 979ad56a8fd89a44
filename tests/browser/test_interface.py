"""The pages of the interface for programs: a call is tried in the browser, under our policy."""

import json

from playwright.sync_api import expect

from tests.browser.house import KEYS_OF_THE_HOUSE
from tests.browser.looking import kept_by

SEND, STATUS, ANSWER = "form.try .send", ".tried .status", ".tried .answer"


def test_a_call_is_tried_with_the_token_of_a_session(sqlite_house, someone):
    """Nothing is kept in the browser: who comes back starts without a token (SEC-34)."""
    root = someone(sqlite_house, "root")
    page = root.page

    page.goto("/interface/calls/signIn")
    page.fill("#try-body", json.dumps({"username": "root", "password": KEYS_OF_THE_HOUSE}))
    page.click(SEND)
    expect(page.locator(STATUS)).to_have_text("201 Created")
    token = json.loads(page.inner_text(ANSWER))["token"]

    page.goto("/interface/calls/whoAmI")
    page.fill("#try-token", token)
    page.click(SEND)

    expect(page.locator(STATUS)).to_have_text("200 OK")
    assert json.loads(page.inner_text(ANSWER))["username"] == "root"
    assert kept_by(page) == set()


def test_a_call_that_is_refused_says_why(sqlite_house, someone):
    """Without a token nobody is here, whatever cookie the browser has (SEC-16)."""
    root = someone(sqlite_house, "root")
    page = root.page

    page.goto("/interface/calls/whoAmI")
    page.click(SEND)

    expect(page.locator(STATUS)).to_have_text("401 Unauthorized")
    assert json.loads(page.inner_text(ANSWER))["code"] == "NOT_SIGNED_IN"
    (told,) = root.troubles
    assert told.startswith("401: ")
    root.troubles.clear()

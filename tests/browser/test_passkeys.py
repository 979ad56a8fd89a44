"""A passkey in a real browser: made on the page of the account, shown at the door and to sign."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from coi.app import create_app
from coi.demo.cast import PASSWORD
from coi.services.people import NewPerson, register_person
from coi.services.person_file import person_file
from tests.browser.house import House
from tests.serving import a_kept_port

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def address(sqlite_house: House) -> Iterator[str]:
    """The pages under a name: a passkey is bound to one, and to no number."""
    found = sqlite_house.installation
    with a_kept_port() as port:
        settings = replace(found.settings, public_url=f"http://localhost:{port}")
        server = make_server("localhost", port, create_app(replace(found, settings=settings)))
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield settings.public_url
        server.shutdown()
        thread.join()


@pytest.fixture
def pia(sqlite_house, address, people):
    """Somebody new, with a device that verifies her by her finger."""
    administrator = sqlite_house.administrator
    new = NewPerson("pia", "Pia Example", PASSWORD)
    register_person(sqlite_house.installation, administrator, new)
    person = people(sqlite_house, "pia", base_url=address)
    device = person.context.new_cdp_session(person.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return person


def test_a_passkey_is_made_and_shown(pia, sqlite_house):
    """The password alone opens nothing any more; nothing is typed but the password (SEC-11)."""
    page, there = pia.page, "The passkey is there"
    pia.sign_in()
    pia.open("/account/factors")
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_role("status").filter(has_text=there)).to_be_visible()
    page.fill("#passkey-password", PASSWORD)
    page.locator("form[action$='/passkey'] button.main").click()
    expect(page.get_by_text("Your passkey is enrolled")).to_be_visible()
    assert [one.kind for one in person_file(sqlite_house.installation, "pia").factors] == [
        "passkey"
    ]

    pia.press("Sign out")
    pia.sign_in()
    expect(page.get_by_text("Its code is missing")).to_be_visible()
    page.fill("#username", "pia")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("status").filter(has_text=there)).to_be_visible()
    pia.press("Sign in")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")

    pia.open("/account")
    page.locator("form[action$='/statement']").get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("status").filter(has_text=there)).to_be_visible()
    pia.press("I accept it")
    expect(page.get_by_text("Recorded: you accept the signature statement")).to_be_visible()

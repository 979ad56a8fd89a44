"""The page of registered devices, and what a browser is given there."""

from dataclasses import replace

import pytest

from coi.app import create_app
from coi.demo.cast import PASSWORD
from tests.cast import WHY
from tests.coi.web.browser import Browser

PAGE = "/devices"
UNIT = "works-production"


def register(browser, **changes):
    """Send the form for the device of this browser."""
    told = {"unit": UNIT, "name": "Tablet <3>", "password": PASSWORD}
    return browser.send(PAGE, page=PAGE, **(told | changes))


@pytest.fixture
def queenie(someone):
    """Quality assurance, at a device that nobody registered."""
    return someone("queenie")


def test_a_device_is_registered_from_itself(queenie, someone):
    """Its browser is known from then on, and no other; its name is shown as text."""
    assert "No device is registered" in queenie.get(PAGE).text

    answer = register(queenie)
    page = queenie.get(PAGE).text

    assert answer.status_code == 303
    assert "This device is registered, as Tablet &lt;3&gt;" in page
    assert "Register this device" not in page
    assert "This device is registered" not in someone("queenie").get(PAGE).text


def test_what_it_holds_is_kept_from_scripts_and_from_other_sites(installation):
    """Over HTTPS it goes nowhere else, and is read by no script (SEC-14)."""
    settings = replace(installation.settings, public_url="https://coi.example")
    client = create_app(replace(installation, settings=settings)).test_client()
    queenie = Browser(client)
    queenie.sign_in("queenie")

    (cookie,) = [
        one for one in register(queenie).headers.getlist("Set-Cookie") if "-device=" in one
    ]

    assert cookie.startswith("__Host-coi-device=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_it_outlives_whoever_registered_it(queenie):
    """The device stays what it is when people sign out and in."""
    register(queenie)
    queenie.send("/sign-out", page=PAGE)

    queenie.sign_in("queenie")

    assert "This device is registered" in queenie.get(PAGE).text


def test_a_device_is_ended_from_anywhere(queenie, someone):
    """Its own browser is told so by the page, and may be registered anew (P11-300c)."""
    register(queenie)
    elsewhere = someone("queenie")
    end = elsewhere.get(PAGE).text.partition(f'action="{PAGE}/')[2].partition('"')[0]

    answer = elsewhere.send(f"{PAGE}/{end}", page=PAGE, password=PASSWORD, why=WHY)
    queenie.sign_in("queenie")

    assert answer.status_code == 303
    assert "No device is registered" in queenie.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "status", "why"),
    [
        ({"password": "wrong"}, 401, "WRONG_PASSWORD"),
        ({"name": " "}, 422, "visible characters"),
        ({"unit": "north-ward"}, 404, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_held(queenie, changes, status, why):
    """The form keeps what was typed, but the password."""
    answer = register(queenie, **changes)

    assert (answer.status_code, why in answer.text) == (status, True)
    assert "-device=" not in str(answer.headers.getlist("Set-Cookie"))

"""Second factors at the pages: enrolled, asked for at the door and below signatures, ended."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from coi.app import create_app
from coi.demo.cast import PASSWORD
from coi.errors import SettingError
from coi.services.person_file import person_file
from tests.coi.web.browser import Browser

PAGE, APP = "/account/factors", "/account/factors/app"
KEYS = "the keys of the house"


def found(page, name):
    """What a hidden field of the page holds."""
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]


def secret_on(page):
    """The secret that the page shows."""
    return re.search(r'<code class="whole">([A-Z2-7]+)</code>', page)[1]


@pytest.fixture
def now(installation):
    """What an app shows a half minute after whatever was before; clocks go on."""

    def code(secret):
        installation.clock.advance(timedelta(seconds=30))
        return pyotp.TOTP(secret).at(installation.clock.now())

    return code


@pytest.fixture
def enrolled(someone, now):
    """Let somebody enrol an app at the pages; gives their browser and the secret."""

    def enrol(username, browser=None, **more):
        browser = browser or someone(username)
        page = browser.get(PAGE).text
        told = {"sealed": found(page, "sealed"), "first": now(secret_on(page)), **more}
        answer = browser.send(APP, page=PAGE, **{"password": PASSWORD, **told})
        return browser, secret_on(page), answer

    return enrol


def test_an_app_is_enrolled_by_a_picture_or_by_typing(someone):
    """The picture is drawn by the page itself: no other address learns the secret (SEC-11)."""
    page = someone("nina").get(PAGE).text

    assert "<svg" in page
    assert "style=" not in page
    assert "http://" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert len(secret_on(page)) == 32
    assert "None yet" in page


def test_what_was_mistyped_does_not_cost_the_secret(someone):
    """The app has it already: the same one is shown again."""
    nina = someone("nina")
    page = nina.get(PAGE).text
    told = {"sealed": found(page, "sealed"), "first": "000000", "password": PASSWORD}

    again = nina.send(APP, page=PAGE, **told)

    assert again.status_code == 422
    assert "First code: is not the code that the app shows now" in again.text
    assert secret_on(again.text) == secret_on(page)


def test_the_door_asks_for_it_from_then_on(app, enrolled, now):
    """The password alone is answered with what is missing, and the name is kept by nobody."""
    _nina, secret, answer = enrolled("nina")
    browser = Browser(app.test_client())

    refused = browser.sign_in("nina")
    let_in = browser.sign_in("nina", **{"password-code": now(secret)})

    assert answer.status_code == 303
    assert refused.status_code == 401
    assert "This account has a second factor. Its code is missing." in refused.text
    assert let_in.status_code == 302


def test_a_form_that_is_signed_asks_for_it(enrolled, now):
    """Each form with a password, for whoever has a factor; and it is not signed without."""
    carla, secret, _answer = enrolled("carla")
    page = carla.get("/account/password").text
    told = {"old": PASSWORD, "new": "quite another sentence", "again": "quite another sentence"}

    assert 'name="old-code"' in page
    assert 'name="new-code"' not in page
    without = carla.send("/account/password", page="/account/password", **told)
    assert (without.status_code, "Its code is missing" in without.text) == (401, True)
    told["old-code"] = now(secret)
    assert carla.send("/account/password", page="/account/password", **told).status_code == 303


def test_who_signs_beside_is_asked_for_it_too(administrator, enrolled, now):
    """The form of somebody without a factor asks once the other one's password was typed."""
    _queenie, secret, _answer = enrolled("queenie")
    told = {"how": "passport", "signer": "queenie", "password": PASSWORD, "key": "k"}
    page = "/people/nina"

    assert 'name="password-code"' not in administrator.get(page).text
    asked = administrator.send("/people/nina/identity", page=page, **told)
    assert (asked.status_code, 'name="password-code"' in asked.text) == (401, True)
    told["password-code"] = now(secret)
    assert administrator.send("/people/nina/identity", page=page, **told).status_code == 303


def test_an_administrator_ends_a_lost_one_at_the_pages(administrator, enrolled, installation):
    """Signed with the reason; the owner is out, and told of it at the next sign-in (P11-300c)."""
    nina, _secret, _answer = enrolled("nina")
    told = {"why": "lost", "signer": "root", "password": KEYS, "key": "k"}

    answer = administrator.send("/people/nina/factors", page="/people/nina", **told)

    assert answer.status_code == 303
    assert nina.get("/").headers["Location"].startswith("/sign-in")
    assert person_file(installation, "nina").factors == ()
    first = nina.sign_in("nina").headers["Location"]
    assert "Your second factor was ended." in nina.get(first).text


# -- a role that needs one ------------------------------------------------------------------------


@pytest.fixture
def ruled(installation):
    """The application of a house whose nurses and administrators need a second factor."""
    roles = ("apheresis_nurse", "administrator")
    settings = replace(installation.settings, factor_roles=roles)
    return create_app(replace(installation, settings=settings))


def test_whose_role_needs_one_is_led_to_where_it_is_enrolled(ruled, enrolled):
    """Wherever they want to go; afterwards everything opens (SEC-11)."""
    nina = Browser(ruled.test_client())
    assert nina.sign_in("nina").status_code == 302

    for path in ("/", "/account", "/exceptions", "/therapies/TEST-28JT97KC-M"):
        assert nina.get(path).headers["Location"] == PAGE
    assert "A role of yours needs a second factor" in nina.get(PAGE).text
    assert enrolled("nina", nina)[2].status_code == 303
    assert nina.get("/").status_code == 200


def test_whose_role_needs_none_is_not_asked(ruled):
    """The policy is of roles."""
    leo = Browser(ruled.test_client())
    leo.sign_in("leo")

    assert leo.get("/").status_code == 200


def test_from_outside_nobody_is_let_in_without_one(installation, enrolled, now):
    """As the proxy tells the address; with the factor the door opens (A11d-11.6)."""
    _nina, secret, _answer = enrolled("nina")
    proxied = {"trusted_proxies": ("127.0.0.1",), "factor_inside": ("10.1.0.0/16",)}
    served = create_app(replace(installation, settings=replace(installation.settings, **proxied)))
    outside, inside = (Browser(served.test_client()) for _ in range(2))
    outside.client.environ_base["HTTP_X_FORWARDED_FOR"] = "10.1.2.3, 192.0.2.9"
    inside.client.environ_base["HTTP_X_FORWARDED_FOR"] = "10.1.2.3"

    refused = outside.sign_in("leo")
    assert (refused.status_code, "From this network nobody" in refused.text) == (403, True)
    assert inside.sign_in("leo").status_code == 302
    assert outside.sign_in("nina", **{"password-code": now(secret)}).status_code == 302
    assert outside.get("/").status_code == 200


def test_a_role_that_there_is_not_stops_the_start(installation):
    """A policy that is misspelt would hold for nobody, silently."""
    settings = replace(installation.settings, factor_roles=("administrators",))

    with pytest.raises(SettingError, match="administrators, which is no role"):
        create_app(replace(installation, settings=settings))

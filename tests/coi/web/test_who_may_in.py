"""The gate, in a small house: what it asks of a form, a role, a token, a secret and a factor."""

import re
from dataclasses import replace

import pytest
from flask import request

from coi.app import create_app
from coi.services import people, programs, tokens
from coi.services.accounts import issue_secret
from coi.services.programs import NewProgram
from coi.services.tokens import NewToken
from coi.web.gate import LARGEST_FILE, LARGEST_STEP
from tests.cast import WHY
from tests.coi.api.program import Program
from tests.coi.clinic import PASSWORD
from tests.coi.web.browser import Browser

ASK_PASSWORD, ENROL = "/account/password", "/account/factors"


@pytest.fixture
def app(clinic):
    """The application over the clinic, where Nina is a nurse."""
    clinic.hire("nina", ("apheresis_nurse", "north-apheresis"))
    return create_app(clinic.installation)


def signed_in(app, username="nina", password=PASSWORD):
    """Somebody's browser."""
    browser = Browser(app.test_client())
    assert browser.sign_in(username, password).status_code in {302, 303}
    return browser


def of_nina(app, username="nina", password=PASSWORD):
    """The program of somebody who has signed in with it."""
    program = Program(app)
    told = {"username": username, "password": password}
    program.token = program.send("POST", "/sessions", told).json["token"]
    return program


def with_token(app, clinic, *scopes):
    """A program that shows a token for these."""
    installation, root = clinic.installation, clinic.root
    programs.open_program(installation, root, NewProgram("gateway", "Gateway", "north-ward"))
    people.grant_role(installation, root, "gateway", "coordinator", "north-ward")
    new = NewToken("gateway", "One", list(scopes), ["north"])
    return Program(app, tokens.make_token(installation, root, new))


@pytest.mark.parametrize(
    ("site", "status"),
    [("same-origin", 302), ("none", 302), (None, 302), ("same-site", 403), ("", 403)],
)
def test_a_form_comes_from_this_site_and_from_no_other(app, site, status):
    """A browser that says nothing of it is asked for the page's token, as all are."""
    nina = signed_in(app)
    page = nina.get("/account").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    headers = {} if site is None else {"Sec-Fetch-Site": site}

    answer = nina.client.post("/sign-out", data={"csrf_token": token}, headers=headers)

    assert answer.status_code == status
    assert (nina.get("/account").status_code == 200) == (status == 403)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_only_reads_may_be_asked_from_elsewhere(app, method):
    """A link in a letter opens the page that it names."""
    nina = signed_in(app)

    answer = nina.client.open("/account", method=method, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200


def test_what_is_not_there_is_told_to_a_program_with_the_methods_that_are(app):
    """A person is told that there is no such page, and nobody has to be signed in for either."""
    browser, program = Browser(app.test_client()), Program(app)

    page, missing = browser.client.delete("/account"), browser.get("/no-such-page")
    told = program.send("DELETE", "/therapies")

    assert (page.status_code, missing.status_code, told.status_code) == (404, 404, 405)
    assert "GET" in told.headers["Allow"]
    assert program.get("/no-such-thing").status_code == 404


def test_a_token_opens_what_it_is_for_and_nothing_else(app, clinic):
    """What its roles allow beside that stays closed, and so does what names no scope at all."""
    reading = with_token(app, clinic, "therapies:read")

    answers = [reading.get(path) for path in ("/therapies", "/sites", "/account")]

    assert [one.status_code for one in answers] == [200, 403, 403]


def test_a_role_opens_what_it_opens_whatever_the_token_is_for(app, clinic):
    """Without a role a program sees no therapy, and a person needs no scope."""
    reading = with_token(app, clinic, "directory:read", "therapies:read")
    role = ("gateway", "coordinator", "north-ward")
    people.grant_role(clinic.installation, clinic.root, *role, holds=False, why=WHY)

    assert [reading.get(path).status_code for path in ("/therapies", "/sites")] == [403, 200]
    nina = of_nina(app)
    assert [nina.get(path).status_code for path in ("/therapies", "/account")] == [200, 200]


def test_who_holds_a_one_time_secret_is_led_to_the_choice_of_a_password(app, clinic):
    """Wherever they want to go; a program is told so. Afterwards everything opens."""
    secret = issue_secret(clinic.installation, clinic.root, "nina", why=WHY)
    nina = signed_in(app, password=secret)

    for path in ("/", "/account", ENROL, "/therapies/TEST-00000000-0"):
        answer = nina.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, ASK_PASSWORD)
    assert nina.get(ASK_PASSWORD).status_code == 200
    chosen = {"old": secret, "new": "a wholly other one", "again": "a wholly other one"}
    nina.send(ASK_PASSWORD, page=ASK_PASSWORD, **chosen)
    assert nina.get("/account").status_code == 200


def test_a_program_is_told_what_its_person_has_to_do_first(app, clinic):
    """It is led nowhere; what may be done by it is what ends the session."""
    settings = replace(clinic.installation.settings, factor_roles=("apheresis_nurse",))
    ruled = create_app(replace(clinic.installation, settings=settings))
    lacking = of_nina(ruled)
    secret = issue_secret(clinic.installation, clinic.root, "carla", why=WHY)
    new = of_nina(app, "carla", secret)

    told = [one.get("/therapies") for one in (lacking, new)]

    assert [one.status_code for one in told] == [403, 403]
    assert [one.json["code"] for one in told] == ["FACTOR_FIRST", "OWN_PASSWORD_FIRST"]
    assert ["nina" in told[0].text, "carla" in told[1].text] == [True, True]


def test_whose_role_needs_a_second_factor_is_led_to_where_it_is_enrolled(app, clinic):
    """A program is told so; whose role needs none, goes on."""
    settings = replace(clinic.installation.settings, factor_roles=("apheresis_nurse",))
    app = create_app(replace(clinic.installation, settings=settings))
    nina, carla = signed_in(app), signed_in(app, "carla")

    for path in ("/", "/account", "/therapies/TEST-00000000-0"):
        answer = nina.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, ENROL)
    assert nina.get(ENROL).status_code == 200
    assert carla.get("/account").status_code == 200


def test_over_http_nobody_is_told_to_come_by_https_alone(app):
    """There is none; the browser would never come back."""
    assert "Strict-Transport-Security" not in app.test_client().get("/sign-in").headers


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/imports/check", LARGEST_FILE),
        ("/therapies/TEST-00000000-0/actions/approve", LARGEST_STEP),
        ("/account/statement", None),
    ],
)
def test_as_much_is_read_as_is_handed_in_there(app, path, most):
    """A file, several of them, or a form that hands in none."""
    nina = signed_in(app)

    with nina.client:
        nina.send(path, page="/account")
        read = request.max_content_length, request.max_form_memory_size

    assert read == ((most, most) if most else (app.config["MAX_CONTENT_LENGTH"], read[1]))
    assert read[0] >= read[1]


def test_who_may_not_hand_in_anything_is_not_read(app):
    """Nothing of it is, before it is known who sends it."""
    browser = Browser(app.test_client())

    with browser.client:
        answer = browser.send("/imports/check")
        read = request.max_content_length

    assert (answer.status_code, read) == (303, app.config["MAX_CONTENT_LENGTH"])

"""What stands before and after every page: who is let in, and what the browser is told."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from coi import errors
from coi.app import create_app
from coi.demo.cast import PASSWORD
from coi.logs import AsJson
from coi.services import people
from coi.services.permissions import HOLDERS, ROLES, Permission
from coi.services.proofs import NotAllowed
from coi.services.sessions import Locked
from coi.web.errors import status_of
from coi.web.gate import HEADERS, LARGEST_FILE, LARGEST_STEP
from coi.web.permissions import PermissionForgotten, needs, permission_of, require_permissions
from tests.cast import WHY

DOOR = {
    "static",
    "door.sign_in",
    "door.let_in",
    "door.let_in_by_badge",
    "door.sign_out",
    "api_sessions.sign_in",
}
PAGES = ["/", "/sign-in", "/therapies/TEST-ABCDEFGH-0", "/no-such-page", "/static/coi.css"]


def test_a_page_that_names_no_permission_keeps_the_application_from_starting():
    """A forgotten permission cannot be deployed."""
    app = Flask("forgetful")
    app.add_url_rule("/secrets", "secrets", lambda: "all of them")

    with pytest.raises(PermissionForgotten, match="secrets"):
        require_permissions(app)


def test_a_page_that_names_its_permission_may_start():
    """It is the name that counts, not the page."""
    app = Flask("mindful")
    app.add_url_rule("/open", "open", needs(Permission.PUBLIC)(lambda: "to all"))

    require_permissions(app)

    assert permission_of(app, "open") is Permission.PUBLIC


def test_only_the_door_is_open_to_everybody(app):
    """And what a load balancer asks; the measurements ask for a token of their own (P11-10d).

    What a passkey is asked to sign belongs to the door, and so does the house's provider.

    What is witnessed is signed by the record that it is of. What a device keeps for the time
    without a line is about nobody. Whoever cannot read the door chooses its language first. A
    wall shows what waits at its unit to a registered device alone. Whether there is a line a page
    asks that may be nobody's any more.
    """
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if permission_of(app, rule.endpoint) is Permission.PUBLIC
    }

    assert public == DOOR | {
        *("factors.ask_passkey", "health.lives", "health.ready", "metrics.show"),
        *("sign_on.come_back", "sign_on.lead", "sign_on.show_more"),
        *("witness.add_checkpoint", "languages.choose", "door.line"),
        *("offline.show", "offline.worker"),
        *("walls.laboratory", "walls.ward"),
    }


def test_every_permission_but_the_public_one_has_holders_among_the_known_roles():
    """A misspelt role would be held by nobody."""
    assert set(HOLDERS) == set(Permission) - {Permission.PUBLIC}
    assert all(holders and holders <= ROLES for holders in HOLDERS.values())


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_frames_inline_scripts_and_guessed_types(browser, path):
    """Errors and files too (SEC-17, SEC-18)."""
    with browser.get(path) as answer:
        told = {name: answer.headers.get(name) for name in HEADERS}

    assert told == dict(HEADERS)


def test_the_reader_of_pictures_alone_may_run_a_compiled_program(browser):
    """It runs in a worker, beside the pages; it loads from nowhere else either."""
    with browser.get("/static/camera-worker.js") as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert policy.replace(" 'wasm-unsafe-eval'", "") == HEADERS["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy


@pytest.mark.parametrize("path", [page for page in PAGES if "static" not in page])
def test_no_page_is_kept_by_the_browser(browser, path):
    """Whoever presses Back after signing out sees nothing (SEC-34)."""
    assert browser.get(path).headers["Cache-Control"] == "no-store"


def test_no_page_holds_an_inline_script_or_style(someone, lives):
    """The policy would stop them, and the page would be broken."""
    nina = someone("nina")
    for path in ("/", f"/therapies/{lives.cois['mixed up']}", "/sign-in"):
        text = nina.get(path).text

        assert not re.search(r"<script(?![^>]*src=)|<style| on\w+=| style=", text)


@pytest.mark.parametrize("path", ["/", "/therapies/TEST-ABCDEFGH-0"])
def test_whoever_is_not_signed_in_is_led_to_the_door(browser, path):
    """And finds the page again afterwards."""
    answer = browser.get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in?next={path}"


def test_a_form_without_the_pages_token_is_refused(app):
    """Another site's form does not know it (SEC-16)."""
    answer = app.test_client().post("/sign-in", data={"username": "nina", "password": "x"})

    assert answer.status_code == 400
    assert "Nothing was saved" in answer.text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_that_another_site_sends_is_refused(app, site):
    """The browser says where it comes from (SEC-16)."""
    answer = app.test_client().post("/sign-out", headers={"Sec-Fetch-Site": site})

    assert answer.status_code == 403


def test_a_role_that_does_not_open_a_page_is_told_so(administrator, lives):
    """Whoever administers accounts sees no therapy, and learns nothing of which there are."""
    answers = [
        administrator.get(f"/therapies/{coi}") for coi in (lives.cois["on hold"], "TEST-00000000-0")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Your roles do not open this page." in answers[0].text


def test_a_closed_account_is_out_at_the_next_click(someone, installation, root):
    """And is told why (SEC-09)."""
    nina = someone("nina")
    people.close_account(installation, root, "nina", why=WHY)

    answer = nina.get("/")

    assert answer.headers["Location"].startswith("/sign-in")
    assert "was closed" in nina.get("/sign-in").text


def test_an_error_that_nobody_foresaw_shows_its_number_and_nothing_else(app, browser, caplog):
    """What went wrong stands in the log, under the number of the request."""

    def broken() -> str:
        raise RuntimeError("the secret recipe")

    app.add_url_rule("/broken", "broken", needs(Permission.PUBLIC)(broken))
    answer = browser.get("/broken")
    number = answer.headers["X-Request-ID"]
    (told,) = [one for one in caplog.records if one.exc_info]

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert number in answer.text
    assert "secret" not in AsJson().format(told)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.DataRefused([errors.Problem("is empty", column="unit")]), 422),
        (errors.KeyReused("a key"), 422),
        (errors.WrongPassword(), 401),
        (Locked(), 401),
        (NotAllowed([errors.Problem("nina is no administrator")]), 403),
        (errors.Unknown("therapy", "TEST-00000000-0"), 404),
        (errors.Refused([]), 409),
        (errors.Conflict("A bag", 3, 4), 409),
        (errors.Busy(), 503),
        (errors.Crowded(), 503),
        (errors.SettingError("COI_HOME", "is empty.", "Write a folder."), 500),
    ],
    ids=lambda given: getattr(given, "code", given),
)
def test_an_error_has_the_status_of_what_it_is(error, status):
    """Nobody is told of a server's fault for what they typed."""
    assert status_of(error) == status


def test_a_cookie_is_for_this_server_alone(app):
    """Scripts do not read it, other sites do not send it (SEC-14)."""
    answer = app.test_client().get("/sign-in")

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


@pytest.mark.parametrize(
    ("stood_on", "status"),
    [("https://coi.example.org/sign-in", 302), ("https://evil.example/", 400), (None, 400)],
)
def test_over_https_a_form_says_where_it_stood(installation, stood_on, status):
    """The policy lets the browser tell us, and nobody else (SEC-16)."""
    here = "https://coi.example.org"
    settings = replace(installation.settings, public_url=here)
    client = create_app(replace(installation, settings=settings)).test_client()
    page = client.get("/sign-in", base_url=here)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    fields = {"csrf_token": token[1], "username": "nina", "password": PASSWORD}

    headers = {"Referer": stood_on} if stood_on else {}
    answer = client.post("/sign-in", base_url=here, data=fields, headers=headers)

    assert page.headers["Referrer-Policy"] == "same-origin"
    assert answer.status_code == status


def test_over_https_a_cookie_is_never_sent_in_clear(installation):
    """The name makes the browser insist on it."""
    settings = replace(installation.settings, public_url="https://coi.example.org")
    app = create_app(replace(installation, settings=settings))
    answer = app.test_client().get("/sign-in", base_url="https://coi.example.org")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-coi=")
    assert "Secure" in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/therapies/a%00b", "/therapies/a%00b/record"])
def test_what_no_database_holds_is_looked_up_in_none(someone, path):
    """PostgreSQL knows no NUL: such an address is no fault of ours, and there is no such page."""
    answer = someone("nina").get(path)

    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize("letters", ["q=%C3%98", "q=%FF%00", "q=\u0142", "%E2%82%AC=1"])
def test_letters_of_any_alphabet_stand_in_an_address(someone, letters):
    """Whoever narrows a list down by a name that is not English is shown the list."""
    assert someone("nina").client.get(f"/exceptions?{letters}").status_code == 200


def test_the_proxy_lets_through_what_a_step_may_hand_in():
    """Four files of the largest size pass it; what is too large is told by the application."""
    text = (Path(__file__).parents[3] / "deploy" / "nginx.conf").read_text("utf-8")

    (megabytes,) = re.findall(r"^ *client_max_body_size (\d+)m;$", text, re.MULTILINE)

    assert int(megabytes) * 1024**2 >= max(LARGEST_STEP, LARGEST_FILE)

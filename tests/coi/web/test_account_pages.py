"""One's own account, and the door: passwords, the statement, sessions, and who comes after whom."""

import pytest

from coi.demo.cast import PASSWORD
from coi.services.person_file import person_file
from coi.services.sessions import TRIES, NotSignedIn, resume, sign_in_program
from tests.coi.web.browser import Browser

WRONG = "not the password at all"
NEW = "quite another sentence"


def change(browser, old=PASSWORD, new=NEW, again=None):
    """Send the form for a new password."""
    told = {"old": old, "new": new, "again": new if again is None else again}
    return browser.send("/account/password", page="/account/password", **told)


# -- one's own account -----------------------------------------------------------------------------


def test_everybody_finds_their_roles_and_their_training(someone):
    """With the units, and until when."""
    page = someone("mia").get("/account").text

    assert "manufacturing technician" in page
    assert "Production, Riverside Cell Works" in page


def test_a_password_is_changed_by_its_owner(someone, browser):
    """The old one opens nothing any more; who changed it goes on without signing in again."""
    nina = someone("nina")

    answer = change(nina)

    assert answer.headers["Location"] == "/"
    assert nina.get("/").status_code == 200
    assert browser.sign_in("nina").status_code == 401
    assert browser.sign_in("nina", NEW).status_code == 302


def test_a_changed_password_puts_everybody_else_out(app, someone):
    """Whoever suspects a thief changes it, and the thief is out (SEC-14)."""
    nina, thief = someone("nina"), Browser(app.test_client())
    thief.client.set_cookie("coi", nina.client.get_cookie("coi").value)

    change(nina)

    assert thief.get("/").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("typed", "status", "reason"),
    [
        ({"old": WRONG}, 401, "The user name or the password is wrong."),
        ({"new": "short"}, 422, "shorter than 15"),
        ({"new": "nina is the best one"}, 422, "contains the user name"),
        ({"new": PASSWORD}, 422, "the one before"),
        ({"again": "something else entirely"}, 422, "The two new passwords differ."),
    ],
)
def test_a_password_that_cannot_be_is_refused(someone, typed, status, reason):
    """With the reason, and nothing that was typed is shown."""
    nina = someone("nina")

    answer = change(nina, **typed)

    assert answer.status_code == status
    assert reason in answer.text
    assert f'value="{typed.get("new", NEW)}"' not in answer.text
    assert nina.get("/").status_code == 200


def test_nobody_guesses_the_password_at_an_open_screen(someone):
    """After five mistakes the account is locked, also for who knows it."""
    nina = someone("nina")
    for _ in range(TRIES):
        change(nina, old=WRONG)

    assert "It is locked" in change(nina).text


def test_the_statement_takes_the_password(someone):
    """It is as binding as what is signed afterwards."""
    answer = someone("nina").send("/account/statement", page="/account", password=WRONG)

    assert answer.status_code == 401
    assert "The user name or the password is wrong." in answer.text


def test_one_ends_a_session_that_one_left_open(someone, installation):
    """With a program; the one here goes on."""
    left, here = sign_in_program(installation, "nina", PASSWORD), someone("nina")
    session = person_file(installation, "nina").sessions[0].id

    here.send("/account/sessions", page="/account", session=session)

    with pytest.raises(NotSignedIn):
        resume(installation, left)
    assert here.get("/").status_code == 200


def test_nobody_ends_a_session_of_somebody_else(someone, installation):
    """Whatever is sent."""
    nina, omar = someone("nina"), someone("omar")
    session = person_file(installation, "nina").sessions[0].id

    omar.send("/account/sessions", page="/account", session=session)

    assert nina.get("/").status_code == 200


# -- the door --------------------------------------------------------------------------------------


def test_one_browser_is_one_persons_at_a_time(someone, installation):
    """Whoever switches ends the session that was there, and is at the same page."""
    browser = someone("nina")
    browser.sign_in("nora", next="/account")

    assert "Nora Nadel" in browser.get("/account").text
    assert person_file(installation, "nina").sessions == ()


def test_a_switch_that_fails_leaves_who_was_there(someone):
    """Somebody else's slip of the keyboard puts nobody out."""
    browser = someone("nina")

    answer = browser.sign_in("nora", WRONG)

    assert answer.status_code == 401
    assert "Nina Needle is signed in here." in answer.text
    assert browser.get("/").status_code == 200


def test_whoever_takes_over_sees_the_page_that_was_open_if_it_is_theirs(someone, lives):
    """A colleague of the same site goes on where the other one stopped."""
    therapy = f"/therapies/{lives.cois['mixed up']}"

    assert someone("nina").sign_in("nora", next=therapy).headers["Location"] == therapy


@pytest.mark.parametrize("wanted", ["/therapies/TEST-00000000-0", "/people", "/no-such-page"])
def test_whoever_takes_over_is_shown_nothing_that_is_not_theirs(someone, wanted):
    """They find their work; whether the page is there is not said."""
    browser = someone("nina")

    answer = browser.sign_in("nora", next=wanted)

    assert answer.headers["Location"] == "/"
    assert "is not shown to you" in browser.get("/").text


def test_another_sites_therapy_is_no_page_of_theirs(someone, lives):
    """Exactly as one that does not exist (SEC-27)."""
    therapy = f"/therapies/{lives.cois['mixed up']}"

    answer = someone("nina").sign_in("noel", next=therapy)

    assert answer.headers["Location"] == "/"


def test_the_page_is_locked_and_opened_again(someone):
    """Signing out keeps the place; the same person goes on there."""
    nina = someone("nina")

    out = nina.send("/sign-out", page="/account", next="/account")
    back = nina.send("/sign-in", page=out.headers["Location"], next="/account", **who("nina"))

    assert out.headers["Location"] == "/sign-in?next=/account"
    assert back.headers["Location"] == "/account"


def who(username):
    """Name and password, as they are typed at the door."""
    return {"username": username, "password": PASSWORD}


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere_by_signing_out_or_moving(someone, elsewhere):
    """What a form brings is no address of ours by that (SEC-16)."""
    carla = someone("carla")
    moved = carla.send("/unit", page="/", unit="north-ward", next=elsewhere)

    out = carla.send("/sign-out", page="/", next=elsewhere)

    assert moved.headers["Location"] == "/"
    assert out.headers["Location"] == "/sign-in"


def test_the_head_of_each_page_says_who_is_here_and_where(someone):
    """Name, roles and unit; whoever works at several says at which."""
    carla = someone("carla")
    before = carla.get("/account").text
    answer = carla.send("/unit", page="/account", unit="north-ward", next="/account")

    after = carla.get("/account").text

    assert "Carla Coordinator" in before
    assert "Choose where you are" in before
    assert answer.headers["Location"] == "/account"
    assert '<option value="north-ward" selected>Ward, North Hospital</option>' in after


def test_nobody_works_where_they_hold_no_role(someone):
    """A unit that is not theirs is as good as none."""
    answer = someone("carla").send("/unit", page="/", unit="works-production")

    assert answer.status_code == 404

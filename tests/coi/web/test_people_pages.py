"""The pages of people: whom they are shown to, what they record, and what they refuse."""

import re

import pytest

from coi.demo.cast import PASSWORD
from coi.errors import WrongPassword
from coi.services import accounts, people, sessions
from coi.services.people import NewPerson
from coi.services.person_file import person_file
from coi.services.proofs import Proven, person_of
from coi.services.sessions import TRIES, Locked
from tests.cast import WHY
from tests.coi.web.conftest import Browser

KEYS = "the keys of the house"
HOSTILE = "O'Brien <b>"


@pytest.fixture
def olga(app, administrator):
    """A new person's browser; she came with the secret that the page showed."""
    browser = Browser(app.test_client())
    browser.sign_in("olga.new", secret_on(registered(administrator)))
    return browser


def registered(administrator, username="olga.new", name="Olga New"):
    """Open an account on its page."""
    told = {"username": username, "printed_name": name, "unit": "north-ward"}
    return administrator.send("/people/new", page="/people/new", **told)


def secret_on(answer):
    """The secret that a page shows."""
    return re.findall(r'<p class="huge-code">([^<]+)</p>', answer.text)[0]


def send(administrator, deed, username="nina", **fields):
    """Send a form of a person's page."""
    page = f"/people/{username}"
    keys = re.findall(r'name="key" value="([^"]+)"', administrator.get(page).text)
    fields.setdefault("key", keys[0])
    return administrator.send(f"{page}/{deed}", page=page, **{"why": WHY, **fields})


def as_root(installation):
    """The administrator, proven by the password of now."""
    known_ = installation.read(lambda tx: person_of(tx, "root"))
    return Proven("root", known_.person.id, known_.credential)


def known(installation, username="nina"):
    """What holds of a person now."""
    return installation.read(lambda tx: person_of(tx, username)).person


# -- who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/people", "/people/new", "/people/nina", "/people/nobody"])
@pytest.mark.parametrize("username", ["nina", "queenie"])
def test_whoever_does_not_administer_sees_no_people(someone, path, username):
    """Known names and unknown ones are answered alike."""
    assert someone(username).get(path).status_code == 403


def test_nobody_of_that_name_is_not_found(administrator):
    """In words, not with an empty page."""
    answer = administrator.get("/people/nobody")

    assert answer.status_code == 404
    assert "No user nobody is known here." in answer.text


# -- the list --------------------------------------------------------------------------------------


def test_people_are_found_by_a_part_of_their_name(administrator):
    """In the user name or in the printed one."""
    page = administrator.get("/people?q=NEEDLE").text

    assert "/people/nina" in page
    assert "/people/omar" not in page


@pytest.mark.parametrize("wanted", ["zzz", "%00", "%25", "<script>", "'; --", "a" * 5000])
def test_a_search_that_finds_nobody_says_what_to_do(administrator, wanted):
    """What was typed is shown as it was typed."""
    answer = administrator.client.get("/people", query_string={"q": wanted})

    assert answer.status_code == 200
    assert "Nobody is called so" in answer.text
    assert "<script>" not in answer.text


def test_many_people_are_shown_a_page_at_a_time(administrator, installation):
    """A hundred on a page, and all of them on some page."""
    for number in range(101):
        new = NewPerson(f"nurse{number:03}", f"Nurse {number:03}")
        accounts.open_account(installation, as_root(installation), new)
    administrator.sign_in("root", KEYS)

    first, second = (administrator.get(f"/people?q=nurse&page={page}").text for page in (1, 2))

    assert first.count('href="/people/') == 101  # and the link to open an account
    assert "page 1 of 2" in first
    assert "page 2 of 2" in second


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", ""])
def test_a_page_that_is_not_there_is_the_nearest(administrator, page):
    """An old link leads somewhere."""
    assert "page" in administrator.get(f"/people?page={page}").text


# -- opening an account ----------------------------------------------------------------------------


def test_a_secret_is_shown_once(administrator, installation):
    """The page with it is nobody's second page."""
    answer = registered(administrator)

    assert secret_on(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert secret_on(answer) not in administrator.get("/people/olga.new").text
    assert person_file(installation, "olga.new").secret_until is not None


def test_a_new_person_finds_no_other_page_than_the_choice_of_a_password(olga):
    """Wherever they want to go (P11-200a3)."""
    for path in ("/", "/account", "/people", "/therapies/TEST-00000000-0"):
        assert olga.get(path).headers["Location"] == "/account/password"


def test_a_new_person_chooses_a_password_and_accepts_the_statement(olga, administrator):
    """Then everything that is theirs is open."""
    old = secret_on(send(administrator, "secret", "olga.new"))
    olga.sign_in("olga.new", old)
    new = "a sentence of my own"
    told = {"old": old, "new": new, "again": new}
    chosen = olga.send("/account/password", page="/account/password", **told)
    accepted = olga.send("/account/statement", page="/account", password=new)

    assert chosen.headers["Location"] == "/account/notices?next=/account"
    assert accepted.status_code == 303
    assert "You have accepted" in olga.get("/account").text


@pytest.mark.parametrize(
    ("username", "name", "reason"),
    [
        ("nina", "Another Nina", "was given before"),
        ("NINA", "Another Nina", "was given before"),
        ("n i n a", "Nina", "letters a-z"),
        ("n\u0456na", "Nina", "letters a-z"),
        ("olga.new", "O" * 5000, "visible characters"),
        ("olga.new", "Olga\x07", "visible characters"),
        ("olga.new", "Olga \u202e agl0", "visible characters"),
    ],
)
def test_what_cannot_be_a_name_is_refused_and_not_lost(administrator, username, name, reason):
    """With the reason; what was typed stands there still."""
    answer = registered(administrator, username, name)

    assert answer.status_code == 422
    assert reason in answer.text
    assert f'value="{username}"' in answer.text


def test_a_name_is_text_wherever_it_stands(administrator, app):
    """Whatever somebody is called, it is no part of a page."""
    secret = secret_on(registered(administrator, name=HOSTILE))
    browser = Browser(app.test_client())
    browser.sign_in("olga.new", secret)
    pages = [administrator.get(path).text for path in ("/people?q=brien", "/people/olga.new")]
    pages.append(browser.get("/account/password").text)

    assert all("O&#39;Brien &lt;b&gt;" in page and "<b>" not in page for page in pages)


# -- what is done to somebody ----------------------------------------------------------------------


def test_a_role_is_given_and_taken_away(administrator, installation):
    """It acts at the next click."""
    role = {"role": "infusion_nurse", "unit": "north-ward"}
    send(administrator, "roles", holds="1", **role)
    given = known(installation).roles

    send(administrator, "roles", holds="0", **role)

    assert ("infusion_nurse", "north-ward") in given
    assert ("infusion_nurse", "north-ward") not in known(installation).roles


def test_a_form_that_is_sent_again_grants_nothing_anew(administrator, installation):
    """What was taken away meanwhile stays away."""
    role = {"role": "infusion_nurse", "unit": "north-ward"}
    send(administrator, "roles", holds="1", key="page-a", **role)
    send(administrator, "roles", holds="0", key="page-b", **role)

    answer = send(administrator, "roles", holds="1", key="page-a", **role)

    assert answer.status_code == 303
    assert ("infusion_nurse", "north-ward") not in known(installation).roles


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [
        ("administrator", "-", 422),
        ("qa", "north-ward", 422),
        ("courier", "nowhere", 404),
        ("courier", "\x00", 404),
    ],
)
def test_a_role_that_cannot_be_given_is_refused_on_the_page(administrator, role, unit, status):
    """Whoever acts in the record does not administer, and slips give nobody a right."""
    answer = send(administrator, "roles", role=role, unit=unit, holds="1")

    assert answer.status_code == status
    assert "Nothing was saved." in answer.text


def test_training_is_signed_on_the_page(administrator, installation):
    """By the administrator here, who types the password below its meaning."""
    page = administrator.get("/people/nina").text
    told = {"role": "infusion_nurse", "until": "2027-12-31"}
    answer = send(administrator, "training", signer="root", password=KEYS, **told)

    assert "training recorded" in page
    assert answer.status_code == 303
    assert f"{known(installation).trained_until['infusion_nurse']:%Y-%m-%d}" == "2027-12-31"


def test_training_is_signed_by_quality_assurance_beside_the_administrator(
    administrator, installation
):
    """Whose name and password are typed is who signs."""
    told = {"role": "infusion_nurse", "until": "2027-12-31"}

    send(administrator, "training", signer="queenie", password=PASSWORD, **told)

    newest = person_file(installation, "nina").happened[0]
    assert (newest.title, newest.by) == ("Training recorded", "Queenie Quality")


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"password": "wrong"}, 401, "The user name or the password is wrong."),
        ({"signer": "mia", "password": PASSWORD}, 403, "is no qa reviewer or administrator"),
        ({"until": "31.12.2027"}, 422, "is not a day"),
        ({"until": "2027-02-30"}, 422, "is not a day"),
        ({"role": "king"}, 422, "is none of"),
    ],
)
def test_training_that_nobody_can_sign_is_refused(administrator, fields, status, reason):
    """With the reason; what was typed stays, but for the password."""
    told = {"role": "infusion_nurse", "until": "2027-12-31", "signer": "root", "password": KEYS}

    answer = send(administrator, "training", **(told | fields))

    assert answer.status_code == status
    assert reason in answer.text
    assert f'value="{(told | fields)["until"]}"' in answer.text
    assert KEYS not in answer.text


def test_an_identity_check_is_recorded_with_how(administrator, installation):
    """Who checked stands beside it."""
    told = {"how": "passport, seen in person", "signer": "queenie", "password": PASSWORD}

    send(administrator, "identity", **told)

    newest = person_file(installation, "nina").happened[0]
    assert (newest.by, newest.detail) == ("Queenie Quality", "passport, seen in person")


def test_a_printed_name_is_changed(administrator):
    """The page says so, and what happened too."""
    send(administrator, "name", printed_name="Nina Naehnadel")

    page = administrator.get("/people/nina").text
    assert "Nina Naehnadel" in page
    assert "Printed name changed" in page


def test_a_second_user_name_leads_to_the_same_person(administrator, app, installation):
    """It opens with the same password, and shows the same page."""
    send(administrator, "accounts", another="nina.two")
    browser = Browser(app.test_client())

    assert browser.sign_in("nina.two").headers["Location"] == "/"
    assert person_file(installation, "nina.two").usernames == ("nina", "nina.two")


def test_a_new_secret_puts_somebody_out_and_lets_them_in_again(administrator, someone):
    """Their sessions end; with the secret they choose a password."""
    nina = someone("nina")

    answer = send(administrator, "secret")

    assert nina.get("/").headers["Location"].startswith("/sign-in")
    assert nina.sign_in("nina", secret_on(answer)).status_code == 302
    assert nina.get("/").headers["Location"] == "/account/password"


def test_a_new_secret_that_is_asked_for_twice_is_shown_once(administrator):
    """The second answer says so, and the secret that was handed over is good."""
    first = send(administrator, "secret", key="page-a")

    second = send(administrator, "secret", key="page-a")

    assert secret_on(first)
    assert second.status_code == 422
    assert "was shown once already" in second.text


def test_a_locked_account_is_unlocked(administrator, installation):
    """The page says that it is locked, and a button opens it."""
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            sessions.sign_in(installation, "nina", "not the password")
    with pytest.raises(Locked):
        sessions.sign_in(installation, "nina", PASSWORD)
    page = administrator.get("/people/nina").text

    send(administrator, "unlock")

    assert "Tried in vain too often" in page
    assert sessions.sign_in(installation, "nina", PASSWORD)


def test_a_session_is_ended_from_afar(administrator, someone, installation):
    """The next click leads to the door (SEC-14)."""
    nina = someone("nina")
    session = person_file(installation, "nina").sessions[0].id

    send(administrator, "sessions", session=session)

    assert nina.get("/").headers["Location"].startswith("/sign-in")


def test_an_account_is_closed_for_ever(administrator, installation):
    """It stays in the list, marked; nothing can be done to it any more."""
    send(administrator, "close")

    assert not known(installation).active
    assert "closed" in administrator.get("/people?q=nina").text
    assert "Give a role" not in administrator.get("/people/nina").text


@pytest.mark.parametrize("deed", ["secret", "close"])
def test_nobody_does_it_to_themselves(administrator, deed):
    """It takes another administrator."""
    answer = send(administrator, deed, "root")

    assert answer.status_code == 422
    assert "nobody" in answer.text


@pytest.mark.parametrize(
    "deed",
    ["roles", "training", "identity", "name", "accounts", "secret", "unlock", "sessions", "close"],
)
def test_a_deed_to_nobody_is_not_found(administrator, deed):
    """A name that nobody has is answered as one."""
    every = {"role": "courier", "unit": "-", "holds": "1", "until": "2027-12-31", "how": "passport"}
    every |= {"signer": "root", "password": KEYS, "printed_name": "Nobody", "another": "no.body"}
    told = every | {"session": "x", "key": "page-a"}

    answer = administrator.send(f"/people/nobody/{deed}", page="/people", why=WHY, **told)

    assert answer.status_code == 404


def test_whoever_was_closed_meanwhile_is_told_so(administrator, installation):
    """A form that was open when another one closed the account changes nothing."""
    people.close_account(installation, as_root(installation), "nina", why=WHY)

    told = {"another": "nina.two", "key": "page-a"}
    answer = administrator.send("/people/nina/accounts", page="/people", **told)

    assert answer.status_code == 422
    assert "was closed" in answer.text


def test_a_badge_is_issued_on_the_page_of_its_person(administrator):
    """It stands there with its serial, until it is struck off."""
    page = "/people/nina"

    administrator.send(
        f"{page}/badge", page=page, role="apheresis_nurse north-apheresis", key="b-1"
    )
    with_badge = administrator.get(page).text
    administrator.send(f"{page}/badge/strike-off", page=page, why="lost")

    assert "Print the badge" in with_badge
    assert "Print the badge" not in administrator.get(page).text

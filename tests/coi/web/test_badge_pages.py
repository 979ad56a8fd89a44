"""Badge and PIN at the pages: set on one's own, and typed at the door of a registered device."""

import pytest

from coi.demo.cast import PASSWORD
from coi.services.badges import issue_badge
from coi.services.person_file import person_file
from tests.coi.web.test_devices import PAGE as DEVICES
from tests.coi.web.test_devices import register

PAGE = "/account/badge"
PIN = "730946"
MAKER = ("manufacturing_technician", "works-production")


@pytest.fixture
def badge(installation, root):
    """The badge that Mia wears."""
    return issue_badge(installation, root, "mia", MAKER, key="badge")


@pytest.fixture
def mia(badge, someone):
    """Mia, in a browser of her own, with a badge and a PIN."""
    assert badge
    browser = someone("mia")
    assert set_pin(browser).status_code == 303
    return browser


@pytest.fixture
def tablet(someone):
    """A registered device, at which Queenie is signed in."""
    queenie = someone("queenie")
    register(queenie)
    return queenie


def set_pin(browser, **changes):
    """Send the form of one's own PIN."""
    told = {"pin": PIN, "again": PIN, "password": PASSWORD}
    return browser.send(f"{PAGE}/pin", page=PAGE, **(told | changes))


def scan(browser, badge, pin=PIN, **more):
    """Scan a badge at the door, and type a PIN."""
    return browser.send("/sign-in/badge", badge=badge, pin=pin, **more)


def test_whoever_wears_no_badge_is_told_how_to_get_one(someone):
    """And is asked for no PIN."""
    page = someone("mia").get(PAGE).text

    assert "You wear no badge" in page
    assert 'name="pin"' not in page


@pytest.mark.parametrize(
    ("changes", "status", "why"),
    [
        ({"again": "730947"}, 422, "The two differ"),
        ({"pin": "123456", "again": "123456"}, 422, "tried first"),
        ({"password": "wrong"}, 401, "WRONG_PASSWORD"),
    ],
)
def test_what_is_wrong_sets_no_pin(badge, someone, installation, changes, status, why):
    """The page says so, and shows nothing of what was typed."""
    assert badge
    browser = someone("mia")

    answer = set_pin(browser, **changes)

    assert (answer.status_code, why.lower() in answer.text.lower()) == (status, True)
    assert "123456" not in answer.text
    assert not person_file(installation, "mia").has_pin


def test_people_change_at_a_device_and_nothing_of_the_first_is_left(mia, tablet, badge):
    """Another session with another token; a form of the one before is good no more (DI-02)."""
    assert "Badge and PIN: set" in mia.get("/account").text
    before = tablet.client.get_cookie("coi").value
    form = tablet.get(DEVICES).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    door = tablet.get(f"/sign-in?next={DEVICES}").text

    answer = scan(tablet, badge, next=DEVICES)

    page = tablet.get("/account").text
    assert "With your badge" in door
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "Mia Maker" in page
    assert "Queenie" not in tablet.get("/").text
    assert tablet.client.get_cookie("coi").value != before
    stale = tablet.client.post(
        "/account/sessions", data={"csrf_token": form, "session": "x"}, follow_redirects=False
    )
    assert stale.status_code == 400


def test_elsewhere_the_door_asks_for_no_badge(mia, badge):
    """And a form that was captured at a device is refused there, with the way that is open."""
    mia.get(PAGE)
    door = mia.get("/sign-in").text

    answer = scan(mia, badge)

    assert "With your badge" not in door
    assert answer.status_code == 401
    assert "A badge opens nothing here: this device is not registered." in answer.text
    assert "Sign in with name and password" in answer.text


def test_a_wrong_pin_says_neither_which_was_wrong_nor_what_was_typed(mia, tablet, badge):
    """Whoever was there stays signed in: nobody signs a colleague out by a wrong PIN."""
    assert mia

    answers = [scan(tablet, badge, "730947"), scan(tablet, "<b>S-X</b>", "730947")]

    assert [one.status_code for one in answers] == [401, 401]
    assert all("This badge with this PIN opens nothing." in one.text for one in answers)
    assert not any(text in one.text for text in ("730947", badge, "S-X") for one in answers)
    assert "Queenie Quality" in tablet.get("/").text


def test_a_lost_badge_is_struck_off_by_whoever_wore_it(mia, tablet, badge, installation):
    """With the reason; then it opens no device any more."""
    assert mia.send(f"{PAGE}/lost", page=PAGE, why=" ").status_code == 422

    answer = mia.send(f"{PAGE}/lost", page=PAGE, why="lost <on the way> home")

    file = person_file(installation, "mia")
    assert (answer.status_code, file.badge) == (303, None)
    assert "lost &lt;on the way&gt; home" in mia.get("/account").text
    assert scan(tablet, badge).status_code == 401


def test_a_pin_is_given_up(mia, tablet, badge):
    """It opens nothing from then on, and the page says so."""
    mia.send(f"{PAGE}/pin/end", page=PAGE)

    assert "your badge opens nothing" in mia.get(PAGE).text
    assert scan(tablet, badge).status_code == 401

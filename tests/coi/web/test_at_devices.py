"""What a browser holds of a device goes with each step, and a site may ask for it."""

import pytest

from coi.demo.cast import PASSWORD
from coi.services.therapies import look
from coi.services.verifying import verify_record
from tests.cast import WHY
from tests.coi.web.test_benches import activation
from tests.coi.web.test_devices import PAGE, register

RULE = f"{PAGE}/rules/works"


@pytest.fixture
def performer(line):
    """The cast, in the world with two lots and two benches."""
    return line.performer


def newest(line):
    """The newest entry of the first therapy."""
    return look(line.installation, line.first).history[-1]


def test_a_step_names_the_device_of_its_browser(line, someone):
    """Whoever registered it, and whoever is signed in at it (P11-10h)."""
    browser = someone("queenie")
    register(browser)
    device = browser.get(PAGE).text.partition(f'action="{PAGE}/')[2].partition("/")[0]

    browser.sign_in("mia")
    answer = activation(line, browser, line.first, line.benches[0])

    assert answer.status_code == 303
    assert newest(line).content["device"] == device
    assert verify_record(line.installation).findings == ()


def test_a_site_takes_its_steps_at_its_devices_alone(line, someone):
    """QA signs it on the page; a captured form that is sent from elsewhere is refused (BD-11)."""
    browser, mia = someone("queenie"), someone("mia")
    assert "Where steps are taken" not in browser.get(PAGE).text
    register(browser)

    answer = browser.send(RULE, page=PAGE, asked="1", password=PASSWORD, why=WHY)

    assert answer.status_code == 303
    assert "registered devices alone" in browser.get(PAGE).text
    refused = activation(line, mia, line.first, line.benches[0])
    assert (refused.status_code, "NOT_AT_A_DEVICE" in refused.text) == (409, True)
    assert newest(line).kind == "refused"


@pytest.mark.parametrize(
    ("path", "password", "status"),
    [(RULE, "wrong", 401), (f"{PAGE}/rules/north", PASSWORD, 404), (RULE, PASSWORD, 422)],
)
def test_what_is_wrong_changes_no_rule(line, someone, path, password, status):
    """A wrong password, another site, and a site that has no device."""
    browser = someone("queenie")

    answer = browser.send(path, page=PAGE, asked="1", password=password, why=WHY)

    assert answer.status_code == status
    answer = activation(line, someone("mia"), line.first, line.benches[0])
    assert answer.status_code == 303


@pytest.mark.usefixtures("line")
def test_quality_assurance_signs_it_on_the_page_of_devices(someone):
    """One device is too few; with two it stands there, until it is taken back."""
    browser = someone("queenie")
    path = f"{PAGE}/second-check/works"
    register(browser)
    told = {"asked": "1", "password": PASSWORD, "why": WHY}
    assert browser.send(path, page=PAGE, **told).status_code == 422
    other = someone("queenie")
    register(other, name="Workstation")

    answer = other.send(path, page=PAGE, **told)

    assert answer.status_code == 303
    assert "second check at another device" in other.get(PAGE).text
    assert other.send(path, page=PAGE, **{**told, "asked": "0"}).status_code == 303
    assert "second check at any device" in other.get(PAGE).text

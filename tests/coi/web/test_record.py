"""A record that may be older than it was is read on every page, and written by nobody (TL-18)."""

import pytest

from coi.demo.cast import PASSWORD
from coi.services.seen import begin_seen, keep_asking, seen_file
from coi.services.verifying import verify_record
from tests.coi.web.browser import Browser

OLDER = "it has 3 entries, and 4 were seen before"
WHY = "The disk failed at noon; two handoffs of the morning stand on paper."


@pytest.fixture
def older(installation, administrator):
    """The record was found to be older than it was, after the administrator came in."""
    del administrator
    file = seen_file(installation.settings)
    installation.read(lambda tx: begin_seen(tx, file))
    keep_asking(file, OLDER)
    installation.look_at_length()


def sign(browser: Browser, why: str = WHY, password: str = PASSWORD):
    """Sign for the record on its page."""
    return browser.send("/record", page="/record", why=why, password=password)


@pytest.mark.usefixtures("older")
@pytest.mark.parametrize("page", ["/", "/record", "/account", "/sign-in"])
def test_every_page_says_that_nothing_is_saved(someone, page):
    """And why; what is there can be read."""
    answer = someone("queenie").get(page)

    assert (answer.status_code, OLDER in answer.text) == (200, True)


@pytest.mark.usefixtures("older")
def test_nothing_that_is_sent_is_saved(someone, installation):
    """With a code, and what to do; nobody fills in a form in vain."""
    nina = someone("nina")
    before = verify_record(installation).entries

    answer = nina.send("/account/statement", page="/account/password", password=PASSWORD)

    assert (answer.status_code, "READ_ONLY" in answer.text) == (503, True)
    assert "paper procedure" in answer.text
    assert verify_record(installation).entries == before


@pytest.mark.usefixtures("older")
def test_whoever_works_can_still_come_and_go(someone):
    """To read, one signs in; and out again."""
    nina = someone("nina")

    assert nina.get("/").status_code == 200
    assert nina.send("/sign-out", page="/account").status_code == 302


@pytest.mark.usefixtures("older")
def test_quality_assurance_lets_it_go_on(someone, installation):
    """Signed, with a reason; it is written again, and that it was so stays visible."""
    queenie = someone("queenie")

    assert sign(queenie).status_code == 303
    page = queenie.get("/record").text
    assert OLDER in page
    assert WHY in page
    assert "read and not written" not in page
    assert installation.why_read_only() == ""


@pytest.mark.usefixtures("older")
def test_an_inspector_sees_it_afterwards(someone, administrator):
    """Who signed, when, for what, and why."""
    sign(someone("queenie"))

    page = administrator.get("/record").text

    assert all(told in page for told in (OLDER, WHY, "Queenie"))


@pytest.mark.usefixtures("older")
@pytest.mark.parametrize(
    ("told", "status"), [({"why": " "}, 422), ({"password": "not the password"}, 401)]
)
def test_a_signature_takes_a_reason_and_the_password(someone, installation, told, status):
    """Nothing is lost of what was typed, and nothing is opened."""
    answer = sign(someone("queenie"), **told)

    assert answer.status_code == status
    assert told.get("why", WHY) in answer.text
    assert installation.why_read_only()


@pytest.mark.usefixtures("older")
def test_nobody_else_lets_it_go_on(administrator, installation):
    """An administrator sees the page, and no form."""
    assert "Sign: it goes on" not in administrator.get("/record").text
    assert (
        administrator.send("/record", page="/record", why=WHY, password=PASSWORD).status_code == 403
    )
    assert installation.why_read_only()


def test_whoever_has_another_role_does_not_see_the_page(someone):
    """How the record is kept is no matter of the bedside."""
    assert someone("nina").get("/record").status_code == 403


def test_nobody_signs_for_a_record_that_lacks_nothing(someone):
    """There is no form, and what is sent is refused."""
    answer = someone("queenie").send("/record", page="/record", why=WHY, password=PASSWORD)

    assert (answer.status_code, "nothing is to be signed" in answer.text) == (422, True)

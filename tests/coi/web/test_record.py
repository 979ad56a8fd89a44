"""A record that may be older than it was is read on every page, and written by nobody (TL-18)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.demo.cast import PASSWORD
from coi.ledger.findings import Finding, Verdict
from coi.services.doubt import note_verdict
from coi.services.gaps import note_following, note_gap
from coi.services.hands import Reading
from coi.services.reporting import software
from coi.services.seen import begin_seen, keep_asking, seen_file
from coi.services.served import note_served
from coi.services.stepped import note_step
from coi.services.verifying import verify_record
from tests.coi.web.browser import Browser

OLDER = "it has 3 entries, and 4 were seen before"
WHY = "The disk failed at noon; two handoffs of the morning stand on paper."
SPOILT = Verdict(9, (Finding("move", "x/3/1", "x", 3, "says another holder"),), {}, {})


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


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("clock", "was set forward by 1:00:00"),
        ("findings", "found that the record is not as it was recorded"),
    ],
)
def test_quality_assurance_signs_for_a_doubt_on_the_page(
    someone, administrator, installation, what, told
):
    """Whoever else sees it is told who signs; then work goes on (CL-03, TL-20)."""
    now = installation.clock.now()
    note_step(installation, "server", now - timedelta(hours=1), Reading(now, 5.0, "boot"))
    note_verdict(installation, SPOILT, whole=True)
    queenie, address = someone("queenie"), f"/record/{what}"

    others, before = administrator.get("/record").text, queenie.get("/record").text
    wrong = queenie.send(address, page="/record", why=WHY, password="not the password")
    empty = queenie.send(address, page="/record", why=" ", password=PASSWORD)
    signed = queenie.send(address, page="/record", why=WHY, password=PASSWORD)

    assert (told in others, told in before, address in others) == (True, True, False)
    assert (wrong.status_code, WHY in wrong.text) == (401, True)
    assert (empty.status_code, signed.status_code) == (422, 303)
    after = queenie.get("/record").text
    assert (address in before, address in after) == (True, False)


def test_what_served_when_and_what_was_not_recorded_is_told(administrator, installation):
    """With each setting that is new; of a secret only that it is (P11-10k, WL-02, WL-03)."""
    at = installation.clock.now()
    settings = replace(installation.settings, help_line="<b>Otto</b>", metrics_token="x" * 32)
    note_served(installation, "server", at, follows=True)
    note_served(replace(installation, settings=settings), "server", at, follows=False)
    note_gap(installation, "server", at - timedelta(minutes=9), at)
    note_following(installation, "server", at - timedelta(days=2), at, follows=False)

    page = administrator.get("/record").text

    assert page.count(f"<strong>{software()}</strong> on server") == 2
    assert "“”, now “&lt;b&gt;Otto&lt;/b&gt;”" in page
    assert "COI_METRICS_TOKEN</code>: changed (its values are told nowhere)" in page
    assert "x" * 32 not in page
    assert "Not recording from" in page
    assert "The clock of server follows no other" in page
    assert "The record began <time" in page

"""The page on which QA looks at a text of its own, prints a sample of it, and keeps it."""

import re
from html import escape, unescape

import pytest

from coi.demo.cast import PASSWORD
from coi.errors import Unknown
from coi.services.known_templates import newest
from coi.services.printers import PDF, About
from coi.services.registering_printers import register_printer
from coi.services.verifying import verify_record
from labels.template_reader import read_template
from tests.coi.own_templates import OWN_TUBE, own_text

LOOK, KEEP, PRINT = "/label-templates/keep", "/label-templates/kept", "/label-templates/sample"
FROM = "/label-templates/try"
WHY = "Tubes of the new <b>supplier</b>"


@pytest.fixture
def queenie(someone):
    """Of quality assurance: she makes templates."""
    return someone("queenie")


@pytest.fixture
def quirin(someone):
    """Of quality assurance too: he approves them."""
    return someone("quirin")


def look(browser, text):
    """Press the button below the text."""
    return browser.send(LOOK, page=FROM, text=text)


def keep(browser, text, password=PASSWORD, reason=WHY):
    """Sign."""
    return browser.send(KEEP, page=FROM, text=text, reason=reason, password=password)


def carried(page):
    """The text that each form of a page sends on, as a browser reads it."""
    found = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
    return {unescape(one) for one in found}


def test_it_is_looked_at_before_it_is_kept(queenie, installation):
    """The page shows which version it would be, its hash and a sample; nothing is kept by that."""
    page = look(queenie, own_text().replace("\n", "\r\n"))

    assert f"Keep {OWN_TUBE}, version 1" in page.text
    assert read_template(own_text()).sha256 in page.text
    assert "data:image/png;base64,iVBOR" in page.text
    assert carried(page) == {own_text()}
    with pytest.raises(Unknown):
        installation.read(lambda tx: newest(tx, OWN_TUBE))


def test_it_is_kept_by_one_and_approved_by_another(queenie, quirin, installation):
    """Whoever kept it finds no form to sign; another does, and why it was kept."""
    answer = keep(queenie, own_text())
    shown = f"/label-templates/{OWN_TUBE}"
    own, others = queenie.get(shown).text, quirin.get(shown).text

    assert answer.headers["Location"] == f"{shown}?version=1"
    assert "You kept this version: another person" in own
    assert "Approve it" not in own
    assert "Approve it" in others
    assert "Kept by Queenie Quality" in others
    assert "supplier&lt;/b&gt;" in others
    assert "<b>supplier" not in others
    kept = installation.read(lambda tx: newest(tx, OWN_TUBE))
    sign = {"holds": "1", "sha256": kept.sha256, "password": PASSWORD}
    assert quirin.send(f"{shown}/approval", page=shown, **sign).status_code == 303
    assert verify_record(installation).findings == ()


def test_while_a_version_waits_the_one_in_force_is_shown_and_withdrawn_on_its_page(
    queenie, quirin, installation
):
    """The list and the page of the newest name it; its own page has the form."""
    shown = f"/label-templates/{OWN_TUBE}"
    keep(queenie, own_text())
    first = installation.read(lambda tx: newest(tx, OWN_TUBE)).sha256
    sign = {"sha256": first, "password": PASSWORD}
    quirin.send(f"{shown}/approval", page=shown, holds="1", **sign)
    keep(queenie, own_text(2))
    every, waiting = quirin.get("/label-templates").text, quirin.get(shown).text
    older = f"{shown}?version=1"
    before = quirin.get(older).text

    answer = quirin.send(f"{shown}/approval", page=older, holds="0", **sign)
    after = quirin.get(older).text

    assert "Printed with version 1, until version 2 is approved" in every
    assert "Labels are printed with <a" in waiting
    assert "Approve it" in waiting
    assert "Labels are printed with this version." in before
    assert "Withdraw it" in before
    assert answer.status_code == 303
    assert 'tag big">withdrawn' in after
    assert "Withdraw it" not in after
    assert verify_record(installation).findings == ()


def test_whoever_kept_it_and_sends_the_approval_all_the_same_is_refused(queenie, installation):
    """The page that lacks the form is not what stands in the way."""
    keep(queenie, own_text())
    kept = installation.read(lambda tx: newest(tx, OWN_TUBE))
    shown, sign = f"/label-templates/{OWN_TUBE}", {"sha256": kept.sha256, "password": PASSWORD}

    answer = queenie.send(f"{shown}/approval", page=shown, holds="1", **sign)

    assert answer.status_code == 409
    assert "APPROVER_IS_AUTHOR" in answer.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("name: own-tube-label", "name: mine"), "begins with “own-”"),
        (("version: 1", "version: 7"), f"the next one of {OWN_TUBE} is 1"),
        (("FOR AUTOLOGOUS USE ONLY", "FOR ANYBODY"), "is said in these words"),
    ],
)
def test_what_stands_against_it_is_told_and_there_is_nothing_to_sign(queenie, change, said):
    """With its place; what was typed stays."""
    text = own_text().replace(*change)

    page = look(queenie, text)

    assert said in page.text
    assert 'name="password"' not in page.text
    assert carried(page) == {text}


def test_what_is_no_template_leads_back_to_the_text(queenie):
    """Where all of it is told, and what was typed stays."""
    page = look(queenie, "name: mine")

    assert "This is no template yet" in page.text
    assert carried(page) == {"name: mine"}


@pytest.mark.parametrize(
    ("password", "reason", "status"), [("not mine", "Tubes & bags", 401), (PASSWORD, " ", 422)]
)
def test_what_was_typed_survives_a_refusal(queenie, password, reason, status):
    """The text and the reason; the password is typed again."""
    page = keep(queenie, own_text(), password, reason)

    assert page.status_code == status
    assert carried(page) == {own_text()}
    assert f'name="reason" value="{escape(reason)}"' in page.text
    assert password not in page.text


def test_pressed_twice_it_is_kept_once(queenie, installation):
    """The second press leads to the same page."""
    first, second = keep(queenie, own_text()), keep(queenie, own_text())

    assert first.headers["Location"] == second.headers["Location"]
    assert installation.read(lambda tx: newest(tx, OWN_TUBE)).version == 1


def test_a_sample_is_printed_of_what_is_not_kept_yet(queenie, installation, performer):
    """It says of itself that it is no label, and what was typed stays."""
    about = About("Desk", "-", PDF, 203, 100, 100)
    by = performer.proven["queenie"]
    printer = register_printer(installation, by, "works-production", about, key="desk")
    told = {"text": own_text(), "printer": printer, "key": "sample"}

    page = queenie.send(PRINT, page=FROM, **told)
    refused = queenie.send(PRINT, page=FROM, **{**told, "printer": "none", "key": "other"})

    assert page.status_code == 200
    assert "It is no label: destroy it." in page.text
    assert carried(page) == {own_text()}
    assert refused.status_code == 404


def test_an_own_one_is_listed_as_such(queenie):
    """With who kept it."""
    keep(queenie, own_text())

    page = queenie.get("/label-templates").text

    assert OWN_TUBE in page
    assert "Your own: version 1 was kept by Queenie Quality" in page

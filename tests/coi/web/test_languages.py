"""In which language a page is: what its person chose, what the browser keeps or asks for."""

import re
from dataclasses import replace

import pytest

from coi.app import create_app
from coi.services.preferences import prefer_language, preferred_language
from coi.web.catalogue import retold_in
from tests.coi.web.bedside import FIRST, bag_of
from tests.coi.web.browser import Browser

DOOR = {"de": "Anmelden", "en": "Sign in"}
ASKED = [
    ("de", "de"),
    ("de-AT,de;q=0.9,en;q=0.8", "de"),
    ("en-GB", "en"),
    ("fr", "en"),
    ("", "en"),
]


def language_of(page):
    """What a page says of itself; its heading agrees."""
    (said,) = [one for one in DOOR if f'<html lang="{one}">' in page]
    return said


def choose(browser, language):
    """Press the name of a language."""
    return browser.send("/language", language=language, next="/account")


@pytest.mark.parametrize(("asked", "shown"), ASKED)
def test_a_browser_is_answered_in_what_it_asks_for(app, asked, shown):
    """Nobody has chosen anything yet."""
    page = app.test_client().get("/sign-in", headers={"Accept-Language": asked}).text

    assert language_of(page) == shown
    assert f"<h1>{DOOR[shown]}</h1>" in page


def test_where_nothing_is_chosen_or_asked_for_the_house_decides(installation):
    """By its setting."""
    settings = replace(installation.settings, language="de")
    german = create_app(replace(installation, settings=settings))

    assert language_of(german.test_client().get("/sign-in").text) == "de"


def test_what_was_chosen_stays_in_the_browser(browser):
    """At the door, for whoever comes next."""
    choose(browser, "de")

    assert language_of(browser.get("/sign-in").text) == "de"


def test_what_somebody_chose_follows_them(app, someone):
    """To another browser, and past whoever was there before."""
    choose(someone("nina"), "de")
    elsewhere = Browser(app.test_client())
    choose(elsewhere, "en")

    elsewhere.sign_in("nina")

    assert language_of(elsewhere.get("/account").text) == "de"


def test_what_is_no_language_changes_nothing(someone):
    """Nor does it lead away from here."""
    nina = someone("nina")

    answer = nina.send("/language", language="xx", next="https://example.org/")

    assert answer.location == "/"
    assert language_of(nina.get("/account").text) == "en"


def test_the_newest_choice_counts(installation, root):
    """One is kept, for one person."""
    prefer_language(installation, root, "de")
    prefer_language(installation, root, "en")

    assert preferred_language(installation, root) == "en"


def test_a_refusal_is_told_in_german(someone):
    """Its values stay what they are, and so does its code."""
    nina = someone("nina")
    choose(nina, "de")

    page = nina.get("/therapies/TEST-ABCDEFGH-0").text

    assert re.search(r"<h1>Hier nicht bekannt: \w+ TEST-ABCDEFGH-0\.</h1>", page)
    assert '<p class="code">UNKNOWN</p>' in page


def test_a_time_is_told_with_its_zone():
    """In another language too."""
    assert retold_in("de").tell("2026-11-30 04:15 +01:00") == "30.11.2026 04:15 +01:00"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("due in 23 h", "fällig in 23 h"),
        ("overdue by 5 min", "überfällig seit 5 min"),
        (
            "Being transcribed from paper (reference F-17) up to entry 10, verified by nobody yet",
            (
                "Wird vom Papier übertragen (Kennzeichen F-17), bis Eintrag 10, "
                "noch von niemandem gegengeprüft"
            ),
        ),
        (
            "STOP. This label is on record of another patient's container",
            "STOPP. Dieses Etikett ist aufgezeichnet bei einem Behältnis eines anderen Patienten",
        ),
        (
            "STOP. The bag B-1 belongs to another patient, not to C-1",
            "STOPP. Der Beutel B-1 gehört zu einem anderen Patienten, nicht zu C-1",
        ),
    ],
)
def test_what_is_put_together_is_told_as_a_whole(said, told):
    """Its values stand in the case that the sentence asks for."""
    assert retold_in("de").tell(said) == told


def test_a_stop_is_a_stop_in_german(bedside):
    """The word fills the screen, and below it stands why, and what to do."""
    walker = bedside.checking(FIRST)
    walker.scan(bedside.coi)
    walker.scan(bedside.band())
    walker.browser.client.set_cookie("coi-language", "de")
    walker.scan(bag_of(bedside, bedside.danae))
    page = walker.page

    assert '<html lang="de">' in page
    assert '<body class="verdict stopped">' in page
    assert 'height="112"> STOPP</p>' in page
    assert "Beutel und Patient am Bett prüfen, " in page
    assert "Dieser Versuch ist aufgezeichnet." in page
    assert re.search(r"<h1>(Der Beutel|Dieser Beutel) ", page)

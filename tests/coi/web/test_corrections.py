"""Correcting a recorded value by its page."""

import html
import re

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import FILLED, ORDERED, Step, play, results
from coi.demo.performer import Wish
from tests.coi.web.steps import filled_in, path_of

ANALYSTS = ("anna", "abel")


@pytest.fixture
def coi(performer):
    """A therapy that was ordered and whose patient was weighed."""
    coi = performer.order(PATIENTS[2])
    play(performer, coi, ORDERED)
    return coi


def offered(page):
    """The values that the form offers to correct."""
    return [html.unescape(one) for one in re.findall(r"<option value=\"[^\"]+ 1\">([^<]+)", page)]


def send(someone, performer, coi, wish):
    """Fill in the form of a correction and send it; returns the answer."""
    wanted, actor, signers = performer.request(coi, "correct_value", wish)
    browser, path = someone(actor.username), path_of(coi, "correct_value")
    typed = filled_in(browser.get(path).text, wanted, signers)
    return browser.client.post(path, data=typed), browser


def test_every_value_stands_there_as_it_is_recorded(someone, coi):
    """With the thing that it is of, and its unit; what is confidential is read too."""
    page = someone("carla").get(path_of(coi, "correct_value")).text

    shown = offered(page)
    assert "Body weight (Therapy): 64.5 kg" in shown
    assert "Prescriber (Therapy): Dr. Ines Okafor" in shown


def test_where_a_donation_is_numbered_the_form_says_what_of_none_is_known(someone, performer, coi):
    """Whoever puts right two numbers that were exchanged finds the word there."""
    before = someone("carla").get(path_of(coi, "correct_value")).text
    collecting = Step("collect", born=1, values={"donation_number": "D-1"})
    play(performer, coi, (Step("plan_collection"), collecting))

    after = someone("carla").get(path_of(coi, "correct_value")).text

    assert ("NOT KNOWN" in before, "nobody knows: NOT KNOWN" in after) == (False, True)


def test_a_value_is_corrected(someone, performer, coi):
    """Afterwards the form shows the right one, at its new revision."""
    answer, browser = send(someone, performer, coi, Wish(values={"content": "46.5"}))

    assert answer.status_code == 303
    page = browser.get(path_of(coi, "correct_value")).text
    assert "Body weight (Therapy): 46.5 kg" in html.unescape(page)


def test_what_cannot_be_corrected_is_said_above_the_form(someone, performer, coi):
    """Nothing that was typed is lost, but for the passwords."""
    answer, _browser = send(someone, performer, coi, Wish(values={"content": "sixty"}))

    assert answer.status_code == 409
    assert "CONTENT_UNREADABLE" in answer.text
    assert 'value="sixty"' in answer.text


def test_a_corrected_result_is_marked_on_the_page_of_its_therapy(someone, performer):
    """Whoever reads it sees that it was not always so."""
    coi = performer.order(PATIENTS[2])
    play(performer, coi, [*FILLED, *results("viability")])
    others = tuple(name for name in performer.proven if name not in ANALYSTS)
    wish = Wish(values={"of": "viability", "content": "81.5"}, avoid=others)
    answer, browser = send(someone, performer, coi, wish)

    assert answer.status_code == 303
    assert re.search(r"81\.5 %\s*<strong[^>]*>corrected", browser.get(f"/therapies/{coi}").text)

"""A code is scanned where a script has seen it scanned, and typed for want of a word."""

import re
from html import unescape

import pytest

from coi.demo.cast import PASSWORD
from tests.coi.web.bedside import FIRST, SECOND, THIRD, WARD
from tests.coi.web.test_guided_stops import reasons_on
from tests.coi.web.walk import token_on

HANDOFF = "release_custody"


@pytest.fixture
def giving(bedside):
    """Somebody who hands a bag over, and is asked for its label."""
    return bedside.person(FIRST).begin(bedside.coi, HANDOFF, WARD)


def given_away(bedside, walker):
    """The rest of the handoff; returns how the codes of its entry were entered."""
    walker.send(done="1")
    walker.send(consignee="north-lab")
    walker.send()
    bedside.signs(walker, FIRST)
    assert bedside.last().action == HANDOFF
    return [scan["how"] for scan in bedside.last().content["scans"]]


# -- from hand to hand -----------------------------------------------------------------------------


def test_what_the_script_saw_scanned_is_recorded_as_scanned(bedside, giving):
    """The everyday case."""
    giving.scan(bedside.label())

    assert given_away(bedside, giving) == ["scanned"]


@pytest.mark.parametrize("how", ["", "guessed", "SCANNED"])
def test_without_a_script_a_code_is_entered_twice_and_recorded_as_typed(bedside, giving, how):
    """A scanner works there too, and nobody can tell it from a hand (A11-06)."""
    giving.send(code=bedside.label(), again=bedside.label(), how=how)

    assert given_away(bedside, giving) == ["typed"]


@pytest.mark.parametrize("again", ["", "B-TEST-00000000-0"])
def test_without_a_script_a_code_that_is_entered_once_goes_nowhere(bedside, giving, again):
    """It is said beside the field, and what was entered stands there still."""
    answer = giving.send(code=bedside.label(), again=again)

    assert answer.status_code == 422
    assert "is not the same" in answer.text
    assert "<noscript>" not in answer.text  # also where the script was lost on its way
    assert f'value="{bedside.label()}"' in answer.text


def test_without_a_script_a_strange_bag_stops_and_is_not_held(bedside, giving):
    """Whoever typed a serial may never have seen the bag."""
    strange = bedside.label(0, bedside.danae)
    bag = bedside.ward.bags(bedside.danae)[0]

    giving.send(code=strange, again=strange)

    assert reasons_on(giving.page) == ["WRONG_THERAPY"]
    assert bedside.look(bedside.danae).subjects[bag].position.stops == 0


def test_a_strange_bag_stops_however_it_came_into_the_field(bedside, giving):
    """A scanner that is as slow as a hand lets nothing of another patient pass unseen."""
    giving.send(code=bedside.label(0, bedside.danae), how="typed")

    assert reasons_on(giving.page) == ["WRONG_THERAPY"]
    assert bedside.last().kind == "refused"
    assert bedside.last(bedside.danae).kind == "incident"


def test_the_second_field_is_there_only_where_no_script_runs(giving):
    """And the claim is empty, until a script makes one."""
    page = giving.page

    assert re.search(r'<noscript>(?:(?!</noscript>).)*name="again"', page, re.DOTALL)
    assert 'name="how" value=""' in page


# -- at the patient --------------------------------------------------------------------------------


def test_at_the_patient_what_may_be_typed_is_confirmed_by_a_second_person(bedside):
    """Switching scripts off opens no shorter way (BD-05)."""
    walker = bedside.checking()

    walker.send(code=bedside.coi, again=bedside.coi)

    assert "Characters under the symbol" in walker.page
    walker.send(
        "/typed",
        first=bedside.coi,
        second=bedside.coi,
        **{"confirmer-username": THIRD, "confirmer-password": PASSWORD},
    )
    assert walker.asked.startswith("Scan the wristband")


def test_at_the_patient_a_strange_wristband_stops_however_it_came(bedside):
    """A wrong one is wrong whether it was typed or scanned."""
    walker = bedside.checking()
    walker.scan(bedside.coi)

    walker.send(code=bedside.band(bedside.danae))

    assert reasons_on(walker.page) == ["WRONG_PATIENT"]


# -- scanned before --------------------------------------------------------------------------------


@pytest.fixture
def link(bedside):
    """Somebody who scanned a bag in the box for codes, and the way into the handoff."""
    browser = bedside.person(FIRST).browser
    told = {"csrf_token": token_on(browser.get("/").text), "code": bedside.label()}
    page = browser.client.post("/scan", data={**told, "how": "scanned"}).text
    found = re.search(r'href="([^"]+release_custody[^"]+)"', page)
    return browser, unescape(found[1])


def before_on(browser, link):
    """What the start of a step would take along."""
    found = re.search(r'name="before" value="([^"]*)"', browser.get(link).text)
    return found[1]


def test_what_was_scanned_before_is_taken_along_in_that_session(link):
    """Sealed: the address tells nobody what it is."""
    browser, way = link

    assert before_on(browser, way)
    assert "B-TEST" not in way


def test_what_was_scanned_before_counts_for_nobody_else(bedside, link):
    """A link that is sent to a colleague brings nothing (SEC-27)."""
    _browser, way = link

    assert before_on(bedside.person(SECOND).browser, way) == ""


def test_what_was_scanned_before_counts_in_no_other_session_of_the_same_person(bedside, link):
    """Whoever scanned it there has it in hand there."""
    _browser, way = link

    assert before_on(bedside.person(FIRST).browser, way) == ""


def test_what_was_scanned_before_counts_for_a_short_while(bedside, link):
    """Whoever comes back later scans again."""
    browser, way = link

    bedside.wait(11)

    assert before_on(browser, way) == ""


def test_what_was_scanned_before_counts_for_no_other_step(bedside, link):
    """Neither another action nor another therapy."""
    browser, way = link

    others = (way.replace(bedside.coi, bedside.other), way.replace(HANDOFF, "check_at_bedside"))

    assert [before_on(browser, other) for other in others] == ["", ""]


def test_what_was_scanned_before_counts_under_no_other_key(bedside, link):
    """So it begins one step, and no second."""
    browser, way = link
    told = {"csrf_token": token_on(browser.get("/").text), "unit": WARD, "key": "another"}
    told["before"] = before_on(browser, way)

    answer = browser.client.post(f"/therapies/{bedside.coi}/actions/{HANDOFF}", data=told)

    assert "Read so far" not in browser.get(answer.headers["Location"]).text

"""Every recorded value on a page: a corrected one is marked, and the old one stays below it."""

import re

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import OUT, play
from coi.demo.performer import Wish
from tests.journeys.asking import ids
from tests.journeys.test_corrections import corrected, shortened


@pytest.fixture
def coi(performer):
    """A therapy whose weight was corrected after the order."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, [corrected("weight_kg", "46.5", reason="digits were exchanged")])
    return coi


def rows_of(page):
    """The rows of the page, as text."""
    rows = re.findall(r'<tr role="row".*?</tr>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_what_was_corrected_is_marked_and_says_what_it_was_and_why(someone, coi):
    """The right weight stands there, with the wrong one, both times, and the reason."""
    page = someone("ines").get(f"/therapies/{coi}/values").text

    (weight,) = [row for row in rows_of(page) if row.startswith("Body weight")]
    assert re.match(r"Body weight 46\.5 kg .*corrected digits were exchanged was 64\.5 kg", weight)
    assert weight.count("entry ") == 2


def test_what_was_never_corrected_is_not_marked(someone, coi):
    """A mark on everything would say nothing."""
    page = someone("ines").get(f"/therapies/{coi}/values").text

    assert sum("corrected" in row for row in rows_of(page)) == 1
    assert len(rows_of(page)) > 3


def test_the_therapy_leads_to_its_values(someone, coi):
    """One press away from what happened."""
    assert f'href="/therapies/{coi}/values"' in someone("ines").get(f"/therapies/{coi}").text


def test_another_site_s_values_are_unknown(someone, coi):
    """As those of a therapy that does not exist."""
    assert someone("jonas").get(f"/therapies/{coi}/values").status_code == 404


def test_a_label_that_shows_an_old_value_says_so_on_the_page_of_its_therapy(someone, performer):
    """Beside its serial, at this one bag alone, until the bag is labelled anew."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, OUT)
    bag, *_ = ids(performer, coi, "product", "released")
    shortened(performer, coi, bag)
    told = "This label shows an old value of Expires at: relabel"
    before = someone("ines").get(f"/therapies/{coi}").text
    listed = someone("ines").get(f"/therapies/{coi}/labels").text
    performer.do(coi, "relabel", Wish(on=(bag,), values={"label_says": ""}))
    after = someone("ines").get(f"/therapies/{coi}").text

    assert (before.count(told), after.count(told)) == (1, 0)
    assert listed.count(told) == 1
    assert listed.count(f'href="/therapies/{coi}/actions/relabel">Label the bag anew</a>') == 1
    assert told not in someone("ines").get(f"/therapies/{coi}/labels").text

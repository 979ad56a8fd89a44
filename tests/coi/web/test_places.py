"""Places: added by those who work there, printed, scanned, and nobody else's business."""

import re

import pytest

from coi.services.approvals import approve_template
from coi.store.places import places
from tests.labels.reading import read

PATH = "/places"


@pytest.fixture
def leo(someone):
    """A technologist of the cell laboratory."""
    return someone("leo")


def add(browser, name="Freezer 2, shelf 3", unit="north-lab"):
    """Add a place."""
    key = re.search(r'name="key" value="([^"]+)"', browser.get(PATH).text)[1]
    return browser.send(PATH, page=PATH, name=name, unit=unit, key=key)


def known(installation):
    """Every place: serial, unit, name."""
    return installation.read(places)


@pytest.fixture
def shelf(leo, installation):
    """The serial of a place that was added."""
    add(leo)
    ((serial, _unit, _name),) = known(installation)
    return serial


def test_a_unit_without_places_says_what_to_do(leo):
    """An empty list could be a broken one."""
    page = leo.get(PATH).text

    assert "Cell laboratory, North Hospital" in page
    assert "No place yet" in page


def test_a_place_is_added_with_a_serial_of_its_own(leo, installation):
    """And stands below its unit, with what is to be printed."""
    answer = add(leo)

    ((serial, unit, name),) = known(installation)
    page = leo.get(PATH).text
    assert answer.status_code == 302
    assert (serial[:2], unit, name) == ("L-", "north-lab", "Freezer 2, shelf 3")
    assert f"Print its label {serial}" in page
    assert f'action="/places/{serial}/label"' in page


def test_an_administrator_adds_places_everywhere(administrator, installation):
    """At every site's units."""
    assert add(administrator, unit="works-store").status_code == 302
    assert [unit for _, unit, _ in known(installation)] == ["works-store"]


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"name": "freezer 2, SHELF 3"}, 422, "has a place of this name already"),
        ({"name": ""}, 422, "1 to 100 visible characters"),
        ({"name": "x" * 101}, 422, "1 to 100 visible characters"),
        ({"name": "a\u202eb"}, 422, "1 to 100 visible characters"),
        ({"unit": "works-store"}, 404, "No unit works-store is known here."),
        ({"unit": "nowhere"}, 404, "No unit nowhere is known here."),
    ],
)
def test_what_is_no_place_is_not_added(leo, installation, shelf, given, status, words):
    """The reason stands there, and nothing is saved."""
    answer = add(leo, **{"name": "Shelf 4", **given})

    assert (answer.status_code, words in answer.text) == (status, True)
    assert [serial for serial, _, _ in known(installation)] == [shelf]


def test_what_was_typed_stands_there_still(leo, shelf):
    """Whoever mends a name does not begin anew."""
    del shelf  # its name is taken

    page = add(leo).text

    assert 'value="Freezer 2, shelf 3"' in page
    assert '<option value="north-lab" selected>' in page


def test_the_same_form_sent_twice_adds_one_place(leo, installation):
    """A double click is one place (SEC-04)."""
    for _ in range(2):
        leo.send(PATH, page=PATH, name="Shelf 4", unit="north-lab", key="place-one")

    assert len(known(installation)) == 1


def test_its_label_says_which_place_it_is(leo, shelf):
    """The symbol holds its serial and nothing else."""
    answer = leo.send(f"{PATH}/{shelf}/label", page=PATH)

    label = read(answer.data)
    assert label.symbols == [("]d1", shelf)]
    assert "Freezer 2, shelf 3 Unit Cell laboratory North Hospital" in label.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="place-{shelf}.pdf"'


def test_a_label_is_printed_with_an_approved_template_alone(leo, shelf, performer):
    """Quality assurance vouches for what is printed (LB-08)."""
    approve_template(
        performer.installation, performer.proven["queenie"], "location-label", holds=False
    )

    answer = leo.send(f"{PATH}/{shelf}/label", page=PATH)

    assert (answer.status_code, "has not approved" in answer.text) == (409, True)


def test_a_scanned_place_says_which_it_is(leo, shelf):
    """Name and unit."""
    page = leo.send("/scan", page="/", code=shelf).text

    assert "Freezer 2, shelf 3" in page
    assert "Cell laboratory, North Hospital" in page


def test_another_units_place_is_like_an_unknown_one(someone, shelf):
    """Neither its label nor what it is."""
    mia = someone("mia")

    printed = mia.send(f"{PATH}/{shelf}/label", page="/")
    scanned = mia.send("/scan", page="/", code=shelf)

    assert printed.status_code == 404
    assert "not known here" in scanned.text
    assert shelf not in mia.get(PATH).text


def test_a_serial_that_nobody_registered_is_no_place(leo):
    """It is well written, and stands for nothing."""
    assert "not known here" in leo.send("/scan", page="/", code="L-TEST-QQQQQQQQ-6").text

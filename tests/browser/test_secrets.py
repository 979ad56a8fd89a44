"""What is told of a patient stays on the page where it was typed (SEC-33)."""

import json

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import ORDERED, play
from coi.demo.performer import spoilt
from coi.services.identity import Stated
from tests.browser.walking import fill_in, path_of

FAMILY, GIVEN, BORN, NUMBER = "Zzyzxmarker", "Qwrtmarker", "1931-07-19", "mrn-77341907"
MARKED = {
    **PATIENTS[0],
    "family_name": FAMILY,
    "given_name": GIVEN,
    "birth_date": BORN,
    "medical_record_number": NUMBER,
}
_KEPT = """() => [...navigation.entries().map(entry => entry.url),
  JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie]"""


@pytest.fixture
def walked(house, someone):
    """A nurse who collects from a patient whose identifiers are easy to find again.

    She mistypes one at first, so that what was typed is answered on the page too.
    """
    coi = house.performer.order(MARKED)
    play(house.performer, coi, ORDERED)
    house.performer.do(coi, "plan_collection")
    wanted, actor, signers = house.performer.request(coi, "collect")
    heard = {"family_name": FAMILY, "birth_date": "1931-07-18", "medical_record_number": NUMBER}
    wrong = tuple(Stated(one.username, heard) for one in wanted.stated)
    nurse = someone(house, actor.username)
    for asked in (spoilt(wanted, stated=wrong), wanted):
        nurse.open(path_of(coi, "collect"))
        fill_in(nurse, (asked, actor, signers))
    nurse.open(f"/therapies/{coi}")
    assert nurse.page.get_by_text("Collect cells from the patient").count()
    return nurse


def test_nothing_that_names_a_patient_is_left_anywhere(house, walked):
    """Not in an address, a title, a log, the name of a file, or what the browser keeps."""
    home = house.installation.settings.home

    left = [
        *walked.addresses,
        *walked.titles,
        *walked.page.evaluate(_KEPT),
        json.dumps(walked.context.storage_state()),
        house.served.said.read_text(),
        *(str(path) for path in home.rglob("*")),
    ]

    told = [text for text in left for one in (FAMILY, GIVEN, BORN, NUMBER) if one in text]
    assert told == []
    assert len(walked.addresses) > 5

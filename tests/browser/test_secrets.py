"""What is told of a patient stays on the page where it was typed (SEC-33)."""

import json

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import ORDERED, play
from coi.demo.performer import Wish, spoilt
from coi.services.identity import Stated
from tests.browser.walking import in_browsers

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
    """The nurses who collect from a patient whose identifiers are easy to find again.

    One heard something else at first, so that what was typed is answered on the page too; another
    nurse goes on.
    """
    coi = house.performer.order(MARKED)
    play(house.performer, coi, ORDERED)
    house.performer.do(coi, "plan_collection")
    walk = in_browsers(house, lambda username: someone(house, username))
    wanted, actor, signers = walk.request(coi, "collect")
    heard = {"family_name": FAMILY, "birth_date": "1931-07-18", "medical_record_number": NUMBER}
    wrong = tuple(Stated(one.username, heard) for one in wanted.stated)
    walk.attempt((spoilt(wanted, stated=wrong), actor, signers))
    walk.do(coi, "collect", Wish(avoid=(signers[0].username,)))
    for nurse in walk.devices.values():
        nurse.open(f"/therapies/{coi}")
        assert nurse.page.get_by_text("Collect cells from the patient").count()
    return [*walk.devices.values()]


def test_nothing_that_names_a_patient_is_left_anywhere(house, walked):
    """Not in an address, a title, a log, the name of a file, or what the browser keeps."""
    home = house.installation.settings.home

    left = [house.served.said.read_text(), *(str(path) for path in home.rglob("*"))]
    for nurse in walked:
        left += [*nurse.addresses, *nurse.titles, *nurse.page.evaluate(_KEPT)]
        left += [json.dumps(nurse.context.storage_state())]

    told = [text for text in left for one in (FAMILY, GIVEN, BORN, NUMBER) if one in text]
    assert told == []
    assert all(len(nurse.addresses) > 5 for nurse in walked)

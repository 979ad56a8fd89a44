"""What must never be, and was: a free-standing entry in both therapies, and nothing moves."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, closed, play
from coi.demo.stories import OUT
from coi.errors import DataRefused, KeyReused, Refused
from coi.services.incidents import Incident, report_incident
from coi.services.therapies import look
from tests.journeys.asking import newest, states, take_refused, values

SEEN = "The bags of two patients were exchanged"


@pytest.fixture
def cois(performer):
    """Give two therapies of two patients, the first one released."""
    first, second = performer.order(PATIENTS[0]), performer.order(PATIENTS[1])
    play(performer, first, OUT)
    return first, second


@pytest.fixture
def report(performer, cois):
    """Give a way to report an incident about them, with changes."""

    def tell(by="leo", **changes):
        told = {"cois": cois, "unit": "north-lab", "seen": SEEN, "key": "one"} | changes
        return report_incident(performer.installation, Incident(**told), performer.proven[by])

    return tell


def test_an_incident_stands_in_both_therapies(performer, cois, report):
    """Each names the other and has a critical exception; nothing else of them has moved."""
    before = [look(performer.installation, coi).subjects for coi in cois]

    receipts = report()

    assert [receipt.coi for receipt in receipts] == list(cois)
    for coi, other, subjects in zip(cois, reversed(cois), before, strict=True):
        entry = newest(performer, coi)
        assert entry.kind == "incident"
        assert [scan["raw"] for scan in entry.content["scans"]] == [other]
        assert {move["custody"] for move in entry.content["moves"]} == {"none"}
        assert subjects.items() <= look(performer.installation, coi).subjects.items()
        assert values(performer, coi, "class") == ["critical"]
        assert values(performer, coi, "other_coi") == [other]


def test_an_incident_stops_shipping_until_it_is_closed(performer, cois, report):
    """While the critical exception is open nothing leaves; QA closes it, and it goes on."""
    report()
    pack = Step("pack", "product", "released")

    take_refused(performer, cois[0], pack, "EXCEPTION_OPEN")
    play(performer, cois[0], [*closed(), pack])

    assert states(performer, cois[0], "exception") == {"closed": 1}
    assert states(performer, cois[1], "exception") == {"open": 1}


def test_the_same_report_has_one_effect(performer, cois, report):
    """Sent again it has the same answer; under its key nothing else is reported."""
    first, again = report(), report()

    assert [(r.coi, r.seq, r.hash) for r in again] == [(r.coi, r.seq, r.hash) for r in first]
    assert all(receipt.repeated for receipt in again)
    with pytest.raises(KeyReused):
        report(seen="Something else")
    with pytest.raises(KeyReused):
        report(cois=(cois[0], performer.order(PATIENTS[2])))
    assert states(performer, cois[0], "exception") == {"open": 1}


def test_who_has_no_task_at_the_unit_reports_nothing(performer, cois, report):
    """The attempt is refused and stands recorded in both therapies."""
    with pytest.raises(Refused) as caught:
        report(by="mia")

    assert [refusal.code for refusal in caught.value.refusals] == ["ROLE_LACKING"]
    assert [newest(performer, coi).kind for coi in cois] == ["refused", "refused"]
    with pytest.raises(Refused):
        report(by="mia")
    assert [len(look(performer.installation, coi).history) for coi in cois][1] == 2


def test_an_incident_is_about_two_therapies(cois, report):
    """What concerns one alone is an exception."""
    with pytest.raises(DataRefused):
        report(cois=(cois[0], cois[0]))

"""Every packaged therapy at the pages, and one that nobody here has heard of: from a file."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.demo.others import TOLD
from coi.services.installing import install_definition
from coi.services.therapies import list_therapies, look
from tests.coi.limbal import FIFTH, ITS_WAY, ORDER
from tests.coi.web.steps import form_on, put
from tests.journeys.worlds import verdict_of


@pytest.fixture
def fifth(performer):
    """The invented therapy, installed while the pages are in use."""
    quality = performer.proven["queenie"]
    return install_definition(performer.installation, quality, FIFTH.read_bytes())


def state_of(installation, coi):
    """How a therapy stands."""
    return look(installation, coi).subjects[coi].position.state


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.workflow)
def test_a_whole_therapy_can_be_told_at_the_pages(at_the_pages, installation, told):
    """From the order to the hand-over to follow-up, whatever the definition calls its steps."""
    coi = told.tell(at_the_pages, PATIENTS[0], told.good)

    assert state_of(installation, coi) == "closed"
    assert verdict_of(installation).findings == ()


def test_an_unheard_of_therapy_stands_among_those_to_order(someone, fifth):
    """Whoever may order is asked for which therapy, and the new one is there."""
    page = someone("ines").get("/orders/new").text

    assert fifth.title in page
    assert f'href="{ORDER}"' in page


def test_an_unheard_of_therapy_is_ordered_by_its_own_form(someone, installation, fifth):
    """The form asks what the definition asks, and its order is a therapy."""
    ines = someone("ines")
    told = form_on(ines.get(ORDER).text)
    put(told, {f"patient-{name}": text for name, text in PATIENTS[3].items()})
    put(told, {"value-eye": "left", "value-treating_unit": "north-theatre", "unit": "north-ward"})
    put(told, {"value-manufacturing_unit": "works-production"})

    answer = ines.client.post("/orders/new", data=told)

    ordered = [coi for coi, name, _ in list_therapies(installation) if name == fifth.name]
    assert answer.location.startswith(f"/therapies/{ordered[0]}")


def test_an_unheard_of_therapy_goes_its_whole_way(at_the_pages, installation, fifth):
    """No code knows its states, its steps or its bags; every step is taken at the pages."""
    coi = at_the_pages.order(PATIENTS[0], "north", fifth.name)

    play(at_the_pages, coi, ITS_WAY)

    assert state_of(installation, coi) == "done"
    assert verdict_of(installation).findings == ()

"""The cells themselves say whose they are: where it is another's, nothing releases them."""

import pytest

from coi.definitions import packaged_workflow
from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, closed, play, take
from coi.demo.deviations import DECLARED
from coi.demo.others import TOLD, Telling
from coi.demo.performer import Performer
from coi.errors import Refused
from tests.journeys.asking import ids, states, until
from tests.journeys.worlds import copy_of

ANOTHERS = "another's"
TYPED = [
    told for told in TOLD if ANOTHERS in packaged_workflow(told.workflow).tests["identity"].choices
]
OUTSIDE, OPEN = "OUT_OF_SPECIFICATION", "EXCEPTION_OPEN"


@pytest.fixture(params=TYPED, ids=lambda telling: telling.workflow)
def telling(request) -> Telling:
    """A definition in which cells are typed before their lot is released."""
    chosen: Telling = request.param
    return chosen


@pytest.fixture
def performer(sqlite_databases, sqlite_world, tmp_path):
    """Everybody, able to act."""
    with copy_of(sqlite_databases, sqlite_world, tmp_path) as acting:
        yield acting


@pytest.fixture
def coi(performer, telling) -> str:
    """All is filled and tested; but for the HLA type every result is good."""
    coi = telling.tell(performer, PATIENTS[0], until(telling.good, "record_result"))
    tests = packaged_workflow(telling.workflow).tests
    another = Step("record_result", values={"test": "identity", "result": ANOTHERS})
    play(performer, coi, [another, *[Step("record_result")] * (len(tests) - 1)])
    take(performer, coi, Step("finish_sample", "sample", "taken"))
    return coi


def refused(performer: Performer, coi: str, step: Step) -> set[str]:
    """The codes by which a step is refused."""
    with pytest.raises(Refused) as refusal:
        take(performer, coi, step)
    return {reason.code for reason in refusal.value.refusals}


def test_cells_of_another_are_released_by_nobody_and_leave_by_no_way(performer, telling, coi):
    """They are set apart at once; only destruction is left, however much is signed (BD-18)."""
    product = states(performer, coi, "product")
    releases = {step.action for step in telling.good if step.action.startswith("release_lot")}
    away = Step("release_custody", "product", to="ward", first=1)

    assert len(ids(performer, coi, "exception", "open")) == 1
    for release in releases:
        assert refused(performer, coi, Step(release)) == {OUTSIDE, OPEN}
    assert "NOT_RELEASED" in refused(performer, coi, away)
    play(performer, coi, closed())
    for release in releases:
        assert refused(performer, coi, Step(release)) == {OUTSIDE}
    assert refused(performer, coi, DECLARED) == {"NEVER_SUPPLIED"}
    assert states(performer, coi, "product") == product
    take(performer, coi, Step("reject_lot"))

    assert states(performer, coi, "product") == {"rejected": product.total()}

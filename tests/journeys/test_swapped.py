"""Two patients' bags are exchanged before each step in turn: the next scan finds it, each time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from coi.definitions import packaged_workflow
from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, take, wish_of
from coi.demo.others import TOLD, Telling
from coi.demo.performer import Performer
from coi.demo.stories import GOES_WELL
from coi.errors import Refused
from coi.services.acting import taken
from coi.services.ordering import kept_or_rehearsed
from coi.services.therapies import look
from tests.journeys.worlds import copy_of
from workflows.model import Pick

TELLINGS = (Telling("autologous-car-t", "north", GOES_WELL, {}), *TOLD)
STOPPED = {"WRONG_THERAPY", "WRONG_PATIENT", "WRONG_ORDER"}


def exchanged(performer: Performer, cois: list[str], step: Step) -> Iterator[set[str]]:
    """Each code of the second patient's in the place of the first's: what it is refused for.

    Both are about to take the same step. Nothing of it is kept, so that the walk goes on.
    """
    views = [look(performer.installation, coi) for coi in cois]
    (wanted, *by), (theirs, *_) = [
        performer.request(view.therapy.coi, step.action, wish_of(view, step), view)
        for view in views
    ]
    for place, (own, strange) in enumerate(zip(wanted.codes, theirs.codes, strict=True)):
        if own != strange:
            codes = (*wanted.codes[:place], strange, *wanted.codes[place + 1 :])
            wrong = replace(wanted, codes=codes, key=f"{wanted.key}-{place}")
            answer = kept_or_rehearsed(
                performer.installation,
                lambda tx: taken(tx, performer.installation, wrong, *by),  # noqa: B023
                rehearse=True,
            )
            assert isinstance(answer, Refused), (step.action, place)
            yield {why.code for why in answer.refusals}


@pytest.mark.parametrize("telling", TELLINGS, ids=lambda telling: telling.workflow)
def test_whatever_is_another_patients_is_refused_at_each_scan(
    sqlite_databases, sqlite_world, tmp_path, telling
):
    """Bag, wristband and order, at every step of a therapy that scans any of them (BD-13)."""
    scanned = set()

    with copy_of(sqlite_databases, sqlite_world, tmp_path) as performer:
        cois = [performer.order(who, telling.site, telling.workflow) for who in PATIENTS[:2]]
        for step in telling.good:
            for codes in exchanged(performer, cois, step):
                assert codes & STOPPED, step.action
                scanned |= {step.action} if "WRONG_THERAPY" in codes else set()
            for coi in cois:
                take(performer, coi, step)

    actions = packaged_workflow(telling.workflow).actions
    scans = {
        step.action
        for step in telling.good
        if any(rule.pick is Pick.SCANNED for rule in actions[step.action].moves)
    }
    assert scanned >= scans

"""Every step in every state in which it is none, asked of the interface: refused, and on record.

The pairs are made of the definition's rules, and of where the things of some therapies stand: no
engine is asked which ones they are. Whoever asks holds the role, at a site that takes part, so that
what is wrong is the order. The states are those of the therapies in `tests/coi/lives.py`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from coi.app import create_app
from coi.demo.cast import STAFF, UNITS
from coi.demo.fitting import may_act
from coi.services.forms import is_at_the_patient
from coi.services.installation import Installation
from coi.services.therapies import TherapyView, look
from tests.coi.api.program import Program
from tests.coi.web.conftest import SHORT_STEP
from tests.journeys.worlds import Databases, copy_of
from workflows.facts import Subject
from workflows.model import Action, Pick

ORDER = {"WRONG_STATE", "NOTHING_TO_MOVE", "ONE_AT_A_TIME"}
"""What a step is refused for where its place in the order is wrong."""

PICKED = {Pick.SCANNED, Pick.NAMED, Pick.THERAPY}
"""What a request itself says of what it moves; all else goes along with that."""

FEWEST = 300  # pairs


@dataclass
class Asking:
    """The house, and the program of each person who asked so far."""

    installation: Installation
    app: Flask
    programs: dict[str, Program] = field(default_factory=dict)
    asked: int = 0

    def send(self, username: str, path: str, body: dict[str, object]) -> TestResponse:
        """Send a request for this person, under a key of its own."""
        if username not in self.programs:
            self.programs[username] = Program.of(self.app, username)
        self.asked += 1
        return self.programs[username].send(
            "POST", path, body, Idempotency_Key=f"out-of-order-{self.asked}"
        )

    def entries(self, coi: str) -> list[tuple[str, str]]:
        """What was done in a therapy, and what was tried in vain."""
        said = "SELECT kind, action FROM entry WHERE chain = ? ORDER BY seq"
        with self.installation.engine.connect() as connection:
            return [(kind, action) for kind, action in connection.exec_driver_sql(said, (coi,))]


@pytest.fixture(scope="module")
def asking(lives, migrated_file, tmp_path_factory):
    """The house of those therapies; what is refused is added to them."""
    folder = tmp_path_factory.mktemp("order")
    with copy_of(Databases(migrated_file), lives, folder, SHORT_STEP) as performer:
        yield Asking(performer.installation, create_app(performer.installation))


def out_of_order(view: TherapyView) -> Iterator[tuple[Action, Subject]]:
    """Each action with a thing that it moves, but from none of the states in which it stands."""
    for action in view.workflow.actions.values():
        rules = [rule for rule in action.moves if rule.pick in PICKED]
        for subject in view.subjects.values():
            ours = [rule for rule in rules if rule.machine == subject.machine]
            # At the patient one thing is asked after the other: nothing is named when it begins.
            if is_at_the_patient(action) and subject.machine != "therapy":
                continue
            if ours and all(subject.position.state not in rule.from_states for rule in ours):
                yield action, subject


def who_may(view: TherapyView, action: Action) -> tuple[str, str] | None:
    """Somebody who may take the action, and where, at a site that takes part."""
    sites = {site for event in view.history for site in event.content.get("sites", ())}
    found = (
        (somebody.username, unit)
        for unit, (site, _name) in UNITS.items()
        for somebody in STAFF
        if site in sites and may_act(somebody, action, unit)
    )
    return next(found, None)


def taking(view: TherapyView, action: Action, subject: Subject, unit: str) -> dict[str, object]:
    """The step as a program sends it: the order scanned, and the thing scanned or named."""
    serials = view.labels.get(subject.id, ())[-1:]
    raws = [view.therapy.coi, *(f"{serial}/{view.therapy.coi}" for serial in serials)]
    is_named = any(r.machine == subject.machine and r.pick is Pick.NAMED for r in action.moves)
    return {
        "unit": unit,
        "codes": [{"raw": raw, "how": "scanned", "device": "scanner"} for raw in raws],
        "named": [subject.id] if is_named else [],
        "births": [],
        "values": {},
        "consignee": "-",
        "bench": "-",
        "stated": [],
    }


def test_what_is_out_of_order_is_refused_and_on_record(asking, lives):
    """Each pair once: all are refused for their order, and what was tried stands in the record.

    A step at the patient is not even begun, and so leaves no entry (P11-10f, SEC-01).
    """
    answers: Counter[tuple[int, bool, bool]] = Counter()
    wrong, seen = [], set()
    for coi in lives.cois.values():
        view = look(asking.installation, coi)
        for action, subject in out_of_order(view):
            pair = (view.workflow.name, subject.machine, subject.position.state, action.name)
            if pair in seen or (found := who_may(view, action)) is None:
                continue
            seen.add(pair)
            username, unit = found
            before, begins = asking.entries(coi), is_at_the_patient(action)
            if begins:
                told = {"coi": coi, "action": action.name, "unit": unit}
                answer = asking.send(username, "/errands", told)
            else:
                told = taking(view, action, subject, unit)
                answer = asking.send(username, f"/therapies/{coi}/actions/{action.name}", told)
            added = asking.entries(coi)[len(before) :]
            codes = {one["code"] for one in (answer.json or {}).get("reasons", ())}
            expected = [] if begins else [("refused", action.name)]
            is_right = answer.status_code == 409 and bool(codes & ORDER) and added == expected
            answers[answer.status_code, begins, is_right] += 1
            wrong += [] if is_right else [(pair, answer.status_code, sorted(codes), added)]
        # Nothing moved: a later pair meets the therapy as this one did.
        assert look(asking.installation, coi).subjects == view.subjects

    assert wrong == []
    assert sum(answers.values()) >= FEWEST

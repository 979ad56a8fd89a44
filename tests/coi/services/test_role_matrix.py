"""The published matrix of roles and steps, cell by cell, through the use case (P11-10g).

Each request lacks what a step takes besides. Whatever else is refused, the role is among the
reasons exactly where the matrix says that it does not take the step there, or does not sign it.
Central CAR-T is walked in each run, the other definitions in the soak; of all four the engine is
asked in each run, in `tests/workflows/test_role_matrix.py`.
"""

from dataclasses import dataclass

import pytest
from sqlalchemy import event

from coi.definitions import packaged_workflow
from coi.demo.cast import PATIENTS
from coi.demo.others import TOLD
from coi.demo.performer import WORKFLOW
from coi.errors import Refused
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.installation import Installation
from coi.services.ordering import NewOrder, order_therapies
from coi.services.permissions import ROLES
from coi.services.proofs import JustProven, Signer, person_of
from coi.services.therapies import look
from coi.store.facts import sites
from tests.coi.staffed import ELSEWHERE, NOBODYS, UNIT_OF, afar, away, here
from tests.journeys.worlds import Databases, copy_of, told_on
from tests.journeys.written import misplanned
from workflows.model import Workflow
from workflows.rights import ANY, right_of

AT_WARD = {"treating_unit": UNIT_OF["hospital"]}
IN_THE_SOAK = [pytest.param(told.workflow, marks=pytest.mark.soak) for told in TOLD]
each_role = pytest.mark.parametrize("role", sorted(ROLES))


@dataclass(frozen=True, slots=True)
class Attempts:
    """Steps of one therapy that are tried, and none of which is taken."""

    installation: Installation
    workflow: Workflow
    coi: str
    proven: dict[str, JustProven]

    @property
    def actions(self):
        """The steps of the definition by which it runs."""
        return self.workflow.actions.values()

    @property
    def rules(self):
        """Each signature of each step, by its number."""
        return [(action, n) for action in self.actions for n, _ in enumerate(action.signatures)]

    def why_not(self, action, unit, username, signed=()):
        """The codes of all reasons; of each signature is said by whom, and what it means."""
        wanted = TakeAction(self.coi, action, unit, key=f"{action} {unit} {username} {signed}")
        signers = tuple(Signer(self.known(name), meaning) for name, meaning in signed)
        with pytest.raises(Refused) as refused:
            take_action(self.installation, wanted, self.known(username), signers)
        return {reason.code for reason in refused.value.refusals}

    def known(self, username):
        """Who has this account, as if they had typed their password just now."""
        if username not in self.proven:
            found = self.installation.read(lambda tx: person_of(tx, username))
            self.proven[username] = JustProven(username, found.person.id, found.credential)
        return self.proven[username]

    def sites(self):
        """The sites that take part so far."""
        return self.installation.read(lambda tx: sites(tx, self.coi))

    def on_record(self):
        """The actions of all refused attempts, oldest first."""
        history = look(self.installation, self.coi).history
        return [event.action for event in history if event.kind == "refused"]


@pytest.fixture(scope="module")
def others(staffed, migrated_file, tmp_path_factory):
    """The same people, and a therapy by each of the other definitions before its last step."""

    def tell(performer):
        return {told.workflow: told.tell(performer, PATIENTS[0], told.good[:-1]) for told in TOLD}

    return told_on(Databases(migrated_file), staffed, tmp_path_factory.mktemp("others"), tell)


@pytest.fixture(params=[WORKFLOW, *IN_THE_SOAK])
def attempts(request, staffed, migrated_file, tmp_path):
    """A therapy that has come far; what is next is as if nobody had tried."""
    name = request.param
    world = staffed if name == WORKFLOW else request.getfixturevalue("others")
    coi = world.cois["positive after infusion" if name == WORKFLOW else name]
    with copy_of(Databases(migrated_file), world, tmp_path) as performer:
        hurry(performer.installation.engine)
        yield Attempts(performer.installation, packaged_workflow(name), coi, {})
        assert misplanned(performer.installation, [coi]) == []


def hurry(engine):
    """Wait for no disk: asked is who may, some thousand times, and not what a power cut leaves."""
    engine.dispose()
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))


@each_role
def test_a_role_takes_the_steps_of_the_matrix_and_no_other(attempts, role):
    """At each kind of site that takes part; where it is not held it gives nothing."""
    before = len(attempts.on_record())
    lacking = {
        (action.name, kind)
        for action in attempts.actions
        for kind, unit in (UNIT_OF | {"nobody's": NOBODYS}).items()
        if "ROLE_LACKING" in attempts.why_not(action.name, unit, here(role))
    }

    assert lacking == {
        (action.name, kind)
        for action in attempts.actions
        for kind in (*UNIT_OF, "nobody's")
        if kind not in UNIT_OF or not right_of(action, role).acts(kind)
    }
    assert len(attempts.on_record()) == before + len(attempts.actions) * (len(UNIT_OF) + 1)


@each_role
def test_a_role_orders_where_the_matrix_says_so_and_nowhere_else(attempts, role):
    """An order is the only step that has a use case of its own; it lacks its weight here."""
    lacking = set()
    for kind, unit in UNIT_OF.items():
        order = NewOrder(PATIENTS[0], attempts.workflow.name, unit, AT_WARD, key=kind)
        with pytest.raises(Refused) as refused:
            order_therapies(attempts.installation, [order], attempts.known(here(role)))
        lacking |= {kind for reason in refused.value.refusals if reason.code == "ROLE_LACKING"}

    right = right_of(attempts.workflow.actions["order"], role)
    assert lacking == {kind for kind in UNIT_OF if not right.acts(kind)}


@each_role
def test_a_role_at_a_site_that_takes_no_part_takes_the_steps_of_its_kind_of_site(attempts, role):
    """The matrix says no more of a hospital elsewhere than of any hospital."""
    lacking = {
        action.name
        for action in attempts.actions
        if "ROLE_LACKING" in attempts.why_not(action.name, ELSEWHERE, here(role))
    }

    assert lacking == {a.name for a in attempts.actions if not right_of(a, role).acts("hospital")}


def test_no_step_is_taken_at_a_site_that_takes_no_part(attempts):
    """Whatever the matrix gives a role, it gives where the therapy is, and nowhere else."""
    allowed = [
        action.name
        for action in attempts.actions
        if action.name != "order"
        and "SITE_TAKES_NO_PART"
        not in attempts.why_not(action.name, ELSEWHERE, here("qa_reviewer"))
    ]

    assert allowed == []


@each_role
def test_a_role_gives_the_signatures_of_the_matrix_and_no_other(attempts, role):
    """At the site of the step; of another one that takes part only where the matrix says so."""
    refused = {
        (action.name, n, whose)
        for action, n in attempts.rules
        for whose in (here, afar, away)
        if "SIGNER_NOT_ENTITLED" in signed_by(attempts, action, n, whose(role))
    }

    assert refused == {
        (action.name, n, whose)
        for action, n in attempts.rules
        for whose, entitled in (
            (here, action.signatures[n].roles),
            (afar, signing_from_afar(attempts, action, n)),
            (away, ()),
        )
        if role not in entitled
    }


def signing_from_afar(attempts, action, n):
    """The roles in which the laboratory signs: at a step of its own, whoever signs there.

    At the point of care the hospital tests its product itself, and no laboratory takes part.
    """
    rule = action.signatures[n]
    if action.who[0].site_kind == "laboratory":
        return rule.roles
    return rule.anywhere if "lab" in attempts.sites() else ()


def signed_by(attempts, action, n, username):
    """Why not, where the n-th signature is by this person and all others are as asked."""
    signed = [(here(rule.roles[0]), rule.meaning) for rule in action.signatures]
    signed[n] = (username, action.signatures[n].meaning)
    who = action.who[0]
    unit = UNIT_OF["hospital" if who.site_kind == ANY else who.site_kind]
    return attempts.why_not(action.name, unit, here(who.role), tuple(signed))


@pytest.mark.parametrize("name", [WORKFLOW, *(told.workflow for told in TOLD)])
def test_a_role_that_nobody_knows_is_in_no_cell(name):
    """A role of the definition that nobody can hold would be a step that nobody can take."""
    actions = packaged_workflow(name).actions.values()
    named = {who.role for action in actions for who in action.who}
    named |= {role for action in actions for rule in action.signatures for role in rule.roles}

    assert named - {ANY} <= ROLES

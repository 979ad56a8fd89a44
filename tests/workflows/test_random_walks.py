"""Random journeys through three therapies of two patients: whatever is tried, no chain breaks."""

from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests import cast
from tests.performer import NotPossible, a_request
from tests.workflows.steps import SPOILS, anything, anywhere, onward, spoilt
from tests.workflows.walk import Walk, invariants
from workflows.facts import Request

THERAPIES = st.sampled_from(sorted(cast.PATIENT_OF))
CHANCE = st.integers(0, 2**32 - 1)


class RandomWalk(RuleBasedStateMachine):
    """Everybody does something, somewhere, sometime; often it is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk()

    @rule(coi=THERAPIES, steps=st.sampled_from([1, 8, 20, 40]), chance=CHANCE)
    def go_on(self, coi: str, steps: int, chance: int) -> None:
        """Take some steps of the usual way; each is allowed."""
        random = Random(chance)
        for _ in range(steps):
            request = onward(self.walk, coi, random)
            if request is None:
                return
            assert self.walk.take(request).allowed
            invariants(self.walk)

    @rule(coi=THERAPIES, steps=st.sampled_from([2, 6, 12]), chance=CHANCE)
    def go_anywhere(self, coi: str, steps: int, chance: int) -> None:
        """Take any steps that somebody could take; no check may break down."""
        random = Random(chance)
        for _ in range(steps):
            request = anywhere(self.walk, coi, random)
            decision = self.walk.take(request)
            assert "CHECK_FAILED" not in [refusal.code for refusal in decision.refusals]
            invariants(self.walk)

    @rule(coi=THERAPIES, minutes=st.sampled_from([65, 80 * 60, 200 * 24 * 60]), chance=CHANCE)
    def depart_from_a_rule(self, coi: str, minutes: int, chance: int) -> None:
        """Go on until a dispensation can be granted, grant it, be late, and go on."""
        for _ in range(50):
            with suppress(NotPossible):
                told = self.walk.everything(coi)
                self.walk.take(a_request(told, "grant_dispensation", Random(chance).choice))
                break
            self.go_on(coi, 1, chance)
        self.walk.now += timedelta(minutes=minutes)
        self.go_on(coi, 5, chance)

    @rule(coi=THERAPIES, spoil=st.sampled_from(sorted(SPOILS)), chance=CHANCE)
    def go_wrong(self, coi: str, spoil: str, chance: int) -> None:
        """Try a step with something wrong; a bag of another therapy is always refused."""
        random = Random(chance)
        request = (onward if chance % 2 else anywhere)(self.walk, coi, random)
        if request is not None:
            request = spoilt(self.walk, request, spoil, random)
            self.try_it(request)

    @rule(coi=THERAPIES, chance=CHANCE)
    def go_mad(self, coi: str, chance: int) -> None:
        """Try any action with any scans, names and people."""
        self.try_it(anything(self.walk, coi, Random(chance)))

    @rule(minutes=st.sampled_from([1, 10, 35, 90, 24 * 60, 80 * 60]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.walk.now += timedelta(minutes=minutes)

    def try_it(self, request: Request) -> None:
        """Take it; a bag of another therapy is refused, every refusal says what to do."""
        decision = self.walk.take(request)
        strange = {scan.means.coi for scan in request.scans if hasattr(scan.means, "coi")}
        assert not (decision.allowed and strange - {request.coi})
        assert all(refusal.sentence and refusal.next_step for refusal in decision.refusals)

    @invariant()
    def no_chain_is_broken(self) -> None:
        """What must be true after every step."""
        invariants(self.walk)


def walks(number: int) -> None:
    """Take so many walks."""
    Walk.covered.clear()
    Walk.taken.clear()
    run_state_machine_as_test(
        RandomWalk,
        settings=settings(
            max_examples=number,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_chain_breaks_in_200_random_walks() -> None:
    """Whatever anybody tries, in any order: the chains hold, and the walks reach the end."""
    walks(200)

    ends = {(row[0], row[3]) for row in Walk.covered}
    assert {("therapy", "closed"), ("product", "infused"), ("dispensation", "used")} <= ends


@pytest.mark.soak
def test_no_chain_breaks_in_10000_random_walks() -> None:
    """As above, with every action of the definition taken somewhere."""
    walks(10_000)

    assert set(Walk.taken) == set(Walk().workflow.actions)

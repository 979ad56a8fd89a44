"""What a role may do of an action, read from the definition that the engine follows."""

from dataclasses import replace

import pytest

from tests.builders import a_workflow
from workflows.model import SignatureRule
from workflows.rights import right_of, rights


@pytest.fixture(scope="module")
def workflow():
    """The packaged definition."""
    return a_workflow()


def test_a_role_acts_at_the_kinds_of_site_that_the_action_names(workflow):
    """A hospital's step is nobody's at a manufacturer."""
    nurse = rights(workflow, "apheresis_nurse")["collect"]

    assert nurse.acts("hospital")
    assert not nurse.acts("manufacturer")


def test_a_role_that_acts_at_any_site_acts_at_each(workflow):
    """Custody is handed over everywhere."""
    courier = rights(workflow, "courier")["release_custody"]

    assert courier.acts("courier")
    assert courier.acts("hospital")


def test_what_anybody_may_do_each_role_may(workflow):
    """Whoever sees something wrong says so, whatever their task."""
    assert rights(workflow, "auditor")["open_exception"].acts("laboratory")


def test_a_role_that_only_signs_does_not_act(workflow):
    """The verifier of a step does not take it."""
    verifier = rights(workflow, "manufacturing_verifier")["start_lot"]

    assert (verifier.acts_at, verifier.signs) == (frozenset(), ("verified",))


def test_who_signs_from_another_site_is_told_apart(workflow):
    """A dispensation takes a physician, wherever they are, and QA of this site."""
    action = workflow.actions["grant_dispensation"]

    assert right_of(action, "treating_physician").signs_anywhere == {"granted"}
    assert not right_of(action, "qa_reviewer").signs_anywhere


def test_what_a_country_asks_for_counts_too(workflow):
    """A role that signs in one country alone signs."""
    norwegian = (SignatureRule("witnessed", ("courier",)),)
    action = replace(workflow.actions["collect"], signatures_in={"NO": norwegian})

    assert right_of(action, "courier").signs == ("witnessed",)

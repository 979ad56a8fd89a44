"""The label templates by which therapies print, and that nobody has approved yet."""

import pytest

from coi.services.approvals import approve_template
from coi.services.templates_awaited import Awaited, awaited
from tests.journeys.changing import install
from tests.journeys.worlds import Databases, copy_of

CENTRAL = "Autologous CAR-T, central manufacture, cryopreserved product"
IN_PROCESS = {
    "version: 1\n": "version: 2\n",
    "    sample: tube-label\n": "    sample: in-process-label\n",
}


@pytest.fixture
def performer(lives, migrated_file, tmp_path):
    """The cast, in a world in which every packaged definition can print."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as acting:
        yield acting


def test_where_all_is_approved_nothing_is_awaited(performer):
    """A template by which no therapy prints is none of it."""
    assert awaited(performer.installation) == ()


def test_a_withdrawn_template_is_awaited_by_each_therapy_that_prints_by_it(performer):
    """With the titles of all; once it is approved again, by none."""
    installation, queenie = performer.installation, performer.proven["queenie"]

    approve_template(installation, queenie, "wristband", holds=False)
    (one,) = awaited(installation)
    approve_template(installation, queenie, "wristband")

    assert one.name == "wristband"
    assert len(one.wanted_by) == 4
    assert awaited(installation) == ()


def test_what_a_newer_version_of_a_definition_chooses_is_awaited(performer):
    """Before the first step that prints by it; a version that is not there yet waits for none."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    approve_template(installation, queenie, "in-process-label", holds=False)
    before = awaited(installation)

    install(performer, IN_PROCESS)

    assert before == ()
    assert awaited(installation) == (Awaited("in-process-label", (CENTRAL,)),)

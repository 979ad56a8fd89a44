"""Sites, units and approvals: registered once, by whom they concern, and vouched for by QA."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.errors import DataRefused, Unknown
from coi.services import approvals, sites
from coi.services.proofs import NotAllowed
from coi.services.scanning import Code, resolve
from coi.store.facts import templates
from labels.templates import TEMPLATES
from tests.coi.clinic import NORTH, NOW


@pytest.fixture
def queenie(clinic):
    """A QA reviewer."""
    return clinic.hire("queenie", ("qa_reviewer", "works-production"))


@pytest.mark.parametrize("same", [{"id": "other"}, {"name": "Other Hospital"}])
def test_a_site_is_registered_once(clinic, same):
    """Neither its id nor its name is given twice."""
    with pytest.raises(DataRefused):
        sites.register_site(clinic.installation, clinic.root, replace(NORTH, **same))


def test_a_unit_belongs_to_a_site_that_exists(clinic):
    """Nothing can be held nowhere."""
    with pytest.raises(DataRefused):
        sites.register_unit(clinic.installation, clinic.root, "x-ward", "nowhere", "Ward")


def test_a_unit_is_registered_once(clinic):
    """A second unit of the same id would be the first one's double."""
    with pytest.raises(DataRefused):
        sites.register_unit(clinic.installation, clinic.root, "north-ward", "south", "Ward")


def test_only_an_administrator_registers_places(clinic):
    """A coordinator does not invent a hospital."""
    with pytest.raises(NotAllowed):
        sites.register_unit(clinic.installation, clinic.carla, "x", "north", "X")


def test_qa_approves_a_template_exactly_as_it_is(clinic, queenie):
    """The approval names the hash of the template, so that a changed one is not approved."""
    approvals.approve_template(clinic.installation, queenie, "bag-label")

    approved = clinic.installation.read(templates)
    assert approved == {"bag-label": f"sha256:{TEMPLATES['bag-label'].sha256}"}


def test_an_approval_can_be_withdrawn(clinic, queenie):
    """What is withdrawn is not approved any more."""
    approvals.approve_template(clinic.installation, queenie, "bag-label")

    approvals.approve_template(clinic.installation, queenie, "bag-label", holds=False)

    assert clinic.installation.read(templates) == {}


def test_nobody_but_qa_approves(clinic):
    """An administrator cannot approve a label."""
    with pytest.raises(NotAllowed):
        approvals.approve_template(clinic.installation, clinic.root, "bag-label")


def test_an_unknown_template_is_refused(clinic, queenie):
    """There is nothing to approve."""
    with pytest.raises(Unknown):
        approvals.approve_template(clinic.installation, queenie, "no-such-label")


def test_a_shipper_is_known_by_its_serial(clinic, queenie):
    """Its qualification and hold time come with the scan."""
    until = NOW + timedelta(days=100)
    serial = approvals.qualify_shipper(clinic.installation, queenie, 120, until)

    scan = clinic.installation.read(lambda tx: resolve(tx, Code(serial)))

    assert (scan.means.qualified_until, scan.means.hold_hours) == (until, 120)

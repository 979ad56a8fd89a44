"""Sites, units and approvals: registered once, by whom they concern, and vouched for by QA."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.errors import DataRefused, KeyReused, Unknown
from coi.ledger.content import Attestation
from coi.services import approvals, people, sites
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.proofs import NotAllowed
from coi.services.scanning import Code, resolve
from coi.store.facts import head, templates
from labels.identifiers import issue_coi
from labels.templates import TEMPLATES
from tests.coi.clinic import NORTH, NOW


def heads(clinic):
    """Where the chains end."""
    chains = ("site:organisation", "site:works")
    return clinic.installation.read(lambda tx: [head(tx, chain).seq for chain in chains])


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
    serial = approvals.qualify_shipper(clinic.installation, queenie, 120, until, key="one")

    scan = clinic.installation.read(lambda tx: resolve(tx, Code(serial)))

    assert (scan.means.qualified_until, scan.means.hold_hours) == (until, 120)


@pytest.mark.parametrize(
    ("hours", "serial", "column"), [(0, "", "hold_hours"), (120, "COI", "serial")]
)
def test_what_is_no_shipper_is_not_qualified(clinic, queenie, hours, serial, column):
    """Something that keeps cold for no time, and the code of something else."""
    named = issue_coi("TEST", clinic.installation.draw).text if serial else ""

    with pytest.raises(DataRefused) as refusal:
        approvals.qualify_shipper(
            clinic.installation, queenie, hours, NOW + timedelta(days=1), named, key="one"
        )

    assert [problem.column for problem in refusal.value.problems] == [column]


def test_a_shipper_whose_qualification_was_taken_back_is_not_qualified(clinic, queenie):
    """The newest word about it counts: it is still known, and nothing may travel in it."""
    until = NOW + timedelta(days=100)
    serial = approvals.qualify_shipper(clinic.installation, queenie, 120, until, key="one")
    withdrawn = Registered((Attestation("shipper", serial, holds=0, detail="120"),))
    occasion = Occasion(queenie.person, "-", clinic.installation.clock.now())

    clinic.installation.transact(
        lambda tx: write_site_entry(tx, "withdraw_shipper", occasion, withdrawn)
    )

    scan = clinic.installation.read(lambda tx: resolve(tx, Code(serial)))
    assert scan.means.qualified_until is None


def test_a_repeated_qualification_issues_one_serial(clinic, queenie):
    """The same request has the same answer; under its key nothing else is qualified."""
    until = NOW + timedelta(days=100)
    first, again = (
        approvals.qualify_shipper(clinic.installation, queenie, 120, until, key="one")
        for _ in range(2)
    )

    assert first == again
    with pytest.raises(KeyReused):
        approvals.qualify_shipper(clinic.installation, queenie, 96, until, key="one")


def test_what_holds_already_is_not_recorded_again(clinic, queenie):
    """Approved, withdrawn or granted twice is once: a repeated request has no second effect."""

    def repeated():
        approvals.approve_template(clinic.installation, queenie, "bag-label")
        people.grant_role(
            clinic.installation, clinic.root, "queenie", "qa_reviewer", "works-production"
        )
        people.accept_policy(clinic.installation, queenie)

    repeated()
    before = heads(clinic)
    repeated()

    assert heads(clinic) == before


@pytest.mark.parametrize("same", [{"id": "North Hospital"}, {"name": "south"}])
def test_no_site_is_called_as_another_ones_id(clinic, same):
    """Orders name a site by its name or its id: neither may mean two."""
    with pytest.raises(DataRefused):
        sites.register_site(
            clinic.installation, clinic.root, replace(NORTH, **{"id": "x", "name": "X"} | same)
        )


@pytest.mark.parametrize(
    "spoilt",
    [
        {"id": "organisation"},
        {"id": "-"},
        {"id": "North Pole"},
        {"id": ""},
        {"name": ""},
        {"name": " X"},
        {"name": "X\u202e"},
        {"name": "X" * 1000},
        {"kind": "prison"},
        {"country": "de"},
        {"time_zone": "Europe/Nowhere"},
    ],
    ids=str,
)
def test_a_site_is_told_in_words_that_can_be_kept(clinic, spoilt):
    """No id is a word of the record's own, and what is printed can be read."""
    with pytest.raises(DataRefused):
        sites.register_site(
            clinic.installation, clinic.root, replace(NORTH, **{"id": "x", "name": "X"} | spoilt)
        )


@pytest.mark.parametrize("unit", ["-", "lost", "destroyed", "North", "x ward", "", "x\x00"])
def test_no_unit_has_the_name_of_an_end(clinic, unit):
    """What a unit called “lost” holds would be lost."""
    with pytest.raises(DataRefused):
        sites.register_unit(clinic.installation, clinic.root, unit, "north", "Ward")

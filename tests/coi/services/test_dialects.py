"""What a site reads beside our own codes its QA switches on, and vouches for the licence."""

from dataclasses import replace

import pytest

from coi.errors import DataRefused, Unknown
from coi.services.dialects import Switch, switch_dialect
from coi.services.proofs import NotAllowed, person_of
from coi.services.reading_codes import as_kept, dialects_for
from coi.store.facts import head
from labels.codes.scans import OURS, IsbtTables

ON = Switch(site="works", dialect="isbt128", licence="ICCBBA W9999")
OFF = replace(ON, holds=False)


@pytest.fixture
def queenie(clinic):
    """A QA reviewer of the works."""
    return clinic.hire("queenie", ("qa_reviewer", "works-production"))


def read_by(clinic, username="queenie"):
    """What the sites read of somebody."""
    return clinic.installation.read(
        lambda tx: dialects_for(tx, person_of(tx, username).person),
    )


def length(clinic):
    """How many entries the organisation's chain has."""
    return clinic.installation.read(lambda tx: head(tx, "site:organisation").seq)


def test_a_site_reads_our_own_codes_alone(clinic):
    """Nothing else is read before somebody has vouched for it."""
    assert read_by(clinic, "carla") == OURS


def test_qa_switches_a_dialect_on_and_off(clinic, queenie):
    """Each of them alone, and for its own site alone."""
    switch_dialect(clinic.installation, queenie, ON)
    on = (read_by(clinic).isbt128, read_by(clinic).gs1, read_by(clinic, "carla"))
    switch_dialect(clinic.installation, queenie, OFF)

    assert on == (IsbtTables(), False, OURS)
    assert read_by(clinic) == OURS


def test_what_is_so_already_is_not_recorded_again(clinic, queenie):
    """A repeated command adds nothing to the record; another licence does."""
    switch_dialect(clinic.installation, queenie, ON)
    before = length(clinic)

    switch_dialect(clinic.installation, queenie, ON)
    again = length(clinic)
    switch_dialect(clinic.installation, queenie, replace(ON, licence="ICCBBA W8888"))

    assert (again, length(clinic)) == (before, before + 1)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"dialect": "hibc"}, DataRefused),
        ({"licence": ""}, DataRefused),
        ({"site": "nowhere"}, Unknown),
        ({"site": "north"}, NotAllowed),
    ],
)
def test_what_nobody_can_vouch_for_is_refused(clinic, queenie, changes, refusal):
    """No such dialect, no licence, no such site, and QA of another site."""
    with pytest.raises(refusal):
        switch_dialect(clinic.installation, queenie, replace(ON, **changes))


def test_who_is_no_qa_switches_nothing(clinic):
    """The administrator does not vouch for a licence."""
    with pytest.raises(NotAllowed):
        switch_dialect(clinic.installation, clinic.root, ON)


@pytest.mark.parametrize(
    "values",
    [
        {"donation_number": "=A99992612345600"},
        {"which": "TEST/1 donation_number 1 1", "content": "a999926123456t", "reason": "misread"},
    ],
)
def test_a_donation_number_is_kept_in_one_spelling(clinic, queenie, values):
    """Filled in or corrected; where the site does not read it, as it was typed."""
    switch_dialect(clinic.installation, queenie, ON)

    kept, elsewhere = (
        clinic.installation.read(lambda tx, at=site: as_kept(tx, at, values))
        for site in ("works", "north")
    )

    assert "A9999 26 123456 T" in kept.values()
    assert elsewhere == values

"""A site labels its tubes by a template of its own, from the first text to the custody record."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from coi.definitions import packaged
from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, filled, play
from coi.services.approvals import approve_template
from coi.services.installing import install_definition
from coi.services.keeping_templates import keep_template
from coi.services.labelling import NotPrinted, bag_label_of, bag_label_pdf, newest_serial
from coi.services.reporting import custody_record
from coi.services.templates_awaited import awaited
from coi.services.verifying import verify_record
from coi.services.whole_record import write_whole_record
from tests.coi.own_templates import OWN_TUBE, own_text
from tests.coi.reports.pages import squeezed, text_of
from tests.journeys.asking import ids, take_refused
from tests.journeys.test_label_ledger import do
from workflows import label_deeds
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed

WHY = "Tubes of the new supplier"
TO_THE_TUBE = (*IN_MANUFACTURE, *MADE, *filled(1))


@pytest.fixture
def kept(performer):
    """The first version, kept by one person of quality assurance and approved by nobody."""
    return keep_template(performer.installation, performer.proven["queenie"], own_text(), WHY)


@pytest.fixture
def coi(performer, kept):
    """A therapy by a definition that chooses it for its tubes."""
    text = packaged()["autologous-car-t.1"].replace("version: 1", "version: 2", 1)
    definition = text.replace("sample: tube-label", f"sample: {kept.name}", 1).encode()
    install_definition(performer.installation, performer.proven["queenie"], definition)
    return performer.order(PATIENTS[0])


def approve(performer, by="quirin", **how):
    """Sign the newest version."""
    return approve_template(performer.installation, performer.proven[by], OWN_TUBE, **how)


def tube_of(performer, coi):
    """The serial of the label on the tube."""
    sample, *_ = ids(performer, coi, "sample", "taken")
    return newest_serial(performer.installation, sample)


def test_no_tube_is_labelled_before_another_has_approved_it(performer, coi):
    """The step that takes the sample is refused, and goes on once it is approved."""
    first = next(n for n, one in enumerate(TO_THE_TUBE) if one.action == "take_samples")
    play(performer, coi, TO_THE_TUBE[:first])

    take_refused(performer, coi, TO_THE_TUBE[first], "TEMPLATE_NOT_APPROVED")
    approve(performer)
    play(performer, coi, TO_THE_TUBE[first:])

    assert bag_label_of(performer.installation, tube_of(performer, coi)).template.name == OWN_TUBE


def test_a_tube_is_drawn_by_the_version_that_issued_it(performer, coi, kept):
    """Also when a newer one is approved by then; and the custody record names that version."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    approve(performer)
    play(performer, coi, TO_THE_TUBE)
    serial = tube_of(performer, coi)
    keep_template(installation, performer.proven["quirin"], own_text(2), "A second look")
    approve(performer, "queenie")

    assert bag_label_of(installation, serial).template == kept
    assert bag_label_pdf(installation, serial).startswith(b"%PDF")
    record = squeezed(text_of(custody_record(installation, coi, "queenie")))
    assert squeezed(f"{OWN_TUBE} 1, {kept.sha256[:12]}") in record
    exported = ZipFile(BytesIO(write_whole_record(installation, queenie, coi)))
    assert exported.read(f"label-templates/{OWN_TUBE}.1.yaml").decode() == own_text()
    assert verify_record(installation).findings == ()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_version_that_waits_changes_nothing_for_those_who_print(performer, coi, kept):
    """Neither for the step, nor for a label that is printed anew, nor for what is awaited."""
    installation = performer.installation
    approve(performer)
    waiting = keep_template(installation, performer.proven["quirin"], own_text(2), "A draft")
    play(performer, coi, TO_THE_TUBE)

    def anew():
        deed = Deed(LabelDeed.REPRINT, tube_of(performer, coi), "torn")
        do(performer, coi, deed, (label_deeds.PRINTED_ANEW, "anna"), by="anna", unit="lab-testing")
        return bag_label_of(installation, tube_of(performer, coi)).template

    found = [bag_label_of(installation, tube_of(performer, coi)).template, anew()]
    awaits = {one.name for one in awaited(installation)}
    approve(performer, "queenie")
    found.append(anew())

    assert found == [kept, kept, waiting]
    assert OWN_TUBE not in awaits
    assert verify_record(installation).findings == ()


def test_a_withdrawn_one_draws_nothing(performer, coi):
    """Who kept it may withdraw it: that leaves no label without a second look."""
    approve(performer)
    play(performer, coi, TO_THE_TUBE)

    approve(performer, "queenie", holds=False)

    with pytest.raises(NotPrinted, match=f"withdrawn version 1 of {OWN_TUBE}"):
        bag_label_pdf(performer.installation, tube_of(performer, coi))

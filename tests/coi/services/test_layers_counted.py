"""A stock-take in front of closed layers: the outermost accounts for all that is in it."""

import pytest

from coi.services.scanning import Code
from coi.services.stock_closing import outcome
from coi.services.stock_takes import WHOLE_UNIT, begin_stock_take, scan_stock
from coi.services.therapies import look
from tests.coi.layered import ARRIVED
from tests.journeys.asking import ids
from tests.journeys.worlds import Databases, copy_of
from workflows.stock import Finding

LAB = "north-lab"


@pytest.fixture(scope="module")
def performer(shipped, migrated_file, tmp_path_factory):
    """The cast, in a copy of the world in which something has arrived in layers."""
    with copy_of(Databases(migrated_file), shipped, tmp_path_factory.mktemp("counted")) as acting:
        yield acting


@pytest.fixture
def counted(request, performer, shipped):
    """Give what a count of the laboratory finds of this therapy, with these things scanned."""
    coi, installation = shipped.cois[ARRIVED], performer.installation
    leo = performer.proven["leo"]

    def count(*machines):
        take = begin_stock_take(installation, leo, LAB, WHOLE_UNIT, key=request.node.name)
        labels = look(installation, coi).labels
        for machine in machines:
            label = labels[ids(performer, coi, machine)[-1]][-1]
            scan_stock(installation, leo, take, Code(label, "scanned"))
        lines = outcome(installation, leo, take).lines
        machine_of = {one.id: one.machine for one in look(installation, coi).subjects.values()}
        return [(machine_of[one.subject], one.finding) for one in lines if one.coi == coi]

    return count


def test_whoever_scans_the_shipper_has_found_all_that_is_in_it(counted):
    """Nobody opens it to count; what is inside is neither found nor missing."""
    assert counted("shipment") == [("shipment", Finding.FOUND)]


def test_of_closed_layers_the_outermost_alone_is_missing(counted):
    """One exception on the shipper, and none on each thing in it."""
    assert counted() == [("shipment", Finding.MISSING)]


def test_what_is_in_it_does_not_stand_for_the_layer(counted):
    """A label that is read through a window is found; the shipper is looked for all the same."""
    assert counted("product") == [("product", Finding.FOUND), ("shipment", Finding.MISSING)]

"""A stock-take in front of closed layers: the outermost accounts for all that is in it."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, filled, play
from coi.demo.performer import Wish
from coi.services.places import register_place
from coi.services.scanning import Code
from coi.services.stock_closing import outcome
from coi.services.stock_takes import WHOLE_UNIT, begin_stock_take, scan_stock
from coi.services.therapies import look
from tests.coi.layered import ARRIVED
from tests.journeys.asking import ids
from tests.journeys.worlds import Databases, copy_of
from workflows.stock import Finding

LAB, WORKS = "north-lab", "works-production"


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


def test_a_cassette_is_looked_for_where_its_bag_was_put(performer):
    """It was put nowhere itself: without that, a lost bag would be missing from no place."""
    installation, mia = performer.installation, performer.proven["mia"]
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*IN_MANUFACTURE, *MADE, *filled(1)))
    tank = register_place(installation, mia, WORKS, "Tank 3", key="the tank of this test")
    (bag,) = ids(performer, coi, "product")
    performer.do(coi, "relocate", Wish(on=(bag,), values={"place": "Tank 3"}))
    performer.do(coi, "put_into_cassette", Wish(on=(bag,)))
    label = look(installation, coi).labels[ids(performer, coi, "cassette")[0]][-1]
    take = begin_stock_take(installation, mia, WORKS, tank, key="the count of this test")

    missing = outcome(installation, mia, take).lines
    found = scan_stock(installation, mia, take, Code(label, "scanned"))

    told = [(one.serial, one.finding, one.place) for one in missing if one.coi == coi]
    assert told == [(label, Finding.MISSING, "Tank 3")]
    assert found.finding == Finding.FOUND

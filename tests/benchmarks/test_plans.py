"""No statement of what is done all day reads a whole table that grows, on either database."""

import pytest

from benchmarks.growth.places import got
from benchmarks.pages import Handing, scanning
from coi.services.reconciling import write_reconciliation
from coi.services.record_beside import documents_of
from coi.services.scanning import Code
from coi.services.stock_closing import outcome
from coi.services.stock_takes import WHOLE_UNIT, begin_stock_take, counting, scan_stock
from coi.services.therapies import view
from tests.plans import heard, walked

PAGES = (
    *("/", "/?which=all", "/?which=all&held=1", "/?which=all&overdue=1", "/?phase=collection"),
    *("/exceptions", "/exceptions?kind=hold", "/exceptions?class=critical"),
)


@pytest.fixture
def no_walk(at_work):
    """Says of some work which growing tables its statements would walk along, and in which one."""
    engine = at_work.clinic.installation.engine

    def of(work):
        with heard(engine) as sent:
            work()
        assert sent
        with engine.connect() as connection:
            return [
                (one, found) for one, values in sent if (found := walked(connection, one, values))
            ]

    return of


@pytest.mark.parametrize(
    "asked", ["SELECT content FROM entry", "SELECT chain FROM entry ORDER BY chain"]
)
def test_a_statement_that_reads_a_whole_table_is_noticed(at_work, asked):
    """Or all of an index of it."""
    with at_work.clinic.installation.engine.connect() as connection:
        assert len(walked(connection, asked, ())) == 1


def test_a_signed_handoff_walks_along_no_table(at_work, no_walk):
    """From the first screen to the signature; both ways."""
    handing = Handing(at_work.browsers, at_work.clinic, at_work.bags)

    def work():
        for _ in range(2 * len(at_work.bags)):
            handing.as_far_as_signing()
            handing.sign()

    assert no_walk(work) == []


def test_a_code_in_the_scan_box_walks_along_no_table(at_work, no_walk):
    """Whichever table the code is of."""
    assert no_walk(scanning(at_work.browsers["leo"], at_work.bags)) == []


@pytest.mark.parametrize("tail", ["", "/values", "/labels", "/printing"])
def test_the_page_of_a_therapy_walks_along_no_table(at_work, no_walk, tail):
    """However many others there are."""
    path = f"/therapies/{at_work.bags[0].coi}{tail}"

    assert no_walk(lambda: got(at_work.browsers["carla"], path)) == []


def test_a_label_reconciliation_walks_along_no_table(at_work, no_walk):
    """With every copy of every label of the therapy."""
    clinic, coi = at_work.clinic, at_work.bags[0].coi
    leo = clinic.proven["leo"]

    assert no_walk(lambda: write_reconciliation(clinic.installation, leo, coi)) == []


def test_what_was_made_of_a_therapy_is_found_without_a_walk(at_work, no_walk):
    """Its documents, and the papers about each of its labels."""
    ours, coi = at_work.clinic.installation, at_work.bags[0].coi
    shown = ours.read(lambda tx: view(tx, ours, coi))

    assert no_walk(lambda: ours.read(lambda tx: documents_of(tx, shown))) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_list_walks_along_no_table(at_work, no_walk, path):
    """It begins where its page begins, and ends where that is full."""
    assert no_walk(lambda: got(at_work.browsers["carla"], path)) == []


def test_a_list_of_one_coi_walks_along_no_table(at_work, no_walk):
    """The therapy is looked up, and then its tasks."""
    path = f"/?which=all&coi={at_work.bags[0].coi}"

    assert no_walk(lambda: got(at_work.browsers["carla"], path)) == []


def test_a_stock_take_walks_along_no_table(at_work, no_walk):
    """Begun, scanned, and compared with all that the unit has in hand."""
    clinic, (bag, *_) = at_work.clinic, at_work.bags
    leo = clinic.proven["leo"]

    def work():
        take = begin_stock_take(clinic.installation, leo, "north-lab", WHOLE_UNIT, key="plan")
        scan_stock(clinic.installation, leo, take, Code(bag.serial))
        counting(clinic.installation, leo, take, 1)
        outcome(clinic.installation, leo, take)

    assert no_walk(work) == []

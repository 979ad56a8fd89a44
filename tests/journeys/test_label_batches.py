"""A batch of labels on either database: sent one by one, printed once, and the record whole."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, filled, play
from coi.services.label_batches import AskedBatch, batch_view, begin_batch, send_each, stop
from coi.services.label_printing import ready_labels
from tests.journeys.printing import a_desk
from tests.printer9100 import a_printer


@pytest.fixture
def printer():
    """A printer that prints each label once."""
    with a_printer() as there:
        yield there


def filled_bags(performer):
    """The labels of a product that was just filled into three bags."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*IN_MANUFACTURE, *MADE, filled(3)[0]))
    ours = performer.installation
    found = ours.read(lambda tx: ready_labels(tx, ours, coi))
    return coi, tuple(one.serial for _step, one in found)


def test_a_batch_is_sent_one_by_one_and_stopped_between_two(performer, printer):
    """What is printed says so in its therapy; what was stopped can be printed later."""
    desk, mia = a_desk(performer), performer.proven["mia"]
    coi, serials = filled_bags(performer)
    asked = AskedBatch(serials, desk.register(printer.address), "batch")
    begin_batch(desk.installation, mia, asked)
    begin_batch(desk.installation, mia, asked)

    send_each(desk.installation, mia, asked)
    send_each(desk.installation, mia, asked)
    waiting = batch_view(desk.installation, mia, "batch")
    desk.print_next()
    stop(desk.installation, mia, "batch")
    desk.print_all()
    view = batch_view(desk.installation, mia, "batch")

    assert len(serials) == 3
    assert (waiting.printed, waiting.waiting, waiting.failed) == (0, 3, 0)
    assert (view.printed, view.waiting, view.failed) == (1, 0, 2)
    assert len(printer.printed) == 1
    lives = desk.lives(coi)
    assert [lives[one] for one in serials] == ["printed", "issued", "issued"]
    ready = desk.installation.read(lambda tx: ready_labels(tx, desk.installation, coi))
    assert {one.serial for _step, one in ready} == {*serials[1:]}

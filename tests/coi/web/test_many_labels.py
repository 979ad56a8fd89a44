"""The pages of a therapy's labels ask as often for many labels as for few."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_LAB, play
from coi.services.copies import Copy, note
from coi.services.drawing import Drawn
from coi.services.label_ledger import label_ledger
from coi.services.label_papers import BAG_LABEL, label_paper
from coi.services.labelling import newest_serial
from coi.services.numbered import entries_before, entries_of_labels
from tests.journeys.asking import ids
from tests.plans import heard

FEW, MANY = "packed", "positive after infusion"


@pytest.fixture
def asked(someone, lives, installation):
    """Say how often a page of a life asks the database, by a method, once it was open before."""
    carla = someone("carla")

    def of(life, open_page):
        with heard(installation.engine) as sent:
            assert open_page(carla, f"/therapies/{lives.cois[life]}").status_code == 200
        return len(sent)

    return of


def show(tail):
    """Open a page of a therapy."""
    return lambda browser, therapy: browser.get(f"{therapy}/{tail}")


def print_reconciliation(browser, therapy):
    """Print every label of a therapy, and how they add up."""
    return browser.send(f"{therapy}/label-reconciliation", f"{therapy}/labels")


@pytest.mark.parametrize(
    "open_page",
    [show("printing"), show("labels"), print_reconciliation],
    ids=["printing", "labels", "reconciliation"],
)
def test_a_page_of_labels_asks_no_more_often_for_many(asked, lives, open_page):
    """What became of each, and what is not on it, is read of all at once."""
    by = (lives.performer.installation, lives.performer.proven["carla"])
    few, many = (label_ledger(*by, lives.cois[life]).issued for life in (FEW, MANY))
    asked("handed to the courier", open_page)

    numbers = asked(FEW, open_page), asked(MANY, open_page)

    assert few < many
    assert numbers[0] == numbers[1]


def test_the_copies_of_all_labels_are_those_of_each(performer):
    """However often each was printed; of another therapy's labels none."""
    installation, person = performer.installation, performer.proven["leo"].person
    coi, other = (performer.order(patient) for patient in PATIENTS[:2])
    for each in (coi, other):
        play(performer, each, AT_LAB)
    serials = [label_of(performer, coi, n) for n in range(3)]
    printed = [(serials[0], 1), (serials[0], 2), (serials[1], 1), (label_of(performer, other), 1)]

    def note_all(tx):
        for serial, number in printed:
            drawn = Drawn(f"{serial} {number}".encode(), left_off={"volume": "TOO_LONG"})
            note(tx, installation, person, Copy(label_paper(serial), number, drawn))

    installation.transact(note_all)

    found = installation.read(lambda tx: entries_of_labels(tx, coi, BAG_LABEL))
    each = installation.read(
        lambda tx: {one: [*entries_before(tx, label_paper(one).what)] for one in serials[:2]}
    )
    assert found == each
    assert [len(found[serial]) for serial in serials[:2]] == [2, 1]


def label_of(performer, coi, number=0):
    """The label of a bag at the laboratory."""
    bag = ids(performer, coi, "material", "collected")[number]
    return newest_serial(performer.installation, bag)

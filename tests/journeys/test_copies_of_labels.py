"""How often each label of a therapy was printed, read of all labels at once."""

from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_LAB, play
from coi.services.copies import Copy, note
from coi.services.drawing import Drawn
from coi.services.label_papers import BAG_LABEL, label_paper
from coi.services.labelling import newest_serial
from coi.services.numbered import entries_before, entries_of_labels
from tests.journeys.asking import ids


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

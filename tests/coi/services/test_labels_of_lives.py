"""What stands on the labels of things that went through a good deal, and what is not printed."""

import pytest

from coi.errors import Unknown
from coi.services.labelling import bag_label_pdf, newest_serial, wristband_pdf
from coi.services.therapies import look
from tests.labels.reading import read


@pytest.fixture
def label_of(lives):
    """Read the newest label of a life's n-th thing of a machine."""
    installation = lives.performer.installation

    def drawn(life, machine, n=0):
        view = look(installation, lives.cois[life])
        things = [one.id for one in view.subjects.values() if one.machine == machine]
        return read(bag_label_pdf(installation, newest_serial(installation, things[n]))).text

    return drawn


def test_a_bag_is_counted_among_those_born_with_it(label_of):
    """Three bags of one collection, and each says which of them it is."""
    told = [label_of("packed", "material", n) for n in range(3)]

    assert all(f"Container {n} of 3" in text for n, text in enumerate(told, start=1))


def test_a_product_says_lot_attempt_and_expiry(label_of):
    """Of which manufacture it is, and until when it may be given."""
    text = label_of("positive after infusion", "product")

    assert "Lot Batch number (demonstration), attempt 1" in text
    assert "Made 20" in text
    assert "Expires 20" in text


def test_a_bag_keeps_the_volume_with_which_it_was_filled(label_of):
    """What was infused of it later is in millilitres too, and is not what a new print says."""
    assert "Volume 60 mL" in label_of("positive after infusion", "product")


def test_starting_material_says_the_donation_and_no_lot(label_of):
    """Before manufacture the donation number is what names it elsewhere."""
    text = label_of("packed", "material")

    assert read_donation(text).startswith("DEMO-")
    assert "Lot" not in text
    assert "attempt" not in text


def test_a_product_says_the_donation_beside_its_lot(label_of):
    """The number goes with the cells, from the collection to the bag that is infused."""
    life = "positive after infusion"
    of = [read_donation(label_of(life, machine)) for machine in ("material", "product")]

    assert of[0] == of[1] != ""


def read_donation(text):
    """The donation number that stands on a label."""
    return next(word for word in text.split() if word.startswith("DEMO-"))


def test_a_shipment_says_how_many_are_inside(label_of):
    """Whoever opens the box knows how many bags to look for."""
    assert "3 inside" in label_of("packed", "shipment")


def test_what_carries_no_label_has_no_serial(lives):
    """A lot is a record and no thing: there is nothing to stick a label on."""
    installation, coi = lives.performer.installation, lives.cois["in manufacture"]
    lot = next(s.id for s in look(installation, coi).subjects.values() if s.machine == "lot")

    with pytest.raises(Unknown):
        newest_serial(installation, lot)


def test_a_wristband_is_not_asked_for_by_a_bag(lives):
    """A code that is no therapy leads to no patient."""
    with pytest.raises(Unknown):
        wristband_pdf(lives.performer.installation, "TEST-ABCDEFGH-0")


def test_a_coi_is_no_bag_label(lives):
    """The identifier of a therapy is no label's serial, though both can be scanned."""
    with pytest.raises(Unknown):
        bag_label_pdf(lives.performer.installation, lives.cois["packed"])

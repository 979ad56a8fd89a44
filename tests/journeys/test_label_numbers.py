"""No bag is filled, and none is labelled anew, whose label could not be printed then."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, filled, play
from coi.errors import Refused
from coi.services.approvals import approve_template
from coi.services.keeping_templates import keep_template
from coi.services.labelling import bag_label_of, newest_serial
from coi.services.verifying import verify_record
from tests.coi.own_templates import own_of
from tests.journeys.asking import ids, take_refused
from tests.journeys.changing import asked, install, move
from tests.journeys.test_donations import (
    FIRST,
    GTIN,
    SECOND,
    chosen,
    corrected,
    labels,
    made_of,
    reading,
    switch,
    therapy,
)
from tests.journeys.test_label_ledger import NEEDED, do
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed

__all__ = ["reading"]  # a fixture

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
WHY = "Bags of the new supplier"
OWN = "own-bag-label-100x100"
TO_THE_FILLING = made_of(FIRST)[: -len(filled(1))]


def keep(performer, text):
    """Keep a text and have another person approve it, where definitions have what it needs."""
    installation, people = performer.installation, performer.proven
    kept = keep_template(installation, people["queenie"], text, WHY)
    return approve_template(installation, people["quirin"], kept.name)


def renamed(packaged, version):
    """The text of a packaged template, as a version of the own one."""
    return own_of(packaged, version).replace(f"name: own-{packaged}\n", f"name: {OWN}\n")


def own_therapy(performer, changes, steps):
    """A therapy by a second version, whose product is labelled by the own template."""
    keep(performer, own_of("bag-label-100x100"))
    version = install(performer, changes)
    for name in {one for one in version.product["label"].values() if one != OWN}:
        approve_template(performer.installation, performer.proven["queenie"], name)
    coi = performer.order(PATIENTS[0])
    play(performer, coi, steps)
    return coi


def test_what_is_of_two_donations_is_not_filled_under_a_code_that_names_one(reading):
    """Moved to a version of the definition with another label it is, and says both numbers."""
    steps = made_of(FIRST, SECOND)
    coi = therapy(reading, chosen("bag-label-isbt"), steps[: -len(filled(1))])

    take_refused(reading, coi, Step("fill"), "SEVERAL_DONATIONS")
    before = ids(reading, coi, "product")
    install(reading, {"version: 1\n": "version: 3\n"})
    move(reading, asked(reading, coi, version=3))
    play(reading, coi, filled(1))
    (bag,) = ids(reading, coi, "product")
    label = bag_label_of(reading.installation, newest_serial(reading.installation, bag))

    assert before == []
    assert label.donations == (FIRST, SECOND)
    assert verify_record(reading.installation).findings == ()


def test_a_number_that_a_newer_label_cannot_say_stops_the_filling(reading):
    """Its template was approved after the number was recorded; corrected, the bag is filled.

    Where nobody read ISBT 128 a number was recorded that looks like one, and has a wrong check.
    """
    switch(reading, "north", holds=False)
    coi = own_therapy(reading, chosen(OWN), made_of(f"{FIRST[:-1]}X")[: -len(filled(1))])
    switch(reading, "north")
    keep(reading, renamed("bag-label-isbt", 2))

    take_refused(reading, coi, Step("fill"), "DONATION_NOT_ISBT128")
    before = ids(reading, coi, "product")
    play(reading, coi, [corrected(FIRST)])
    play(reading, coi, filled(1))
    (label,) = labels(reading, coi)

    assert before == []
    assert FIRST in label.text


def test_a_label_that_therapies_under_way_cannot_print_is_not_approved(performer):
    """Though the newest version of their definition has the number; moved to it, they print it."""
    coi = own_therapy(performer, chosen(OWN), TO_THE_FILLING)
    more = f"  gtin: {{product: '{GTIN}'}}\n"
    install(performer, {**chosen(OWN, more), "version: 1\n": "version: 3\n"})

    with pytest.raises(Refused) as caught:
        keep(performer, renamed("bag-label-gs1", 2))
    move(performer, asked(performer, coi, version=3))
    approve_template(performer.installation, performer.proven["quirin"], OWN)
    play(performer, coi, filled(1))
    (label,) = labels(performer, coi)

    (refusal,) = caught.value.refusals
    assert (refusal.code, "version 2: product.label.product" in refusal.sentence) == (
        "NUMBERS_LACKING",
        True,
    )
    assert any(GTIN in text for _aim, text in label.symbols)


def test_no_label_is_printed_anew_that_could_not_be_drawn(reading):
    """The old one stays in force, until the number is right."""
    coi = own_therapy(reading, chosen(OWN), made_of("D-1"))
    (bag,) = ids(reading, coi, "product")
    old = newest_serial(reading.installation, bag)
    keep(reading, renamed("bag-label-isbt", 2))

    with pytest.raises(Refused) as caught:
        do(reading, coi, Deed(LabelDeed.REPRINT, old, "torn"), *NEEDED)
    stays = newest_serial(reading.installation, bag)
    play(reading, coi, [corrected(FIRST)])
    do(reading, coi, Deed(LabelDeed.REPRINT, old, "torn"), *NEEDED)
    (label,) = labels(reading, coi)

    assert [one.code for one in caught.value.refusals] == ["DONATION_NOT_ISBT128"]
    assert stays == old
    assert FIRST in label.text

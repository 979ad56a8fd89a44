"""A donation number goes with the cells: from the collection to each label of what they became."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest

from coi.demo.cast import PATIENTS, STAFF
from coi.demo.chapters import (
    MADE,
    MATERIAL_ACCEPTED,
    ORDERED,
    RECEIVED_FROZEN,
    Step,
    collected,
    filled,
    play,
    started,
)
from coi.demo.performer import Wish
from coi.errors import DataRefused, Refused
from coi.services import people
from coi.services.acting import taken
from coi.services.approvals import approve_template
from coi.services.dialects import Switch, switch_dialect
from coi.services.exceptions import exceptions_of
from coi.services.labelling import NotPrinted, bag_label_of, bag_label_pdf, newest_serial
from coi.services.old_labels import old_labels
from coi.services.receipts import Receipt
from coi.services.therapies import look
from labels.codes.donations import Din
from labels.codes.gs1 import Sgtin
from labels.codes.scans import Dialects, IsbtTables, read_scan
from labels.codes.things import Product
from tests.coi.line import root_of
from tests.journeys.asking import act, ids, refused, take_refused, values
from tests.journeys.changing import install
from tests.labels.reading import read

FIRST, SECOND = "A9999 26 123456 T", "A9999 26 123457 R"
ISBT = Dialects(isbt128=IsbtTables(), gs1=True)
GTIN = "09521234543213"
LOT = "LOT42"
LONG_ENOUGH = 1.0
"""Seconds in which whoever waits for nobody has collected."""
_CHOSEN = "  contents:\n"
_AS_IT_LIKES = "{title: Donation number, kind: text, on: collection, required: false}"
_ALWAYS = "{title: Donation number, kind: text, on: collection}"


def chosen(product, more=""):
    """Give a second version, whose product is labelled by this template."""
    return {
        "version: 1\n": "version: 2\n",
        _CHOSEN: f"    product: {product}\n{more}{_CHOSEN}",
        _AS_IT_LIKES: _ALWAYS,
    }


def numbered(number, bags=1):
    """Cells are collected under this number, into so many bags."""
    plan, collect, *rest = collected(bags)
    return (plan, Step(collect.action, born=bags, values={"donation_number": number}), *rest)


def made_of(*numbers, bags=1):
    """From the order to the filled product, of cells that were collected under these numbers."""
    cells = (step for number in numbers for step in numbered(number))
    start = replace(started(), values={"batch_number": LOT})
    return (*ORDERED, *cells, *RECEIVED_FROZEN, MATERIAL_ACCEPTED, start, *MADE, *filled(bags))


def switch(performer, site, *, holds=True):
    """A site reads ISBT 128, signed by quality assurance of it; or no longer."""
    told = Switch(site=site, dialect="isbt128", licence="Z9999", holds=holds)
    switch_dialect(performer.installation, performer.proven["queenie"], told)


@pytest.fixture
def reading(performer):
    """Hospital and manufacturer read ISBT 128."""
    for unit, site in (("north-ward", "north"), ("works-production", "works")):
        root = root_of(performer.installation)
        people.grant_role(performer.installation, root, "queenie", "qa_reviewer", unit)
        switch(performer, site)
    return performer


def therapy(performer, changes, steps):
    """A therapy by a second version, whose templates are approved, told to the end of the steps."""
    version = install(performer, changes)
    for template in set(version.product["label"].values()):
        approve_template(performer.installation, performer.proven["queenie"], template)
    coi = performer.order(PATIENTS[0])
    play(performer, coi, steps)
    return coi


def labels(performer, coi, machine="product"):
    """Each newest label of the things of a machine, read back from its page."""
    installation = performer.installation
    serials = [newest_serial(installation, one) for one in ids(performer, coi, machine)]
    return [read(bag_label_pdf(installation, serial)) for serial in serials]


def scanned(label):
    """What a scanner reads of the symbols in codes of others."""
    raw = [f"{aim}{text}" for aim, text in label.symbols if text.startswith(("=", "01"))]
    return read_scan(raw[0], ISBT)


@pytest.mark.parametrize("bags", [1, 2])
def test_each_bag_says_the_donation_in_isbt_128_and_which_part_it_is(reading, bags):
    """One message: the donation of its cells, the product, the part; beside it the number."""
    more = "  isbt_product: {product: S1234V}\n"
    coi = therapy(reading, chosen("bag-label-isbt-2d", more), made_of(FIRST, bags=bags))

    found = labels(reading, coi)

    assert [scanned(one).one(Din).text for one in found] == [FIRST] * bags
    parts = [scanned(one).one(Product).data for one in found]
    assert parts == [f"=<S1234V{part}" for part in (["00"] if bags == 1 else ["A0", "B0"])]
    assert all(f"Donation {FIRST}" in one.text for one in found)


def test_a_donation_number_stands_as_bars_of_isbt_128(reading):
    """The bag that is made, with the number of the cells that were collected."""
    coi = therapy(reading, chosen("bag-label-isbt"), made_of(FIRST))

    (label,) = labels(reading, coi)

    assert scanned(label).one(Din).text == FIRST
    assert FIRST in label.text


def test_a_european_code_names_its_donation(reading):
    """Where the code of the tissue establishment is on record, the bars say the number in it."""
    code = "SEC: DE000001A999926123456 A000010000020271130"
    coi = therapy(reading, chosen("bag-label-isbt"), made_of(code))

    (label,) = labels(reading, coi)

    assert scanned(label).one(Din).text == FIRST
    assert f"Donation {FIRST}" in label.text


def test_a_site_that_reads_no_isbt_128_prints_none(reading):
    """What it issued while it did is not drawn either; with words, and the next step."""
    coi = therapy(reading, chosen("bag-label-isbt"), made_of(FIRST))
    (bag,) = ids(reading, coi, "product")
    serial = newest_serial(reading.installation, bag)

    switch(reading, "works", holds=False)
    with pytest.raises(NotPrinted, match="does not read ISBT 128") as caught:
        bag_label_pdf(reading.installation, serial)
    switch(reading, "works")

    assert caught.value.reason == "ISBT128_OFF"
    assert "switches it on" in caught.value.next_step
    assert bag_label_pdf(reading.installation, serial).startswith(b"%PDF")


def test_cells_of_two_donations_have_both_numbers(performer):
    """On the label as far as there is room for them; else it says where they stand."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, made_of("D-1", "D-2"))
    (bag,) = ids(performer, coi, "product")

    (label,) = labels(performer, coi)

    told = bag_label_of(performer.installation, newest_serial(performer.installation, bag))
    assert told.donations == ("D-1", "D-2")
    assert "Donation D-1, D-2" in label.text


def test_what_is_made_of_a_second_collection_says_its_number_alone(performer):
    """The first manufacture has failed, and its donation with it."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*ORDERED, *numbered("D-1"), *RECEIVED_FROZEN, MATERIAL_ACCEPTED))
    play(performer, coi, (started(), *MADE[:1], Step("fail_lot")))
    play(performer, coi, (*numbered("D-2"), *RECEIVED_FROZEN, MATERIAL_ACCEPTED))
    play(performer, coi, (started(), *MADE, *filled(1)))

    (label,) = labels(performer, coi)

    assert "attempt 2" in label.text
    assert "Donation D-2 " in label.text
    assert "D-1" not in label.text


def test_what_is_made_again_of_the_same_cells_says_the_same_donation(performer):
    """A second attempt is another lot, and the same donation."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*ORDERED, *numbered("D-1", bags=2), *RECEIVED_FROZEN, MATERIAL_ACCEPTED))
    play(performer, coi, (started(1), *MADE[:1], Step("fail_lot"), started(1), *MADE, *filled(1)))

    (label,) = labels(performer, coi)

    assert "attempt 2" in label.text
    assert "Donation D-1 " in label.text


def test_a_corrected_donation_number_makes_every_label_of_it_old(performer):
    """Of the cells and of the product: it moves no more until it is labelled anew."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, made_of("D-1"))
    (bag,) = ids(performer, coi, "product", "frozen")
    moving = performer.request(coi, "release_custody", Wish(on=(bag,), to="works-store"))
    old = newest_serial(performer.installation, bag)

    play(performer, coi, [corrected("D-7")])
    living = old_labels(look(performer.installation, coi))
    with refused(performer, coi, "LABEL_SHOWS_OLD_VALUE"):
        act(performer, moving)
    with pytest.raises(NotPrinted, match="an old value of Donation number"):
        bag_label_pdf(performer.installation, old)
    performer.do(coi, "relabel", Wish(on=(bag,), values={"label_says": ""}))
    (label,) = labels(performer, coi)

    assert bag in living
    assert "Donation D-7 " in label.text

    play(performer, coi, [corrected("NOT KNOWN")])
    performer.do(coi, "relabel", Wish(on=(bag,), values={"label_says": ""}))
    (label,) = labels(performer, coi)

    assert "Donation" not in label.text
    assert "KNOWN" not in label.text


def test_a_number_of_another_patient_stops_whoever_collects(performer):
    """In whichever spelling it stands there; a collection of the same therapy has its own too."""
    first, other = (performer.order(patient) for patient in PATIENTS[:2])
    play(performer, first, (*ORDERED, *numbered("A999926123456T")))
    play(performer, other, (*ORDERED, Step("plan_collection")))

    collect = Step("collect", values={"donation_number": FIRST})
    take_refused(performer, other, collect, "DONATION_OF_ANOTHER")
    play(performer, first, [Step("plan_collection")])
    take_refused(performer, first, collect, "DONATION_ELSEWHERE")
    play(performer, other, [Step("collect", values={"donation_number": SECOND})])
    take_refused(performer, other, corrected(FIRST), "DONATION_OF_ANOTHER")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_no_spelling_of_a_number_is_free_to_another_patient(performer):
    """Neither at the collection nor at a correction, whatever is read at the site."""
    first, other, third = (performer.order(patient) for patient in PATIENTS[:3])
    play(performer, first, (*ORDERED, *numbered("D-1"), *numbered(FIRST)))
    play(performer, other, (*ORDERED, *numbered("D-2")))
    play(performer, third, (*ORDERED, Step("plan_collection")))

    for spelling in SPELLINGS:
        collect = Step("collect", values={"donation_number": spelling})
        take_refused(performer, third, collect, "DONATION_OF_ANOTHER")
        take_refused(performer, other, corrected(spelling), "DONATION_OF_ANOTHER")

    assert values(performer, other, "donation_number") == ["D-2"]


SPELLINGS = (
    *("D-1 ", " D-1", "D-1\t", "\u00a0D-1", "d-1", "D -1", "]C0D-1", "D\u00a0-\u200d1"),
    *(f"{FIRST}\t", "=A99992612345600", "]C0=A99992612345600", "=A99992612345600=<S1234V00"),
    *("A9999 26 123456 00 T", "a999926123456T"),
)
"""Of two numbers, as scanners and keyboards give them at a site that reads no ISBT 128."""


EUROPEAN = "SEC: DE000001A999926123456 A000010000020271130"
OTHERS_EUROPEAN = "SEC: FR000002A999926123456 A000020000120271130"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("before", "now"), [(EUROPEAN, FIRST), (FIRST, EUROPEAN), (EUROPEAN, OTHERS_EUROPEAN)]
)
def test_a_number_and_a_european_code_of_it_are_one_donation(performer, before, now):
    """Whichever of them is on record of the other patient; both therapies are told of it once."""
    first, other = (performer.order(patient) for patient in PATIENTS[:2])
    play(performer, first, (*ORDERED, *numbered(before)))
    play(performer, other, (*ORDERED, Step("plan_collection")))
    (collection,) = ids(performer, first, "collection")

    for _again in range(2):
        collect = Step("collect", values={"donation_number": now})
        take_refused(performer, other, collect, "DONATION_OF_ANOTHER")

    told = [labels_of_others(performer, coi) for coi in (first, other)]
    assert told == [[("major", "nothing", collection)], [("major", "nothing", "")]]
    assert [values(performer, coi, "other_coi") for coi in (first, other)] == [[other], [first]]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_each_collection_whose_number_was_given_has_its_exception(performer):
    """Of another collection nobody was told yet; of the same one nobody is told again."""
    first, other = (performer.order(patient) for patient in PATIENTS[:2])
    play(performer, first, (*ORDERED, *numbered("D-1"), *numbered("D-2")))
    play(performer, other, (*ORDERED, Step("plan_collection")))

    for number in ("D-1", "D-2", "D-1"):
        collect = Step("collect", values={"donation_number": number})
        take_refused(performer, other, collect, "DONATION_OF_ANOTHER")

    told = [on for _class, _stops, on in labels_of_others(performer, first)]
    assert sorted(told) == sorted(ids(performer, first, "collection"))
    assert labels_of_others(performer, other) == [("major", "nothing", "")]


def labels_of_others(performer, coi):
    """What exceptions say of labels that may have been exchanged: class, stop, thing."""
    found = exceptions_of(look(performer.installation, coi))
    return [(one.of_class, one.stops, one.on) for one in found if one.kind == "label discrepancy"]


def test_of_two_who_give_one_number_at_once_the_later_is_stopped(performer):
    """In two therapies, which wait for nobody else: the later one is told whose it is."""
    cois = [performer.order(patient) for patient in PATIENTS[:2]]
    for coi in cois:
        play(performer, coi, (*ORDERED, Step("plan_collection")))
    told = Wish(values={"donation_number": FIRST})
    first, later = (performer.request(coi, "collect", told) for coi in cois)

    def collect(tx):
        outcome = taken(tx, performer.installation, *first)
        waiting = pool.submit(act, performer, later)
        wait([waiting], LONG_ENOUGH)
        return outcome, waiting

    with ThreadPoolExecutor(1) as pool:
        outcome, waiting = performer.installation.transact(collect)
        error = waiting.exception()

    assert isinstance(outcome, Receipt)
    assert [one.code for one in error.refusals] == ["DONATION_OF_ANOTHER"]
    assert [values(performer, coi, "donation_number") for coi in cois] == [[FIRST], []]
    assert all(labels_of_others(performer, coi) for coi in cois)


def test_a_number_that_was_corrected_is_free_for_the_right_collection(performer):
    """It stood with the wrong one until somebody saw it."""
    first, other = (performer.order(patient) for patient in PATIENTS[:2])
    play(performer, first, (*ORDERED, *numbered("D-1"), corrected("D-2")))

    play(performer, other, (*ORDERED, *numbered("D-1")))

    assert values(performer, other, "donation_number") == ["D-1"]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_two_numbers_that_were_exchanged_are_put_right(performer):
    """By way of one that is not known: that is no number of anybody, and asks for the true one."""
    first, other = (performer.order(patient) for patient in PATIENTS[:2])
    play(performer, first, (*ORDERED, *numbered("D-2")))
    play(performer, other, (*ORDERED, *numbered("D-1")))
    (collection,) = ids(performer, first, "collection")

    with pytest.raises(Refused) as caught:
        play(performer, first, [corrected("D-1")])
    play(performer, first, [corrected("not  known"), Step("plan_collection")])
    play(performer, other, [corrected("Not Known"), corrected("D-2")])
    collect = Step("collect", values={"donation_number": "not known"})
    with pytest.raises(DataRefused, match="a correction alone says that"):
        play(performer, first, [collect])
    unknown, asked = values(performer, first, "donation_number"), labels_of_others(performer, first)
    play(performer, first, [corrected("D-1")])

    (refusal,) = caught.value.refusals
    assert refusal.code == "DONATION_OF_ANOTHER"
    assert "correct this one to NOT KNOWN, then the other one" in refusal.next_step
    assert asked.count(("major", "nothing", collection)) == 1
    assert unknown == ["NOT KNOWN"]
    assert [values(performer, coi, "donation_number") for coi in (first, other)] == [
        ["D-1"],
        ["D-2"],
    ]


def test_a_site_without_isbt_128_collects_nothing_that_labels_say_in_it(performer):
    """It is refused at the collection, and not when the bag lies there without a label."""
    coi = therapy(performer, chosen("bag-label-isbt"), (*ORDERED, Step("plan_collection")))

    collect = Step("collect", values={"donation_number": FIRST})
    take_refused(performer, coi, collect, "ISBT128_OFF")


def test_a_manufacturer_without_isbt_128_fills_nothing_that_is_labelled_in_it(reading):
    """It issues no label that it could not print; once it reads the codes, it goes on."""
    steps = made_of(FIRST)
    coi = therapy(reading, chosen("bag-label-isbt"), steps[: -len(filled(1))])
    switch(reading, "works", holds=False)

    take_refused(reading, coi, Step("fill"), "ISBT128_OFF")
    switch(reading, "works")
    play(reading, coi, filled(1))

    assert FIRST in labels(reading, coi)[0].text


def corrected(content):
    """Whoever collects corrects the donation number."""
    told = {"of": "donation_number", "content": content}
    others = tuple(one.username for one in STAFF if one.username not in {"nina", "nora"})
    return Step("correct_value", values=told, avoid=others)


def test_a_bag_says_in_gs1_what_its_definition_numbers(performer):
    """Product, expiry, lot and label: each as the record has it."""
    more = f"  gtin: {{product: '{GTIN}'}}\n"
    coi = therapy(performer, chosen("bag-label-gs1", more), made_of("D-1"))
    (bag,) = ids(performer, coi, "product")
    serial = newest_serial(performer.installation, bag)

    (label,) = labels(performer, coi)

    codes = next(text for aim, text in label.symbols if aim == "]d2")
    found = read_scan(f"]d2{codes}", ISBT)
    assert found.keys == (Sgtin(GTIN, serial.replace("-", "")),)
    assert found.lot == LOT

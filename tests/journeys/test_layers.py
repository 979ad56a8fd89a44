"""A bag in a cassette, in a canister, in a shipper: each layer is opened by its own scan."""

from dataclasses import replace

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import CONDITIONED, IN_MANUFACTURE, MADE, RELEASED_EARLY, Step, filled, play
from coi.demo.performer import Wish
from coi.errors import Refused
from coi.services.label_ledger import TurnLabel, turn_label
from coi.services.labelling import draw_bag_label, newest_serial
from coi.services.scanning import Code
from coi.services.tasks import planned
from coi.services.therapies import look
from tests.journeys.asking import act, ids, labelled_anew, refused, states
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed

RELEASED = (*IN_MANUFACTURE, *MADE, *filled(2), *RELEASED_EARLY)
LAYERED = {"put_into_cassette", "put_into_canister", "open_canister", "open_cassette"}
TO_THE_HOSPITAL = (
    Step("release_shipment", "shipment", "packed", to="wheels-van"),
    Step("accept_shipment", "shipment", "packed"),
    Step("release_shipment", "shipment", "packed", to="lab"),
    Step("accept_shipment", "shipment", "packed"),
)


@pytest.fixture
def coi(performer):
    """Give a therapy with two bags of product, released at the manufacturer."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, RELEASED)
    return coi


def do(performer, coi, action, *things, **wished):
    """Take one step with these things."""
    return performer.do(coi, action, Wish(on=things, **wished))


def in_cassettes(performer, coi):
    """Close each bag into a cassette of its own; returns the bags and their cassettes."""
    bags = ids(performer, coi, "product")
    for bag in bags:
        do(performer, coi, "put_into_cassette", bag)
    return bags, ids(performer, coi, "cassette")


def packed(performer, coi):
    """Close the cassettes into a canister, and that into a shipper; returns all that is there."""
    bags, cassettes = in_cassettes(performer, coi)
    do(performer, coi, "put_into_canister", *cassettes)
    (canister,) = ids(performer, coi, "canister")
    do(performer, coi, "pack", canister)
    (shipment,) = ids(performer, coi, "shipment", "packed")
    return bags, cassettes, canister, shipment


def arrived(performer, coi):
    """The same, brought to the hospital; nobody has opened it yet."""
    found = packed(performer, coi)
    play(performer, coi, TO_THE_HOSPITAL)
    return found


def inside(performer, coi, *things):
    """What is closed around each of these things."""
    subjects = look(performer.installation, coi).subjects
    return [subjects[thing].position.inside for thing in things]


def asked_for(performer, coi):
    """Every step that stands on somebody's work list."""
    tasks = performer.installation.read(lambda tx: planned(tx, performer.installation, coi))
    return {word for task in tasks for part in task for word in part.split()}


def exceptions_on(performer, coi, thing):
    """The classes of the exceptions that were opened on a thing."""
    view = look(performer.installation, coi)
    found = {one.id for one in view.subjects.values() if one.origin == thing}
    return [v.content for v in view.values if v.subject in found and v.field == "class"]


def scanning(performer, coi, action, thing, *codes):
    """The request to open something, with these labels scanned and no others."""
    wanted, actor, signers = performer.request(coi, action, Wish(on=(thing,)))
    labels = look(performer.installation, coi).labels
    read = tuple(Code(f"{labels[one][-1]}/{coi}") for one in codes)
    return replace(wanted, codes=read), actor, signers


def test_the_contents_go_where_the_outermost_layer_goes(performer, coi):
    """Nobody scans what is in a closed shipper; whoever has it has all that is in it."""
    bags, cassettes, canister, shipment = arrived(performer, coi)

    subjects = look(performer.installation, coi).subjects
    everything = (*bags, *cassettes, canister, shipment)
    assert {subjects[one].position.holder for one in everything} == {"north-lab"}
    assert inside(performer, coi, *bags) == cassettes
    assert inside(performer, coi, *cassettes, canister) == [canister, canister, shipment]


def test_each_layer_is_opened_and_compared_until_the_bag_is_at_hand(performer, coi):
    """Shipper, canister, cassette, bag: each is scanned as it comes out."""
    bags, cassettes, canister, shipment = arrived(performer, coi)

    do(performer, coi, "unpack", shipment)
    assert states(performer, coi, "canister") == {"received": 1}
    assert states(performer, coi, "product") == {"received": 2}
    do(performer, coi, "open_canister", canister)
    do(performer, coi, "open_cassette", cassettes[0])

    assert inside(performer, coi, *bags) == ["-", cassettes[1]]
    do(performer, coi, "accept_product", bags[0])
    play(performer, coi, [CONDITIONED])
    do(performer, coi, "thaw", bags[0])
    assert states(performer, coi, "product") == {"thawed": 1, "received": 1}


def test_what_is_in_a_closed_layer_cannot_be_reached(performer, coi):
    """Neither the bag nor its cassette: the refusal names each layer, and the outermost to open."""
    _bags, cassettes, canister, shipment = arrived(performer, coi)

    wanted, *people = scanning(performer, coi, "unpack", shipment, cassettes[0])
    with refused(performer, coi, "PACKED") as caught:
        act(performer, (replace(wanted, action="open_cassette", values={}), *people))
    (told,) = (one for one in caught.value.refusals if one.code == "PACKED")
    assert (
        told.sentence
        == f"{cassettes[0]} is in canister {canister}, which is in shipment {shipment}"
    )
    assert told.next_step == f"Open the shipment {shipment} first: scan it, then what is in it"


def test_one_that_is_missing_stops_the_opening(performer, coi):
    """What the record says is inside, and nobody scanned, is named; quality assurance is told."""
    _bags, cassettes, canister, shipment = arrived(performer, coi)
    do(performer, coi, "unpack", shipment)

    request = scanning(performer, coi, "open_canister", canister, canister, cassettes[0])
    with refused(performer, coi, "CONTENTS_INCOMPLETE") as caught:
        act(performer, request)
    assert cassettes[1] in caught.value.refusals[0].sentence
    assert "report it lost only when they say so" in caught.value.refusals[0].next_step
    assert exceptions_on(performer, coi, canister) == ["major"]
    with refused(performer, coi, "CONTENTS_INCOMPLETE"):
        act(performer, scanning(performer, coi, "open_canister", canister, canister, cassettes[0]))
    assert exceptions_on(performer, coi, canister) == ["major"]


def test_what_is_found_to_be_missing_later_opens_an_exception_more(performer, coi):
    """Each thing is told once while it is open: another one is not hidden behind the first."""
    bags, cassettes, canister, shipment = arrived(performer, coi)
    do(performer, coi, "unpack", shipment)

    def attempt(*codes):
        with refused(performer, coi):
            act(performer, scanning(performer, coi, "open_canister", canister, canister, *codes))
        return exceptions_on(performer, coi, canister)

    assert attempt(cassettes[0]) == ["major"]
    assert attempt() == ["major"] * 2
    assert attempt(*cassettes, bags[0]) == ["major"] * 2 + ["critical"]
    assert attempt(*cassettes, *bags) == ["major"] * 2 + ["critical"] * 2
    assert attempt(*cassettes, bags[1]) == ["major"] * 2 + ["critical"] * 2


def test_one_too_many_stops_the_opening(performer, coi):
    """A bag that should be in the other cassette is a hard stop."""
    bags, cassettes, canister, shipment = arrived(performer, coi)
    for action, thing in (("unpack", shipment), ("open_canister", canister)):
        do(performer, coi, action, thing)
    do(performer, coi, "open_cassette", cassettes[1])

    request = scanning(performer, coi, "open_cassette", cassettes[0], cassettes[0], *bags)
    with refused(performer, coi, "CONTENTS_UNEXPECTED") as caught:
        act(performer, request)
    (told,) = (one for one in caught.value.refusals if one.code == "CONTENTS_UNEXPECTED")
    assert bags[1] in told.sentence
    assert exceptions_on(performer, coi, cassettes[0]) == ["critical"]


def test_bags_that_were_exchanged_stop_the_opening(performer, coi):
    """In the place of one bag lies the other: both are named, and it is as grave as it is."""
    bags = ids(performer, coi, "product")
    do(performer, coi, "put_into_cassette", bags[0])
    (cassette,) = ids(performer, coi, "cassette")

    with refused(performer, coi, "CONTENTS_UNEXPECTED") as caught:
        act(performer, scanning(performer, coi, "open_cassette", cassette, cassette, bags[1]))
    (told,) = (one for one in caught.value.refusals if one.guard == "whole_contents_are_scanned")
    assert f"{bags[1]} was not packed in {cassette}" in told.sentence
    assert f"{bags[0]} was packed in {cassette} and not scanned" in told.sentence
    assert exceptions_on(performer, coi, cassette) == ["critical"]


def test_a_dead_label_hides_nothing_that_is_wrong_in_a_package(performer, coi):
    """Of a strange bag with a label that was replaced, both are told: the bag, and its label."""
    bags, cassettes = in_cassettes(performer, coi)
    do(performer, coi, "open_cassette", cassettes[1])
    old = newest_serial(performer.installation, bags[1])
    labelled_anew(performer, bags[1])
    wanted, *others = scanning(performer, coi, "open_cassette", cassettes[0], cassettes[0], bags[0])
    wanted = replace(wanted, codes=(*wanted.codes, Code(f"{old}/{coi}")))

    with refused(performer, coi, "OLD_LABEL", "CONTENTS_UNEXPECTED"):
        act(performer, (wanted, *others))

    assert exceptions_on(performer, coi, bags[1]) == ["major"]
    assert exceptions_on(performer, coi, cassettes[0]) == ["critical"]


def test_one_that_was_reported_lost_and_is_there_stops_the_opening(performer, coi):
    """Its end on record is not taken for its absence; put aside, the rest is opened without it."""
    bags, cassettes = in_cassettes(performer, coi)
    do(performer, coi, "report_lost", bags[0])
    cassette = cassettes[0]

    with refused(performer, coi, "CONTENTS_UNEXPECTED") as caught:
        act(performer, scanning(performer, coi, "open_cassette", cassette, cassette, bags[0]))
    (told,) = (one for one in caught.value.refusals if one.code == "CONTENTS_UNEXPECTED")
    assert f"{bags[0]} is on record as lost, and was scanned in {cassette}" in told.sentence
    assert exceptions_on(performer, coi, cassette) == ["critical"]

    act(performer, scanning(performer, coi, "open_cassette", cassette, cassette))
    assert states(performer, coi, "cassette") == {"opened": 1, "closed": 1}


def test_another_patients_bag_in_a_cassette_is_held(performer, coi):
    """A strange bag is the mix-up that it is everywhere: both therapies know, and it is held."""
    _bags, cassettes = in_cassettes(performer, coi)
    other = performer.order(PATIENTS[1])
    play(performer, other, RELEASED)
    strange = ids(performer, other, "product")[0]

    wanted, actor, signers = scanning(performer, coi, "open_cassette", cassettes[0], cassettes[0])
    serial = look(performer.installation, other).labels[strange][-1]
    wanted = replace(wanted, codes=(*wanted.codes, Code(f"{serial}/{other}")))
    with refused(performer, coi, "WRONG_THERAPY"):
        act(performer, (wanted, actor, signers))
    assert look(performer.installation, other).subjects[strange].position.stops == 1


def test_each_layer_has_a_label_of_its_own(performer, coi):
    """What stands on it is drawn, and a scanner reads it back as the record says."""
    _bags, cassettes, canister, _shipment = packed(performer, coi)

    for layer in (*cassettes, canister):
        serial = newest_serial(performer.installation, layer)
        assert draw_bag_label(performer.installation, serial).content


def test_nobody_is_asked_to_use_a_layer(performer, coi):
    """On work lists a layer stands where it has arrived and is to be opened, nowhere before."""
    _bags, _cassettes, _canister, shipment = arrived(performer, coi)
    before = asked_for(performer, coi)
    do(performer, coi, "unpack", shipment)

    assert before.isdisjoint(LAYERED)
    assert asked_for(performer, coi) & LAYERED == {"open_canister"}


def test_nothing_is_packed_twice(performer, coi):
    """A bag in a cassette is not put into another one."""
    bags, cassettes = in_cassettes(performer, coi)

    request = scanning(performer, coi, "open_cassette", cassettes[0], bags[0])
    with refused(performer, coi, "PACKED"):
        act(performer, (replace(request[0], action="put_into_cassette"), *request[1:]))


def test_a_layer_can_be_left_out(performer, coi):
    """A bag goes into the shipper bare, and another one in its cassette."""
    bags = ids(performer, coi, "product")
    do(performer, coi, "put_into_cassette", bags[0])
    (cassette,) = ids(performer, coi, "cassette")
    do(performer, coi, "pack", cassette, bags[1])
    (shipment,) = ids(performer, coi, "shipment", "packed")

    assert inside(performer, coi, *bags, cassette) == [cassette, shipment, shipment]


def test_a_label_that_nobody_can_see_is_neither_printed_anew_nor_voided(performer, coi):
    """The refusal names the layers; with the outer ones open it is printed, and the bag comes out.

    A new label in an office, while the bag is in a canister, would open the cassette in its place.
    """
    bags, cassettes, canister, shipment = arrived(performer, coi)
    serial = newest_serial(performer.installation, bags[0])

    at_hand = {"by": "leo", "unit": "north-lab"}
    for deed, asked in ((labelled_anew, {}), (voided, at_hand)):
        with pytest.raises(Refused) as caught:
            deed(performer, bags[0], **asked)
        (told,) = caught.value.refusals
        assert told.code == "PACKED"
        assert told.next_step.startswith(f"Open the shipment {shipment} first")
    do(performer, coi, "unpack", shipment)
    with pytest.raises(Refused):
        labelled_anew(performer, bags[0])
    do(performer, coi, "open_canister", canister)
    assert labelled_anew(performer, bags[0]) != serial
    do(performer, coi, "open_cassette", cassettes[0])
    assert inside(performer, coi, bags[0]) == ["-"]


def test_only_who_has_a_thing_in_hand_voids_its_label(performer, coi):
    """Nobody kills the label of a bag from afar, alone, or while it is on its way."""
    (bag, _other), (cassette, _another) = in_cassettes(performer, coi)
    with pytest.raises(Refused) as caught:
        voided(performer, bag, by="leo", unit="north-lab")
    assert [told.code for told in caught.value.refusals] == ["NOT_THE_HOLDER"]

    do(performer, coi, "release_custody", cassette, to="works-store")
    with pytest.raises(Refused) as caught:
        voided(performer, bag)
    assert [told.code for told in caught.value.refusals] == ["NOT_THE_HOLDER"]
    do(performer, coi, "take_back", cassette)
    assert voided(performer, bag)


def voided(performer, thing, by="mia", unit="works-production"):
    """Void the newest label of a thing."""
    serial, coi = newest_serial(performer.installation, thing), thing.partition("/")[0]
    deed = Deed(LabelDeed.VOID, serial, "It tore")
    asked = TurnLabel(coi, deed, unit, f"void {serial} {performer.count} {unit}")
    performer.count += 1
    return turn_label(performer.installation, asked, performer.proven[by])

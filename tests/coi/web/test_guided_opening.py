"""A shipper, a canister, a cassette, a bag: one layer at a time, and each thing by its scan."""

import re

import pytest

from coi.demo.cast import PASSWORD
from coi.demo.performer import Wish
from coi.services.therapies import look
from tests.coi.layered import ARRIVED
from tests.coi.web.conftest import SHORT_STEP
from tests.coi.web.walk import Walker, signed_in
from tests.journeys.asking import ids
from tests.journeys.worlds import Databases, copy_of

LAB = "north-lab"


@pytest.fixture
def performer(shipped, migrated_file, tmp_path):
    """The cast, in a copy of it."""
    with copy_of(Databases(migrated_file), shipped, tmp_path, SHORT_STEP) as acting:
        yield acting


@pytest.fixture
def coi(shipped):
    """The therapy whose shipper has arrived."""
    return shipped.cois[ARRIVED]


@pytest.fixture
def label(performer, coi):
    """Give what the scanner reads of a sort of thing, the how manieth of it."""

    def of(machine, number=0, of_therapy=coi):
        thing = ids(performer, of_therapy, machine)[number]
        return f"{look(performer.installation, of_therapy).labels[thing][-1]}/{of_therapy}"

    return of


@pytest.fixture
def opening(app, coi, label):
    """Give somebody who has begun to open something, and has scanned its label."""

    def of(action, machine, number=0):
        walker = Walker(signed_in(app, "leo")).begin(coi, action, LAB)
        assert walker.path, walker.answer.text
        walker.scan(label(machine, number))
        return walker

    return of


def shipper(opening):
    """Somebody with the shipper in hand; the one of before came with the cells."""
    return opening("unpack", "shipment", -1)


def expected_on(page):
    """The codes on a screen that are still to be scanned, without what is in a closed layer."""
    found = re.search(r'<ul class="expected">(.*?)</ul>', page, re.DOTALL)
    each = re.findall(r"<li>(.*?)</li>", found[1] if found else "", re.DOTALL)
    return {re.search(r"B-[A-Z0-9-]+", one)[0] for one in each}


def exceptions_on(performer, coi, thing):
    """The classes of the exceptions that were opened on a thing."""
    view = look(performer.installation, coi)
    found = {one.id for one in view.subjects.values() if one.origin == thing}
    return [v.content for v in view.values if v.subject in found and v.field == "class"]


def reasons_on(page):
    """The codes that a STOP gives."""
    return re.findall(r'<p class="code">([A-Z_]+)</p>', page)


def finish(walker):
    """All that is asked after the scans: nothing was measured; it is read back, and signed."""
    for _ in range(9):
        page = walker.page
        if "signer-1-password" in page:
            walker.send(**{"signer-1-username": "leo", "signer-1-password": PASSWORD})
            return walker.page
        names = re.findall(r'name="(value-[a-z_]+)"', page)
        walker.send(**dict.fromkeys(names, ""))
    raise AssertionError(walker.page)


def serial(code):
    """The part of a code that stands on the label."""
    return code.partition("/")[0]


def test_each_layer_is_opened_by_its_scan_until_the_bag_is_at_hand(opening, label, performer, coi):
    """What is still expected is told; what is behind the next wall is not asked for."""
    bare, packed = label("product", 1), label("product", 0)
    canister, cassette = label("canister"), label("cassette")
    told = []
    for action, machine, inside in (
        ("unpack", "shipment", (canister, bare)),
        ("open_canister", "canister", (cassette,)),
        ("open_cassette", "cassette", (packed,)),
    ):
        walker = opening(action, machine, -1)
        assert expected_on(walker.page) == {serial(one) for one in inside}
        for one in inside:
            assert "STOP: the rest is not in it" in walker.page
            walker.scan(one)
        assert expected_on(walker.page) == set()
        assert "Nothing else is in it" in walker.page
        walker.send(done="1")
        page = finish(walker)
        assert 'class="verdict matched"' in page, page
        told += re.findall(r"actions/([a-z_]+)\">Next: ", page)

    subjects = look(performer.installation, coi).subjects.values()
    assert told == ["open_canister", "open_cassette"]
    assert {one.position.inside for one in subjects if one.machine == "product"} == {"-"}


def test_what_should_not_be_there_stops_at_once(opening, label, performer, coi):
    """A bag that lies in the shipper, and by the record in a cassette in it."""
    walker = shipper(opening)
    walker.scan(label("product", 0))
    page = walker.page

    shipment = ids(performer, coi, "shipment")[-1]
    view = look(performer.installation, coi)
    assert 'class="verdict stopped"' in page
    assert reasons_on(page) == ["CONTENTS_UNEXPECTED"]
    assert "Put it aside, and everything beside it" in page
    assert "not scanned" not in page  # nobody has said that nothing else is in it
    assert view.history[-1].kind == "refused"
    assert view.subjects[shipment].position.state == "packed"
    assert exceptions_on(performer, coi, shipment) == ["critical"]


def test_what_was_reported_lost_and_is_there_stops_at_once(opening, label, performer, coi):
    """It is in hand, and quality assurance is told; put aside, the rest is opened without it."""
    performer.do(coi, "report_lost", Wish(on=ids(performer, coi, "product")[1:]))
    walker = shipper(opening)
    assert expected_on(walker.page) == {serial(label("canister"))}
    walker.scan(label("canister"))
    walker.scan(label("product", 1))
    page = walker.page

    shipment = ids(performer, coi, "shipment")[-1]
    assert reasons_on(page) == ["CONTENTS_UNEXPECTED"]
    assert "is on record as lost, and was scanned in" in page
    assert look(performer.installation, coi).history[-1].kind == "refused"
    assert exceptions_on(performer, coi, shipment) == ["critical"]

    walker = shipper(opening)
    walker.scan(label("canister"))
    walker.send(done="1")
    assert 'class="verdict matched"' in finish(walker)


@pytest.mark.parametrize("scanned", [(), ("canister",)])
def test_what_is_missing_stops_when_somebody_says_so(opening, label, performer, coi, scanned):
    """Nothing is opened; it is told which thing is missing, and what is done now."""
    walker = shipper(opening)
    for machine in scanned:
        walker.scan(label(machine))
    walker.send(done="1")
    page = walker.page

    shipment, bag = ids(performer, coi, "shipment")[-1], ids(performer, coi, "product")[1]
    assert reasons_on(page) == ["CONTENTS_INCOMPLETE"]
    assert bag.removeprefix(coi) in page
    assert "Look again in what it came in, and beside it." in page
    assert "report it lost only when they say so" in page
    assert look(performer.installation, coi).subjects[shipment].position.state == "packed"
    assert exceptions_on(performer, coi, shipment) == ["major"]


def test_what_is_inside_is_not_taken_for_the_layer(opening, performer, coi):
    """It stops the hand, nothing goes on record, and the shipper is asked for again."""
    before = len(look(performer.installation, coi).history)
    walker = opening("unpack", "canister")

    assert walker.answer.status_code == 409
    assert reasons_on(walker.answer.text) == ["NOT_WHAT_IS_ASKED"]
    assert walker.asked == "Scan the label of the shipment"
    assert len(look(performer.installation, coi).history) == before


def test_a_layer_in_a_closed_layer_is_not_opened(opening):
    """The reason is told at its scan, and what is opened first."""
    walker = opening("open_canister", "canister")

    assert "PACKED" in walker.answer.text
    assert "Open the shipment" in walker.answer.text


def test_a_thing_is_counted_once(opening, label):
    """Neither is the package itself taken for what is in it."""
    walker = shipper(opening)
    walker.scan(label("canister"))
    for code in (label("canister"), label("shipment", -1)):
        assert "READ_ALREADY" in walker.scan(code).text

    assert expected_on(walker.page) == {serial(label("product", 1))}


def test_it_goes_on_where_it_was_on_another_device(app, opening, label):
    """What was scanned stays, and the screen of before is nobody's any more."""
    walker = shipper(opening)
    walker.scan(label("canister"))
    elsewhere = Walker(signed_in(app, "leo"), walker.path)
    elsewhere.take_up()

    assert expected_on(elsewhere.page) == {serial(label("product", 1))}
    assert walker.browser.get(walker.path).headers["Location"].startswith("/sign-in")


def by_two(walker, code, **changes):
    """The characters under a symbol, typed twice, and read by a second person."""
    told = {"first": code, "second": code, "confirmer-username": "lena"}
    walker.send("/typed", **(told | {"confirmer-password": PASSWORD} | changes))


def test_what_is_typed_off_the_screen_is_not_read_before_a_second_person_reads_it(
    app, coi, label, performer
):
    """The screen names what is expected: neither the label in hand nor what is in it is copied."""
    walker = Walker(signed_in(app, "leo")).begin(coi, "unpack", LAB)
    every = [serial(label("shipment", -1)), serial(label("canister")), serial(label("product", 1))]
    for number, code in enumerate(every):
        expected = expected_on(walker.page)
        walker.send(code=code, again=code)
        assert "CANNOT READ" in walker.page
        by_two(walker, code, **{"confirmer-username": "leo"})
        assert "is not another person who works at this site" in walker.answer.text
        by_two(walker, code)
        assert number == 0 or expected_on(walker.page) == expected - {code}

    walker.send(done="1")
    finish(walker)
    entry = look(performer.installation, coi).history[-1]
    assert entry.action == "unpack"
    assert [scan["how"] for scan in entry.content["scans"]] == ["typed"] * 3
    assert all(scan["confirmed_by"] for scan in entry.content["scans"])


def test_nothing_is_opened_with_what_was_typed_off_the_screen(app, coi, label):
    """Whoever types the rest without a second person has only the STOP, or scans it."""
    walker = Walker(signed_in(app, "leo")).begin(coi, "unpack", LAB)
    walker.scan(label("shipment", -1))
    for code in expected_on(walker.page):
        walker.send(code=code, again=code)
    assert "STOP: the rest is not in it" in walker.page
    walker.send(done="1")

    assert reasons_on(walker.page) == ["CONTENTS_INCOMPLETE"]


def test_after_a_code_that_was_not_read_it_can_still_be_said_that_nothing_else_is_in_it(
    opening, label
):
    """Where everything is scanned already, nobody has to scan something that is not there."""
    walker = shipper(opening)
    for code in (label("canister"), label("product", 1), "nonsense"):
        walker.scan(code)
    assert "CANNOT READ" in walker.page
    assert "Nothing else is in it" in walker.page
    walker.send(done="1")

    assert 'class="verdict matched"' in finish(walker)


def test_what_was_scanned_in_the_box_is_taken_along(app, coi, label):
    """The scan of a shipper leads to its step, and is not asked for again."""
    walker = Walker(signed_in(app, "leo"))
    walker.begin(coi, "unpack", LAB, label("shipment", -1))

    assert walker.asked.startswith("Open it, and scan what is in")


def test_the_label_of_what_is_packed_is_left_alone_until_its_layer_is_at_hand(app, coi, label):
    """Behind more than one layer no way stands on the list; behind one, the page names it."""
    browser = signed_in(app, "leo")
    deep, bare = (label("product", number).partition("/")[0] for number in (0, 1))

    listed = browser.get(f"/therapies/{coi}/labels").text
    behind_one = browser.get(f"/therapies/{coi}/labels/{bare}/anew").text
    behind_more = browser.get(f"/therapies/{coi}/labels/{deep}/void").text

    assert f"{bare}/anew" in listed
    assert f"{deep}/anew" not in listed
    assert f"{deep}/void" not in listed
    assert "Do this only with that in hand" in behind_one
    assert "nobody can see its label" in behind_more

"""Numbers of other systems: kept in one spelling, looked up by it, and never an identification."""

import re
from dataclasses import replace
from html import unescape

import pytest

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.performer import Wish
from coi.errors import DataRefused
from coi.services import people
from coi.services.acting import take_action
from coi.services.dialects import Switch, switch_dialect
from coi.services.proofs import Signer, authenticate
from coi.services.therapies import look
from tests.coi.web.bedside import FIRST
from tests.coi.web.browser import without_token
from tests.coi.web.test_scan_box import scan
from tests.coi.web.walk import walk

BEFORE = ("record_consent", "approve", "confirm_slot", "admit_patient", "plan_collection")
DIN, KEPT = "=A99992612345600", "A9999 26 123456 T"


def switched_on(installation, root, *dialects):
    """The hospital reads these; its QA has signed for it."""
    people.grant_role(installation, root, "queenie", "qa_reviewer", "north-ward")
    queenie = authenticate(installation, "queenie", PASSWORD)
    for dialect in dialects:
        switch = Switch(site="north", dialect=dialect, licence="Z9999")
        switch_dialect(installation, queenie, switch)


@pytest.fixture
def planned(performer, installation, root):
    """Give a therapy before its collection; the hospital reads ISBT 128."""
    switched_on(installation, root, "isbt128")

    def plan():
        coi = performer.order(PATIENTS[2])
        for action in BEFORE:
            performer.do(coi, action)
        return coi

    return plan


@pytest.fixture
def collected(performer, planned):
    """Collect cells under a donation number."""

    def collect(number):
        coi = planned()
        performer.do(coi, "collect", Wish(values={"donation_number": number}))
        return coi

    return collect


def number_of(installation, coi):
    """What the record says of the donation."""
    values = look(installation, coi).values
    return next(value.content for value in values if value.field == "donation_number")


def test_a_scanned_donation_number_is_kept_and_found_by_whoever_may_see_it(
    collected, installation, someone
):
    """In one spelling, by any symbol of it, typed or scanned; elsewhere it is unknown."""
    coi = collected(f"]C0{DIN}")
    nina = someone("nina")

    pages = [scan(nina, code).text for code in (DIN, "=A99992612345608", KEPT)]

    assert number_of(installation, coi) == KEPT
    assert all(f'href="/therapies/{coi}"' in page for page in pages)
    assert all("identifies nothing" in page for page in pages)


def test_what_somebody_may_not_see_answers_like_what_is_not_on_record(
    collected, installation, root, someone
):
    """Nobody of another hospital learns that there is such a donation (SEC-27)."""
    collected(DIN)
    people.grant_role(installation, root, "queenie", "qa_reviewer", "south-ward")
    queenie = authenticate(installation, "queenie", PASSWORD)
    switch_dialect(installation, queenie, Switch(site="south", dialect="isbt128", licence="Z1"))
    noel = someone("noel")

    theirs, nobodys = (scan(noel, f"=A999926{n}00").text for n in ("123456", "123457"))

    same = unescape(theirs).replace("123456 T", "123457 R"), unescape(nobodys)
    assert "Nothing is found by it here" in theirs
    assert without_token(same[0]) == without_token(same[1])


def test_of_two_therapies_one_is_chosen_and_none_is_guessed(collected, someone):
    """Cells of one donation in two therapies, one under a European code: both are listed."""
    cois = {collected(DIN), collected("SEC: DE000001A999926123456 A000010000020271130")}

    page = scan(someone("nina"), DIN).text

    assert "Recorded of 2 things: which one is it?" in page
    assert set(re.findall(r'class="button" href="/therapies/([^"/]+)"', page)) == cois


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("A9999 26 123456 X", "its check character is wrong"),
        ("A999926123456", "lacks its check character"),
        ("=<S25981A0", "is no donation number"),
    ],
)
def test_a_wrong_donation_number_is_refused_where_it_is_typed(collected, number, reason):
    """With its reason, and nothing is recorded."""
    with pytest.raises(DataRefused, match=reason):
        collected(number)


def test_on_the_screens_it_is_refused_while_it_is_asked(app, performer, installation, planned):
    """And not when everything else was scanned and signed."""
    coi = planned()
    wanted, _nina, signers = performer.request(coi, "collect")
    wrong, right = (
        replace(wanted, values={**wanted.values, "donation_number": number})
        for number in ("A9999 26 123456 X", "a9999 26 123456 t")
    )

    with pytest.raises(AssertionError, match="its check character is wrong"):
        walk(app, wrong, signers)
    walk(app, right, signers)

    assert number_of(installation, coi) == KEPT


def test_a_lot_of_gs1_finds_the_batch(performer, installation, root, lives, someone):
    """As a lot, and by what it was corrected to; the same letters as a serial find nothing."""
    switched_on(installation, root, "gs1")
    coi = lives.cois["in manufacture"]
    named = next(v for v in look(installation, coi).values if v.field == "batch_number")
    which = f"{named.subject} batch_number {named.occurrence} {named.revision}"
    told = {"which": which, "content": "B-7", "reason": "made up"}
    wanted, _actor, _signers = performer.request(coi, "correct_value", Wish(avoid=["carla"]))
    mia, max_ = (performer.proven[name] for name in ("mia", "max"))
    signers = Signer(mia, "corrected"), Signer(max_, "verified")
    take_action(installation, replace(wanted, unit="works-production", values=told), mia, signers)
    browser = someone("queenie")

    lot, serial = (scan(browser, f"]d20109521234543213{ai}B-7").text for ai in ("10", "21"))

    assert f'href="/therapies/{coi}"' in lot
    assert "Nothing is found by it here" in serial


def test_a_donation_number_at_the_bedside_is_no_bag(bedside):
    """The right sentence, and no step goes on: only our own label identifies (BD-04)."""
    switched_on(bedside.installation, bedside.root, "isbt128")
    walker = bedside.checking(FIRST)
    walker.scan(bedside.coi)
    walker.scan(bedside.band())

    walker.scan(DIN)

    assert "This is an ISBT 128 code, and identifies nothing at a step" in walker.page
    assert "Scan the label of the bag" in walker.page


@pytest.fixture
def carried(performer):
    """A bag with a label of its maker's, of which no site reads the system."""
    coi = performer.order(PATIENTS[2])
    for action in (*BEFORE, "collect"):
        performer.do(coi, action)
    told = {"over_label": "]d20109521234543213<b>21X", "over_label_of": "Acme"}
    performer.do(coi, "record_over_label", Wish(values=told))
    return coi


def test_anothers_label_leads_to_its_bag_and_identifies_nothing(carried, someone):
    """Whoever may see the therapy is led to it; markup in the code is text."""
    page = scan(someone("nina"), "0109521234543213<b>21X").text

    assert "as another's label that is on record beside ours" in unescape(page)
    assert f'href="/therapies/{carried}"' in page
    assert "Starting material" in page
    assert "scan the label that this system printed" in page
    assert "<b>21X" not in page


def test_elsewhere_anothers_label_answers_like_any_code(carried, someone):
    """Nobody of another hospital learns that there is such a bag (SEC-27)."""
    noel = someone("noel")

    theirs, nobodys = (scan(noel, f"0109521234543213<b>21{end}").text for end in "XY")

    assert carried not in theirs
    assert without_token(theirs) == without_token(nobodys.replace("21Y", "21X"))


def test_anothers_label_stands_in_the_list_of_labels(carried, someone):
    """With whose it is, and on which thing; markup in it is text."""
    page = someone("nina").get(f"/therapies/{carried}/labels").text

    assert "Labels of others, beside ours" in page
    assert "Acme" in page
    assert "0109521234543213&lt;b&gt;21X" in page


@pytest.fixture
def cells(bedside):
    """The cells of the other therapy of the same patient, with a label of their collector's."""
    subjects = bedside.look(bedside.other).subjects.values()
    bag = next(one.id for one in subjects if one.machine == "material")
    told = {"over_label": "ACME-1", "over_label_of": "Acme"}
    bedside.performer.do(bedside.other, "record_over_label", Wish(on=(bag,), values=told))
    return bag


@pytest.mark.usefixtures("cells")
def test_anothers_label_of_another_therapy_stops_the_bedside(bedside):
    """It shows that the wrong bag is here: the check ends, and both therapies tell (BD-03)."""
    walker = bedside.checking(FIRST)
    walker.scan(bedside.coi)
    walker.scan(bedside.band())

    walker.scan("ACME-1")

    assert "another therapy of the same patient" in unescape(walker.page)
    assert "STOP" in walker.page
    assert bedside.last().kind == "refused"
    assert bedside.last(bedside.other).kind == "incident"


def test_on_a_screen_anothers_label_is_no_scan_of_ours(bedside, cells):
    """The screen says what it is, asks for ours, and does not go on."""
    walker = bedside.person("leo").begin(bedside.other, "release_custody", "north-lab")

    told = unescape(walker.scan("ACME-1").text)
    asked = walker.asked
    walker.scan(bedside.ward.label(cells).raw)

    assert f"another's label on {cells}" in re.sub(r"<[^>]+>", "", told)
    assert "Scan the label that this system printed" in told
    assert "Scan the label of each starting material" in asked
    assert "Read so far" in walker.page

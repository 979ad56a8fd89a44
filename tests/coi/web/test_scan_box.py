"""The scan box, which stands on every page: what each code is, and what may be done with it."""

import re
from html import unescape

import pytest
from werkzeug.datastructures import MultiDict

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import AT_BEDSIDE, play
from coi.services.badges import issue_badge
from coi.services.dialects import Switch, switch_dialect
from coi.services.proofs import authenticate
from coi.services.therapies import look
from labels.identifiers import issue_coi, issue_serial
from tests.coi.line import root_of
from tests.coi.web.browser import without_token
from tests.coi.web.steps import form_on
from tests.coi.web.walk import hidden_on

GS = "\x1d"
UNKNOWN = issue_serial("B", "TEST", lambda n: b"7" * n).text


def bag_of(installation, coi):
    """The newest serial of a bag in this therapy."""
    return next(serials[-1] for serials in look(installation, coi).labels.values())


def band_of(installation, coi):
    """The newest wristband that was issued in this therapy."""
    history = look(installation, coi).history
    bands = [band for event in history for band in event.content.get("wristbands", ())]
    return bands[-1]["serial"]


def scan(browser, *codes, how="scanned"):
    """Send codes as the page's script does: beside each, how it was entered."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/").text)
    fields = MultiDict([("csrf_token", token[1])])
    for code in codes:
        fields.add("code", code)
        if how:
            fields.add("how", how)
    return browser.client.post("/scan", data=fields)


def links(page):
    """The steps to which a page leads."""
    return [unescape(link) for link in re.findall(r'href="([^"]*/actions/[^"]*)"', page)]


@pytest.fixture
def coi(lives):
    """A therapy with bags in Leo's laboratory."""
    return lives.cois["a bag on hold"]


@pytest.fixture
def bags(installation, coi):
    """The serials of those that can be handed over."""
    view = look(installation, coi)
    there = [s.id for s in view.subjects.values() if s.position.holder == "north-lab"]
    return [view.labels[one][-1] for one in there if not view.subjects[one].position.stops]


@pytest.fixture
def bag(bags):
    """The first of them."""
    return bags[0]


@pytest.fixture
def band(performer, installation, coi):
    """The wristband that the patient of that therapy wears now."""
    return performer.wristbands[look(installation, coi).therapy.patient]


# -- what it is ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/benches", "/therapies/TEST-00000000-0"])
def test_the_box_stands_on_every_page(someone, path):
    """One box everywhere, also where something went wrong."""
    assert 'id="scan-box"' in someone("leo").get(path).text


def test_an_order_opens_its_therapy(someone, coi):
    """The COI code is the way in, however it was entered."""
    for how in ("scanned", "typed", ""):
        assert scan(someone("nina"), coi, how=how).headers["Location"] == f"/therapies/{coi}"


def test_a_bag_says_what_it_is_whose_where_and_since_when(someone, coi, bag):
    """All that somebody with a bag in hand asks first."""
    page = scan(someone("leo"), f"]d1{bag}/{coi}").text

    assert "Starting material" in page
    assert f'href="/therapies/{coi}"' in page
    assert "Cell laboratory, North Hospital" in page
    assert re.search(r"<dt>Since</dt><dd><time datetime=\"2\d{3}-", page)


def test_a_bag_on_hold_says_so(someone, lives, installation):
    """Before anybody walks away with it."""
    page = scan(someone("mia"), bag_of(installation, lives.cois["on hold"])).text

    assert '<strong class="tag hold big">on hold</strong>' in page


def test_a_bag_on_its_way_says_to_whom(someone, lives, installation):
    """Released, and not accepted yet."""
    code = bag_of(installation, lives.cois["handed to the courier"])

    assert "On its way to" in scan(someone("leo"), code).text


def test_a_shipper_says_how_long_it_keeps_cold(someone, performer):
    """Whoever packs looks for one that will do."""
    assert "keeps cold for 240 hours" in scan(someone("leo"), performer.shipper).text


@pytest.fixture
def badges(installation):
    """The serials of two badges of a nurse at the north: the one before is struck off."""
    root = root_of(installation)
    role = ("apheresis_nurse", "north-apheresis")
    return [issue_badge(installation, root, "nina", role, key=key) for key in ("b-1", "b-2")]


def test_a_badge_says_whose_it_is(someone, badges):
    """To who works at its site; it opens nothing."""
    page = scan(someone("leo"), f"]d1{badges[1]}").text

    assert "Staff badge of Nina Needle" in page
    assert "North Hospital" in page
    assert "opens nothing" in page
    assert not links(page)


def test_a_badge_that_was_struck_off_stops_whoever_finds_it(someone, badges):
    """Another one was issued since: this one is taken in."""
    page = scan(someone("leo"), badges[0]).text

    assert "STOP. A badge that was struck off, of Nina Needle" in page
    assert 'class="found stop"' in page


def test_another_sites_badge_is_like_an_unknown_one(someone, badges):
    """Nobody reads the staff of another site out of its serials (SEC-27)."""
    nobodys = issue_serial("S", "TEST", lambda n: b"7" * n).text

    theirs, unknown = (
        without_token(scan(someone("mia"), one).text) for one in (badges[1], nobodys)
    )

    assert "This code is not known here" in theirs
    assert theirs.replace(badges[1], "") == unknown.replace(nobodys, "")


def test_looking_up_changes_nothing(someone, installation, coi, bag):
    """And leaves no list of what was looked up (SEC-16)."""
    before = look(installation, coi).head_hash
    leo = someone("leo")

    scan(leo, bag, coi, UNKNOWN)

    assert look(installation, coi).head_hash == before
    assert bag not in leo.get("/").text


# -- what may be done with it ----------------------------------------------------------------------


def test_a_bag_leads_straight_to_what_may_be_done_with_it(someone, coi, bag):
    """Only what moves this very thing, by somebody of the unit that has it."""
    page = scan(someone("leo"), bag).text

    assert f"/therapies/{coi}/actions/release_custody" in {
        link.split("?")[0] for link in links(page)
    }
    assert all("/actions/collect" not in link for link in links(page))
    assert links(scan(someone("nina"), bag).text) == []


def test_the_step_begins_with_the_code_already_scanned(someone, bag):
    """Nobody scans the same bag twice."""
    leo = someone("leo")
    (link,) = (one for one in links(scan(leo, bag).text) if "freeze_material" in one)

    form = form_on(leo.get(link).text)

    assert (form["codes"], form["scanned"]) == (bag, bag)


def test_what_was_typed_stays_typed(someone, bag):
    """A step that begins with it records it as typed, and opens where it shows."""
    leo = someone("leo")
    page = scan(leo, bag, how="").text
    (link,) = (one for one in links(page) if "freeze_material" in one)

    form = form_on(leo.get(link).text)

    assert (form["codes"], form["scanned"], form["typed"]) == ("", "", bag)


def test_a_link_that_somebody_wrote_brings_nothing(someone, coi, bag):
    """Whoever sends a link to a colleague puts no word and no code into the form."""
    evil = f"code={bag}&codes={bag}&scanned={bag}&typed={bag}&before={bag}&key=k&unit=x"

    form = form_on(someone("leo").get(f"/therapies/{coi}/actions/freeze_material?{evil}").text)

    assert (form["codes"], form["scanned"], form["typed"]) == ("", "", "")
    assert (form["unit"], form["key"] == "k") == ("north-lab", False)


def test_a_step_that_is_asked_screen_by_screen_takes_the_code_along(someone, bag):
    """Whoever has the bag in hand scans it once."""
    leo = someone("leo")
    (link,) = (one for one in links(scan(leo, bag).text) if "release_custody" in one)

    told = hidden_on(leo.get(link).text)
    answer = leo.client.post(link.split("?")[0], data=told)

    assert told["before"]
    assert (
        f'starting material <span class="whole">{bag}</span>'
        in leo.get(answer.headers["Location"]).text
    )


def test_the_order_and_all_its_bags_go_into_one_step(someone, coi, bags):
    """Three codes in one burst are three codes in the form."""
    page = scan(someone("leo"), "\r\n".join([coi, *bags])).text

    assert len(bags) > 1
    assert f'<span class="many">({1 + len(bags)} codes)</span>' in page


def test_what_is_on_hold_leads_to_no_step_that_would_be_refused(someone, lives, installation):
    """The button would only disappoint."""
    page = scan(someone("mia"), bag_of(installation, lives.cois["on hold"])).text

    assert all("accept_material" not in link for link in links(page))


# -- bursts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("between", ["\r\n", "\n", "\r", "\t", f"{GS}\r\n", "\r\n\r\n"])
def test_several_codes_of_one_burst_are_all_answered(someone, coi, bag, between):
    """Whatever the scanner presses between and after them."""
    page = scan(someone("leo"), f"{bag}{between}{coi}{between}").text

    assert "2 codes" in page
    assert "These are of two" not in page


def test_codes_of_two_therapies_are_told_loudly(someone, installation, lives, bag):
    """Before anything else, and in words."""
    other = bag_of(installation, lives.cois["handed to the courier"])

    page = scan(someone("leo"), bag, other).text

    assert "STOP. These are of two therapies." in page
    assert page.index("STOP.") < page.index("Starting material")
    assert links(page) == []


def test_a_band_and_a_bag_of_two_patients_are_told_loudly(someone, performer, installation, bag):
    """A band names no therapy, but a patient."""
    other = performer.order(PATIENTS[2])
    for action in ("approve", "confirm_slot", "admit_patient"):
        performer.do(other, action)

    page = scan(someone("nina"), bag, band_of(installation, other)).text

    assert "STOP. These are of two patients." in page


def test_more_codes_than_a_hand_can_scan_are_refused(someone):
    """A sentence, and nothing looked up."""
    answer = scan(someone("leo"), *[UNKNOWN] * 21)

    assert answer.status_code == 422
    assert "21 codes at once; 20 are possible" in answer.text


def test_nothing_scanned_is_told(someone):
    """An empty burst is no riddle."""
    assert "Nothing was scanned" in scan(someone("leo"), " \r\n").text


# -- how it was entered ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ways", "is_typed"),
    [
        (["scanned"], False),
        (["camera"], False),
        (["typed"], True),
        (["guessed"], True),
        ([], True),
        (["scanned", "scanned"], True),
    ],
)
def test_without_a_claim_that_can_be_trusted_a_code_is_typed(someone, bag, ways, is_typed):
    """Nobody is believed to have had a bag in hand for want of a word."""
    leo = someone("leo")
    token = re.search(r'name="csrf_token" value="([^"]+)"', leo.get("/").text)
    fields = MultiDict([("csrf_token", token[1]), ("code", bag), *(("how", way) for way in ways)])

    page = leo.client.post("/scan", data=fields).text

    assert ('<span class="quiet">typed</span>' in page) is is_typed


@pytest.mark.parametrize("spoilt", [-1, 5])
def test_a_code_that_was_misread_cannot_be_read_and_says_why(someone, bag, spoilt):
    """Without its check character, or with a wrong one, it is no code; nothing is guessed."""
    code = bag[:spoilt] + ("" if spoilt == -1 else "9" if bag[spoilt] != "9" else "8")
    code += "" if spoilt == -1 else bag[spoilt + 1 :]

    page = scan(someone("leo"), code, how="typed").text

    assert "This code cannot be read" in page
    assert "O and 0" in page
    assert "I and 1" in page
    assert not links(page)


def test_what_people_mistype_is_mended_where_that_is_safe(someone, bag):
    """O for 0 and small letters are forgiven; the check character still has to fit."""
    typed = bag[0] + bag[1:].lower().replace("0", "o").replace("-", " ")

    assert "Starting material" in scan(someone("leo"), typed, how="typed").text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "This wristband is not known here</h2>\n  <p>Do not go on. Identify the patient"),
        ("de", "Dieses Armband ist hier nicht bekannt</h2>\n  <p>Machen Sie nicht weiter."),
    ],
)
def test_a_wristband_that_nobody_knows_says_what_to_do_with_a_patient(someone, language, told):
    """An arm is not put aside, and a wristband is not typed until it fits."""
    nina = someone("nina")
    nina.client.set_cookie("coi-language", language)

    page = scan(nina, issue_serial("W", "TEST", lambda n: b"7" * n).text).text

    assert told in page
    assert "UNKNOWN_CODE" in page


# -- what somebody may not know --------------------------------------------------------------------


def test_another_sites_code_answers_like_an_unknown_one(someone, lives, installation):
    """A barcode is an identifier and no secret: order, bag and wristband alike (SEC-27)."""
    nina = someone("nina")
    hidden = lives.cois["dispensed"]
    theirs = [hidden, bag_of(installation, hidden), f"{bag_of(installation, hidden)}/{hidden}"]
    nobodys = scan(nina, issue_coi("TEST", lambda n: b"7" * n).text)

    answers = [scan(nina, code) for code in theirs]

    assert "not known here" in nobodys.text
    assert {(a.status_code, without_token(a.text)) for a in answers} == {
        (nobodys.status_code, without_token(nobodys.text))
    }


def test_a_wristband_of_nobody_here_answers_like_an_unknown_one(someone, performer, installation):
    """Where no site of mine takes part, there is no such patient."""
    nobodys = issue_serial("W", "TEST", lambda n: b"7" * n).text
    theirs = performer.order(PATIENTS[3], "south")
    for action in ("approve", "confirm_slot", "admit_patient"):
        performer.do(theirs, action)
    nina = someone("nina")

    answers = [scan(nina, code).text for code in (band_of(installation, theirs), nobodys)]

    assert without_token(answers[0]) == without_token(answers[1])


def test_a_wristband_leads_whoever_meets_the_patient_to_the_therapies(someone, band, coi):
    """And says to begin with the order."""
    page = scan(someone("nina"), band).text

    assert "Begin with the order" in page
    assert f'href="/therapies/{coi}"' in page


def test_a_wristband_names_no_therapy_to_others(someone, band):
    """Whoever makes cells learns that it is a wristband, and no more."""
    page = scan(someone("mia"), band).text

    assert "<h2>Wristband</h2>" in page
    assert "/therapies/" not in page


def test_a_replaced_wristband_says_so(someone, performer, lives, band):
    """It comes off, and the other one is scanned."""
    performer.do(lives.cois["on hold"], "admit_patient")

    page = scan(someone("nina"), band).text

    assert "Replaced wristband" in page
    assert "Remove it" in page


def test_whoever_administers_has_no_use_for_the_box(administrator, coi):
    """Therapies are not shown to administrators."""
    assert scan(administrator, coi).status_code == 403


def test_no_answer_shows_a_name(someone, bag, band):
    """The identity stands on pages of its own (SEC-08)."""
    page = scan(someone("nina"), bag, band).text

    assert not any(
        name in page for name in (*PATIENTS[0].values(), *PATIENTS[1].values()) if len(name) > 1
    )


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("=A99992612345600", "This is an ISBT 128 code, which this site does not read."),
        ("]d20109521234543213", "This is a GS1 code, which this site does not read."),
        ("https://id.gs1.org/01/09521234543213", "This is an address of the web"),
        ("]d7=A99992612345600", "This is a Data Matrix of the rectangular extension (DMRE)."),
    ],
)
def test_a_code_of_another_system_is_told_as_one(someone, code, named):
    """Whoever scans a donation number or a product of GS1 learns what it is, and what to scan."""
    page = unescape(scan(someone("leo"), code).text)

    assert "This is no code of this system" in page
    assert named in page
    assert "Look for the label that this system printed" in page


def test_a_code_that_the_own_site_reads_is_told_by_what_it_names(installation, someone):
    """Where QA has switched ISBT 128 on; nothing is found by it, and a fault in it is named."""
    queenie = authenticate(installation, "queenie", PASSWORD)
    switch = Switch(site="works", dialect="isbt128", licence="ICCBBA W9999")
    switch_dialect(installation, queenie, switch)
    browser = someone("queenie")

    right, wrong = (scan(browser, f"=A999926123456{flags}").text for flags in ("00", "90"))

    assert "ISBT 128: donation number A9999 26 123456 T. Nothing is found by it here." in right
    assert "The donation number was misread or mistyped" in wrong
    assert "which this site does not read" in scan(someone("leo"), "=A99992612345600").text


def steps_of(page):
    """The steps of the list that stands open: what is next, as (title, stands out)."""
    section = page.partition("<details")[0]
    found = re.findall(r'<a class="button([^"]*)" href="[^"]*/actions/[^"]*">([^<]+)<', section)
    return [(unescape(title).strip(), "main" in look.split()) for look, title in found]


def test_one_step_is_the_next_where_one_is_due(someone, performer):
    """Of a thawed bag it is the check at the bedside: it stands first, and it alone stands out."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, AT_BEDSIDE)
    serial = next(
        serials[-1]
        for thing, serials in look(performer.installation, coi).labels.items()
        if look(performer.installation, coi).subjects[thing].position.state == "thawed"
    )
    ivo = someone("ivo")

    for page in (scan(ivo, f"]d1{serial}/{coi}").text, ivo.get(f"/therapies/{coi}").text):
        first, *others = steps_of(page)
        assert first == ("Check bag and patient at the bedside", True)
        assert others
        assert not [title for title, stands_out in others if stands_out]


def test_where_nothing_is_due_no_step_is_put_above_the_others(someone, coi, monkeypatch):
    """Nobody is led to what merely stands first in a definition."""
    monkeypatch.setattr("coi.services.looking.due_in", lambda *_: ())
    steps = steps_of(someone("leo").get(f"/therapies/{coi}").text)

    assert len(steps) > 1
    assert all(stands_out for _title, stands_out in steps)

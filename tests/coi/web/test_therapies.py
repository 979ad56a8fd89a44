"""Looking: the work list, and one therapy."""

import html
import re

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import ORDERED, Step, play, results
from coi.demo.deviations import OUT_OF_SPECIFICATION
from coi.demo.stories import told
from coi.services.therapies import look
from tests.coi.web.browser import without_token


def bag_of(installation, coi):
    """The newest serial of a bag in this therapy."""
    labels = look(installation, coi).labels
    return next(serials[-1] for serials in labels.values())


def test_work_lists_what_my_site_takes_part_in(someone, lives):
    """The therapy of another hospital is not among them."""
    page = someone("nina").get("/?which=all").text

    assert lives.cois["on hold"] in page
    assert lives.cois["dispensed"] not in page


def test_a_planner_sees_what_their_manufacturer_is_to_make(someone, performer):
    """Whoever confirms the slot needs the therapy from its order on, before anything is sent."""
    coi = performer.order(PATIENTS[2])
    paula = someone("paula")

    assert coi in paula.get("/?which=all").text
    assert paula.get(f"/therapies/{coi}").status_code == 200


def test_a_courier_sees_a_therapy_when_something_of_it_is_sent_to_them(someone, performer):
    """Nobody sees a therapy before they have to do with it."""
    coi = told(ORDERED)(performer, PATIENTS[2])
    omar = someone("omar")

    assert coi not in omar.get("/?which=all").text
    assert omar.get(f"/therapies/{coi}").status_code == 404


def test_a_held_therapy_says_so_in_the_list(someone):
    """Nobody finds out by clicking."""
    assert "on hold" in someone("nina").get("/").text


def test_whoever_administers_is_told_why_the_list_is_empty(administrator):
    """An empty page would look broken."""
    assert "Therapies are not shown to administrators." in administrator.get("/").text


def test_a_therapy_shows_where_it_stands_and_what_happened(someone, lives, installation):
    """Position, holder, labels, timeline with signatures."""
    coi = lives.cois["handed to the courier"]

    page = someone("nina").get(f"/therapies/{coi}").text

    assert "on its way to" in page
    assert bag_of(installation, coi) in page
    assert "Collect cells from the patient" in page
    assert "Nina Needle" in page


def test_each_entry_has_the_number_that_it_has_in_the_record(someone, installation, lives):
    """So that page, custody record and verifier speak of the same one."""
    coi = lives.cois["handed to the courier"]

    page = someone("nina").get(f"/therapies/{coi}").text

    numbers = re.findall(r'<li class="\w+" value="(\d+)">', page)
    assert numbers == [str(event.seq) for event in reversed(look(installation, coi).history)]


def test_a_refused_attempt_is_shown_with_its_reasons(someone, lives):
    """Whoever looks years later finds what was tried."""
    page = someone("nina").get(f"/therapies/{lives.cois['mixed up']}").text

    assert "STOP." in page


@pytest.mark.parametrize("username", ["nina", "omar", "mia", "anna", "carla", "ines"])
def test_no_page_of_a_therapy_shows_a_name(someone, lives, username):
    """The identity stands on pages of its own (SEC-08, SEC-35)."""
    page = someone(username).get(f"/therapies/{lives.cois['on hold']}").text

    assert "Wuckert783" not in page


def test_another_sites_therapy_answers_like_an_unknown_one(someone, lives):
    """Status and words are the same (SEC-07)."""
    nina = someone("nina")
    hidden = lives.cois["dispensed"]
    unknown = "TEST-00000000-0"

    theirs, nobodys = (nina.get(f"/therapies/{coi}") for coi in (hidden, unknown))

    assert theirs.status_code == nobodys.status_code == 404
    shown = without_token(theirs.text), without_token(nobodys.text)
    assert shown[0].replace(hidden, "") == shown[1].replace(unknown, "")


def test_looking_changes_nothing(someone, installation, lives):
    """Pages that are only opened write nothing into a therapy (SEC-16)."""
    coi = lives.cois["on hold"]
    before = look(installation, coi).head_hash
    nina = someone("nina")
    for path in ("/", f"/therapies/{coi}", "/sign-in"):
        nina.get(path)

    assert look(installation, coi).head_hash == before


def results_on(page):
    """The rows of what quality control has found, as text."""
    section = page.split('id="results"')[1].split("</section>")[0]
    rows = re.findall(r"<tr role=\"row\".*?</tr>", section, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows[1:]]


def test_who_decides_sees_what_was_found_and_what_is_outstanding(someone, lives):
    """The result outside its limits is marked in words; a test without a result is named."""
    page = someone("ines").get(f"/therapies/{lives.cois['out of specification']}").text

    rows = results_on(page)
    assert "Viability 58.0 % outside its limits ≥ 70 %" in rows
    assert [row for row in rows if "outside" in row] == [rows[0]]
    assert [row.partition(" outstanding")[0] for row in rows if "outstanding" in row] == [
        "Sterility, 14 days"
    ]


def test_a_repeated_test_does_not_hide_its_first_result(someone, performer):
    """The newest counts; that there were others is said."""
    coi = told(OUT_OF_SPECIFICATION)(performer, PATIENTS[2])
    play(performer, coi, results("viability"))

    rows = results_on(someone("ines").get(f"/therapies/{coi}").text)

    assert rows[0] == "Viability 91.5 % repeated, 1 before ≥ 70 %"


def test_without_results_nothing_is_said_of_quality_control(someone, lives):
    """A therapy whose cells are not yet made has no such section."""
    page = someone("ines").get(f"/therapies/{lives.cois['in manufacture']}").text

    assert 'id="results"' not in page


def test_nothing_is_to_be_lifted_where_nothing_is_on_hold(someone, lives):
    """An open exception that stops nothing offers no way to let the therapy go on."""
    free, held = (lives.cois[name] for name in ("out of specification", "on hold"))

    assert "lift_therapy" not in someone("ines").get(f"/therapies/{free}").text
    assert "lift_therapy" in someone("ines").get(f"/therapies/{held}").text


def exceptions_on(page):
    """What the page says of each exception, as text."""
    section = page.split('id="exceptions"')[1].split("</section>")[0]
    # Each begins a line; the signatures below it do not.
    items = re.split(r"<li[^>]*>\n", section)[1:]
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", item)).split()) for item in items]


def test_what_was_seen_stands_on_the_page_of_the_therapy(someone, lives):
    """How grave, of which thing, by whom; the open ones first."""
    page = someone("queenie").get(f"/therapies/{lives.cois['out of specification']}").text

    (told,) = exceptions_on(page)
    assert re.match(
        r"Out of specification /31.1 critical open viability is 58.0 before the decision", told
    )
    assert "On Lot /19.1, opened" in told
    assert "by Anna Analyst, Testing, Quality Control Laboratory" in told


def test_a_closed_exception_says_what_was_found_and_done(someone, lives):
    """It stands below the open ones, and says what quality assurance wrote."""
    page = someone("leo").get(f"/therapies/{lives.cois['mixed up']}").text

    told = exceptions_on(page)
    assert [" closed " in one for one in told] == sorted(" closed " in one for one in told)
    assert any("Found and done: What was found and done (demonstration)" in one for one in told)
    assert any("user name queenie; QA reviewer; 2026-" in one for one in told)


def test_what_is_written_into_an_exception_stays_text(someone, performer):
    """Whatever somebody saw, no page takes it for markup."""
    coi = performer.order(PATIENTS[2])
    seen = "<b>O'Brien</b> & co"
    play(performer, coi, [Step("open_exception", values={"seen": seen, "class": "major"})])

    page = someone("carla").get(f"/therapies/{coi}").text
    assert "<b>O" not in page
    assert seen in exceptions_on(page)[0]

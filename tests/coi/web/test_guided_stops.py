"""A wrong scan stops everybody at once, on a page of its own, and stands on record."""

import re
from dataclasses import replace
from secrets import token_bytes

import pytest

from coi.app import create_app
from coi.demo.cast import PASSWORD
from labels.identifiers import issue_serial
from tests.coi.web.bedside import CHECK, FIRST, SECOND, WARD, bag_of
from tests.coi.web.walk import Walker, signed_in


def before_the_bag(bedside, username=FIRST):
    """Somebody who has scanned order and wristband, and has a bag in hand."""
    walker = bedside.checking(username)
    walker.scan(bedside.coi)
    walker.scan(bedside.band())
    return walker


def reasons_on(page):
    """The codes that a STOP gives."""
    return re.findall(r'<p class="code">([A-Z_]+)</p>', page)


def exceptions_of(bedside, coi):
    """How many exceptions stand open in a therapy."""
    subjects = bedside.look(coi).subjects.values()
    return sum(s.machine == "exception" and s.position.state == "open" for s in subjects)


@pytest.mark.parametrize("whose", ["danae", "other"])
def test_a_bag_of_another_therapy_stops_and_stands_on_both_records(bedside, whose):
    """Another patient's, and the same patient's other therapy (BD-03)."""
    strange = getattr(bedside, whose)
    walker = before_the_bag(bedside)
    walker.scan(bag_of(bedside, strange))
    page = walker.page

    assert 'class="verdict stopped"' in page
    assert all(word in page for word in ("STOP", "stop.svg", "wrong.wav", "data-vibrate"))
    assert reasons_on(page) == ["WRONG_THERAPY"]
    assert bedside.last().kind == "refused"
    assert bedside.last(strange).kind == "incident"
    assert (exceptions_of(bedside, bedside.coi), exceptions_of(bedside, strange)) == (1, 1)


def test_after_a_stop_the_page_of_either_therapy_begins_with_it(bedside):
    """Whoever comes next sees it before any step, and is told who makes the check."""
    told, others = "Critical, and open:", "two others make all of it from the beginning"
    page = bedside.person(SECOND).browser.get
    assert told not in page(f"/therapies/{bedside.coi}").text

    before_the_bag(bedside).scan(bedside.label(0, bedside.danae))

    for coi in (bedside.coi, bedside.danae):
        before = page(f"/therapies/{coi}").text.partition('id="next"')[0]
        assert told in before
        assert 'href="#exceptions"' in before
        assert (others in before) == (coi == bedside.coi)


def test_the_strange_bag_is_held_and_the_pair_does_not_go_on(bedside):
    """Its own therapy checks its custody; two others check the right one anew."""
    walker = before_the_bag(bedside)
    strange = bedside.ward.bags(bedside.danae)[0]
    walker.scan(bedside.label(0, bedside.danae))
    again = bedside.checking()

    assert bedside.look(bedside.danae).subjects[strange].position.stops == 1
    assert "SAME_PAIR_AFTER_MISMATCH" in again.answer.text
    assert not again.path


def test_all_that_was_scanned_stands_on_record_with_who_scanned_it(bedside):
    """Order, wristband, and the bag that did not belong."""
    before_the_bag(bedside).scan(bedside.label(0, bedside.danae))
    scans = bedside.last().content["scans"]

    assert [scan["means"] for scan in scans] == ["order", "wristband", "label"]
    assert {scan["by"] for scan in scans} == {bedside.ward.who(FIRST).person}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (lambda bedside: bedside.band(bedside.danae), "WRONG_PATIENT"),
        (lambda bedside: bedside.old_band, "OLD_WRISTBAND"),
        (lambda _bedside: issue_serial("W", "TEST", token_bytes).text, "UNKNOWN_CODE"),
    ],
    ids=["another patient's", "an old one", "an unknown one"],
)
def test_a_wrong_wristband_stops_and_stands_on_record(bedside, code, reason):
    """Another patient's, one that a newer has replaced, one that nobody knows (BD-10)."""
    walker = bedside.checking()
    walker.scan(bedside.coi)
    walker.scan(code(bedside))

    assert reasons_on(walker.page) == [reason]
    assert bedside.last().kind == "refused"
    assert reason in {one.code for one in bedside.last().refusals}


def test_a_wristband_that_nobody_knows_is_not_put_aside(bedside):
    """It is on an arm: the patient is identified anew; a bag that nobody knows is put aside."""
    walker = bedside.checking(FIRST)
    walker.scan(bedside.coi)
    walker.scan(issue_serial("W", "TEST", token_bytes).text)
    band = walker.page

    bag = before_the_bag(bedside, SECOND)
    bag.scan(issue_serial("B", "TEST", token_bytes).text)

    assert "Put it aside" in bag.page
    assert "This wristband is not known here" in band
    assert "Do not go on. Identify the patient by the procedure of your site" in band
    assert "Put it aside" not in band


def test_another_order_stops(bedside):
    """The session begins from the order of the therapy in hand."""
    walker = bedside.checking()
    walker.scan(bedside.danae)

    assert reasons_on(walker.page) == ["WRONG_ORDER"]
    assert bedside.last().kind == "refused"


def test_another_thing_than_is_asked_stops_the_hand_and_nothing_else(bedside):
    """The bag where the wristband is asked: the step goes on at the same screen."""
    walker = bedside.checking()
    walker.scan(bedside.coi)
    before = bedside.look().head_hash
    answer = walker.scan(bedside.label())

    assert answer.status_code == 409
    assert 'class="verdict stopped"' in answer.text
    assert reasons_on(answer.text) == ["NOT_WHAT_IS_ASKED"]
    assert walker.asked.startswith("Scan the wristband")
    assert bedside.look().head_hash == before


def test_a_stop_is_shown_to_whoever_comes_back_to_the_step(bedside):
    """Loading the page again does not make it go away."""
    walker = before_the_bag(bedside)
    walker.scan(bedside.label(0, bedside.danae))

    assert all('class="verdict stopped"' in walker.page for _ in range(2))
    assert walker.send(code=bedside.label()).status_code == 409


def test_a_wrong_scan_by_the_second_is_a_stop_for_both(bedside):
    """Both are named, so that neither goes on; the first sees it too."""
    first = bedside.first_part()
    second = bedside.second(first)
    for code in (bedside.coi, bedside.band(), bedside.label(0, bedside.danae)):
        second.scan(code)

    assert reasons_on(second.page) == ["WRONG_THERAPY"]
    assert reasons_on(first.page) == ["WRONG_THERAPY"]
    for username in (FIRST, SECOND):
        assert "SAME_PAIR_AFTER_MISMATCH" in bedside.ward.refusals(
            CHECK, bedside.ward.bags()[0], people=(username, username, "iris")
        )


def test_a_strange_bag_in_a_handoff_stops_too(bedside):
    """From hand to hand as at the patient (BD-13)."""
    walker = bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD)
    walker.scan(bedside.label(0, bedside.danae))

    assert reasons_on(walker.page) == ["WRONG_THERAPY"]


def test_an_expired_window_stops_and_the_timer_unlocks_nothing(bedside):
    """Time pressure is shown, and never opens what is stopped (BD-19)."""
    bedside.wait(61)
    walker = before_the_bag(bedside)
    shown = walker.page
    walker.scan(bedside.label())

    assert 'class="timer over"' in shown
    assert reasons_on(walker.page) == ["THAW_WINDOW_PASSED"]


def test_an_expired_window_does_not_make_a_strange_bag_right(bedside):
    """The STOP for another's bag stays what it is (BD-04, BD-19)."""
    bedside.wait(61)
    walker = before_the_bag(bedside)
    walker.scan(bedside.label(0, bedside.danae))

    assert "WRONG_THERAPY" in reasons_on(walker.page)


# -- cannot be read --------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["nonsense", "B-TEST-00000000-0", "x" * 200, "\x1d\x1b", ""])
def test_what_cannot_be_read_is_no_mismatch(bedside, code):
    """Amber, with another figure and sound: try again; nothing is on record (BD-05)."""
    walker = before_the_bag(bedside)
    before = bedside.look().head_hash
    walker.scan(code)
    page = walker.page

    assert 'class="verdict unread"' in page
    assert all(word in page for word in ("CANNOT READ", "unread.svg", "unread.wav"))
    assert "Try number 2 of 3" in page
    assert "Characters under the symbol" not in page
    assert bedside.look().head_hash == before


def test_what_was_typed_into_the_scan_field_counts_as_not_read(bedside):
    """Whoever types does it twice, before a second person."""
    walker = before_the_bag(bedside)
    walker.send(code=bedside.label(), how="typed")

    assert "CANNOT READ" in walker.page


def test_the_right_code_after_one_that_could_not_be_read_goes_on(bedside):
    """The page that says so takes the next scan."""
    walker = before_the_bag(bedside)
    walker.send("/unread")
    walker.scan(bedside.label())

    assert walker.asked == "What the patient says"


def unreadable(bedside):
    """Somebody who has tried three times."""
    walker = before_the_bag(bedside)
    for _ in range(3):
        walker.send("/unread")
    return walker


def typed(bedside, **changes):
    """The bag's characters, typed twice and confirmed."""
    serial = bedside.label().partition("/")[0]
    told = {"first": serial, "second": serial}
    told |= {"confirmer-username": SECOND, "confirmer-password": PASSWORD}
    return told | {name.replace("_", "-"): text for name, text in changes.items()}


def test_after_the_third_time_there_is_help_and_another_way(bedside):
    """Whom to call, and the characters typed twice; never a way to skip."""
    page = unreadable(bedside).page

    assert "It was tried 3 times" in page
    assert "Call for help: your coordinator" in page
    assert "Characters under the symbol" in page


def test_the_help_line_is_the_one_that_was_set(bedside):
    """As an operator has written it."""
    walker = unreadable(bedside)
    settings = replace(bedside.installation.settings, help_line="Cell desk, 555 0170")
    app = create_app(replace(bedside.installation, settings=settings))
    there = Walker(signed_in(app, FIRST), walker.path)
    there.take_up()

    assert "Call for help: Cell desk, 555 0170" in there.page


def test_typed_characters_are_recorded_as_typed_with_who_confirmed_them(bedside):
    """Twice the same, and a second person read the same."""
    walker = unreadable(bedside)
    walker.send("/typed", **typed(bedside))
    walker.send(**bedside.heard())
    walker.send()
    first = bedside.signs(walker, FIRST)
    bedside.signs(bedside.check(bedside.second(first)), SECOND)

    scans = [scan for scan in bedside.last().content["scans"] if scan["how"] == "typed"]
    assert [scan["confirmed_by"] for scan in scans] == [bedside.ward.who(SECOND).person]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first": "B-TEST-00000000-0"}, "a character was misread"),
        ({"second": "B-TEST-00000000-0"}, "is not what was typed above"),
        ({"second": ""}, "is missing"),
        ({"confirmer_username": FIRST}, "is not another person who works at this site"),
        ({"confirmer_username": "mia"}, "is not another person who works at this site"),
        ({"confirmer_password": "not the password at all"}, "password is wrong"),
    ],
    ids=["misread", "differs", "once", "oneself", "another site's", "wrong password"],
)
def test_typed_characters_without_all_of_it_go_nowhere(bedside, changes, said):
    """It is said beside the field; the screen stays."""
    walker = unreadable(bedside)
    answer = walker.send("/typed", **typed(bedside, **changes))

    assert answer.status_code == 422
    assert said in answer.text
    assert "CANNOT READ" in walker.page


def test_nobody_types_before_the_scanner_was_tried_three_times(bedside):
    """The other way is no shortcut."""
    walker = before_the_bag(bedside)
    answer = walker.send("/typed", **typed(bedside))

    assert answer.status_code == 422


def test_typed_characters_of_a_strange_bag_stop(bedside):
    """Cannot read never turns into right."""
    walker = unreadable(bedside)
    serial = bedside.label(0, bedside.danae).partition("/")[0]
    walker.send("/typed", **typed(bedside, first=serial, second=serial))

    assert reasons_on(walker.page) == ["WRONG_THERAPY"]
    assert bedside.last(bedside.danae).kind == "incident"

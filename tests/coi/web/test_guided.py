"""One thing on each screen: asked in order, kept at each step, gone on with anywhere."""

import re

import pytest

from coi.demo.cast import PASSWORD
from coi.services import passwords
from coi.services.forms import is_guided
from coi.services.passwords import Turnstile
from tests.builders import a_workflow
from tests.coi.web.bedside import CHECK, FIRST, SECOND, WARD
from tests.coi.web.walk import start_of, token_on

NAMES = ("family_name", "given_name", "birth_date", "medical_record_number")


def test_what_is_done_at_the_patient_from_hand_to_hand_or_opened_is_guided():
    """All else keeps its one form."""
    guided = {name for name, action in a_workflow().actions.items() if is_guided(action)}

    assert guided == {
        *("admit_patient", "collect", "check_at_bedside", "infuse", "infuse_part"),
        *("release_custody", "accept_custody", "take_back"),
        *("release_shipment", "accept_shipment", "take_back_shipment", "secure_shipment"),
        *("unpack", "open_shipper", "open_canister", "open_cassette"),
    }


def test_the_order_comes_first_then_the_wristband_then_the_bag(bedside):
    """And then what the patient says, what is recorded, and the signature (design)."""
    walker = bedside.checking()
    seen = [walker.asked]
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
        seen.append(walker.asked)
    walker.send(**bedside.heard())
    seen.append(walker.asked)
    walker.send()
    seen.append(walker.asked)

    assert seen == [
        "Scan the order",
        "Scan the wristband on the patient&#39;s arm",
        "Scan the label of the bag",
        "What the patient says",
        "Read it back",
        "Sign",
    ]


def test_each_screen_has_one_obvious_button_a_place_and_a_focused_field(bedside):
    """Enter from the scanner presses it."""
    page = bedside.checking().page

    assert len(re.findall(r'class="main big"', page)) == 1
    assert "1 of 6" in page
    assert re.search(r'<input id="code"[^>]* autofocus', page)


def test_a_handoff_is_one_persons_and_ends_with_a_verdict(bedside):
    """Green, with a tick, a word, a sound, and what was matched."""
    walker = bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD)
    walker.scan(bedside.label())
    walker.send(done="1")
    walker.send(consignee="north-lab")
    walker.send()
    bedside.signs(walker, FIRST)

    page = walker.page
    assert 'class="verdict matched"' in page
    assert all(word in page for word in ("RIGHT", "right.svg", "right.wav", "Matched: product"))
    assert bedside.last().action == "release_custody"


@pytest.fixture
def sending(bedside):
    """A bag in hand, at the screen that asks to whom it goes."""
    walker = bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD)
    walker.scan(bedside.label())
    walker.send(done="1")
    return walker


def test_what_is_sent_can_be_sent_only_to_whom_it_may_go(sending):
    """Another hospital is not offered; a laboratory is, which has had nothing of it yet."""
    page = sending.page

    assert 'value="north-ward"' in page
    assert 'value="lab-testing"' in page
    assert 'value="south-ward"' not in page


def test_a_bag_that_is_sent_to_another_hospital_all_the_same_is_refused(bedside, sending):
    """Whoever gets round the page is told why not, and nothing is on its way."""
    sending.send(consignee="south-ward")
    sending.send()

    bedside.signs(sending, FIRST)

    assert "CONSIGNEE_TAKES_NO_PART" in sending.page
    assert "hospital or manufacturer that the order names" in sending.page
    assert bedside.last().kind == "refused"


def test_a_bag_that_is_scanned_twice_is_read_once(bedside):
    """Two quick reads of one label are one."""
    walker = bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD, bedside.label())
    answer = walker.scan(bedside.label())

    assert answer.status_code == 409
    assert "was read already" in answer.text
    assert walker.page.count(bedside.label().partition("/")[0]) == 1


def test_a_bag_is_in_one_such_step_at_a_time(bedside):
    """A colleague who means the same bag is told, and goes on with that step."""
    bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD, bedside.label())
    other = bedside.person(SECOND).begin(bedside.coi, "release_custody", WARD)
    answer = other.scan(bedside.label())

    assert answer.status_code == 409
    assert "UNDER_WAY" in answer.text


def test_what_was_scanned_before_is_taken_over_where_one_person_acts(bedside):
    """Whoever comes from the scan box does not scan the bag again."""
    walker = bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD, bedside.label())

    assert "Read so far:" in walker.page


def test_at_the_patient_nothing_is_taken_over(bedside):
    """Each of two scans everything when it is asked for."""
    codes = (bedside.coi, bedside.band(), bedside.label())
    walker = bedside.person(FIRST).begin(bedside.coi, CHECK, WARD, *codes)

    assert walker.asked == "Scan the order"


def test_a_step_is_gone_on_with_on_another_device(bedside):
    """Nothing that was scanned is lost; on the first one, whose it was is signed out (DI-01)."""
    here = bedside.checking()
    here.scan(bedside.coi)
    there = bedside.person(FIRST)
    there.path = here.path

    assert there.asked == "This step is not in hand here"
    there.take_up()
    assert there.asked.startswith("Scan the wristband")
    assert here.browser.get(here.path).headers["Location"].startswith("/sign-in")


def test_a_browser_that_ends_after_each_answer_loses_none_of_them(bedside):
    """Each is kept when it is given: in the next browser the next thing is asked (DI-08)."""
    scanned = [{"code": one, "how": "scanned"} for one in (bedside.coi, bedside.band())]
    answers = [*scanned, {"code": bedside.label(), "how": "scanned"}, bedside.heard(), {}]
    walker, asked, before = bedside.checking(), [], len(bedside.look().history)

    for answer in answers:
        asked.append(walker.asked)
        walker.send(**answer)
        # Another browser, which knows nothing but where the step is.
        walker, path = bedside.person(FIRST), walker.path
        walker.path = path
        walker.take_up()
    first = bedside.signs(walker, FIRST)
    bedside.signs(bedside.check(bedside.second(first)), SECOND)

    assert len(set(asked)) == len(answers)
    (checked,) = bedside.look().history[before:]
    assert (checked.action, checked.kind, len(checked.signatures)) == (CHECK, "act", 2)


def test_a_step_that_was_begun_is_resumed_rather_than_doubled(bedside):
    """The same person begins the same step again."""
    first = bedside.checking()
    first.scan(bedside.coi)
    again = bedside.checking()

    assert again.path == first.path
    assert again.asked.startswith("Scan the wristband")


def test_begin_pressed_twice_begins_once(bedside):
    """A double click is one wish."""
    walker = bedside.person(FIRST)
    page = walker.browser.get(start_of(bedside.coi, CHECK)).text
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    told = {"csrf_token": token_on(page), "key": key, "unit": WARD}

    answers = [walker.browser.client.post(start_of(bedside.coi, CHECK), data=told) for _ in "ab"]

    assert len({answer.headers["Location"] for answer in answers}) == 1


def test_what_is_under_way_stands_on_my_work_and_on_the_therapy(bedside):
    """With who began it, and the way back to it."""
    walker = bedside.checking()
    link = f'href="{walker.path}"'

    assert link in walker.browser.get("/").text
    page = walker.browser.get(f"/therapies/{bedside.coi}").text
    assert link in page
    assert "by Ivo Infusion" in page


def test_a_screen_that_was_answered_is_not_answered_again(bedside):
    """A stale tab is told so, and shown what is asked now; nothing is doubled."""
    walker = bedside.checking()
    stale = {"csrf_token": token_on(walker.page), "version": walker.version}
    stale |= {"code": bedside.coi, "how": "scanned"}
    answers = [walker.browser.client.post(walker.path, data=stale) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 409]
    assert "This screen is answered already" in answers[1].text
    assert "wristband" in answers[1].text


def test_what_was_typed_into_a_stale_screen_stands_there_again(bedside):
    """The screen was asked anew meanwhile, in another tab: nothing typed is lost."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    stale = {"csrf_token": token_on(walker.page), "version": walker.version, **bedside.heard()}
    walker.send("/back")
    walker.scan(bedside.label())

    answer = walker.browser.client.post(walker.path, data=stale)

    assert answer.status_code == 409
    assert f'value="{bedside.heard()["said-family_name"]}"' in answer.text


def test_what_was_typed_before_the_session_ended_goes_along_when_it_is_gone_on_with(bedside):
    """Signed in anew, one sends what still stands on the screen: it is in no hand yet (BD-12)."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    told = {"version": walker.version, "password": "secret", **bedside.heard()}
    anew = bedside.person(FIRST)
    anew.path = walker.path

    kept = anew.send(**told)
    (form,) = re.findall(r'<form [^>]*/take-up">(.*?)</form>', kept.text, re.DOTALL)
    hidden = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    shown = anew.browser.client.post(f"{anew.path}/take-up", data=hidden)
    asked = anew.asked

    assert (kept.status_code, "ELSEWHERE" in kept.text) == (409, True)
    assert "secret" not in kept.text
    assert (shown.status_code, hidden.items() >= bedside.heard().items()) == (200, True)
    assert f'value="{bedside.heard()["said-family_name"]}"' in shown.text
    anew.send(**bedside.heard())
    assert anew.asked != asked


def test_back_asks_the_screen_before_again(bedside):
    """And what it was answered with is forgotten."""
    walker = bedside.checking()
    walker.scan(bedside.coi)
    walker.send("/back")

    assert walker.asked == "Scan the order"


def test_a_step_can_be_discarded_and_nothing_has_happened(bedside):
    """The record does not know of it."""
    before = bedside.look().head_hash
    walker = bedside.checking()
    walker.scan(bedside.coi)
    answer = walker.send("/discard")

    assert answer.headers["Location"] == f"/therapies/{bedside.coi}"
    assert "Discarded" in walker.page
    assert bedside.look().head_hash == before


def test_a_step_that_was_left_for_twelve_hours_has_ended(bedside):
    """Nobody finds a half-done check on the next day."""
    walker = bedside.checking()
    bedside.wait(12 * 60 + 1)
    later = bedside.person(FIRST)

    assert later.browser.get(walker.path).status_code == 404
    assert walker.path not in later.browser.get(f"/therapies/{bedside.coi}").text


def test_one_session_has_one_patient_in_hand(bedside):
    """Beginning with another puts the first aside, and says so (BD-12)."""
    walker = bedside.checking()
    first = walker.path
    walker.begin(bedside.danae, CHECK, WARD)
    page = walker.page

    assert f"the step of {bedside.coi} was put aside" in page
    walker.path = first
    assert walker.asked == "This step is not in hand here"
    assert walker.send(code=bedside.coi).status_code == 409


def test_a_colleague_who_goes_on_scans_from_the_beginning(bedside):
    """Who signs has scanned."""
    walker = bedside.checking()
    walker.scan(bedside.coi)
    other = bedside.person(SECOND)
    other.path = walker.path
    other.take_up()

    assert other.asked == "Scan the order"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"said-family_name": "Wuckert783", "source": "patient"}, "at least two of these"),
        ({"said-family_name": "A", "said-birth_date": "B", "source": "x"}, "say who says it"),
    ],
)
def test_too_little_is_said_beside_its_field_and_nothing_is_lost(bedside, fields, said):
    """What was typed stands there again."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    answer = walker.send(**fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert fields["said-family_name"] in answer.text


@pytest.mark.parametrize("written", ["26.05.1959", "26/05/1959", "1959-5-26", "26 May 1959"])
def test_how_a_day_is_written_stops_nobody(bedside, written):
    """Before anything is compared it is said how: it would differ, whoever lies there."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    before = len(bedside.look().history)

    answer = walker.send(**bedside.heard() | {"said-birth_date": written})

    assert answer.status_code == 422
    assert "is written as 1961-04-27: the year, the month, the day" in answer.text
    assert f'value="{written}"' in answer.text
    assert len(bedside.look().history) == before
    walker.send(**bedside.heard())
    assert walker.asked == "Read it back"


def test_what_is_read_back_says_the_day_and_no_example_beside_it(bedside):
    """Read aloud, an example would be taken for the day."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    assert "written as 1961-04-27" in walker.page

    walker.send(**bedside.heard())

    assert bedside.heard()["said-birth_date"] in walker.page
    assert "1961-04-27" not in walker.page


@pytest.mark.parametrize("text", ["10" + " " * 10_001, "1" * 10_001], ids=["padded", "digits"])
def test_a_text_that_is_too_long_is_said_on_its_own_screen(bedside, text):
    """Nobody learns it from the signature."""
    serial = bedside.label()
    bedside.signs(bedside.check(bedside.second(bedside.first_part())), SECOND)
    walker = bedside.person(FIRST).begin(bedside.coi, "infuse_part", WARD)
    walker.scan(bedside.band())
    walker.scan(serial)

    answer = walker.send(**{"value-infused_ml": text})

    assert answer.status_code == 422
    assert "characters long; 2000 are possible" in answer.text


def test_more_than_anybody_is_called_is_not_cut_short(bedside):
    """What is compared is what was typed, or nothing."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)

    answer = walker.send(**bedside.heard() | {"said-family_name": "x" * 201})

    assert answer.status_code == 422
    assert "is 201 characters long; 200 are possible" in answer.text


def test_a_wrong_password_signs_nothing(bedside):
    """It is said beside its field, and never shown again."""
    walker = bedside.check(bedside.checking())
    answer = bedside.signs(walker, FIRST, "not the password at all").answer

    assert answer.status_code == 422
    assert "The user name or the password is wrong" in answer.text
    assert "not the password at all" not in answer.text


def test_who_signs_while_too_many_wait_is_told_so_on_the_same_screen(bedside, monkeypatch):
    """Nothing is lost, and no try is counted: the same screen goes through afterwards (SEC-43)."""
    walker = bedside.check(bedside.checking())
    full = Turnstile(at_once=1, waiting=0, seconds=0)
    with monkeypatch.context() as patch, full.passed():
        patch.setattr(passwords, "_HASHING", full)
        crowded = bedside.signs(walker, FIRST).answer

    assert crowded.status_code == 422
    assert "no try was counted" in crowded.text
    assert bedside.signs(walker, FIRST).answer.status_code < 400


def test_a_bag_that_the_step_cannot_act_on_is_said_at_once(bedside):
    """Nobody types ten fields to learn it at the end; another bag can be scanned."""
    walker = bedside.first_part()
    bedside.signs(bedside.check(bedside.second(walker)), SECOND)
    infusing = bedside.person(FIRST).begin(bedside.coi, "infuse", WARD)
    assert "Scan the wristband" in infusing.asked
    infusing.scan(bedside.band())

    assert infusing.scan(bedside.label(0)).status_code == 409
    assert "needs it to be" in infusing.answer.text
    assert infusing.asked.startswith("Scan the label")


def test_no_screen_names_the_patient(bedside):
    """Not in its address, its title, or before the patient has said it (SEC-33, BD-06)."""
    walker = bedside.checking()
    identity = bedside.performer.identities[bedside.coi]
    seen = [walker.page]
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
        seen.append(walker.page)

    secret = (*(identity[name] for name in NAMES), PASSWORD)
    assert not any(text in page for page in seen for text in secret)


def test_the_remaining_time_is_shown(bedside):
    """Of the thaw window, while there is some."""
    shown = r"Thaw window</strong>: <span class=\"left\"><strong>\d+ min</strong> left, ends at"
    assert re.search(shown, bedside.checking().page)

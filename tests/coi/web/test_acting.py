"""Taking a step on a page: the form, what becomes of it, and what is never lost."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from coi.clock import parse_rfc3339
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import ORDERED, collected, play
from coi.demo.performer import Wish
from coi.demo.stories import EXITS, GOES_WELL, told
from coi.services.decoding import content_of_text
from coi.services.proofs import person_of
from coi.services.sessions import TRIES, prove
from coi.services.therapies import look
from coi.store.entries import entries_of
from tests.coi.web.steps import filled_in, form_on, path_of, put, send
from tests.journeys.worlds import verdict_of

WRONG = "not the password at all"


@pytest.fixture
def coi(lives):
    """A therapy with a bag that waits to be frozen in the cell laboratory of the hospital."""
    return lives.cois["a bag on hold"]


@pytest.fixture
def freezing(performer, coi):
    """What it takes to freeze its bag: the request, who acts, who signs."""
    return performer.request(coi, "freeze_material")


@pytest.fixture
def form(someone, freezing):
    """The form of that step, filled in by who acts, and their browser."""
    wanted, actor, signers = freezing
    browser = someone(actor.username)
    page = browser.get(path_of(wanted.coi, wanted.action)).text
    return browser, path_of(wanted.coi, wanted.action), filled_in(page, wanted, signers)


def entries(installation, coi):
    """How many entries a therapy has."""
    return len(look(installation, coi).history)


# -- what goes well --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "story",
    [
        told(GOES_WELL),
        EXITS["product rejected and sent back"],
        EXITS["cancelled in testing, all destroyed"],
    ],
    ids=["goes well", "sent back", "cancelled and destroyed"],
)
def test_a_whole_therapy_can_be_told_at_the_pages(at_the_pages, installation, story):
    """Every form asks for what its step takes, and the record is sound afterwards."""
    coi = story(at_the_pages, PATIENTS[1])

    assert look(installation, coi).history[-1].kind == "act"
    assert verdict_of(installation).findings == ()


def test_a_step_that_was_taken_leads_to_the_therapy_and_says_so(form):
    """Nobody wonders whether it worked."""
    browser, path, typed = form

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 303
    assert "Done: Freeze starting material." in browser.get(answer.headers["Location"]).text


def test_labels_to_print_are_named_after_the_step(someone, performer, installation, coi):
    """What was packed needs its label at once."""
    performer.do(coi, "freeze_material")
    wanted, actor, signers = performer.request(coi, "pack")
    browser = someone(actor.username)

    answer = send(browser, wanted, signers)
    page = browser.get(answer.headers["Location"]).text

    view = look(installation, coi)
    shipment = next(s.id for s in view.subjects.values() if s.machine == "shipment")
    assert f"Print and apply the label {view.labels[shipment][0]}" in page


def test_the_therapy_links_what_i_can_do_and_keeps_rare_things_apart(someone, coi):
    """A loss is not reported by a slip."""
    often, rare = someone("leo").get(f"/therapies/{coi}").text.split("Seldom done")

    assert "/actions/release_custody" in often
    assert "/actions/report_lost" in rare


def test_what_is_seldom_done_from_here_stands_apart(someone, lives):
    """A patient whose cells were collected is admitted anew only where the wristband is lost."""
    page = someone("nina").get(f"/therapies/{lives.cois['mixed up']}").text
    often, rare = page.split("Seldom done")

    assert "/actions/admit_patient" not in often
    assert "/actions/admit_patient" in rare


def test_a_time_is_the_one_on_the_wall_of_the_unit(someone, performer, installation, lives):
    """Berlin is an hour ahead of the record in winter."""
    coi = lives.cois["a bag on hold"]
    wanted, actor, signers = performer.request(coi, "freeze_material")
    browser = someone(actor.username)
    path = path_of(coi, "freeze_material")
    page = browser.get(path).text
    typed = filled_in(page, wanted, signers)
    typed["value-frozen_at"] = form_on(page)["value-frozen_at"]

    assert browser.client.post(path, data=typed).status_code == 303

    found = look(installation, coi)
    kept = next(v.content for v in reversed(found.values) if v.field == "frozen_at")
    there = datetime.fromisoformat(typed["value-frozen_at"])
    assert parse_rfc3339(kept) == there.replace(tzinfo=ZoneInfo("Europe/Berlin"))


# -- who may see it --------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["no_such_action", "order", "<b>", "release_custody%00"])
def test_an_action_that_does_not_exist_is_not_found(someone, coi, action):
    """An order is taken elsewhere."""
    assert someone("nina").get(path_of(coi, action)).status_code == 404


def test_another_sites_therapy_answers_like_an_unknown_one(someone, lives):
    """To look and to send (SEC-07)."""
    nina = someone("nina")
    paths = [
        path_of(one, "freeze_material") for one in (lives.cois["dispensed"], "TEST-00000000-0")
    ]
    own = form_on(nina.get(path_of(lives.cois["mixed up"], "freeze_material")).text)

    assert [nina.get(path).status_code for path in paths] == [404, 404]
    assert [nina.client.post(path, data=own).status_code for path in paths] == [404, 404]


# -- what was typed wrongly ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("signer-1-password", "", "is missing"),
        ("signer-1-username", "", "is missing"),
        ("unit", "wheels-van", "is none of yours"),
        ("value-cryoprotectant", "", "is missing"),
        ("seen", "not a turn", "is no turn of anything"),
        ("key", "", "is missing"),
        ("key", "k" * 101, "is too long"),
        ("value-surprise", "1", "is no field of this form"),
        ("O'Brien <b>", "x", "is no field of this form"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_recorded(
    form, installation, coi, name, text, said
):
    """Beside its field, and above the form."""
    browser, path, typed = form
    typed[name] = text
    before = entries(installation, coi)

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert said in answer.text
    assert entries(installation, coi) == before


@pytest.mark.parametrize("name", ["unit", "codes", "key", "signer-1-username"])
def test_a_field_that_is_there_twice_is_refused(form, name):
    """Nobody can tell which of the two was meant."""
    browser, path, typed = form
    typed.add(name, typed[name])

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert "is there twice" in answer.text


def test_nothing_is_lost_but_the_password(form):
    """Whoever corrects one thing does not type the rest again."""
    browser, path, typed = form
    typed["value-cryoprotectant"] = ""
    typed["typed"] = "O'Brien <b>"

    answer = browser.client.post(path, data=typed)
    again = form_on(answer.text)

    assert again["codes"].split() == typed["codes"].split()
    assert again["typed"] == "O&#39;Brien &lt;b&gt;"
    assert again["key"] == typed["key"]
    assert PASSWORD not in answer.text


def test_a_wrong_password_is_said_beside_its_signer(form, installation, coi):
    """And counts as a try at that account (SEC-44)."""
    browser, path, typed = form
    typed["signer-1-password"] = WRONG
    before = entries(installation, coi)

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert 'id="signer-1-password-wrong">The user name or the password is wrong.' in answer.text
    assert entries(installation, coi) == before


@pytest.mark.parametrize(
    ("signer", "said"), [("leo", "It is locked"), ("lena", "wrong passwords of others")]
)
def test_a_form_is_no_way_to_guess_a_password(form, signer, said):
    """After five mistakes the right password signs no more, one's own or a colleague's."""
    browser, path, typed = form
    typed["signer-1-username"], typed["signer-1-password"] = signer, WRONG
    for _ in range(TRIES):
        browser.client.post(path, data=typed)
    typed["signer-1-password"] = PASSWORD

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert said in answer.text


def test_nobody_locks_a_colleague_out(form, installation):
    """Who types wrong passwords of others is named on record, and stops only themselves."""
    browser, path, typed = form
    wrong = typed.copy()
    wrong["signer-1-username"], wrong["signer-1-password"] = "lena", WRONG
    for _ in range(TRIES):
        browser.client.post(path, data=wrong)

    signed = prove(installation, "lena", PASSWORD)
    answer = browser.client.post(path, data=typed)

    assert signed.username == "lena"
    assert answer.status_code == 303
    assert tried_by(installation) == [("refuse_sign_in", "leo", "lena")] * (TRIES - 1) + [
        ("lock_beside", "leo", "lena")
    ]


def tried_by(installation):
    """Every entry of a password that was typed for another in vain: action, typist, other."""

    def look_up(tx):
        ids = {person_of(tx, name).person.id: name for name in ("leo", "lena")}
        contents = [content_of_text(text) for _hash, text, _signed in entries_of(tx, "site:north")]
        for one in contents:
            for tried in one.get("registers", {}).get("locks", ()):
                yield one["action"], ids[one["actor"]], ids[tried["person"]]

    return installation.read(lambda tx: list(look_up(tx)))


@pytest.mark.parametrize("name", ["luc", "nobody at all", "omar"])
def test_who_may_not_sign_is_told_before_a_password_is_looked_at(form, installation, name):
    """Nobody's password can be tried where they have nothing to sign, and nothing is counted."""
    browser, path, typed = form
    typed["signer-1-username"], typed["signer-1-password"] = name, WRONG

    for _ in range(TRIES + 1):
        answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert "is nobody who may sign this here" in answer.text
    assert tried_by(installation) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yesterday", "is not a time"),
        ("2027-03-28T02:30", "the clocks were put forward"),
        ("", "is missing"),
    ],
)
def test_a_time_that_does_not_exist_is_refused(someone, performer, lives, text, said):
    """In the night in which the clocks are put forward, an hour is missing."""
    coi = lives.cois["a bag on hold"]
    wanted, actor, signers = performer.request(coi, "freeze_material")
    browser, path = someone(actor.username), path_of(coi, "freeze_material")
    typed = filled_in(browser.get(path).text, wanted, signers)
    typed["value-frozen_at"] = text

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("text", ["x" * 5_000, "a\x00b", "\u202egnp", "O'Brien <b>"])
def test_a_hostile_text_does_no_harm(someone, performer, lives, text):
    """It is refused or kept as it is, and never becomes a part of a page."""
    coi = lives.cois["a bag on hold"]
    wanted, actor, signers = performer.request(coi, "freeze_material")
    browser, path = someone(actor.username), path_of(coi, "freeze_material")
    typed = filled_in(browser.get(path).text, wanted, signers)
    typed["value-cryoprotectant"] = text

    answer = browser.client.post(path, data=typed, follow_redirects=True)

    assert answer.status_code == (200 if "<b>" in text else 422)
    assert "<b>" not in answer.text


def test_more_samples_are_asked_for_without_losing_what_was_typed(someone, lives):
    """The number can be changed at any time."""
    mia, path = someone("mia"), path_of(lives.cois["in manufacture"], "take_samples")
    typed = form_on(mia.get(path).text)
    put(typed, {"count-sample": "3", "new-sample-1-sample_ml": "1.4", "redraw": "1"})

    page = mia.client.post(path, data=typed).text

    assert "Sample 3 of 3" in page
    assert form_on(page)["new-sample-1-sample_ml"] == "1.4"


# -- sent twice, too late, or wrongly --------------------------------------------------------------


def test_a_form_that_is_sent_twice_has_one_effect_and_one_answer(form, installation, coi):
    """A double click, or the page loaded again."""
    browser, path, typed = form
    before = entries(installation, coi)

    answers = [browser.client.post(path, data=typed) for _ in range(2)]

    assert {answer.headers["Location"] for answer in answers} == {f"/therapies/{coi}"}
    assert entries(installation, coi) == before + 1


def test_a_form_that_is_changed_and_sent_again_is_another_request(form):
    """It says so, and keeps what was typed under a key of its own."""
    browser, path, typed = form
    browser.client.post(path, data=typed)
    typed["value-cryoprotectant"] = "another one"

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert "KEY_REUSED" in answer.text
    assert form_on(answer.text)["key"] != typed["key"]


def test_a_stale_form_says_what_moved_and_loses_nothing(form, performer, installation, coi):
    """Somebody else was faster."""
    browser, path, typed = form
    performer.do(coi, "release_custody", Wish(to="wheels-van"))
    before = entries(installation, coi)

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 409
    assert "has changed since it was shown to you" in answer.text
    assert form_on(answer.text)["codes"].split() == typed["codes"].split()
    assert entries(installation, coi) == before


def test_a_stale_form_keeps_the_codes_where_nothing_is_left_to_scan(someone, performer):
    """The only bag that the step acts on was moved meanwhile, and the form asks for none now."""
    coi = performer.order(PATIENTS[2])
    play(performer, coi, (*ORDERED, *collected(1)))
    wanted, actor, signers = performer.request(coi, "freeze_material")
    browser, path = someone(actor.username), path_of(coi, "freeze_material")
    typed = filled_in(browser.get(path).text, wanted, signers)
    typed["typed"] = typed["again"] = coi
    performer.do(coi, "freeze_material")

    kept = form_on(browser.client.post(path, data=typed).text)

    assert [kept[name].split() for name in ("codes", "scanned", "typed")] == [
        [code.raw for code in wanted.codes],
        [code.raw for code in wanted.codes],
        [coi],
    ]


def test_a_refused_step_gives_every_reason_and_is_on_record(form, installation, coi):
    """With its code and what puts it right; the form can be sent again under a new key."""
    browser, path, typed = form
    typed["codes"] = "nonsense\x1d"

    answer = browser.client.post(path, data=typed)

    newest = look(installation, coi).history[-1]
    assert answer.status_code == 409
    assert newest.kind == "refused"
    assert all(one.code in answer.text for one in newest.refusals)
    assert form_on(answer.text)["key"] != typed["key"]


def test_a_wrong_bag_stops_everybody_on_a_page_of_its_own(form, installation, coi, lives):
    """And stands in the records of both therapies (hard guard 1)."""
    browser, path, typed = form
    other = lives.cois["on hold"]
    bag = next(serials[-1] for serials in look(installation, other).labels.values())
    typed["codes"] = f"{bag}/{other}"
    before = entries(installation, other)

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 409
    assert 'class="huge"' in answer.text
    assert "WRONG_THERAPY" in answer.text
    assert look(installation, coi).history[-1].kind == "refused"
    assert entries(installation, other) > before


def test_a_code_typed_by_hand_is_recorded_as_typed(form, installation, coi):
    """Whoever reads the record can tell the two apart."""
    browser, path, typed = form
    typed["typed"] = typed["again"] = typed["codes"]
    typed["codes"] = ""

    assert browser.client.post(path, data=typed).status_code == 303

    scans = look(installation, coi).history[-1].content["scans"]
    assert {scan["how"] for scan in scans} == {"typed"}


@pytest.mark.parametrize("claim", ["", "B-TEST-00000000-0", None])
def test_a_line_that_no_script_saw_scanned_is_recorded_as_typed(form, installation, coi, claim):
    """Pasted, typed, or entered where no script runs: nobody is believed for want of a word."""
    browser, path, typed = form
    typed["scanned"], typed["again"] = claim or "", typed["codes"]
    if claim is None:
        del typed["scanned"]

    assert browser.client.post(path, data=typed).status_code == 303

    scans = look(installation, coi).history[-1].content["scans"]
    assert {scan["how"] for scan in scans} == {"typed"}


@pytest.mark.parametrize(
    ("again", "said"),
    [
        ("", "is missing: what no scanner typed is entered twice"),
        ("{coi}", "is not what was typed above"),
        ("{bag}x", "is not what was typed above"),
        ("{bag}\n{coi}", "is not what was typed above"),
    ],
    ids=["nothing", "another one", "a slip", "one more"],
)
@pytest.mark.parametrize("field", ["codes", "typed"])
def test_what_no_scanner_typed_is_entered_twice(form, installation, coi, field, again, said):
    """Wherever it was typed; nothing is recorded before, and all that was typed stays (BD-05)."""
    browser, path, typed = form
    before, bag = entries(installation, coi), typed["codes"]
    typed["codes"], typed["scanned"], typed[field] = "", "", bag
    typed["again"] = again.format(coi=coi, bag=bag)

    answer = browser.client.post(path, data=typed)

    assert (answer.status_code, said in answer.text) == (422, True)
    assert entries(installation, coi) == before
    assert form_on(answer.text)["again"] == typed["again"]


def test_the_second_of_two_signers_is_told_to_compare_what_was_typed(someone, lives):
    """Where it is typed, and beside their signature once something was (BD-05)."""
    mia, coi = someone("mia"), lives.cois["in manufacture"]
    path = path_of(coi, "start_lot")
    page = mia.get(path).text

    again = mia.client.post(path, data={**form_on(page), "typed": coi, "again": coi}).text

    told = "Compare the characters on the label with those above before you sign."
    assert "Whoever signs second compares the characters on the label with these" in again
    assert (told in page, told in again) == (False, True)
    assert again.index("Signature 2 of 2") < again.index(told)


def test_a_line_that_the_script_saw_scanned_is_recorded_as_scanned(form, installation, coi):
    """And what stands beside it is looked at line by line."""
    browser, path, typed = form
    typed["codes"] += f"\n{coi}"
    typed["again"] = coi

    assert browser.client.post(path, data=typed).status_code == 303

    scans = look(installation, coi).history[-1].content["scans"]
    ways = {(scan["means"], scan["how"]) for scan in scans}
    assert ways == {("label", "scanned"), ("order", "typed")}


def test_who_acts_must_sign(form, installation, coi):
    """The session alone signs nothing, and another's signature is not one's own."""
    browser, path, typed = form
    typed["signer-1-username"] = "lena"

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 409
    assert look(installation, coi).history[-1].kind == "refused"


def test_whoever_opens_a_form_stands_where_their_role_signs(someone, lives):
    """A qualified person is not offered the reviewer's signature."""
    page = someone("quentin").get(path_of(lives.cois["recorded late"], "release_lot")).text

    names = form_on(page)

    assert (names["signer-1-username"], names["signer-2-username"]) == ("", "quentin")


def test_every_field_has_a_label(someone, lives):
    """Whoever cannot see the page hears what is asked."""
    page = someone("mia").get(path_of(lives.cois["in manufacture"], "start_lot")).text
    form = page[page.index('class="action"') :]
    asked = re.findall(r'<(?:input(?! type="hidden")|select|textarea) [^>]*?id="([^"]+)"', form)

    assert len(asked) > 6
    assert all(f'for="{name}"' in form for name in asked)


def test_more_codes_than_any_step_takes_are_refused(form, installation, coi):
    """Somebody sends what no scanner sends."""
    browser, path, typed = form
    typed["codes"] = "\n".join(f"code {n}" for n in range(201))
    before = entries(installation, coi)

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert "200 are possible" in answer.text
    assert entries(installation, coi) == before


@pytest.mark.parametrize("username", ["O'Brien <b>", "a\x00b", "x" * 5_000])
def test_a_hostile_user_name_is_a_wrong_one(form, username):
    """The same words as for somebody who has nothing to sign here."""
    browser, path, typed = form
    typed["signer-1-username"] = username

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert "is nobody who may sign this here" in answer.text


def test_enter_never_sends_a_form(someone, coi):
    """A scanner ends each code with it, wherever the focus is: the first button does nothing."""
    page = someone("nina").get(path_of(coi, "freeze_material")).text
    first = re.search(r"<button[^>]*>", page[page.index('class="action"') :])

    assert first is not None
    assert "disabled" in first[0]

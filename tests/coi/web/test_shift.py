"""A step under way at a shift change: handed over and taken over, each with a signature."""

import json
import re
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import jsonschema
import pytest

from coi.demo.cast import PASSWORD
from coi.services.custody_events import event_of
from coi.services.custody_reading import read_custody
from coi.services.documents import write_custody_record
from coi.services.proofs import authenticate
from coi.services.record_reading import read_whole
from coi.services.sessions import resume, sign_in
from coi.services.therapies import look
from coi.services.trail_review import reviewed
from coi.services.unusual import Unusual, unusual_in
from coi.services.verifying import verify_record
from coi.services.whole_record import write_whole_record
from coi.store import facts
from tests.coi.layered import ARRIVED
from tests.coi.web.conftest import SHORT_STEP
from tests.coi.web.walk import Walker, signed_in, token_on
from tests.journeys.asking import ids
from tests.journeys.worlds import Databases, copy_of
from workflows.shift import TOOK_PART

LAB = "north-lab"
DONE, REMAINS = "The seal is intact; 4 °C at the lowest.", "Scan what is in it, and sign."
ILL = "Leo went home ill at half past nine."


@pytest.fixture
def performer(shipped, migrated_file, tmp_path):
    """The cast, in a copy of the world in which a shipper has arrived."""
    with copy_of(Databases(migrated_file), shipped, tmp_path, SHORT_STEP) as acting:
        yield acting


@pytest.fixture
def coi(shipped):
    """The therapy whose shipper has arrived."""
    return shipped.cois[ARRIVED]


@pytest.fixture
def label(performer, coi):
    """What the scanner reads of the shipper, and of what is in it."""

    def of(machine, number=0):
        thing = ids(performer, coi, machine)[number]
        return f"{look(performer.installation, coi).labels[thing][-1]}/{coi}"

    return of


@pytest.fixture
def leo(app, coi, label):
    """Leo has opened the shipper, and typed one of two temperatures."""
    walker = Walker(signed_in(app, "leo")).begin(coi, "unpack", LAB)
    scanned(walker, label)
    walker.send(**{"value-temperature_low_celsius": "-150"})
    return walker


@pytest.fixture
def at_it(app, leo):
    """Somebody signed in, who looks at Leo's step."""
    return lambda username: Walker(signed_in(app, username), leo.path)


def scanned(walker, label):
    """The shipper, and what is in it: a canister, and a bare bag."""
    walker.scan(label("shipment", -1))
    walker.scan(label("canister"))
    walker.scan(label("product", 1))
    walker.send(done="1")


def handed(walker, to="lena", password=PASSWORD, **more):
    """Hand the step over."""
    told = {"to": to, "done": DONE, "remains": REMAINS, "password": password, **more}
    return walker.send("/hand-over", **told)


def taken(walker, password=PASSWORD, **more):
    """Take it over."""
    return walker.send("/take-over", password=password, **more)


def codes(answer):
    """The codes of the reasons that a page gives."""
    return re.findall(r'<span class="code">([A-Z_]+)</span>', answer.text)


def last(performer, coi):
    """The newest entry of the therapy."""
    return look(performer.installation, coi).history[-1]


def finish(walker, label, username):
    """Everything that is left of the step, with the signature."""
    scanned(walker, label)
    walker.send(**{"value-temperature_high_celsius": "-140"})
    walker.send()  # no record of the logger
    page = walker.page
    walker.send()
    walker.send(**{"signer-1-username": username, "signer-1-password": PASSWORD})
    return page


# -- handed over -----------------------------------------------------------------------------------


def test_a_step_is_handed_over_with_a_signature_and_a_note(leo, performer, coi):
    """The entry names to whom, and keeps apart what is done and what remains."""
    answer = handed(leo)

    event = last(performer, coi)
    assert answer.status_code == 303
    assert event.title.startswith("A step under way was handed over: ")
    assert list(event.said.values()) == [DONE, REMAINS]
    assert DONE not in str(event.content)
    assert [(one.username, one.meaning) for one in event.signatures] == [("leo", "handed over")]


def test_its_receiver_finds_it_under_my_work_and_is_told_what_remains(leo, at_it):
    """Handed to you by, and nobody else is told so."""
    handed(leo)

    work = at_it("lena").browser.get("/").text
    assert "Handed to you by Leo Lab, take over" in work
    assert "You handed over, not taken over yet" in leo.browser.get("/").text
    page = unescape(at_it("lena").page)
    assert at_it("lena").asked == "Handed to you"
    assert DONE in page
    assert REMAINS in page


def test_nobody_has_it_in_hand_meanwhile(leo):
    """Whoever handed it over answers nothing more, and does not simply go on."""
    handed(leo)

    assert leo.send(**{"value-temperature_high_celsius": "-140"}).status_code == 409
    answer = leo.take_up()
    assert (answer.status_code, codes(answer)) == (409, ["HANDED_OVER_ALREADY"])


@pytest.mark.parametrize(
    ("to", "code"),
    [("leo", "SAME_PERSON"), ("luc", "SIGNER_NOT_ENTITLED"), ("nina", "SIGNER_NOT_ENTITLED")],
)
def test_it_goes_to_nobody_who_could_not_finish_it(leo, performer, coi, to, code):
    """Oneself, another site, another role; nothing is recorded."""
    before = last(performer, coi).seq
    answer = handed(leo, to)

    assert answer.status_code == 409
    assert code in codes(answer)
    assert DONE in unescape(answer.text)
    assert last(performer, coi).seq == before


def test_who_is_offered_can_finish_it(leo):
    """The colleague of the same unit, by name; oneself and other sites are not."""
    page = leo.browser.get(f"{leo.path}/hand-over").text
    offered = re.findall(r'<option value="([^"]+)"', page)

    assert offered == ["lena"]
    assert "Lena O&#39;Lab" in page


def test_what_is_missing_is_said_beside_its_field(leo):
    """And what was typed stays."""
    answer = handed(leo, remains=" ")

    assert answer.status_code == 422
    assert 'id="remains-wrong"' in answer.text
    assert DONE in unescape(answer.text)


def test_a_wrong_password_hands_nothing_over(leo, performer, coi):
    """It takes both components, each time."""
    before = last(performer, coi).seq
    answer = handed(leo, password="wrong")

    assert answer.status_code == 401
    assert last(performer, coi).seq == before


def test_it_is_handed_over_once(leo):
    """A second tab is told so, with the version that it saw and with the newest one."""
    stale = leo.version
    handed(leo)
    token = token_on(leo.page)
    told = {"csrf_token": token, "to": "lena", "done": "x", "remains": "y", "password": PASSWORD}

    for version in (stale, leo.version):
        path = f"{leo.path}/hand-over"
        answer = leo.browser.client.post(path, data={**told, "version": version})
        assert (answer.status_code, codes(answer)) == (409, ["HANDED_OVER_ALREADY"])


def test_a_tab_that_is_behind_hands_nothing_over(leo):
    """What is handed over is what was seen."""
    answer = handed(leo, version="1")

    assert answer.status_code == 409
    assert "answered already" in answer.text


def test_a_colleagues_step_is_not_ones_own_to_hand_over(at_it):
    """Nor is it offered."""
    lena = at_it("lena")

    assert "/hand-over" not in lena.page
    assert codes(handed(lena, "leo")) == ["NOT_IN_YOUR_HANDS"]


def test_what_has_ended_is_handed_to_nobody_and_taken_by_nobody(leo, at_it):
    """It says how it ended."""
    lena = at_it("lena")
    leo.send("/discard")

    for answer in (handed(leo), taken(lena, because=ILL)):
        assert answer.status_code == 409
        assert "Discarded" in answer.text


def test_another_site_knows_nothing_of_it(leo, at_it):
    """As of a step that does not exist (SEC-07)."""
    handed(leo)
    answer = at_it("luc").browser.client.get(f"{leo.path}/hand-over")

    assert answer.status_code == 404


# -- taken over ------------------------------------------------------------------------------------


def test_whoever_takes_it_over_signs_and_goes_on_with_what_was_answered(leo, at_it, performer, coi):
    """They scan again, and are not asked again what was answered."""
    handed(leo)
    lena = at_it("lena")
    answer = taken(lena)

    event = last(performer, coi)
    assert answer.status_code == 303
    assert [(one.username, one.meaning) for one in event.signatures] == [("lena", "taken over")]
    assert not unusual_in(event.content)
    assert lena.asked.startswith("Scan the label of the")


def test_the_record_says_who_entered_which_value(leo, at_it, performer, coi, label):
    """The signature is the finishing person's, and the read-back names the other one."""
    handed(leo)
    lena = at_it("lena")
    taken(lena)
    read = finish(lena, label, "lena")

    event = last(performer, coi)
    leos = performer.proven["leo"].person
    assert "entered by Leo Lab" in read
    assert event.action == "unpack"
    assert [one.username for one in event.signatures] == ["lena"]
    low, high, _no_record = event.entered
    assert (low.person, high.person) == (leos, performer.proven["lena"].person)
    assert low.at < high.at
    told = {one.field: one.content for one in look(performer.installation, coi).values}
    assert told["took_part"] == leos
    page = lena.browser.get(f"/therapies/{coi}").text
    assert "entered by Leo Lab" in page


@pytest.fixture
def finished(leo, at_it, label):
    """Lena has taken Leo's step over, and signed it."""
    handed(leo)
    lena = at_it("lena")
    taken(lena)
    finish(lena, label, "lena")
    return lena


@pytest.mark.usefixtures("finished")
def test_whoever_entered_something_took_part_in_the_step(performer, coi):
    """For every rule that asks who made what, and for who reviews the trail (SEC-30)."""
    leos = performer.proven["leo"].person

    deed = performer.installation.read(lambda tx: facts.history(tx, coi))[-1]
    leo = resume(performer.installation, sign_in(performer.installation, "leo", PASSWORD))

    assert (deed.action, deed.persons[-1]) == ("unpack", (leos, TOOK_PART))
    assert reviewed(performer.installation, leo, coi).part


@pytest.mark.usefixtures("finished")
def test_the_custody_record_says_who_entered_which_value(performer, coi):
    """And who handed what to whom, with what they said."""
    read = performer.installation.read(lambda tx: read_custody(tx, performer.installation, coi))
    handed_over, taken_over, done = [event_of(read, one) for one in read.view.history[-3:]]

    assert f"What is done: {DONE}; What remains: {REMAINS}" in handed_over.marks
    assert [one.meaning for one in taken_over.signatures] == ["taken over"]
    assert any("was entered by Leo Lab" in one for one in done.marks)
    told = {one.title: one.content for one in done.values}
    assert told["Had it in hand before it was handed over"] == "Leo Lab"


@pytest.mark.usefixtures("finished")
def test_the_record_holds_and_names_everybody_in_it(performer, coi):
    """The verifier finds nothing; whoever has the record as a file finds each name."""
    record = performer.installation.read(lambda tx: read_whole(tx, performer.installation, coi))

    assert verify_record(performer.installation).holds
    assert "Leo Lab" in record.people.values()
    assert write_custody_record(performer.installation, performer.proven["lena"], coi)


@pytest.mark.usefixtures("finished")
def test_the_whole_record_has_the_form_that_its_schema_says(performer, coi):
    """A handing over, a taking over and a step with who entered what are entries like others."""
    by = authenticate(performer.installation, "lena", PASSWORD)
    file = ZipFile(BytesIO(write_whole_record(performer.installation, by, coi)))

    record, schema = (json.loads(file.read(one)) for one in ("record.json", "record.schema.json"))

    jsonschema.Draft202012Validator(schema).validate(record)
    assert [one["content"]["action"] for one in record["entries"][-3:]] == [
        *("hand_over_step", "take_over_step", "unpack"),
    ]


@pytest.mark.usefixtures("finished")
def test_the_trail_tells_of_it(app, coi):
    """To whom, from whom, what was said, and who gave which answer."""
    page = unescape(signed_in(app, "queenie").get(f"/therapies/{coi}/trail?all=1").text)

    for told in ("handed to", "Lena O'Lab", "taken from", DONE, "entered by"):
        assert told in page


def test_an_answer_that_is_given_anew_is_the_new_ones(leo, at_it, performer, coi, label):
    """Back, and another number; what is only looked at stays whose it was."""
    handed(leo)
    lena = at_it("lena")
    taken(lena)
    lena.send("/back")
    scanned(lena, label)
    lena.send(**{"value-temperature_low_celsius": "-151"})
    lena.send(**{"value-temperature_high_celsius": "-140"})
    lena.send()  # no record of the logger
    lena.send()
    lena.send(**{"signer-1-username": "lena", "signer-1-password": PASSWORD})

    lenas = performer.proven["lena"].person
    assert {one.person for one in last(performer, coi).entered} == {lenas}


def test_nobody_else_takes_it_over_without_a_reason(leo, at_it):
    """Neither what nobody handed over, nor what was handed to another."""
    lena = at_it("lena")
    assert codes(taken(lena)) == ["REASON_MISSING"]
    assert codes(lena.take_up()) == ["NOT_HANDED_OVER"]

    handed(leo)
    assert codes(taken(leo)) == ["REASON_MISSING"]


def test_without_being_handed_over_it_takes_a_reason_which_a_review_shows_first(
    leo, at_it, performer, coi
):
    """Who began it went home ill."""
    lena = at_it("lena")
    answer = taken(lena, because=ILL)

    event = last(performer, coi)
    assert answer.status_code == 303
    assert list(event.said.values()) == [ILL]
    assert unusual_in(event.content) == (Unusual.TAKEN_OVER,)
    assert leo.asked == "This step is not in hand here"


def test_whoever_handed_it_over_takes_it_back_with_a_reason(leo, performer, coi):
    """The colleague did not come."""
    handed(leo)
    answer = taken(leo, because="Lena did not come.")

    assert answer.status_code == 303
    assert unusual_in(last(performer, coi).content) == (Unusual.TAKEN_OVER,)


@pytest.mark.parametrize("username", ["nina", "carla"])
def test_whoever_could_not_sign_it_takes_nothing_over(at_it, username):
    """Whatever reason they give."""
    answer = taken(at_it(username), because=ILL)

    assert "SIGNER_NOT_ENTITLED" in codes(answer)


def test_ones_own_step_is_not_taken_over(leo):
    """There is nothing to take."""
    assert codes(taken(leo, because=ILL)) == ["SAME_PERSON"]


def test_a_wrong_password_takes_nothing_over(leo, at_it, performer, coi):
    """And what was handed over waits on."""
    handed(leo)
    before = last(performer, coi).seq
    lena = at_it("lena")

    assert taken(lena, password="wrong").status_code == 401
    assert last(performer, coi).seq == before
    assert lena.asked == "Handed to you"


# -- at the patient --------------------------------------------------------------------------------


def test_what_is_done_at_the_patient_is_never_handed_over(bedside):
    """It is begun again, and nothing of a colleague's is kept."""
    walker = bedside.checking()
    walker.scan(bedside.coi)

    assert "/hand-over" not in walker.page
    assert "never handed over" in walker.browser.get(f"{walker.path}/hand-over").text
    assert codes(handed(walker, "irma")) == ["NEVER_HANDED_OVER"]
    irma = bedside.person("irma")
    irma.path = walker.path
    assert codes(taken(irma, because=ILL)) == ["NEVER_HANDED_OVER"]
    irma.take_up()
    assert irma.asked == "Scan the order"

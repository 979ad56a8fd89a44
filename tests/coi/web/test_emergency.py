"""Who a patient is, read in an emergency: for a reason, shortly, loudly, and reviewed (SEC-31)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from coi.demo.cast import PASSWORD, PATIENTS
from coi.errors import DataRefused, Unknown
from coi.services import people
from coi.services.checkup import Verdict
from coi.services.checkup_record import CHECKS
from coi.services.emergency import (
    LASTS,
    LONGEST_REASON,
    REASONS,
    Emergency,
    GlassClosed,
    NotNeeded,
    break_glass,
    look_again,
    open_until,
)
from coi.services.emergency_review import (
    WITHIN,
    Finding,
    OwnEmergency,
    emergencies_waiting,
    overdue,
    review_emergency,
)
from coi.services.gauges import GAUGES
from coi.services.identity import patient_of
from coi.services.installation import Installation
from coi.services.looks import IdentityErased
from coi.services.people import NewPerson
from coi.services.proofs import NotAllowed, authenticate
from coi.services.seen import ReadOnly
from coi.services.sessions import resume, sign_in
from coi.services.verifying import verify_record
from coi.store.entries import entries_with
from coi.store.erasing import destroy_identity
from tests.cast import WHY
from tests.coi.web.browser import without_token
from tests.plans import heard, walked

MARKER = PATIENTS[0]["family_name"]
NEW = "seven lamps on a quay"
SAYS = {"reason": "danger", "why": "<b>Found</b> without a name", "password": PASSWORD}
SECOND = timedelta(seconds=1)
MOMENT = timedelta(microseconds=1)
MINUTE = (timedelta(minutes=-1), timedelta(minutes=1))
MOST_ASKED = 36
"""So often the database is asked, at the page and with what was typed there."""

NOTICE = "somebody read in an emergency who a patient is"


@pytest.fixture
def coi(lives):
    """A therapy of the first patient at the northern hospital."""
    return lives.cois["positive after infusion"]


def path_of(coi, more=""):
    """The page of the emergency."""
    return f"/therapies/{coi}/emergency{more}"


def break_at(browser, coi, **changes):
    """Say at the page that there is an emergency."""
    return browser.send(path_of(coi), page=path_of(coi), **(SAYS | changes))


def documents(installation, action):
    """What is on record of such entries, the oldest first."""
    texts = installation.read(lambda tx: entries_with(tx, action))
    return [json.loads(text)["document"] for text in texts][::-1]


def told(coi, **changes):
    """An emergency, as a use case is told of it."""
    return Emergency(**({"coi": coi, "reason": "reach", "why": "Wrong number"} | changes))


def later(installation, after):
    """The same installation so much later."""
    return replace(installation, clock=SteppedClock(installation.clock.now() + after, SECOND))


def at(installation, moment):
    """The same installation at this moment, which lasts."""
    return replace(installation, clock=SteppedClock(moment, timedelta(0)))


def test_the_name_is_shown_once_it_is_on_record_who_reads_it_and_why(someone, coi, installation):
    """By who sees the therapy and no name; nothing of what they saw is in the record."""
    leo = someone("leo")
    before = leo.get(f"/therapies/{coi}").text
    answer = break_at(leo, coi)

    assert f'href="{path_of(coi)}"' in before
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert all(text in answer.text for text in PATIENTS[0].values())
    (document,) = documents(installation, "break_glass")
    assert (document["kind"], document["about"], document["reason"]) == ("emergency", coi, "danger")
    assert [one["reason"] for one in documents(installation, "view_identity")] == ["emergency"]
    raw = installation.read(lambda tx: entries_with(tx, "break_glass")) + installation.read(
        lambda tx: entries_with(tx, "view_identity")
    )
    assert not any(MARKER in text or "Found" in text for text in raw)
    assert verify_record(installation).findings == ()


def test_it_opens_by_one_form_and_few_questions_whatever_the_record_holds(
    someone, coi, installation
):
    """A page, a form, and nothing that takes longer in a larger record: never five seconds."""
    leo = someone("leo")

    with heard(installation.engine) as sent:
        answer = break_at(leo, coi)

    assert MARKER in answer.text
    assert len(sent) <= MOST_ASKED
    with installation.engine.connect() as connection:
        assert {table for one in sent for table in walked(connection, *one)} == set()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"password": "not it"}, 401),
        ({"reason": ""}, 422),
        ({"reason": "curiosity"}, 422),
        ({"why": "  "}, 422),
        ({"why": "x" * 2_001}, 422),
    ],
)
def test_without_password_and_reason_nothing_is_shown(someone, coi, installation, changes, status):
    """What was typed stands there again, the password does not."""
    answer = break_at(someone("leo"), coi, **changes)

    assert answer.status_code == status
    assert MARKER not in answer.text
    assert documents(installation, "break_glass") == []
    assert changes.get("why", "&lt;b&gt;Found&lt;/b&gt;").strip() in answer.text
    assert PASSWORD not in answer.text


def test_it_can_be_looked_at_again_in_this_session_for_a_quarter_of_an_hour(
    someone, coi, installation
):
    """Each look is one on record; another session, another therapy, another person see nothing."""
    leo = someone("leo")
    break_at(leo, coi)

    again = leo.send(path_of(coi, "/look"), page=path_of(coi))
    other = someone("queenie").send(path_of(coi, "/look"), page=path_of(coi))
    same_person = someone("leo").send(path_of(coi, "/look"), page=path_of(coi))

    assert MARKER in again.text
    assert (other.status_code, same_person.status_code) == (409, 409)
    assert MARKER not in other.text + same_person.text
    assert len(documents(installation, "view_identity")) == 2


def test_it_closes_by_itself(performer, coi, installation, lives):
    """To the second; whoever goes on says once more that there is an emergency."""
    leo = performer.proven["leo"]
    opened = break_glass(installation, leo, "mine", told(coi))

    in_time, too_late = (later(installation, LASTS + by) for by in MINUTE)
    assert look_again(in_time, leo, "mine", coi).identity == opened.identity
    for session, there, which in (
        ("mine", too_late, coi),
        ("another", in_time, coi),
        ("mine", in_time, lives.cois["on hold"]),
    ):
        assert open_until(there, leo, session, which) is None
        with pytest.raises(GlassClosed):
            look_again(there, leo, session, which)


def test_to_the_moment_and_again_after_a_second_time(performer, coi, installation):
    """It is open until its end and not at it; of two that are open the later one counts."""
    leo = performer.proven["leo"]
    first = break_glass(installation, leo, "mine", told(coi)).until
    assert open_until(at(installation, first - MOMENT), leo, "mine", coi) == first
    assert open_until(at(installation, first), leo, "mine", coi) is None

    second = break_glass(later(installation, LASTS / 2), leo, "mine", told(coi)).until

    assert second > first + LASTS / 3
    assert look_again(at(installation, first), leo, "mine", coi).until == second
    assert len(documents(installation, "break_glass")) == 2


def test_whoever_is_no_more_entitled_while_it_is_open_sees_nothing(
    performer, coi, installation, root
):
    """A role is taken away at once, also in a session in which the glass was broken."""
    leo = performer.proven["leo"]
    break_glass(installation, leo, "mine", told(coi))
    looks = len(documents(installation, "view_identity"))
    role = (installation, root, "leo", "cell_lab_technologist", "north-lab")
    people.grant_role(*role, holds=False, why=WHY)

    with pytest.raises(Unknown, match=f"therapy {coi}"):
        look_again(installation, leo, "mine", coi)

    people.grant_role(*role)
    people.grant_role(installation, root, "leo", "coordinator", "north-ward")
    with pytest.raises(NotNeeded):
        look_again(installation, leo, "mine", coi)
    assert len(documents(installation, "view_identity")) == looks


def test_the_session_in_which_it_was_broken_is_named_for_nobody(performer, coi, installation):
    """It is found again by who is in it; what stands in the record opens none."""
    leo = performer.proven["leo"]
    break_glass(installation, leo, "mine", told(coi))

    (document,) = documents(installation, "break_glass")
    assert "mine" not in document["session"]
    assert open_until(installation, leo, document["session"], coi) is None
    assert open_until(installation, performer.proven["queenie"], "mine", coi) is None


def test_as_much_as_fits_may_be_said_of_what_happens(performer, coi, installation):
    """To the last character; no more of it, and no other emergency than those that are told."""
    leo = performer.proven["leo"]
    for changes, columns in (
        ({"why": "x" * (LONGEST_REASON + 1)}, ["why"]),
        ({"why": ""}, ["why"]),
        ({"reason": "curiosity", "why": " "}, ["reason", "why"]),
    ):
        with pytest.raises(DataRefused) as refused:
            break_glass(installation, leo, "mine", told(coi, **changes))
        assert [one.column for one in refused.value.problems] == columns
        assert all(one.reason for one in refused.value.problems)

    assert break_glass(installation, leo, "mine", told(coi, why="x" * LONGEST_REASON))


def test_whoever_may_see_the_name_breaks_nothing(someone, coi, installation):
    """They are led to the page where they see it; nobody is told of an emergency."""
    answer = break_at(someone("nina"), coi)

    assert (answer.status_code, "without an emergency" in answer.text) == (409, True)
    assert documents(installation, "break_glass") == []


def test_who_meets_patients_elsewhere_may_and_who_does_not_learns_nothing(
    performer, someone, lives, installation
):
    """A patient is brought to another hospital; a courier of others is told as of no therapy."""
    hidden = lives.cois["dispensed"]
    found = break_glass(installation, performer.proven["nina"], "s", told(hidden))
    leo = someone("leo")
    theirs, nobodys = (break_at(leo, one) for one in (hidden, "TEST-00000000-0"))

    assert found.identity["family_name"]
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    shown = without_token(theirs.text), without_token(nobodys.text)
    assert shown[0].replace(hidden, "") == shown[1].replace("TEST-00000000-0", "")
    with pytest.raises(Unknown):
        break_glass(installation, performer.proven["nina"], "s", told("TEST-00000000-0"))


def test_who_only_looks_on_or_is_a_program_has_no_such_page(app, someone):
    """People alone, of those who act: nothing of it is in the interface of programs."""
    assert someone("leo").get("/emergency").status_code == 200
    addresses = [rule.rule for rule in app.url_map.iter_rules() if "emergenc" in rule.rule]
    assert addresses
    assert not any(address.startswith("/api/") for address in addresses)


def test_a_wrong_code_leads_back_and_a_right_one_on(someone, coi):
    """The address names the therapy and nobody; whether there is one is not said."""
    leo = someone("leo")

    right, wrong = (leo.get(f"/emergency?coi={one}") for one in (coi, "x<y"))

    assert right.headers["Location"].endswith(path_of(coi))
    assert "no COI identifier" in wrong.text
    assert "x&lt;y" in wrong.text


def test_who_is_erased_is_nobody(performer, coi, installation):
    """Nothing is recorded of a look at nothing."""
    patient = installation.read(lambda tx: patient_of(tx, coi))
    installation.transact(lambda tx: destroy_identity(tx, patient))

    with pytest.raises(IdentityErased):
        break_glass(installation, performer.proven["leo"], "s", told(coi))
    assert documents(installation, "break_glass") == []


def test_who_is_erased_while_it_is_open_is_nobody_from_then_on(performer, coi, installation):
    """The second look finds nothing, and is none."""
    leo = performer.proven["leo"]
    break_glass(installation, leo, "s", told(coi))
    looks = len(documents(installation, "view_identity"))
    patient = installation.read(lambda tx: patient_of(tx, coi))
    installation.transact(lambda tx: destroy_identity(tx, patient))

    with pytest.raises(IdentityErased):
        look_again(installation, leo, "s", coi)
    assert len(documents(installation, "view_identity")) == looks


def test_it_is_told_at_once_and_until_somebody_else_has_signed(someone, coi, installation):
    """On the first page of quality assurance and the coordinators, and of nobody else."""
    break_at(someone("leo"), coi)
    first = {name: someone(name).get("/").text for name in ("queenie", "carla", "nina", "leo")}
    queenie = someone("queenie")
    page = queenie.get("/emergencies").text
    (waiting,) = installation.read(lambda tx: entries_with(tx, "break_glass"))
    place = {name: str(json.loads(waiting)[name]) for name in ("chain", "seq")}
    finding = {**place, "verdict": "justified", "remark": "<i>Right</i>", "password": PASSWORD}

    blank = queenie.send("/emergencies", page="/emergencies", **(finding | {"remark": " "}))
    wrong = queenie.send("/emergencies", page="/emergencies", **(finding | {"seq": "999"}))
    signed = queenie.send("/emergencies", page="/emergencies", **finding)
    twice = queenie.send("/emergencies", page="/emergencies", **finding)
    after = queenie.get("/emergencies").text

    assert {name for name, text in first.items() if NOTICE in text} == {"queenie", "carla"}
    assert "&lt;b&gt;Found&lt;/b&gt; without a name" in page
    assert MARKER not in page
    assert "Break the glass" not in page
    assert [one.status_code for one in (blank, wrong, signed, twice)] == [422, 404, 303, 422]
    assert NOTICE not in queenie.get("/").text
    assert "It was justified" in after
    assert "&lt;i&gt;Right&lt;/i&gt;" in after
    assert "I have reviewed this emergency access: Queenie Quality" in after
    assert verify_record(installation).findings == ()


@pytest.mark.parametrize("role", ["cell_lab_technologist", "auditor"])
def test_whose_identity_nobody_checked_reads_nobodys(performer, coi, installation, root, role):
    """Whoever knows the secret of a new account may be anybody; nor does one who only looks on.

    Once somebody has checked who they are, who handles cells is told, and who looks on is not.
    """
    people.register_person(installation, root, NewPerson("odile", "Odile Other", NEW, "north-lab"))
    people.grant_role(installation, root, "odile", role, "north-lab")
    odile = authenticate(installation, "odile", NEW)

    with pytest.raises(Unknown):
        break_glass(installation, odile, "mine", told(coi))
    assert documents(installation, "break_glass") == []

    people.record_proofing(installation, performer.proven["queenie"], "odile", "passport")
    if role == "auditor":
        with pytest.raises(Unknown):
            break_glass(installation, odile, "mine", told(coi))
    else:
        assert MARKER in break_glass(installation, odile, "mine", told(coi)).identity.values()


def test_what_cannot_be_put_on_record_is_not_shown(performer, coi, monkeypatch):
    """While the record is only read, an emergency opens nothing: it would be a look unseen."""
    monkeypatch.setattr(Installation, "stands_in_the_way", lambda _self: ReadOnly("It is older"))

    with pytest.raises(ReadOnly):
        break_glass(performer.installation, performer.proven["leo"], "mine", told(coi))


def test_whoever_broke_it_does_not_review_it_under_any_account(performer, coi, installation):
    """And a coordinator does not, nor quality assurance of a house that takes no part."""
    queenie = performer.proven["queenie"]
    break_glass(installation, queenie, "s", told(coi))
    (one,) = waiting_of(installation, "queenie")
    found = Finding(one.chain, one.seq, "justified", "I know why.")

    with pytest.raises(OwnEmergency):
        review_emergency(installation, queenie, found)
    with pytest.raises(NotAllowed):
        review_emergency(installation, performer.proven["carla"], found)
    with pytest.raises(Unknown):  # whether there was one is not said there
        review_emergency(installation, performer.proven["winnie"], found)
    with pytest.raises(DataRefused):
        review_emergency(installation, queenie, replace(found, verdict="perhaps"))
    assert waiting_of(installation, "queenie") == (one,)


def test_after_a_day_it_is_overdue_for_doctor_and_gauge(performer, coi, installation):
    """Each look at the installation names it, until it is reviewed."""
    break_glass(installation, performer.proven["leo"], "s", told(coi))
    gauge = next(one for one in GAUGES if one.name == "coi_emergencies_overdue")
    soon, late = (later(installation, WITHIN + by) for by in MINUTE)

    assert (overdue(soon), overdue(late)) == (0, 1)
    assert gauge.look(late) == {"": 1.0}
    verdicts = [CHECKS["emergencies"](one)[0] for one in (soon, late)]
    assert verdicts == [Verdict.OK, Verdict.LOOK]
    (one,) = waiting_of(installation, "queenie")
    finding = Finding(one.chain, one.seq, "not_justified", "Nobody was in danger.")
    review_emergency(installation, performer.proven["queenie"], finding)
    assert overdue(late) == 0


def test_it_opens_that_page_and_no_other(someone, coi):
    """Neither the patient's page nor a paper with the name: it is a look, and nothing else."""
    leo = someone("leo")
    break_at(leo, coi)

    patient, band = (leo.get(f"/therapies/{coi}/{one}") for one in ("patient", "printing"))

    assert patient.status_code == 403
    assert MARKER not in band.text
    assert set(REASONS) == {"danger", "mix_up", "reach"}


def waiting_of(installation, username):
    """What waits for a review, as this person is told of it."""
    token = sign_in(installation, username, PASSWORD)
    return emergencies_waiting(installation, resume(installation, token))

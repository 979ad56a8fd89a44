"""Something is wrong: seen at the bedside, looked into, and closed by those who may."""

from dataclasses import replace

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import FILLED, FROZEN, RELEASED, Step, closed, investigated, play
from coi.demo.performer import Wish
from coi.demo.stories import AT_LAB, scan_instead
from coi.services.therapies import look
from tests.journeys.asking import act, newest, refused, states, take_refused, values

OPENED = {"kind": "missing document", "class": "critical", "seen": ""}
TAKEN_ON = Step("take_on_exception", "exception", "open", avoid=("quirin",))
CLOSED = Step("close_critical_exception", "exception", "open")


@pytest.fixture
def coi(performer):
    """A therapy whose lot is tested and could be released, but for what a nurse saw."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*FILLED, *RELEASED[:-1]))
    play(performer, coi, [Step("open_exception", values=OPENED)])
    return coi


def signed_by(performer, request, *usernames):
    """Let these people sign the request, the first of whom takes the step."""
    wanted, _actor, signers = request
    people = [performer.proven[name] for name in usernames]
    signed = [type(s)(one, s.meaning) for s, one in zip(signers, people, strict=True)]
    return wanted, people[0], tuple(signed)


def test_it_is_told_by_kind_and_class_alone(performer, coi):
    """What was seen may be told later; nobody signs, so that nobody hesitates."""
    entry = newest(performer, coi)

    assert (values(performer, coi, "kind"), values(performer, coi, "class")) == (
        ["missing document"],
        ["critical"],
    )
    assert values(performer, coi, "seen") == []
    assert entry.signatures == ()


def test_nothing_is_released_while_it_is_open(performer, coi):
    """The lot waits until it is investigated and closed; then it is released."""
    take_refused(performer, coi, RELEASED[-1], "EXCEPTION_OPEN")

    play(performer, coi, (TAKEN_ON, *closed(), RELEASED[-1]))

    assert states(performer, coi, "lot") == {"released": 1}


def test_each_step_is_asked_for_before_it_is_closed(performer, coi):
    """Neither without its root cause nor without its corrective action, and never by one alone."""
    take_refused(performer, coi, CLOSED, "NOT_INVESTIGATED")
    play(performer, coi, investigated()[:1])
    take_refused(performer, coi, CLOSED, "NO_CORRECTIVE_ACTION")
    play(performer, coi, investigated()[1:])
    take_refused(performer, coi, Step("close_exception", "exception", "open"), "TWO_CLOSE_IT")
    play(performer, coi, [CLOSED])

    assert states(performer, coi, "exception") == {"closed": 1}
    assert len({one.person for one in newest(performer, coi).signatures}) == 2


def test_its_owner_is_whoever_took_it_on(performer, coi):
    """The person is recorded, and not asked for."""
    play(performer, coi, [TAKEN_ON])

    assert values(performer, coi, "owner") == [newest(performer, coi).actor]


def test_those_who_looked_into_it_do_not_close_it_by_themselves(performer, coi):
    """Both signatures are of people who investigated it: refused, until another signs."""
    closing = performer.request(coi, "close_critical_exception")
    for one in ("queenie", "quirin"):
        request = performer.request(coi, "record_investigation")
        act(performer, signed_by(performer, request, one))
    play(performer, coi, investigated()[1:])

    with refused(performer, coi, "CLOSED_BY_ITS_INVESTIGATOR"):
        act(performer, signed_by(performer, closing, "queenie", "quirin"))

    again = performer.request(coi, "record_capa")[0]
    wanted = replace(closing[0], key=f"{again.key}-closing")
    act(performer, signed_by(performer, (wanted, *closing[1:]), "queenie", "quinn"))
    assert states(performer, coi, "exception") == {"closed": 1}


def test_nobody_closes_what_they_opened(performer, coi):
    """Who saw it leaves it to others to say that it is over."""
    play(performer, coi, closed())
    wanted, _actor, signers = performer.request(coi, "open_exception", Wish(values=OPENED))
    at_works = replace(wanted, unit="works-production")
    act(performer, (at_works, performer.proven["queenie"], signers))
    play(performer, coi, investigated())
    request = performer.request(coi, "close_critical_exception")

    with refused(performer, coi, "OWN_EXCEPTION"):
        act(performer, signed_by(performer, request, "queenie", "quinn"))


def test_a_wrong_bag_is_a_mismatch_that_has_to_be_investigated(performer):
    """Neither is the pairing forgotten nor the strange bag freed before somebody found out why."""
    first, second = (performer.order(patient) for patient in PATIENTS[:2])
    for coi in (first, second):
        play(performer, coi, AT_LAB)

    scan_instead(performer, first, second)

    told = [values(performer, coi, "kind") for coi in (first, second)]
    assert told == [["mismatch"], ["mismatch"]]
    named = [values(performer, coi, "other_coi") for coi in (first, second)]
    assert named == [[second], [first]]
    lifted = Step("lift", "exception", "open")
    take_refused(performer, first, CLOSED, "NOT_INVESTIGATED")
    take_refused(performer, second, lifted, "NOT_INVESTIGATED")
    play(performer, first, (*closed(), FROZEN))
    play(performer, second, (*investigated(), lifted, FROZEN))
    assert [states(performer, coi, "exception") for coi in (first, second)] == [{"closed": 1}] * 2
    assert look(performer.installation, second).subjects[second].position.stops == 0

"""What was thawed and not checked rings, goes on to others, and ends by the check alone (BD-09)."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from coi import events
from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, play
from coi.demo.performer import Wish
from coi.demo.stories import GOES_WELL
from coi.services.alarm_mail import LOST_AT_MOST, MAILED, AlarmMail
from coi.services.bell import ring_all
from coi.services.therapies import look
from coi.services.upkeep import note_done
from tests.journeys.asking import ids
from tests.mail_peer import mail_peer
from workflows.alarms import AlarmDeed, Rings

MINUTE = timedelta(minutes=1)
THAWED = next(n for n, step in enumerate(GOES_WELL) if step.action == "thaw") + 1


@pytest.fixture
def coi(performer):
    """Give a therapy whose bag was thawed a moment ago; nothing rang before."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, GOES_WELL[:THAWED])
    ring_all(performer.installation)
    return coi


def rang(performer, coi, kind="bedside-check"):
    """What was put on record of alarms of a kind, in order."""
    history = look(performer.installation, coi).history
    told = [event for event in history if event.action in set(AlarmDeed)]
    return [event.action for event in told if event.content["document"]["alarm"] == kind]


def newest_document(performer, coi, action):
    """What the newest entry of an action says of its alarm."""
    history = look(performer.installation, coi).history
    return [event for event in history if event.action == action][-1].content["document"]


def wait(performer, minutes):
    """So much time passes, and then somebody looks at what rings."""
    performer.installation.clock.advance(minutes * MINUTE)
    ring_all(performer.installation)


def test_it_rings_at_15_minutes_and_goes_on_at_60(performer, coi):
    """Once each, however often somebody looks."""
    wait(performer, 13)
    before = rang(performer, coi)
    wait(performer, 2)
    at_15 = rang(performer, coi)
    wait(performer, 44)
    wait(performer, 0)
    at_59 = rang(performer, coi)
    wait(performer, 1)
    wait(performer, 30)

    assert before == []
    assert at_15 == at_59 == ["raise_alarm"]
    assert rang(performer, coi) == ["raise_alarm", "escalate_alarm"]


def test_a_check_in_time_rings_for_nobody(performer, coi):
    """What is done in time leaves nothing of an alarm on record."""
    play(performer, coi, GOES_WELL[THAWED:])
    wait(performer, 0)

    assert rang(performer, coi) == []


def test_a_handover_does_not_end_it(performer, coi):
    """The bag is carried about, and is still thawed and not checked."""
    wait(performer, 16)
    actions = [step.action for step in GOES_WELL[THAWED:]]
    until = actions.index("check_at_bedside")
    play(performer, coi, GOES_WELL[THAWED : THAWED + until])
    carried = rang(performer, coi)
    play(performer, coi, GOES_WELL[THAWED + until : THAWED + until + 1])
    wait(performer, 0)

    assert "raise_alarm" in carried
    assert "end_alarm" not in carried
    assert rang(performer, coi)[-1] == "end_alarm"


def test_the_entry_says_of_what_and_since_when_and_nobody_wrote_it(performer, coi):
    """It is the product's, at the unit that has the bag, in the therapy's own chain."""
    wait(performer, 16)

    event = look(performer.installation, coi).history[-1]
    document = event.content["document"]
    assert (event.action, event.actor) == (AlarmDeed.RAISE, "-")
    assert document["about"] in ids(performer, coi, "product")
    assert (
        event.unit == look(performer.installation, coi).subjects[document["about"]].position.holder
    )
    assert "late" not in document


def test_what_was_missed_while_nobody_looked_rings_at_once_and_says_so(performer, coi):
    """Two hours without a server: it rings, and goes on, in one look."""
    wait(performer, 120)

    raised = next(
        event
        for event in look(performer.installation, coi).history
        if event.action == AlarmDeed.RAISE
    )
    assert raised.content["document"]["late"] == "yes"
    assert rang(performer, coi) == ["raise_alarm", "escalate_alarm"]


def test_the_sites_of_an_alarm_are_those_that_hold_the_thing_or_await_it(performer, coi):
    """Whoever is told by e-mail at a site is told by them."""
    heard = []
    listener = partial(_note, heard)
    events.listen(listener)
    wait(performer, 16)
    events.stop_listening(listener)

    (sites,) = [told["sites"] for told in heard if told["of"].startswith(coi)]
    assert sites == "north"


def _note(heard, event, told):
    if event == "alarm_rings" and told["alarm"] == Rings.BEDSIDE_CHECK:
        heard.append(told)


def test_what_rings_when_a_server_starts_is_mailed_unless_it_was(performer, coi):
    """A restart while the mail server is away loses nothing: it stands in the record."""
    with mail_peer() as peer:
        told = performer.installation.settings
        server = f"smtp://127.0.0.1:{peer.port}"
        settings = replace(told, alarm_mail=("q@example.org",), mail_server=server)
        installation = replace(performer.installation, settings=settings)
        wait(performer, 16)
        first, later = AlarmMail(installation), AlarmMail(installation)
        first.catch_up()
        sent = first.send()
        installation.clock.advance(2 * LOST_AT_MOST)
        note_done(installation, MAILED, passed=True)
        later.catch_up()

        assert (sent, later.send()) == (True, True)
        assert f"({coi}" in peer.got[0].get_content()
        assert len(peer.got) == 1


def test_what_is_raised_to_critical_rings_then_and_goes_on_15_minutes_later(performer, coi):
    """Opened and taken on as minor, and graver three days later: nobody is told that it is late."""
    critical = "critical-exception"
    told = {"kind": "damage", "class": "minor", "seen": ""}
    play(performer, coi, [Step("open_exception", values=told)])
    one = list(look(performer.installation, coi).subjects)[-1]
    take_on = partial(performer.do, coi, "take_on_exception", Wish(on=(one,)))
    take_on()
    wait(performer, 3 * 24 * 60)
    graver = {"class": "critical", "class_because": "Two bags of it"}
    performer.do(coi, "raise_class", Wish(on=(one,), values=graver))

    wait(performer, 0)
    raised = rang(performer, coi, critical)
    wait(performer, 16)
    gone_on = rang(performer, coi, critical)
    take_on()
    wait(performer, 0)

    assert raised == ["raise_alarm"]
    assert gone_on == ["raise_alarm", "escalate_alarm"]
    assert rang(performer, coi, critical) == [*gone_on, "end_alarm"]
    assert "late" not in newest_document(performer, coi, "raise_alarm")

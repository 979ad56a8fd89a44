"""Whoever is to be told of an alarm is told by e-mail, within a minute (P11-300d)."""

import threading
from dataclasses import replace

import pytest

from coi import events
from coi.errors import WrongPassword
from coi.interop.mailing import NotSent, send_mail
from coi.services import alarm_mail
from coi.services.alarm_mail import BETWEEN, ENTRIES, AlarmMail, alarms_mailed
from coi.services.alarm_outbox import MOST_NAMED
from coi.services.proofs import authenticate
from coi.services.sessions import Locked
from coi.services.tries import prove
from tests.mail_peer import mail_peer
from workflows.alarms import KINDS, Rings

TO = ("security@example.org", "quality@example.org")


@pytest.fixture
def peer():
    """A server that takes e-mails."""
    with mail_peer() as found:
        yield found


@pytest.fixture
def told(clinic, peer):
    """The installation that tells two people by it."""
    settings = replace(
        clinic.installation.settings, alarm_mail=TO, mail_server=f"smtp://127.0.0.1:{peer.port}"
    )
    return replace(clinic.installation, settings=settings)


@pytest.fixture
def mail(told):
    """What listens in a process of the server."""
    found = AlarmMail(told)
    events.listen(found.hear)
    yield found
    events.stop_listening(found.hear)


def test_five_wrong_passwords_are_told_within_a_minute(told, mail, peer):
    """By one e-mail to everybody, with what happened and where to look, and nobody's name."""
    for _ in range(5):
        with pytest.raises((WrongPassword, Locked)):
            prove(told, "carla", "a guess")
    stop = threading.Event()
    thread = threading.Thread(target=mail.run, args=(stop,), daemon=True)
    thread.start()
    for _ in range(1200):
        if peer.got:
            break
        stop.wait(0.05)
    stop.set()
    thread.join()

    (got,) = peer.got
    assert got["Subject"] == ENTRIES["lock_account"]
    assert peer.to == [*TO]
    assert (got["To"], got["From"]) == (", ".join(TO), TO[0])
    text = got.get_content()
    assert "/record says more" in text
    assert "carla" not in got.as_string().lower()
    assert BETWEEN < 60


def test_many_alarms_are_one_e_mail(mail, peer):
    """A storm says each thing once, with how often it was."""
    for _ in range(600):
        events.tell("unforeseen", ValueError("a name"), endpoint="work.mine")
    events.tell("verification_failed", findings=3)

    assert mail.send()
    assert mail.send()

    (got,) = peer.got
    text = got.get_content()
    assert got["Subject"].endswith("And 600 more")
    assert "(600 times)" in text
    assert events.EVENTS["verification_failed"][1] in text
    assert "a name" not in text


def test_what_is_no_alarm_is_not_sent(told, mail, peer):
    """One wrong password, a slow look, an entry: they stand in the log and in the record."""
    with pytest.raises(WrongPassword):
        prove(told, "carla", "a guess")
    authenticate(told, "carla", "nobody guesses this one")
    events.tell("slow", what="x", ms=1)

    assert mail.send()
    assert peer.got == []


def test_an_e_mail_that_is_not_taken_is_sent_again_with_what_came_meanwhile(told, caplog):
    """The log says once that nobody was told."""
    with mail_peer(refuses=frozenset({TO[1]})) as peer:
        server = f"smtp://127.0.0.1:{peer.port}"
        mail = AlarmMail(replace(told, settings=replace(told.settings, mail_server=server)))
        mail.hear("history_changed", {})
        refused = [mail.send(), mail.send()]
        mail.hear("verification_failed", {})
        peer.refuses = frozenset()
        taken = mail.send()

        assert (refused, taken) == ([False, False], True)
        assert [one["Subject"].endswith("And 1 more") for one in peer.got[-2:]] == [True, False]
        assert caplog.text.count("Nobody is told of an alarm") == 1


def test_whom_an_e_mail_has_reached_is_not_told_again_because_of_another(told):
    """One address that is refused makes no storm at all others."""
    with mail_peer(refuses=frozenset({TO[1]})) as peer:
        server = f"smtp://127.0.0.1:{peer.port}"
        mail = AlarmMail(replace(told, settings=replace(told.settings, mail_server=server)))
        mail.hear("history_changed", {})
        for _ in range(3):
            mail.send()
        peer.refuses = frozenset()
        mail.send()

        assert peer.to == [*TO]


def test_a_thousand_errors_push_no_patients_alarm_out(mail, peer):
    """Neither of another sort, nor of the same: what is not named is counted, and told."""
    of_therapy = {"alarm": "bedside-check", "deed": "raise_alarm"}
    for number in range(MOST_NAMED + 7):
        events.tell("alarm_rings", **of_therapy, of=f"COI-1/{number}")
    for _ in range(1000):
        events.tell("unforeseen", ValueError("a name"), endpoint="work.mine")

    assert mail.send()

    text = peer.got[0].get_content()
    assert all(f"(COI-1/{number}):" in text for number in range(MOST_NAMED))
    assert f"And 7 more of this kind, not named here: {KINDS[Rings.BEDSIDE_CHECK].title}" in text
    assert "(1000 times)" in text


def test_that_more_rings_than_an_e_mail_names_is_told_once(mail, caplog):
    """To whoever watches the machine."""
    for number in range(MOST_NAMED + 7):
        events.tell("alarm_rings", alarm="expiry", deed="raise_alarm", of=f"COI-1/{number}")

    assert caplog.text.count("alarms_unnamed") == 1
    assert mail.send()


def test_what_comes_while_an_e_mail_is_on_its_way_is_sent_by_the_next(mail, peer, monkeypatch):
    """Nothing is lost that was never sent."""

    def sends(*asked):
        if not peer.got:
            events.tell("verification_failed", findings=1)
        send_mail(*asked)

    monkeypatch.setattr(alarm_mail, "send_mail", sends)
    events.tell("history_changed")

    assert [mail.send(), mail.send()] == [False, True]
    assert [one["Subject"].strip() for one in peer.got] == [
        events.EVENTS[name][1] for name in ("history_changed", "verification_failed")
    ]


LAB, OTHER = "lab@example.org", "other@example.org"


@pytest.fixture
def by_site(told):
    """One that listens for three addresses, two of which are of one site each."""
    to = ("quality@example.org", f"north={LAB}", f"works={OTHER}")
    found = AlarmMail(replace(told, settings=replace(told.settings, alarm_mail=to)))
    events.listen(found.hear)
    yield found
    events.stop_listening(found.hear)


def test_an_alarm_of_a_therapy_is_told_at_its_sites_and_to_who_is_told_of_everything(by_site, peer):
    """And nothing else at a site."""
    rings = {"deed": "raise_alarm", "alarm": "bedside-check"}
    events.tell("alarm_rings", **rings, of="COI-1/30.1", sites="north")
    events.tell("history_changed")

    assert by_site.send()

    told = {one["To"]: one.get_content() for one in peer.got}
    assert set(told) == {"quality@example.org", LAB}
    assert "COI-1/30.1" in told[LAB]
    assert events.EVENTS["history_changed"][1] not in told[LAB]
    assert events.EVENTS["history_changed"][1] in told["quality@example.org"]


def test_a_site_that_there_is_not_is_told_in_the_log(told, caplog):
    """Whoever misspells it would wait for nothing."""
    to = ("quality@example.org", f"nroth={LAB}")

    AlarmMail(replace(told, settings=replace(told.settings, alarm_mail=to))).catch_up()

    assert "names sites that there are not: nroth" in caplog.text


def test_a_command_sends_at_its_end_what_it_found(told, peer):
    """`coi verify` of a timer has no server beside it."""
    with alarms_mailed(told):
        events.tell("verification_failed", findings=1)

    assert [one["Subject"].strip() for one in peer.got] == [events.EVENTS["verification_failed"][1]]


def test_a_password_is_sent_encrypted_or_not_at_all(peer):
    """A server that offers no encryption is told nothing."""
    with pytest.raises(NotSent) as caught:
        send_mail(f"smtp://coi:hunter2@127.0.0.1:{peer.port}", TO, "An alarm", "Text")

    assert "hunter2" not in str(caught.value)
    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in peer.said)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_is_away_is_told_without_its_address(scheme):
    """Nobody waits for it."""
    with pytest.raises(NotSent, match="Refused"):
        send_mail(f"{scheme}://coi:hunter2@127.0.0.1:1", TO, "An alarm", "Text")


def test_what_rings_of_a_therapy_is_told_with_its_thing_and_the_next_step(mail, peer):
    """Whose it is, nobody is told by e-mail."""
    events.tell("alarm_rings", alarm="bedside-check", deed="raise_alarm", of="COI-1/30.1")
    events.tell("alarm_rings", alarm="expiry", deed="escalate_alarm", of="COI-1/30.2")

    assert mail.send()

    (got,) = peer.got
    text = got.get_content()
    assert "COI-1/30.1" in text
    assert KINDS[Rings.BEDSIDE_CHECK].next_step.split()[0] in text
    assert "Still rings" in text
    assert "/alarms" in text

"""Webhooks: who opens them, what is told and what never is, and what becomes of each message."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from standardwebhooks import Webhook

from coi.clock import SteppedClock
from coi.errors import DataRefused, KeyReused, SignedOut, Unknown, WrongPassword
from coi.ledger.canonical import nfc
from coi.services import proofs, webhooks
from coi.services.checkup import Verdict
from coi.services.checkup_record import CHECKS
from coi.services.deliveries import DELAYS
from coi.services.delivering import Sender
from coi.services.event_kinds import EVERY
from coi.services.ordering import NewOrder, order_therapies
from coi.services.people import set_password
from coi.services.proofs import NotAllowed
from coi.services.sessions import Locked
from coi.services.tries import prove
from coi.services.verifying import verify_record
from coi.services.webhook_list import every_webhook, oldest_waiting, one_webhook, queue_depths
from coi.services.webhooks import NewWebhook, Replay
from coi.settings import Settings
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from tests.cast import WHY
from tests.coi.clinic import PASSWORD
from tests.coi.services.conftest import IDENTITY, VALUES
from tests.receiver import receiving, says

SCHEMA = Path(__file__).parents[3] / "docs" / "webhook-event.schema.json"


@pytest.fixture
def house(clinic):
    """The clinic, in which this machine may be spoken to; its administrator has a password."""
    ours = clinic.installation
    home = {"COI_HOME": str(ours.settings.home), "COI_WEBHOOK_HTTP": "127.0.0.1"}
    clock = SteppedClock(datetime.now(UTC), timedelta(milliseconds=1))  # as the receiver's
    ours = replace(ours, settings=Settings.from_environment(home), clock=clock)
    known = ours.read(lambda tx: proofs.person_of(tx, "root"))
    root = proofs.JustProven("root", known.person.id, known.credential)
    return replace(clinic, installation=ours, root=set_password(ours, root, PASSWORD))


@pytest.fixture
def receiver():
    """A receiver that takes everything."""
    with receiving() as listening:
        yield listening


def open_(house, receiver, key="open", **asked):
    """Open a webhook to the receiver."""
    new = NewWebhook(receiver.url(), "The laboratory's system", **asked)
    return webhooks.open_webhook(house.installation, house.root, new, key=key)


def order(house, key="order", at="north-ward"):
    """Order a therapy at a hospital; returns its COI."""
    number = {"medical_record_number": key}
    new = NewOrder(
        IDENTITY | number, "autologous-car-t", at, VALUES | {"treating_unit": at}, key=key
    )
    return order_therapies(house.installation, [new], house.carla)[0].coi


def send(house):
    """Send all that is due, as `coi deliver --once` does."""
    return Sender(house.installation).run_until_empty()


def told(receiver):
    """What came, in short: kinds and therapies."""
    return [(body["type"], body["data"].get("coi")) for body in map(_body, receiver.got)]


def _body(got):
    return json.loads(got.body)


def shown(house, webhook, which=""):
    """A webhook's deliveries: their states, their answers, how often they were tried."""
    _listed, deliveries = one_webhook(house.installation, webhook, which)
    return [(one.row.state, one.row.status, one.row.attempts) for one in deliveries]


# -- what is told ----------------------------------------------------------------------------------


def test_what_happens_is_told_signed(house, receiver):
    """An order arrives at the receiver, which reads its signature with the secret."""
    secret = open_(house, receiver)

    coi = order(house)
    send(house)

    (got,) = receiver.got
    body = Webhook(secret.text).verify(got.body, got.headers)
    assert (body["type"], body["data"]["coi"]) == ("therapy.ordered", coi)
    assert shown(house, secret.webhook) == [("delivered", "204", 1)]


def test_nothing_of_the_patient_is_told(house, receiver):
    """Neither a name nor a date nor a number, nor any text or value that was entered (SEC-33)."""
    open_(house, receiver)

    order(house, "00017-of-B")
    send(house)

    said = nfc(receiver.got[0].body.decode() + str(receiver.got[0].headers))
    entered = {*IDENTITY.values(), *VALUES.values(), "00017-of-B"}
    assert not [text for text in entered - {"F", "north-ward"} if text in said]


def test_what_is_told_is_as_it_is_documented(house, receiver):
    """The schema describes each message, and the example in it is one."""
    secret = open_(house, receiver)
    order(house)
    webhooks.send_test(house.installation, house.root, secret.webhook, key="test")
    send(house)
    schema = json.loads(SCHEMA.read_text())

    for message in [*map(_body, receiver.got), *schema["examples"]]:
        jsonschema.validate(message, schema, jsonschema.Draft202012Validator)
    assert {*schema["properties"]["type"]["enum"]} == {*EVERY, "webhook.test"}


def test_a_message_says_the_same_each_time(house, receiver):
    """Whatever has happened since: it is told as it was with its entry, under the same id."""
    secret = open_(house, receiver)
    order(house)
    send(house)
    webhooks.replay(
        house.installation,
        house.root,
        secret.webhook,
        Replay(since="2026-01-01T00:00:00Z"),
        key="again",
    )
    send(house)

    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    assert first.headers["webhook-timestamp"] <= second.headers["webhook-timestamp"]


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({}, 2),
        ({"sites": ("north",)}, 1),
        ({"sites": ("works",)}, 2),
        ({"sites": ("south", "north")}, 2),
        ({"events": ("therapy.ordered",)}, 2),
        ({"events": ("custody.released", "custody.accepted")}, 0),
        ({"events": ("therapy.ordered",), "sites": ("south",)}, 1),
    ],
)
def test_what_was_asked_for_is_told_and_nothing_else(house, receiver, asked, number):
    """Of sites only those therapies in which one takes part; of kinds only these."""
    open_(house, receiver, **asked)

    order(house, "one", at="north-ward")
    order(house, "two", at="south-ward")
    send(house)

    assert len(receiver.got) == number


def test_an_alarm_is_told_to_whoever_named_it_and_to_nobody_else(house, receiver):
    """Five wrong passwords in a row: once, as documented, and without anybody's name (P11-300d)."""
    locked = "alarm.account-locked"
    open_(house, receiver, key="named", events=[locked])
    open_(house, receiver, key="of one site", events=[locked], sites=["north"])
    open_(house, receiver, key="everything")
    for _ in range(5):
        with pytest.raises((WrongPassword, Locked)):
            prove(house.installation, "carla", "a guess")

    send(house)

    (got,) = receiver.got
    jsonschema.validate(_body(got), json.loads(SCHEMA.read_bytes()))
    assert told(receiver) == [(locked, None)]
    assert b"carla" not in got.body.lower()


def test_without_a_webhook_nothing_is_put_out(house):
    """Nothing waits for anybody; nor is there a therapy's event from before it was opened."""
    order(house)

    assert queue_depths(house.installation) == dict.fromkeys(
        ("waiting", "sending", "delivered", "dead"), 0
    )
    assert oldest_waiting(house.installation) is None


def test_how_much_waits_is_told(house, receiver):
    """In numbers, and since when: for whoever watches over it."""
    open_(house, receiver)
    order(house)

    assert queue_depths(house.installation)["waiting"] == 1
    assert oldest_waiting(house.installation) <= house.installation.clock.now()


# -- who opens one, and what stays of it -----------------------------------------------------------


def test_the_secret_stands_nowhere(house, receiver):
    """Not in the record, not in the database in clear; the path neither, which may be as good."""
    secret = open_(house, receiver)
    webhooks.rotate_secret(house.installation, house.root, secret.webhook, key="rotate", why=WHY)

    told_ = " ".join(text for row in house.installation.read(_entries) for text in row)
    file = house.installation.settings.database_path.read_bytes()
    wal = Path(f"{house.installation.settings.database_path}-wal").read_bytes()
    assert secret.text.removeprefix("whsec_").encode() not in file + wal
    assert "open_webhook" in told_
    assert "/hook" not in told_
    assert verify_record(house.installation).findings == ()


def _entries(tx):
    return list(entries_of(tx, ORGANISATION))


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"url": "https://127.0.0.2/hook"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "http://lims.example.org/"}, "url"),
        ({"description": ""}, "description"),
        ({"sites": ("nowhere",)}, "sites"),
        ({"events": ("everything",)}, "events"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_saved(house, receiver, wrong, column):
    """The field is named; nothing is kept."""
    new = replace(NewWebhook(receiver.url(), "The laboratory's system"), **wrong)

    with pytest.raises(DataRefused) as refused:
        webhooks.open_webhook(house.installation, house.root, new, key="open")

    assert [problem.column for problem in refused.value.problems] == [column]
    assert every_webhook(house.installation) == ()


def test_only_an_administrator_looks_after_them(house, receiver):
    """Nobody else opens, pauses, tests, replays or removes one."""
    secret = open_(house, receiver)
    carla = proofs.authenticate(house.installation, "carla", PASSWORD)
    new, at = NewWebhook(receiver.url(), "another"), (house.installation, carla, secret.webhook)

    with pytest.raises(NotAllowed):
        webhooks.open_webhook(house.installation, carla, new, key="x")
    for deed in (webhooks.pause, webhooks.resume, webhooks.remove):
        with pytest.raises(NotAllowed):
            deed(*at, why=WHY)
    with pytest.raises(NotAllowed):
        webhooks.send_test(*at, key="x")
    with pytest.raises(NotAllowed):
        webhooks.replay(*at, Replay(), key="x")
    with pytest.raises(NotAllowed):
        webhooks.rotate_secret(*at, key="x", why=WHY)


def test_a_changed_password_opens_nothing_any_more(house, receiver):
    """Who proved themselves before it changed has to do it again."""
    before = house.root
    set_password(house.installation, before, "another good password for me")

    with pytest.raises(SignedOut):
        open_(replace(house, root=before), receiver)


def test_the_same_request_shows_no_secret_twice(house, receiver):
    """It has one effect; the same key for another request is refused."""
    open_(house, receiver)

    with pytest.raises(DataRefused, match="shown once"):
        open_(house, receiver)
    with pytest.raises(KeyReused):
        open_(house, receiver, sites=("north",))
    assert len(every_webhook(house.installation)) == 1


def test_while_a_secret_changes_both_are_good(house, receiver):
    """For a day messages bear both signatures, and then the new one alone."""
    old = open_(house, receiver)
    new = webhooks.rotate_secret(house.installation, house.root, old.webhook, key="rotate", why=WHY)
    order(house, "one")
    send(house)
    house.installation.clock.advance(timedelta(hours=25))
    order(house, "two")
    send(house)

    first, second = receiver.got
    assert first.is_signed_with(new.text, old.text)
    assert second.is_signed_with(new.text)


def test_a_test_is_sent_once_for_a_request(house, receiver):
    """It tells of nothing; another request sends another one."""
    secret = open_(house, receiver, sites=("south",), events=("custody.lost",))
    for key in ("one", "one", "two"):
        webhooks.send_test(house.installation, house.root, secret.webhook, key=key)
    send(house)

    assert told(receiver) == [("webhook.test", None)] * 2


def test_what_happens_during_a_pause_waits(house, receiver):
    """It is sent when the pause is over; a pause of what is paused is recorded once."""
    secret = open_(house, receiver)
    for _ in "ab":
        webhooks.pause(house.installation, house.root, secret.webhook, why=WHY)
    order(house)
    send(house)
    assert receiver.got == []
    webhooks.resume(house.installation, house.root, secret.webhook, why=WHY)
    send(house)

    assert len(receiver.got) == 1
    entries = [text for _hash, text, _signed in house.installation.read(_entries)]
    assert len([text for text in entries if "pause_webhook" in text]) == 1


def test_what_is_removed_is_told_nothing_more(house, receiver):
    """With it goes all that waited; that there was one stays on record."""
    secret = open_(house, receiver)
    order(house)
    webhooks.remove(house.installation, house.root, secret.webhook, why=WHY)
    order(house, "two")
    send(house)

    assert receiver.got == []
    assert every_webhook(house.installation) == ()
    with pytest.raises(Unknown):
        webhooks.remove(house.installation, house.root, secret.webhook, why=WHY)


# -- what becomes of a message ---------------------------------------------------------------------


def test_what_fails_for_three_days_is_dead_and_can_be_sent_again(house, receiver):
    """Ten tries, further and further apart; then somebody has to look, and sends it again."""
    secret = open_(house, receiver)
    order(house)
    receiver.reply = says(500)
    for delay in (*DELAYS, timedelta(days=1)):
        send(house)
        house.installation.clock.advance(delay * 1.3)
    assert shown(house, secret.webhook, "dead") == [("dead", "500", len(DELAYS) + 1)]
    assert CHECKS["webhooks"](house.installation)[0] is Verdict.LOOK
    receiver.reply = says(200)
    send(house)
    assert len(receiver.got) == len(DELAYS) + 1

    for key in ("again", "again"):
        webhooks.replay(house.installation, house.root, secret.webhook, Replay(), key=key)
    send(house)

    assert shown(house, secret.webhook) == [("delivered", "200", 1)]
    assert len({got.id for got in receiver.got}) == 1


def test_one_delivery_can_be_sent_again(house, receiver):
    """By its therapy and number; one that there is not is unknown."""
    secret = open_(house, receiver)
    one, _two = order(house, "one"), order(house, "two")
    send(house)

    by = (house.installation, house.root, secret.webhook)
    assert webhooks.replay(*by, Replay((one, 0)), key="again") == 1
    with pytest.raises(Unknown):
        webhooks.replay(*by, Replay((one, 99)), key="never")
    send(house)
    assert [coi for _kind, coi in told(receiver)].count(one) == 2


def test_a_receiver_that_is_gone_is_told_nothing_more(house, receiver):
    """410 ends it, on record and by the product itself; an administrator can begin again."""
    receiver.reply = says(410)
    secret = open_(house, receiver)
    order(house, "one")
    send(house)
    order(house, "two")
    send(house)

    (listed,) = every_webhook(house.installation)
    assert (listed.state, listed.dead, len(receiver.got)) == ("gone", 1, 1)
    assert "webhook_gone" in " ".join(row[1] for row in house.installation.read(_entries))
    receiver.reply = says(204)
    webhooks.resume(house.installation, house.root, secret.webhook, why=WHY)
    order(house, "three")
    send(house)
    assert len(receiver.got) == 2


def test_a_receiver_that_is_down_is_left_alone_for_a_while(house, receiver):
    """After two failures in a row nothing is sent there; then one message, to see."""
    receiver.reply = says(503)
    open_(house, receiver)
    for key in "abcdef":
        order(house, key)
    send(house)
    assert len(receiver.got) <= 3

    house.installation.clock.advance(timedelta(hours=2))
    before = len(receiver.got)
    send(house)
    assert len(receiver.got) == before + 1

    receiver.reply = says(204)
    house.installation.clock.advance(timedelta(days=2))
    send(house)
    assert queue_depths(house.installation)["delivered"] == 6


def test_an_address_that_is_not_allowed_any_more_is_not_spoken_to(house, receiver):
    """What was allowed when it was opened is looked at again with each message."""
    secret = open_(house, receiver)
    order(house)
    settings = replace(house.installation.settings, webhook_http=())
    send(replace(house, installation=replace(house.installation, settings=settings)))

    assert receiver.got == []
    assert shown(house, secret.webhook) == [("waiting", "address refused", 1)]


def test_what_arrived_long_ago_is_forgotten(house, receiver):
    """After thirty days; what is dead stays until somebody has looked."""
    secret = open_(house, receiver)
    order(house)
    send(house)
    house.installation.clock.advance(timedelta(days=31))
    send(house)

    assert shown(house, secret.webhook) == []

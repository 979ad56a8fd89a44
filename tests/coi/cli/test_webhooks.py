"""`coi webhooks` and `coi deliver`: what an administrator types, and what is sent."""

import re

import pytest

from coi.services import proofs
from coi.services.people import set_password
from tests.cast import WHY
from tests.coi.cli.desk import Desk
from tests.coi.clinic import PASSWORD
from tests.receiver import receiving, says

HERE = {"COI_WEBHOOK_HTTP": "127.0.0.1"}


@pytest.fixture
def desk(clinic, quick):
    """A clinic whose administrator has a password."""
    del quick  # it is in force
    known = clinic.installation.read(lambda tx: proofs.person_of(tx, "root"))
    root = proofs.JustProven("root", known.person.id, known.credential)
    set_password(clinic.installation, root, PASSWORD)
    return Desk(clinic)


@pytest.fixture
def receiver():
    """A receiver that takes everything."""
    with receiving() as listening:
        yield listening


def administer(desk, *words):
    """Type a command of webhooks, as the administrator."""
    return desk.run("webhooks", *words, "--as", "root", passwords=1, **HERE)


def deliver(desk):
    """Send what is due."""
    return desk.run("deliver", "--once", **HERE)


def test_a_webhook_is_opened_tested_and_listed(desk, receiver):
    """The secret that is printed reads the signature of what arrives."""
    printed = administer(desk, "open", receiver.url(), "--name", "Laboratory").stdout
    webhook, secret = re.search(r"Webhook (\S+)\nSecret  (\S+)", printed).groups()
    administer(desk, "test", webhook)

    waiting, sent = desk.run("webhooks", "list").stdout, deliver(desk)
    then = desk.run("webhooks", "list").stdout
    (got,) = receiver.got
    assert sent.stdout == "Tried: 1.\n"
    assert got.is_signed_with(secret)
    assert "active: 1 waiting, 0 dead" in waiting
    assert "active: 0 waiting, 0 dead" in then


def test_what_is_dead_is_sent_again(desk, receiver):
    """After it goes on; what arrived is sent again by the time of its entry."""
    receiver.reply = says(410)
    printed = administer(desk, "open", receiver.url(), "--name", "Laboratory").stdout
    webhook = re.search(r"Webhook (\S+)", printed)[1]
    administer(desk, "test", webhook)
    deliver(desk)
    assert "gone: 0 waiting, 1 dead" in desk.run("webhooks", "list").stdout

    receiver.reply = says(204)
    administer(desk, "resume", webhook, "--why", WHY)
    assert "again: 1" in administer(desk, "replay", webhook).stdout
    deliver(desk)
    since = ("replay", webhook, "--since", "2020-01-01T00:00:00Z")
    assert "again: 1" in administer(desk, *since).stdout
    assert "is not a time" in administer(desk, "replay", webhook, "--since", "today").stderr


def test_it_is_paused_given_a_new_secret_and_removed(desk, receiver):
    """Each says what was done."""
    printed = administer(desk, "open", receiver.url(), "--name", "Laboratory").stdout
    webhook = re.search(r"Webhook (\S+)", printed)[1]

    said = [
        administer(desk, word, webhook, "--why", WHY).stdout
        for word in ("pause", "rotate", "remove")
    ]

    assert "Paused." in said[0]
    assert "whsec_" in said[1]
    assert "Removed." in said[2]
    assert desk.run("webhooks", "list").stdout == ""


def test_an_address_of_the_house_is_refused_until_it_is_allowed(desk, receiver):
    """In words; the kinds that can be asked for are listed."""
    words = ("open", receiver.url(), "--name", "Laboratory", "--as", "root")
    refused = desk.run("webhooks", *words, passwords=1)

    assert refused.exit_code == 1
    assert "is not encrypted" in refused.stderr
    assert "custody.released" in desk.run("webhooks", "kinds").stdout

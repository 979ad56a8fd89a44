"""The pages of webhooks."""

import re
from dataclasses import replace

import pytest

from coi.app import create_app
from coi.services.delivering import Sender
from coi.services.webhook_list import every_webhook
from coi.settings import Settings
from tests.cast import WHY
from tests.coi.web.browser import Browser
from tests.receiver import receiving, says

PASSWORD = "the keys of the house"


@pytest.fixture
def installation(performer):
    """The installation, in which this machine may be spoken to."""
    home = str(performer.installation.settings.home)
    settings = Settings.from_environment({"COI_HOME": home, "COI_WEBHOOK_HTTP": "127.0.0.1"})
    return replace(performer.installation, settings=settings)


@pytest.fixture
def app(installation):
    """The application over it."""
    return create_app(installation)


@pytest.fixture
def receiver():
    """A receiver that takes everything."""
    with receiving() as listening:
        yield listening


def key_on(browser: Browser, page: str) -> str:
    """The key of the form on a page."""
    return re.search(r'name="key" value="([^"]+)"', browser.get(page).text)[1]


def open_(administrator, receiver, **changes):
    """Send the form for a webhook."""
    told = {"url": receiver.url(), "description": "Laboratory", "password": PASSWORD}
    told["key"] = key_on(administrator, "/webhooks/new")
    return administrator.send("/webhooks/new", page="/webhooks/new", **(told | changes))


@pytest.fixture
def webhook(administrator, receiver, installation):
    """The page of an open webhook."""
    assert open_(administrator, receiver).status_code == 200
    return f"/webhooks/{every_webhook(installation)[0].id}"


def send(administrator, page, action, **fields):
    """Send a form on a webhook's page."""
    told = {"key": f"{action} {len(fields)}"} | fields
    return administrator.send(f"{page}/{action}", page=page, **{"why": WHY, **told})


@pytest.mark.parametrize("path", ["/webhooks", "/webhooks/new", "/webhooks/none"])
def test_whoever_does_not_administer_sees_none(someone, path):
    """Nor learns which there are."""
    assert someone("queenie").get(path).status_code == 403


def test_where_there_is_none_the_page_teaches(administrator):
    """What a webhook is, and how a program checks a signature."""
    page = administrator.get("/webhooks").text

    assert "No other program is told" in page
    assert "hmac.compare_digest" in page


def test_a_secret_is_shown_once(administrator, receiver, installation):
    """On the page that answers the form, and on none after it; sent twice it is not shown again."""
    key = key_on(administrator, "/webhooks/new")
    first, second = (open_(administrator, receiver, key=key) for _ in "ab")

    (secret,) = re.findall("whsec_[A-Za-z0-9+/=]+", first.text)
    assert second.status_code == 422
    assert "shown once" in second.text
    (one,) = every_webhook(installation)
    assert secret not in administrator.get(f"/webhooks/{one.id}").text
    assert "/hook" not in administrator.get(f"/webhooks/{one.id}").text


def test_it_takes_the_password(administrator, receiver, installation):
    """From there the record is told to somebody outside; what was typed stays, but for it."""
    answer = open_(administrator, receiver, password="not it", sites="north")

    assert answer.status_code == 401
    assert receiver.url() in answer.text
    assert re.search('value="north" checked', answer.text)
    assert "not it" not in answer.text
    assert every_webhook(installation) == ()


def test_an_address_that_is_not_spoken_to_is_refused(administrator, receiver):
    """In words, beside what was typed."""
    answer = open_(administrator, receiver, url="https://169.254.169.254/latest")

    assert answer.status_code == 422
    assert "not public" in answer.text
    assert "https://169.254.169.254/latest" in answer.text


def test_a_test_event_is_sent_and_listed(administrator, webhook, installation, receiver):
    """Until it has arrived it waits."""
    send(administrator, webhook, "test")
    waits = administrator.get(f"{webhook}?show=waiting").text
    Sender(installation).run_until_empty()

    assert "webhook.test" in waits
    assert "arrived" in administrator.get(webhook).text
    assert len(receiver.got) == 1


def test_what_is_dead_is_sent_again(administrator, webhook, installation, receiver):
    """One by one, all of them, or all since a time; the list says what became of each."""
    receiver.reply = says(410)
    send(administrator, webhook, "test")
    Sender(installation).run_until_empty()
    dead = administrator.get(f"{webhook}?show=dead").text
    assert "Send all dead ones again (1)" in dead

    receiver.reply = says(204)
    send(administrator, webhook, "resume")
    send(administrator, webhook, "replay")
    Sender(installation).run_until_empty()
    chain, seq = (re.search(f'name="{name}" value="([^"]+)"', dead)[1] for name in ("chain", "seq"))
    send(administrator, webhook, "replay", chain=chain, seq=seq)
    Sender(installation).run_until_empty()
    send(administrator, webhook, "replay", since="2020-01-01T00:00")
    Sender(installation).run_until_empty()

    assert len(receiver.got) == 4
    assert len({got.id for got in receiver.got}) == 1
    assert "None is dead" in administrator.get(f"{webhook}?show=dead").text


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("secret", {"password": "not it"}, 401),
        ("replay", {"since": "yesterday"}, 422),
        ("replay", {"chain": "none", "seq": "x"}, 404),
        ("replay", {"chain": "none", "seq": "9" * 30}, 404),
        ("replay", {"chain": "a\0b", "seq": "1"}, 404),
        ("test", {"key": "\u00e9"}, 422),
    ],
)
def test_what_cannot_be_done_is_said(administrator, webhook, action, fields, status):
    """On the same page, with the reason."""
    assert send(administrator, webhook, action, **fields).status_code == status


def test_it_is_paused_and_goes_on_and_is_removed(administrator, webhook):
    """Each in one click; what is removed is known no more."""
    send(administrator, webhook, "pause")
    assert "paused" in administrator.get("/webhooks").text
    send(administrator, webhook, "resume")
    assert "paused" not in administrator.get("/webhooks").text

    assert send(administrator, webhook, "remove").status_code == 303
    assert administrator.get(webhook).status_code == 404


def test_a_new_secret_takes_the_password_and_is_shown_once(administrator, webhook):
    """And the page says how long both are good."""
    answer = send(administrator, webhook, "secret", password=PASSWORD)

    assert "whsec_" in answer.text
    assert "Both secrets are good until" in administrator.get(webhook).text

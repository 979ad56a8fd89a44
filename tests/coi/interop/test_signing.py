"""Signatures as Standard Webhooks writes them, read by its own library."""

import json
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from coi.interop.signing import event_id, secret_text, signed_headers

SECRET, OLD, OTHERS = (secret_text(bytes([n]) * 32) for n in (1, 2, 3))
BODY = b'{"type":"custody.released"}'


def headers(*secrets, later=0, identifier="evt_1", body=BODY):
    """What is sent with a message now, or so many seconds later."""
    at = int(time.time()) + later
    return signed_headers(secrets or (SECRET,), identifier, at, body)


def test_the_receiver_s_library_reads_our_signature():
    """With the secret as it was handed over."""
    assert Webhook(SECRET).verify(BODY, headers()) == json.loads(BODY)


@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_while_two_secrets_are_good_each_opens_it(secret):
    """A receiver changes its secret whenever it likes within the overlap."""
    assert Webhook(secret).verify(BODY, headers(SECRET, OLD))


@pytest.mark.parametrize(
    ("secret", "changed"),
    [
        (OTHERS, {}),
        (SECRET, {"webhook-id": "evt_2"}),
        (SECRET, {"webhook-timestamp": "1800000000"}),
        (SECRET, {"webhook-signature": "v1,AAAA"}),
    ],
)
def test_whatever_is_changed_is_noticed(secret, changed):
    """Another secret, another id, another time: each is signed with the body."""
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, headers() | changed)


def test_a_changed_body_is_noticed():
    """A single byte is enough."""
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY.replace(b"released", b"accepted"), headers())


@pytest.mark.parametrize("seconds", [-400, 400])
def test_outside_the_window_it_is_refused(seconds):
    """A message that somebody kept is worth nothing five minutes later (SEC-40)."""
    with pytest.raises(WebhookVerificationError, match="timestamp"):
        Webhook(SECRET).verify(BODY, headers(later=seconds))


def test_an_event_has_one_id_at_each_receiver():
    """For ever the same; another entry, therapy or receiver has another; it holds no point."""
    ids = {event_id(w, c, s) for w in ("A", "B") for c in ("X-1", "X-2") for s in (1, 11)}

    assert len(ids) == 8
    assert event_id("A", "X-1", 1) in ids
    assert not [one for one in ids if "." in one]

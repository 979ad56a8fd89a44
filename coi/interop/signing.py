"""Signatures of what is sent, as Standard Webhooks 1.0 writes them."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256

PREFIX = "whsec_"
SECRET_BYTES = 32


def secret_text(drawn: bytes) -> str:
    """A secret as it is handed over."""
    return PREFIX + b64encode(drawn).decode()


def event_id(webhook: str, chain: str, seq: int) -> str:
    """The id of an event at one receiver, by which it knows it again: the same for ever."""
    told = "\n".join((webhook, chain, str(seq)))
    return "evt_" + sha256(told.encode()).hexdigest()[:32]


def signed_headers(
    secrets: Sequence[str], identifier: str, seconds: int, body: bytes
) -> dict[str, str]:
    """The three headers of a message; a signature for each secret that is good now."""
    signed = f"{identifier}.{seconds}.".encode() + body
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.digest(key, signed, sha256)).decode()

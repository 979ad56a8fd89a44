"""Passkeys (WebAuthn): what a device is asked to sign, and whether it has signed that.

Pure but for the library: what was asked is kept, used up and counted by `factors`. A passkey is
bound to the address under which browsers reach the pages, which is `COI_PUBLIC_URL`; so no other
site's page can ask for it. The device has to verify its user, by a finger or a PIN, each time.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

_REQUIRED = UserVerificationRequirement.REQUIRED
NAME = "Chain of identity"


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks: the domain to which passkeys are bound, and the address of the pages."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """What a passkey is checked with."""

    id: str
    public_key: str
    count: int = 0  # how often it says that it was used; 0 where it does not say

    @property
    def text(self) -> str:
        """As it is sealed; the count stands beside, since it grows."""
        return json.dumps({"id": self.id, "public_key": self.public_key})


def passkey_of(text: str, count: int) -> Passkey:
    """What was sealed."""
    told = json.loads(text)
    return Passkey(told["id"], told["public_key"], count)


def party_of(public_url: str) -> Party:
    """Who asks, by the address under which browsers reach the pages."""
    address = urlsplit(public_url)
    return Party(address.hostname or "", f"{address.scheme}://{address.netloc}")


def asked_to_enrol(
    party: Party, challenge: bytes, who: tuple[str, str, str], known: Sequence[str]
) -> str:
    """What a browser is asked, to make a passkey for a person: id, user name and printed name."""
    person, username, name = who
    asked = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=person.encode(),
        user_name=username,
        user_display_name=name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            # Found by the device itself, so that the door names no passkey of anybody's.
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=_REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
        ],
    )
    return options_to_json(asked)


def asked_to_show(party: Party, challenge: bytes) -> str:
    """What a browser is asked, to show a passkey; whose, the device finds."""
    asked = webauthn.generate_authentication_options(
        rp_id=party.id, challenge=challenge, user_verification=_REQUIRED
    )
    return options_to_json(asked)


def challenge_in(answer: str) -> bytes:
    """What a device says that it was asked to sign; b'' where it says nothing that can be read."""
    try:
        told = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        return base64url_to_bytes(told["challenge"])
    except Exception:  # noqa: BLE001 - whatever a browser sends, what cannot be read is no answer
        return b""


def made_by(party: Party, challenge: bytes, answer: str) -> Passkey | None:
    """The passkey that a device made, as it was asked to; None where it was not."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - an error inside a check is a refusal
        return None
    return Passkey(
        bytes_to_base64url(made.credential_id),
        bytes_to_base64url(made.credential_public_key),
        made.sign_count,
    )


def shown_by(party: Party, challenge: bytes, answer: str, passkey: Passkey) -> int | None:
    """How often this passkey says that it was used, having signed what was asked; None if not."""
    try:
        told: Any = json.loads(answer)
        if told["id"] != passkey.id:
            return None
        shown = webauthn.verify_authentication_response(
            credential=told,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.count,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - an error inside a check is a refusal
        return None
    return shown.new_sign_count

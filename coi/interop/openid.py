"""What is spoken with the house's provider of identities (OpenID Connect, by code and PKCE).

Nothing of what it answers is believed because it came from there: what it says of itself is
compared with what the operator set, redirects are not followed, no answer is longer or later than a
bound, and it leads to no address inside but its own. Whom it tells of is another matter:
`id_tokens`.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from coi.interop.addresses import Allowed, NotReached, Target, read_target
from coi.interop.posting import Answer, Message, Way, post

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Where it need not be encrypted: whoever tries it has both on one machine."""

LONGEST_SUBJECT = 255
MOST_READ = 256 * 1024
CONNECT_SECONDS, TOTAL_SECONDS = 3.0, 6.0
_CONFIGURATION = "/.well-known/openid-configuration"
_FORM: Mapping[str, str] = {
    "content-type": "application/x-www-form-urlencoded",
    "accept": "application/json",
}
_BASIC, _POSTED = "client_secret_basic", "client_secret_post"


class Unreached(Exception):
    """The provider did not answer as one does; the message says in a word what came."""


class NotBelieved(Exception):
    """What came is not what was asked for; the message says in a word why."""


class KeyUnknown(NotBelieved):
    """It is signed with a key that is not among these: perhaps they were changed since."""


@dataclass(frozen=True, slots=True)
class House:
    """The provider as the operator set it, and how it is spoken to."""

    issuer: str
    client_id: str
    way: Way
    secret: str = field(default="", repr=False)

    @property
    def allowed(self) -> Allowed:
        """Where it may be: at its own host, or in public."""
        return self.way.allowed


@dataclass(frozen=True, slots=True)
class Provider:
    """What the provider says of itself, looked at."""

    issuer: str
    asks_at: Target  # where people are led
    answers_at: Target  # where a code is exchanged
    keys_at: Target
    says_who: bool  # each of its answers names it (RFC 9207)
    takes_posted: bool  # the secret in the form, where it does not take it in the header


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody was sent there with; all of it is drawn anew each time."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: Sequence[str]
    asked_at: datetime  # the person proved who they are after that
    now: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Who came, as the provider calls them, and how they proved it there."""

    subject: str
    how: frozenset[str]


def is_subject(text: str) -> bool:
    """It is what a provider can call somebody (OpenID Connect Core, 2)."""
    return 1 <= len(text) <= LONGEST_SUBJECT and text.isascii() and text.isprintable()


def allowed_for(issuer: str) -> Allowed:
    """The issuer's own host, wherever it is; unencrypted on this machine alone."""
    host = urlsplit(issuer).hostname or ""
    own = frozenset({host})
    return Allowed(own, (), own if host in LOOPBACK else frozenset())


def read_provider(house: House) -> Provider:
    """Ask the provider what it says of itself.

    Raises:
        Unreached: it does not answer, or answers otherwise.
        NotBelieved: it says to be another one, or cannot do what is needed.
    """
    told = _object(_get(house, _target(house, house.issuer.rstrip("/") + _CONFIGURATION)))
    if told.get("issuer") != house.issuer:
        raise NotBelieved("issuer")
    if "S256" not in _list(told, "code_challenge_methods_supported", "S256"):
        raise NotBelieved("no S256")
    ways = _list(told, "token_endpoint_auth_methods_supported", _BASIC)
    return Provider(
        house.issuer,
        asks_at=_target(house, told.get("authorization_endpoint")),
        answers_at=_target(house, told.get("token_endpoint")),
        keys_at=_target(house, told.get("jwks_uri")),
        says_who=told.get("authorization_response_iss_parameter_supported") is True,
        takes_posted=_BASIC not in ways and _POSTED in ways,
    )


def read_keys(house: House, provider: Provider) -> Sequence[Mapping[str, Any]]:
    """The keys with which it signs; what is no key is left out.

    Raises:
        Unreached: it does not answer, or answers otherwise.
    """
    keys = _object(_get(house, provider.keys_at)).get("keys")
    if not isinstance(keys, list):
        raise Unreached("no keys")
    return tuple(one for one in keys if isinstance(one, dict))


def address_to_ask(house: House, provider: Provider, asked: Asked, redirect: str) -> str:
    """Where a browser is led: its person proves there anew who they are, whoever was there."""
    challenge = urlsafe_b64encode(sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
    wanted = {
        "response_type": "code",
        "scope": "openid",
        "client_id": house.client_id,
        "redirect_uri": redirect,
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        # A workstation has many users: nobody comes in by what the one before left there.
        "prompt": "login",
        "max_age": "0",
    }
    url = provider.asks_at.url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(wanted)}"


def exchange(house: House, provider: Provider, asked: Asked, code: str, redirect: str) -> str:
    """Give the code, and be given a token that says who came; it is not looked at here.

    Raises:
        Unreached: it does not answer, or answers otherwise.
        NotBelieved: it does not take the code.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": asked.verifier,
        "client_id": house.client_id,
    }
    headers = dict(_FORM)
    if house.secret and provider.takes_posted:
        form["client_secret"] = house.secret
    elif house.secret:
        both = f"{quote_plus(house.client_id)}:{quote_plus(house.secret)}"  # RFC 6749, 2.3.1
        headers["authorization"] = f"Basic {b64encode(both.encode()).decode()}"
    answer = post(Message(provider.answers_at, headers, urlencode(form).encode()), house.way)
    if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
        raise NotBelieved("code")
    token = _object(answer).get("id_token")
    if not isinstance(token, str):
        raise NotBelieved("no token")
    return token


def _get(house: House, target: Target) -> Answer:
    return post(Message(target, {"accept": "application/json"}, b"", "GET"), house.way)


def _object(answer: Answer) -> dict[str, Any]:
    """What was answered, where it is one object of JSON."""
    if answer.status != HTTPStatus.OK:
        raise Unreached(answer.told)
    if not answer.is_whole:
        raise Unreached("too long")
    try:
        told = json.loads(answer.body)
    # RecursionError: brackets by the thousand.
    except (ValueError, RecursionError):
        raise Unreached("no JSON") from None
    if not isinstance(told, dict):
        raise Unreached("no object")
    return told


def _list(told: Mapping[str, Any], name: str, without: str) -> list[Any]:
    """What it says that it can; where it says nothing, what is usual."""
    found = told.get(name, [without])
    if not isinstance(found, list):
        raise NotBelieved(name)
    return found


def _target(house: House, url: object) -> Target:
    if not isinstance(url, str):
        raise NotBelieved("address")
    try:
        return read_target(url, house.allowed)
    except NotReached:
        raise NotBelieved("address") from None

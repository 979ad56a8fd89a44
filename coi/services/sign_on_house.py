"""The house's provider of identities: as it is set, and what it said of itself and of its keys.

What it said is kept for an hour. A token that is signed with another key makes it be asked anew,
once a minute at the most. Few speak with it at once: one that is slow takes no thread from those
who work. What checks its tokens is an extra, and read when somebody comes.
"""

import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlsplit

from coi.errors import CoiError, SettingError
from coi.events import tell
from coi.interop.openid import (
    CONNECT_SECONDS,
    MOST_READ,
    TOTAL_SECONDS,
    Asked,
    Expected,
    House,
    KeyUnknown,
    NotBelieved,
    Provider,
    Told,
    Unreached,
    address_to_ask,
    allowed_for,
    exchange,
    read_keys,
    read_provider,
)
from coi.interop.posting import Way
from coi.settings import Settings

T = TypeVar("T")
PAGE = "/sign-in/house"
"""Where people come back to; the provider knows this address."""

KEPT_SECONDS = 3600.0
ANEW_SECONDS = 60.0
MOST_AT_ONCE = 4
_SPEAKING = BoundedSemaphore(MOST_AT_ONCE)


class ProviderAway(CoiError):
    """The house's provider does not answer, or not as one does; the password opens the door."""

    code = "PROVIDER_AWAY"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} does not answer. Nobody was signed in.",
            "Sign in with name and password, and tell those who look after it.",
        )


class ProviderNotBelieved(CoiError):
    """What came from the house's provider is not what was asked of it; it opens nothing."""

    code = "PROVIDER_NOT_BELIEVED"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"What {name} answered cannot be believed. Nobody was signed in.",
            "Begin again. If it repeats, sign in with name and password, and tell support: the log"
            " says why.",
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider said, and when."""

    provider: Provider
    keys: Sequence[Mapping[str, Any]]
    at: float


_KNOWN: dict[tuple[str, str], _Known] = {}
_ASKING = Lock()


def name_of(settings: Settings) -> str:
    """What the provider is called at the door; '' where there is none."""
    return settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""


def require_sign_on(settings: Settings) -> None:
    """Go on only where people can sign in by what is set.

    Raises:
        SettingError: what checks tokens is not installed, or a file that is named cannot be read.
    """
    if not settings.oidc_issuer:
        return
    if find_spec("joserfc") is None:
        raise SettingError(
            "COI_OIDC_ISSUER",
            "is set, and what checks whom a provider tells of is not installed.",
            "Install the extra: chain-of-identity[sso].",
        )
    house_of(settings)


def house_of(settings: Settings) -> House:
    """The provider as it is set.

    Raises:
        SettingError: a file that is named cannot be read.
    """
    tls = ssl.create_default_context()
    if settings.oidc_ca is not None:
        try:
            tls.load_verify_locations(cafile=settings.oidc_ca)
        except (OSError, ssl.SSLError) as error:
            raise SettingError(
                "COI_OIDC_CA",
                f"names {settings.oidc_ca}, which holds no certificates that can be read.",
                "Write a file of certificates in PEM.",
            ) from error
    way = Way(
        allowed_for(settings.oidc_issuer),
        tls,
        connect_seconds=CONNECT_SECONDS,
        total_seconds=TOTAL_SECONDS,
        most_read=MOST_READ,
    )
    return House(settings.oidc_issuer, settings.oidc_client_id, way, _secret(settings))


def _secret(settings: Settings) -> str:
    if settings.oidc_secret_file is None:
        return ""
    try:
        secret = settings.oidc_secret_file.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        raise SettingError(
            "COI_OIDC_SECRET_FILE",
            f"names {settings.oidc_secret_file}, which cannot be read.",
            "Write the file that holds the secret and nothing else.",
        ) from error
    if not secret:
        raise SettingError(
            "COI_OIDC_SECRET_FILE",
            f"names {settings.oidc_secret_file}, which is empty.",
            "Write the secret there, or leave the setting empty.",
        )
    return secret


def where_to_ask(settings: Settings, asked: Asked) -> str:
    """The address to which a browser is led.

    Raises:
        ProviderAway, ProviderNotBelieved: as they say.
    """
    house = house_of(settings)
    known = _spoken(settings, lambda: _known(house))
    return address_to_ask(house, known.provider, asked, settings.public_url + PAGE)


def names_each_answer(settings: Settings) -> bool:
    """The provider says in each of its answers that it is its own (RFC 9207)."""
    return _spoken(settings, lambda: _known(house_of(settings))).provider.says_who


def who_came(settings: Settings, asked: Asked, code: str, expected: Expected) -> Told:
    """Whom the provider tells of, in exchange for a code.

    Raises:
        ProviderAway, ProviderNotBelieved: as they say.
    """
    from coi.interop.id_tokens import whom

    house = house_of(settings)

    def speak() -> Told:
        known = _known(house)
        token = exchange(house, known.provider, asked, code, settings.public_url + PAGE)
        try:
            return whom(token, known.keys, expected)
        except KeyUnknown:
            return whom(token, _anew(house, known).keys, expected)

    return _spoken(settings, speak)


def look_at_provider(settings: Settings) -> Provider:
    """Ask the provider now, whatever it said before; for whoever looks whether all is well.

    Raises:
        ProviderAway, ProviderNotBelieved: as they say.
    """
    house = house_of(settings)

    def speak() -> Provider:
        provider = read_provider(house)
        read_keys(house, provider)
        return provider

    return _spoken(settings, speak)


def _spoken(settings: Settings, speak: Callable[[], T]) -> T:
    """What was said; every trouble is told to the log in a word, and to people in a sentence."""
    if not _SPEAKING.acquire(blocking=False):
        tell("sign_on_failed", why="away: too many wait for it")
        raise ProviderAway(name_of(settings))
    try:
        return speak()
    except Unreached as error:
        tell("sign_on_failed", why=f"away: {error}")
        raise ProviderAway(name_of(settings)) from error
    except NotBelieved as error:
        tell("sign_on_failed", why=f"not believed: {error}")
        raise ProviderNotBelieved(name_of(settings)) from error
    finally:
        _SPEAKING.release()


def _known(house: House) -> _Known:
    """What the provider said within the last hour, or says now."""
    known = _KNOWN.get((house.issuer, house.client_id))
    if known is not None and monotonic() - known.at < KEPT_SECONDS:
        return known
    provider = read_provider(house)
    return _keep(house, _Known(provider, read_keys(house, provider), monotonic()))


def _anew(house: House, known: _Known) -> _Known:
    """The same with the keys that it has now; the same as before, where that was asked just now."""
    with _ASKING:
        newest = _KNOWN.get((house.issuer, house.client_id), known)
        if newest.at > known.at or monotonic() - newest.at < ANEW_SECONDS:
            return newest
        keys = read_keys(house, newest.provider)
        return _keep(house, replace(newest, keys=keys, at=monotonic()))


def _keep(house: House, known: _Known) -> _Known:
    _KNOWN[house.issuer, house.client_id] = known
    return known

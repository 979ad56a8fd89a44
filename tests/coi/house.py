"""A clinic whose people may come in by a provider of identities, which is on this machine."""

from dataclasses import replace
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlsplit

from coi.services.factors import Typed
from coi.services.sign_on import bind_sign_on
from coi.services.sign_on_door import Stands, begin, come_back, show_more
from tests.coi.clinic import PASSWORD, Clinic
from tests.identity_peer import CLIENT, SECRET, IdentityPeer

NURSE = ("apheresis_nurse", "north-ward")
WHY = "The house has one way in."
NAME = "North sign-on"
NOWHERE = Stands("/people", "", "")


def a_house(clinic: Clinic, peer: IdentityPeer, **more: object) -> Clinic:
    """The clinic with this provider; Mara may come in by it, and stands before it."""
    secret = clinic.installation.settings.home / "provider-secret"
    secret.write_text(f"{SECRET}\n")
    found = with_settings(
        clinic,
        oidc_issuer=peer.url,
        oidc_client_id=CLIENT,
        oidc_secret_file=secret,
        oidc_name=NAME,
        **more,
    )
    peer.now = clinic.installation.clock.now
    found.hire("mara", NURSE)
    bind(found)
    return found


def with_settings(house: Clinic, **settings: object) -> Clinic:
    """The same, set otherwise."""
    changed = replace(house.installation.settings, **settings)
    return replace(house, installation=replace(house.installation, settings=changed))


def bind(house, username="mara", subject="mara-4711", key="bind mara"):
    """Let somebody come in by an identity at the provider."""
    bind_sign_on(house.installation, house.root, username, subject, key=key, why=WHY)


def led(house, stands=NOWHERE):
    """Somebody is led to the provider: the address, and what the browser holds."""
    found = begin(house.installation, stands)
    return found.address, found.held


def proven_there(address):
    """What the provider sends back with, after somebody has proven there who they are."""
    parts = urlsplit(address)
    asking = HTTPConnection(parts.hostname, parts.port, timeout=5)
    asking.request("GET", f"{parts.path}?{parts.query}")
    location = asking.getresponse().getheader("location")
    asking.close()
    return dict(parse_qsl(urlsplit(location).query))


def came(house, stands=NOWHERE, came_from=None):
    """Somebody goes there, proves who they are, and comes back."""
    address, held = led(house, stands)
    return come_back(house.installation, held, proven_there(address), came_from)


def confirm(house):
    """Whoever stands before the provider comes for the first time, and types their password."""
    more = came(house)
    assert more.asks_password
    return show_more(house.installation, more.held, Typed(PASSWORD))

"""Who is here: the session of this request, and the page's way to the installation."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import cast
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from flask import Flask, current_app, g, request, session

from coi.errors import NotSignedIn, SignedOut
from coi.services import sessions, tokens
from coi.services.directory import ListedUnit, sites_and_units
from coi.services.installation import Installation
from coi.services.preferences import preferred_language
from coi.services.sessions import SignedIn

_TOKEN = "token"  # noqa: S105 - the name of a place, not what it holds
_INSTALLATION = "coi"
_BEARER = "Bearer "
LANGUAGE = "language"
"""Where a session holds the language that its person chose."""

FOR_PROGRAMS = "/api/"
"""Below this address no cookie is looked at: who asks says it in each request, and no other site's
page can ask in somebody's name (SEC-16)."""

BY_ITSELF = "by_itself"
"""What a page adds to its address when it looks again by itself."""

_ASKED_BY_PAGES = frozenset({"guided.now", "alarms.count"})
"""What no person ever asks, but a page on its own, again and again."""


def put_installation(extensions: dict[str, object], installation: Installation) -> None:
    """Let every page of an application find the installation."""
    extensions[_INSTALLATION] = installation


def installation() -> Installation:
    """The installation that this application shows."""
    return cast("Installation", current_app.extensions[_INSTALLATION])


def installation_of(app: Flask) -> Installation:
    """The installation that an application shows, before its first request."""
    return cast("Installation", app.extensions[_INSTALLATION])


def somebody() -> SignedIn:
    """Who is signed in, read once for each request.

    Raises:
        NotSignedIn: nobody is, or not any more.
        SignedOut: the account was closed or its password changed.
    """
    if "signed_in" not in g:
        g.signed_in = _resume(token())
    return cast("SignedIn", g.signed_in)


def _resume(held: str) -> SignedIn:
    """Who holds this: a person, or, where programs ask, a program."""
    if is_for_programs() and held.startswith(tokens.PREFIX):
        return tokens.resume_token(installation(), held)
    is_use = not looks_by_itself()
    return sessions.resume(
        installation(), held, is_use=is_use, came_from=came_from(), device=device()
    )


def came_from() -> str:
    """Where the request comes from, as far as it can be known; '' where it cannot."""
    told = request.remote_addr or ""
    if told in installation().settings.trusted_proxies:
        # What stands before the last one was told by whoever asks.
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or told
    return told


def looks_by_itself() -> bool:
    """A page asks again, and nobody need be there: that is no use of a session (A11d-11.8).

    Whoever says so of what they asked themselves ends their own session the sooner.
    """
    if request.method != "GET" or is_for_programs():
        return False
    # Each byte as one sign: whatever stands in an address, the door is no place to stumble over it.
    told = parse_qs(request.query_string.decode("latin-1"))
    return BY_ITSELF in told or request.endpoint in _ASKED_BY_PAGES


def by_itself() -> str:
    """The address of this page, as it asks for itself again."""
    told = [one for one in request.args.items(multi=True) if one[0] != BY_ITSELF]
    return f"{request.script_root}{quote(request.path)}?{urlencode([*told, (BY_ITSELF, '1')])}"


def somebody_or_nobody() -> SignedIn | None:
    """Who was found to be signed in while this request was answered."""
    return cast("SignedIn | None", g.get("signed_in"))


def anybody() -> SignedIn | None:
    """Who is signed in, or nobody; at the door, which is open to all."""
    try:
        return somebody()
    except (NotSignedIn, SignedOut):
        return None


def is_for_programs() -> bool:
    """It is asked below `/api/`."""
    return request.path.startswith(FOR_PROGRAMS)


def who() -> str:
    """Whoever is here, as a page may hold it: the same for one person, and it tells no name."""
    return unnamed(f"who {somebody().person.id}")[:32]


def unnamed(what: str) -> str:
    """The same for the same thing, and it tells nothing of it."""
    return hmac.new(current_app.config["SECRET_KEY"], what.encode(), sha256).hexdigest()


def token() -> str:
    """What this browser or program holds; nothing before somebody signed in."""
    if is_for_programs():
        told = request.headers.get("Authorization", "")
        return told.removeprefix(_BEARER) if told.startswith(_BEARER) else ""
    return cast("str", session.get(_TOKEN, ""))


def device() -> str:
    """What this browser holds of a registered device; '' for nothing, as where programs ask."""
    return "" if is_for_programs() else request.cookies.get(device_cookie(), "")


def device_cookie() -> str:
    """What the cookie is called in which a browser holds its device."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def enter(token: str) -> SignedIn:
    """Give the browser a new session; whatever it held before is gone (SEC-14)."""
    session.clear()
    session[_TOKEN] = token
    g.pop("signed_in", None)
    signed_in = somebody()
    if chosen := preferred_language(installation(), signed_in.proven):
        session[LANGUAGE] = chosen
    return signed_in


def hold_anew() -> None:
    """Whoever is here has proven anew who they are: the browser holds something else (SEC-14).

    A program's session keeps what it holds: each of its grants is a proof of its own.
    """
    if not is_for_programs() and (anew := sessions.hold_anew(installation(), token())):
        session[_TOKEN] = anew


def leave() -> None:
    """End the session here and in the browser; without one, nothing happens."""
    sessions.sign_out(installation(), token())
    session.clear()
    g.pop("signed_in", None)


def units() -> Mapping[str, ListedUnit]:
    """Every unit with its site, read once for each request."""
    if "units" not in g:
        g.units = sites_and_units(installation())[1]
    return cast("Mapping[str, ListedUnit]", g.units)


def sites_worked_at() -> frozenset[str]:
    """The sites at which whoever is signed in holds a role."""
    held = {unit for _role, unit in somebody().person.roles}
    return frozenset(unit.site.id for unit in units().values() if unit.id in held)


def zone_of(unit: str) -> str:
    """The time zone of a unit's site."""
    found = units().get(unit)
    return found.site.time_zone if found else "UTC"


def why() -> str:
    """Why something is changed or ended, as it was typed; '' where the form does not say."""
    return request.form.get("why", "")


def is_ours(wanted: str) -> bool:
    """The address leads to a page of ours, and nowhere else."""
    parts = urlsplit(wanted)
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return is_path and not parts.netloc and wanted.isprintable()

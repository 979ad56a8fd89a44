"""GS1 Digital Links: an address of the web that names a thing as an element string does.

Read is the address alone: nobody goes there, and which host it names means nothing. Each element
is judged by biip's table; the address is taken apart here, because biip is lenient about what must
be refused: the scheme, a slash at the end, an empty or repeated value, a shortened number, digits
of another script, a stem that looks like a key.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, unquote

from labels.codes import aim
from labels.codes.gs1 import LONGEST, Gs1Codes
from labels.codes.gs1_elements import Element, judged
from labels.codes.refusals import AGAIN, SUPPORT, wrong_symbol
from labels.errors import NotACode

HOST: Final = "https://id.gs1.org"
_SAFE: Final = "(?:[A-Za-z0-9._~!$'()*,;:@=-]|%[0-9A-Fa-f]{2})"
_ADDRESS: Final = re.compile(
    r"(?:https|HTTPS)://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?"
    rf"((?:/{_SAFE}+)+)(?:\?({_SAFE}+(?:&{_SAFE}+)*))?",
)
_QUALIFIERS: Final = {
    "00": (),
    "01": ("22", "10", "21", "235"),
    "253": (),
    "255": (),
    "401": (),
    "402": (),
    "414": ("254",),
    "417": (),
    "8003": (),
    "8004": (),
    "8006": ("22", "10", "21"),
    "8010": ("8011",),
    "8013": (),
    "8017": ("8019",),
    "8018": ("8019",),
}
"""By the key that an address names: what may stand behind it in the path, in this order."""


def read_link(text: str, symbology: str, raw: str = "") -> Gs1Codes:
    """Read a Digital Link, whose AIM identifier was taken off; raises NotACode."""
    if symbology not in aim.OF_LINKS:
        raise wrong_symbol("an address of the web")
    if len(text) > LONGEST:
        raise NotACode("TOO_LONG", f"No code is longer than {LONGEST} characters.", AGAIN)
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise _no_link("This address of the web is not written as a Digital Link is.")
    elements = (*_in_path(found[1]), *_in_query(found[2] or ""))
    if len({one.identifier for one in elements}) < len(elements):
        raise NotACode("SAID_TWICE", "This address says two values of the same thing.", SUPPORT)
    return Gs1Codes(elements, raw or text, symbology)


def link(codes: Gs1Codes, host: str = HOST) -> str:
    """The address that names the same: its key and what belongs to it, then the other elements.

    Raises:
        NotACode: nothing is named that an address can begin with.
    """
    values = {one.identifier: one.value for one in codes.elements}
    key = next((identifier for identifier in _QUALIFIERS if identifier in values), None)
    if key is None:
        raise _no_link("No key is named with which a Digital Link can begin.")
    in_path = [key, *(name for name in _QUALIFIERS[key] if name in values)]
    path = "".join(f"/{name}/{quote(values.pop(name), safe='')}" for name in in_path)
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())
    return f"{host}{path}?{query}" if query else host + path


def _in_path(path: str) -> Iterator[Element]:
    """The key that stands furthest to the right, and what stands behind it, pair by pair."""
    parts = path[1:].split("/")
    starts = (at for at in range(len(parts) - 2, -1, -2) if parts[at] in _QUALIFIERS)
    at = next(starts, None)
    if at is None:
        raise _no_link("This address of the web names no key of GS1.")
    expected = iter(_QUALIFIERS[parts[at]])
    for place in range(at, len(parts), 2):
        identifier, value = parts[place], parts[place + 1]
        # Looking through what is left of the row finds each once, and only in its order.
        if place > at and identifier not in expected:
            raise _no_link(
                "What stands behind the key does not belong to it, or not in this order."
            )
        yield judged(identifier, unquote(value))


def _in_query(query: str) -> Iterator[Element]:
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        # A page's own words may stand beside; what is written in digits is meant for us.
        if name.isdecimal():
            if not value:
                raise _no_link("A value of this address is empty.")
            yield judged(name, unquote(value))


def _no_link(sentence: str) -> NotACode:
    return NotACode("BAD_LINK", sentence, SUPPORT)

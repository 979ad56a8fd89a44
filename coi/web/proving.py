"""What somebody types on a form to prove who they are: the password, and a code behind it.

The code of the field `password` stands in `password-code`. A form asks for it where the person who
is signed in has a second factor, or once the password of somebody who has one was typed.
"""

from collections.abc import Mapping

from flask import g, request

from coi.errors import CoiError
from coi.services import tries
from coi.services.factors import LONGEST_CODE, CodeNeeded, Typed, WrongCode
from coi.services.proofs import JustProven, Proven
from coi.web import here


def mine(name: str = "password") -> JustProven:
    """Whoever is signed in, with what they typed for this.

    Raises:
        WrongPassword, Locked, OwnPasswordFirst, SecretExpired, Crowded: as `prove` says.
        CodeNeeded, WrongCode, FactorFirst: as `prove` says of second factors.
    """
    return somebodys(here.somebody().proven.username, request.form, name)


def somebodys(
    username: str, given: Mapping[str, str], name: str, typist: Proven | None = None
) -> JustProven:
    """Somebody who signs here, beside whoever is signed in; raises as `mine` does."""
    by = typist or here.somebody().proven
    try:
        proven = tries.prove(here.installation(), username, typed(given, name), by)
    except (CodeNeeded, WrongCode) as error:
        ask_code_after(error)
        raise
    if proven.person == here.somebody().person.id:
        here.hold_anew()
    return proven


def typed(given: Mapping[str, str], name: str) -> Typed:
    """The password of this field, and the code that stands behind it."""
    return Typed(given.get(name, ""), code_of(given, name))


def code_of(given: Mapping[str, str], name: str) -> str:
    """What a passkey answered beside the password of this field, or the code; '' without."""
    return (given.get(f"{name}-passkey") or given.get(f"{name}-code", ""))[:LONGEST_CODE]


def ask_code_after(error: CoiError) -> None:
    """The form that is shown now asks for a code too, where that is what was missing."""
    g.asks_code = isinstance(error, CodeNeeded | WrongCode)


def asks_code() -> bool:
    """The forms of this page ask for a code beside each password."""
    signed_in = here.somebody_or_nobody()
    return bool(g.get("asks_code")) or (signed_in is not None and signed_in.has_factor)

"""How somebody has proven who they are, kept for what goes on when they have left the page.

Each part of it is looked at anew whenever it is used: an account that was closed, a password that
was changed, a badge that was struck off or a token that was revoked ends it.
"""

from collections.abc import Mapping
from dataclasses import fields

from coi.services.proofs import ByBadge, BySignOn, ByToken, Proven

_SORTS: Mapping[str, type[Proven]] = {
    "password": Proven,
    "token": ByToken,
    "badge": ByBadge,
    "sign_on": BySignOn,
}


def told_of(by: Proven) -> dict[str, str]:
    """The proof in words; a password that was typed just now is one that was typed before."""
    sort = next((name for name, one in _SORTS.items() if one is type(by)), "password")
    return {"sort": sort} | {one.name: getattr(by, one.name) for one in fields(_SORTS[sort])}


def proof_in(told: Mapping[str, str]) -> Proven:
    """The same proof again; it signs nothing, whatever it was."""
    sort = _SORTS[told["sort"]]
    return sort(**{one.name: told[one.name] for one in fields(sort)})

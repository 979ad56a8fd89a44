"""Who may be taken for whom: patients of one site who look alike on paper (SEC-48).

Names are compared as they sound, so that Meyer and Maier are alike. Of each patient three marks are
kept, each a keyed hash that tells nothing else: family name and birth date; the whole name; family
name and the figures of the record number in any order. Two who share one are alike. Nothing is
opened to find them, so that it costs the bedside one look in an index. They are rows of the
identity: the order's entry commits to each, and they are erased with it.
"""

import hmac
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import groupby

from coi.services.identity import IDENTIFIERS, identity_of, patient_of
from coi.services.installation import Installation
from coi.services.vault import INDEXED, Vault, findable, folded
from coi.store import likeness, lists
from coi.store.facts import sites
from coi.store.transactions import Transaction
from workflows.model import Kind

_SOUNDS = (
    *(("ł", "l"), ("ø", "o"), ("đ", "d"), ("ð", "d"), ("þ", "th"), ("æ", "ae"), ("œ", "oe")),
    *(("ph", "f"), ("dt", "t"), ("th", "t"), ("ck", "k"), ("qu", "k"), ("sch", "s"), ("sh", "s")),
    *(("c", "k"), ("q", "k"), ("x", "ks"), ("z", "s"), ("w", "v"), ("d", "t"), ("b", "p")),
    *(("j", "i"), ("y", "i"), ("g", "k")),
)
_UNHEARD = frozenset("aeiouh")


def sounded(name: str) -> str:
    """How a name sounds, roughly: accents, vowels but the first, doubles and marks aside."""
    plain = unicodedata.normalize("NFKD", folded(name))
    letters = "".join(one for one in plain if one.isalnum())
    for written, heard in _SOUNDS:
        letters = letters.replace(written, heard)
    first = "a" if letters[:1] in _UNHEARD else letters[:1]
    rest = (one for one in letters[1:] if one not in _UNHEARD)
    once = ("".join(same) if one.isdigit() else one for one, same in groupby((first, *rest)))
    # What is written in no such letters is compared as it stands.
    return "".join(once) or folded(name)


def marks_of(vault: Vault, identity: Mapping[str, str]) -> frozenset[str]:
    """By what this patient may be taken for another one, as it is kept."""
    return frozenset(_marks(vault, identity))


def marked(vault: Vault, identity: Mapping[str, str]) -> list[dict[str, str]]:
    """The same as rows of the identity, to which the entry that registers the patient commits."""
    marks = zip(likeness.MARKS, _marks(vault, identity), strict=True)
    return [findable(vault, field, mark) for field, mark in marks]


def _marks(vault: Vault, identity: Mapping[str, str]) -> tuple[str, ...]:
    """By birth date, by the whole name, and by the number: in the order in which they are kept."""
    family = sounded(identity.get("family_name", ""))
    # Two figures that change places are the mistake that is made most.
    figures = "".join(sorted(folded(identity.get(INDEXED, ""))))
    said = (
        f"born:{folded(identity.get('birth_date', ''))}:{family}",
        f"named:{family}:{sounded(identity.get('given_name', ''))}",
        f"numbered:{figures}:{family}",
    )
    key = hmac.digest(vault.opening, b"likeness", "sha256")
    return tuple(hmac.digest(key, one.encode(), "sha256").hex() for one in said)


def look_alikes(
    tx: Transaction, installation: Installation, patient: str, site: str
) -> tuple[str, ...]:
    """The other patients of a site who look like this one, and whose therapy there goes on."""
    found = likeness.alike_at(tx, patient, site)
    return tuple(other for other in found if _is_active(tx, installation, other, site))


def _is_active(tx: Transaction, installation: Installation, patient: str, site: str) -> bool:
    for coi, workflow, version, state in lists.therapies_of(tx, patient):
        (root,) = installation.workflow(tx, workflow, version).machine_of_kind(Kind.THERAPY)
        if not root.states[state].final and site in sites(tx, coi):
            return True
    return False


def told_apart(
    tx: Transaction, installation: Installation, patient: str, site: str
) -> tuple[frozenset[str], ...]:
    """By which identifiers the patient is told from each who looks alike; by one of each is asked.

    Whoever is the same in all of them is told apart by the wristband alone, and is left out.
    """
    others = look_alikes(tx, installation, patient, site)
    own = identity_of(tx, installation, patient) if others else {}
    found = (_differing(own, identity_of(tx, installation, other)) for other in others)
    return tuple(dict.fromkeys(one for one in found if one))


def _differing(own: Mapping[str, str], other: Mapping[str, str]) -> frozenset[str]:
    return frozenset(
        name for name in IDENTIFIERS if folded(own.get(name, "")) != folded(other.get(name, ""))
    )


def looks_like_others(installation: Installation, coi: str, sites: Iterable[str]) -> bool:
    """Another patient of one of these sites looks like this therapy's, and their therapy goes on.

    Whoever asks may see the therapy; nobody is named, and nothing is opened.
    """
    return installation.read(
        lambda tx: is_like_others(tx, installation, patient_of(tx, coi), sites)
    )


def is_like_others(
    tx: Transaction, installation: Installation, patient: str, sites: Iterable[str]
) -> bool:
    """The same, inside a transaction, where the patient is known."""
    return any(look_alikes(tx, installation, patient, site) for site in sorted({*sites}))


def asked_besides(installation: Installation, coi: str, site: str) -> tuple[frozenset[str], ...]:
    """Of each who looks like this therapy's patient: one of which identifiers is asked."""
    return installation.read(lambda tx: told_apart(tx, installation, patient_of(tx, coi), site))

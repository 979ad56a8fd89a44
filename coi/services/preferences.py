"""How somebody wants to be shown the pages; nothing of it is in the record."""

from coi.services.installation import Installation
from coi.services.proofs import Proven
from coi.store import preferences


def prefer_language(installation: Installation, by: Proven, language: str) -> None:
    """From now on somebody is shown the pages in this language, wherever they sign in.

    In a demonstration nothing is kept: there, whoever tries it is anybody.
    """
    if not installation.demonstration:
        installation.transact(lambda tx: preferences.keep_language(tx, by.person, language))


def preferred_language(installation: Installation, by: Proven) -> str:
    """The language that somebody chose; '' where they chose none."""
    return installation.read(lambda tx: preferences.language_of(tx, by.person))

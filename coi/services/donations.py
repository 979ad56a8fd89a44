"""Where the number of a donation is on record, in whichever spelling."""

from collections.abc import Mapping

from coi.services.reading_codes import dialects_at, donation_in
from coi.store import codes
from coi.store.transactions import Transaction
from labels.codes.sought import also_written
from workflows.facts import Donation
from workflows.labelled import DONATION
from workflows.model import Action, Verb


def numbered_so(tx: Transaction, values: Mapping[str, str]) -> tuple[Donation, ...]:
    """Each collection that bears the donation number which is given, as it would be kept."""
    number = donation_in(values)
    found = (codes.donations(tx, text) for text in (also_written(number) if number else ()))
    return tuple(dict.fromkeys(one for several in found for one in several))


def reads_isbt128(tx: Transaction, site: str) -> bool:
    """The site has confirmed that it may read and print ISBT 128."""
    return dialects_at(tx, {site}).isbt128 is not None


def reads_where_asked(tx: Transaction, action: Action | None, site: str) -> bool:
    """The same of a step that prints, or records or corrects a number: no other asks for it."""
    if action is None:
        return False
    numbers = any(field.name == DONATION for field in action.fields)
    asks = bool(action.prints) or numbers or action.verb is Verb.CORRECT
    return asks and reads_isbt128(tx, site)

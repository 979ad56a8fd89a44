"""Where the number of a donation is on record, in whichever spelling."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256

from coi.errors import DataRefused
from coi.services.reading_codes import as_kept, dialects_at, donation_in, is_not_known
from coi.store import donations
from coi.store.transactions import Transaction
from labels.bag_numbers import is_said
from labels.codes.sought import donation_named
from workflows.facts import Donation, Unit
from workflows.labelled import DONATION
from workflows.model import Action, Verb


def numbered_so(tx: Transaction, values: Mapping[str, str]) -> tuple[Donation, ...]:
    """Each collection that bears the donation number which is given, as it would be kept."""
    number = donation_in(values)
    return bearing(tx, number) if number else ()


def bearing(tx: Transaction, number: str) -> tuple[Donation, ...]:
    """Each collection whose number names the same donation as this one; “not known” names none."""
    if is_not_known(number):
        return ()
    named = donation_named(number)
    alike = donations.written_alike(tx, named.number)
    return tuple(dict.fromkeys(one for number, one in alike if donation_named(number) == named))


def numbered_in_turn(
    tx: Transaction, unit: Unit | None, values: Mapping[str, str]
) -> tuple[Donation, ...]:
    """The same of what is given at a unit, behind whoever gives the same number meanwhile.

    Nobody else records that number before this transaction has ended.
    """
    if unit is None or not donation_in(values):
        return ()
    # What cannot be kept so is refused where it is read, with all else that is wrong.
    with suppress(DataRefused):
        values = as_kept(tx, unit.site, values)
    number = donation_in(values)
    # By its hash: what is typed may be longer than a key.
    named = " ".join(donation_named(number))
    donations.take_turn(tx, sha256(named.encode()).hexdigest())
    return bearing(tx, number)


def said_in_isbt128(numbers: Iterable[str]) -> frozenset[str]:
    """Those of these donation numbers that a label can say in the codes of ISBT 128.

    What was recorded where nobody reads ISBT 128 may look like one, and have a wrong check.
    """
    return frozenset(number for number in numbers if is_said(number))


def reads_isbt128(tx: Transaction, site: str) -> bool:
    """The site has confirmed that it may read and print ISBT 128."""
    return dialects_at(tx, {site}).isbt128 is not None


def asks_isbt128(action: Action | None) -> bool:
    """A step that prints, or records or corrects a number, asks who reads and says ISBT 128."""
    if action is None:
        return False
    numbers = any(field.name == DONATION for field in action.fields)
    return bool(action.prints) or numbers or action.verb is Verb.CORRECT

"""What the symbols of a bag label hold in the codes of others: GS1 elements, ISBT 128 structures.

A number that such a symbol needs and the record does not have, or has in a shape that the code does
not allow, is a refusal: there is no symbol that says less than it seems to.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from labels.codes.dates import Expiry
from labels.codes.donations import Din
from labels.codes.gs1 import Gs1Codes
from labels.codes.gs1_elements import judged
from labels.codes.isbt128 import IsbtCodes, message
from labels.codes.sought import donation_of
from labels.codes.things import EUROPEAN, EuropeanCode, Product
from labels.errors import CannotPrint, NotACode

_GTIN: Final = "gtin"
PRODUCT_NUMBERS: Final = (_GTIN, "isbt_product")
"""What others call a product, as a definition says it."""
_UNDIVIDED: Final = "00"
_MOST_PARTS: Final = 26
_ANOTHER: Final = "Choose a label without this code, or write the number into the record."
_OF_ONE: Final = "Choose a label without this code, in a new version of the definition."


@dataclass(frozen=True, slots=True, kw_only=True)
class BagNumbers:
    """What others call a bag; `expires_at` is by the clock of the place where it was made.

    `isbt_product` is the code of the product and of the kind of its collection, six characters of
    ISBT 128: which part of a divided product a bag is follows from its number among its like.
    """

    serial: str  # of the label, without hyphens
    gtin: str
    lot: str
    donations: tuple[str, ...]
    isbt_product: str
    container: int
    containers: int
    expires_at: datetime | None


def payload_of(name: str, numbers: BagNumbers) -> str:
    """What the symbol of this name holds.

    Raises:
        CannotPrint: a number is missing, or is none in this code.
        KeyError: there is no such symbol.
    """
    return PAYLOADS[name](numbers)


def donation_printed(numbers: BagNumbers) -> str:
    """The number that people read beside a symbol that holds it."""
    return _din(numbers).text


def _donation(numbers: BagNumbers) -> str:
    """The number of the donation as its symbol holds it (DS001)."""
    return _din(numbers).data


def _gs1(numbers: BagNumbers) -> str:
    """Product, expiry by day and by minute, lot, and the serial of this one label."""
    expires = numbers.expires_at
    if expires is None:
        raise _missing("expires_at", "expiry")
    return _elements(
        ("01", _told(numbers.gtin, "gtin", "number of the product (GTIN)")),
        ("17", f"{expires:%y%m%d}"),
        # Who reads (17) alone takes the bag for good until midnight; (7003) says the minute.
        ("7003", f"{expires:%y%m%d%H%M}"),
        ("10", _told(numbers.lot, "lot", "lot")),
        ("21", numbers.serial),
    )


def _gs1_item(numbers: BagNumbers) -> str:
    """Product and serial alone: which item it is, in bars that fit a label."""
    gtin = _told(numbers.gtin, "gtin", "number of the product (GTIN)")
    return _elements(("01", gtin), ("21", numbers.serial))


def _isbt128(numbers: BagNumbers) -> str:
    """Donation, product with its part, and expiry, in one message of ISBT 128."""
    if numbers.expires_at is None:
        raise _missing("expires_at", "expiry")
    code = _told(numbers.isbt_product, "isbt_product", "product code of ISBT 128")
    try:
        product = Product.read(code + _part(numbers))
        structures = (_din(numbers), product, Expiry.at(numbers.expires_at))
        IsbtCodes(structures)
    except NotACode as error:
        raise _refused("isbt_product", error) from error
    return message(structures)


PAYLOADS: Final[Mapping[str, Callable[[BagNumbers], str]]] = MappingProxyType(
    {"donation": _donation, "gs1": _gs1, "gs1_item": _gs1_item, "isbt128": _isbt128}
)
"""By the name that a template gives a symbol: what it holds."""
OF_ISBT128: Final = frozenset({"donation", "isbt128"})
"""Those of them that only a site prints which reads ISBT 128."""


def _din(numbers: BagNumbers) -> Din:
    """The one donation that it is of, by its number, or by the one in its European code."""
    if not numbers.donations:
        raise _missing("donation", "donation number")
    if len(numbers.donations) > 1:
        sentence = f"This bag is of {len(numbers.donations)} donations, and the code names one."
        raise CannotPrint("donation", "SEVERAL_DONATIONS", sentence, _OF_ONE)
    (text,) = numbers.donations
    try:
        found = _named_by(text)
    except NotACode as error:
        raise _refused("donation", error) from error
    if found is None:
        raise _missing("donation", "donation number of ISBT 128")
    return found


def is_said(donation: str) -> bool:
    """The number of a donation, as it is kept, is one that a symbol of ISBT 128 can hold."""
    with suppress(NotACode):
        return _named_by(donation) is not None
    return False


def _named_by(text: str) -> Din | None:
    """The donation of this number, or of the European code; raises NotACode."""
    if not text.startswith(EUROPEAN):
        return Din.typed(text)
    return donation_of(EuropeanCode.typed(text))


def _part(numbers: BagNumbers) -> str:
    """Which part of how many that were made at once; another filling counts from the first again.

    So two bags of one donation may bear one code, of two attempts or two therapies of a patient. It
    tells no bag from another: our own symbols do.
    """
    if numbers.containers == 1:
        return _UNDIVIDED
    if numbers.container > _MOST_PARTS:
        sentence = f"ISBT 128 has no code here for the part {numbers.container} of a product."
        raise CannotPrint("isbt_product", "NO_SUCH_PART", sentence, _ANOTHER)
    return f"{chr(ord('A') + numbers.container - 1)}0"


def require_product_number(name: str, number: str) -> None:
    """Refuse a number of a product that no symbol could hold; raises NotACode.

    `name` is the one by which a definition calls it (`PRODUCT_NUMBERS`).
    """
    if name == _GTIN:
        judged("01", number)
    else:
        Product.read(number + _UNDIVIDED)


def _elements(*pairs: tuple[str, str]) -> str:
    """Elements of GS1, each judged as if it were read."""
    found = []
    for identifier, value in pairs:
        try:
            found.append(judged(identifier, value))
        except NotACode as error:
            raise _refused(_FIELDS.get(identifier, "serial"), error) from error
    return Gs1Codes(tuple(found)).data


_FIELDS: Final[Mapping[str, str]] = MappingProxyType({"01": "gtin", "10": "lot"})


def _told(text: str, field: str, what: str) -> str:
    if not text.strip():
        raise _missing(field, what)
    return text


def _missing(field: str, what: str) -> CannotPrint:
    return CannotPrint(field, "NUMBER_MISSING", f"There is no {what} for this bag.", _ANOTHER)


def _refused(field: str, error: NotACode) -> CannotPrint:
    return CannotPrint(field, error.code, error.sentence, _ANOTHER)

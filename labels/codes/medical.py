"""The unique identifier of a medical product of human origin (MPHO, ST-026): 29 characters.

The facility that processed (five zeros where none is needed), the product code, the donation
number and the division. No symbol holds it as one structure; other systems send it as text. It has
no check character, so nobody types it.
"""

import re
from dataclasses import dataclass
from typing import Final, Self

from labels.codes.donations import FACILITY, Din
from labels.codes.isbt128 import IsbtCodes
from labels.codes.refusals import SUPPORT, bad_character, wrong_length
from labels.codes.things import (
    FROM_ELSEWHERE,
    PRODUCT,
    Division,
    Processor,
    ProcessorProduct,
    Product,
)
from labels.errors import NotACode

LENGTH: Final = 29
NO_PROCESSOR: Final = "00000"
_NAME: Final = "product identifier"
_SHAPE: Final = re.compile(
    f"({FACILITY}|{NO_PROCESSOR})({PRODUCT})({FACILITY}[0-9]{{8}})([0-9A-Za-z]{{6}})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Mpho:
    """One product, of all there are."""

    processor: str
    product: str
    donation: str
    division: str

    def __post_init__(self) -> None:
        """Refuse parts that do not make the identifier; raises NotACode."""
        if _SHAPE.fullmatch(self.text) is None:
            raise bad_character(_NAME)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the 29 characters; raises NotACode with the reason."""
        if len(text) != LENGTH:
            raise wrong_length(_NAME, f"{LENGTH} characters")
        return cls(text[:5], text[5:10], text[10:23], text[23:])

    @property
    def text(self) -> str:
        """The identifier as other systems exchange it."""
        return self.processor + self.product + self.donation + self.division


def mpho_of(codes: IsbtCodes) -> Mpho:
    """The identifier that the codes of one label make together.

    Raises:
        NotACode: the label does not say which donation and which product.
    """
    din, coded = codes.one(Din), codes.one(Product)
    processing = codes.one(ProcessorProduct)
    if din is None or (coded is None and processing is None):
        raise NotACode(
            "INCOMPLETE", "A donation number and a product code do not stand here both.", SUPPORT
        )
    product = processing.product if processing else coded.product if coded else ""
    at = processing or codes.one(Processor)
    return Mpho(at.facility if at else NO_PROCESSOR, product, din.number, _division(codes, coded))


def _division(codes: IsbtCodes, coded: Product | None) -> str:
    """Six characters; those of a product code are the first two of them."""
    apart = codes.one(Division)
    if apart is not None:
        return apart.division
    if coded is None or coded.division == FROM_ELSEWHERE:
        return "000000"
    return f"{coded.division}0000"

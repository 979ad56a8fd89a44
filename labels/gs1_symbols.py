"""GS1 symbols as modules: a Data Matrix and a Code 128 that begin with FNC1, as scanners know them.

What they hold is `Gs1Codes.data`: the elements as a scanner sends them, with a separator after each
value of changing length that is not the last. Both symbols write FNC1 for it.
"""

from typing import Final

from labels.codes.gs1_elements import SEPARATOR, elements_of
from labels.errors import CannotPrint, NotACode
from labels.symbols import Modules, bars, square

FNC1: Final = "\xf1"  # of reportlab's Code 128
UNSENDABLE: Final = frozenset("()> ")
"""What a printer in its mode for GS1 takes for a bracket, a code or nothing; values have none."""


def gs1_data_matrix(data: str) -> Modules:
    """Encode elements as a square GS1 Data Matrix (`]d2`), as `symbols.data_matrix` gives it.

    Raises:
        CannotPrint: they are no elements of GS1, or hold what cannot be encoded.
    """
    require_elements(data)
    bracketed = "".join(f"({one.identifier}){one.value}" for one in elements_of(data))
    return square(bracketed, gs1=True)


def gs1_128(data: str) -> Modules:
    """Encode elements as a GS1-128 (`]C1`), as `symbols.code_128` gives it.

    Raises:
        CannotPrint: they are no elements of GS1, or hold what cannot be encoded.
    """
    require_elements(data)
    return bars(FNC1 + data.replace(SEPARATOR, FNC1))


def require_elements(data: str) -> None:
    """Refuse what are no elements of GS1, or holds a character that is not sent everywhere."""
    try:
        found = list(elements_of(data))
    except NotACode as error:
        raise _not_encodable(error.sentence) from error
    if not found or any(UNSENDABLE.intersection(one.value) for one in found):
        raise _not_encodable("A GS1 symbol of a label holds no bracket, blank or '>'.")


def _not_encodable(sentence: str) -> CannotPrint:
    return CannotPrint(
        "symbol", "NOT_ENCODABLE", sentence, "Mend the number, or choose a label without it."
    )

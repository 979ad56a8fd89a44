"""Which dialect a scan belongs to, told by its symbol and its first characters alone.

It knows no dialect itself, so that whoever reads our codes only need not load the others.
"""

from enum import StrEnum
from typing import Final

from labels.codes import aim
from labels.errors import NotACode
from labels.identifiers import Scan, parse_scan

STARTS: Final = ("=", "&")  # no code but those of ISBT 128 starts so
MARK: Final = "://"  # every address of the web has it, and no other code
_QA: Final = "The QA of the site switches such codes on, if the site reads them."


class Dialect(StrEnum):
    """Whose a code is, in words that go on after "this is"."""

    OURS = "a code of ours"
    ISBT128 = "an ISBT 128 code"
    GS1 = "a GS1 code"
    LINK = "an address of the web"


_OFF: Final = {
    Dialect.ISBT128: "ISBT128_OFF",
    Dialect.GS1: "GS1_OFF",
    Dialect.LINK: "GS1_OFF",
}


def dialect_of(symbology: str, text: str) -> Dialect:
    """Whose a scan is; its AIM identifier was taken off. Raises NotACode for a symbol not read."""
    aim.require_known(symbology)
    if text.startswith(STARTS):
        return Dialect.ISBT128
    if symbology in aim.OF_GS1:
        return Dialect.GS1
    return Dialect.LINK if MARK in text else Dialect.OURS


def is_off(dialect: Dialect) -> NotACode:
    """The refusal of a dialect that a site does not read."""
    return NotACode(_OFF[dialect], f"This is {dialect}, which this site does not read.", _QA)


def read_ours(raw: str) -> Scan:
    """Read a code of ours; raises NotACode, which names whose it is where it is none of ours."""
    dialect = dialect_of(*aim.strip_aim(raw))
    if dialect is not Dialect.OURS:
        raise is_off(dialect)
    return parse_scan(raw)

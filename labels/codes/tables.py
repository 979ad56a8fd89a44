"""What a table of ISBT 128 is: the shape of its codes, and what a site says of them in words.

The tables themselves are licensed by ICCBBA and stand in no file here: a site brings its own.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from labels.codes.donations import FACILITY
from labels.codes.isbt128 import STRUCTURES
from labels.codes.scans import IsbtTables, Table
from labels.codes.things import PRODUCT

FACILITIES, PRODUCTS, COLLECTIONS = "facilities", "products", "collections"
BLOOD_GROUPS, ORDERS, BANDS = "blood_groups", "orders", "bands"
TABLES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        FACILITIES: re.compile(FACILITY),
        PRODUCTS: re.compile(PRODUCT),
        COLLECTIONS: re.compile("[0-9A-Z]"),
        BLOOD_GROUPS: re.compile("[0-9A-Z]{2}"),
        ORDERS: re.compile("[0-9]{3}"),
        BANDS: re.compile("[0-9A-Za-z]{2}"),
    }
)
"""Each table, and how its codes look."""

MOST_WORDS: Final = 300
_BETWEEN: Final = " or "  # two sites may word one code differently
_ANY_ORDER: Final = "000"
_NUMBERS: Final = frozenset(kind.shape.number for kind in STRUCTURES.values())


def wrong_code(table: str, code: str) -> str:
    """What keeps a text from being a code of a table; '' where it is one."""
    if TABLES[table].fullmatch(code) is None:
        return f"is no code of the table {table}"
    if table == ORDERS and code == _ANY_ORDER:
        return "is the code of a message in any order, which no table says"
    return ""


def wrong_words(table: str, words: str) -> str:
    """What keeps a text from being the words of a code; '' where it can be them."""
    if not words:
        return "is blank"
    if len(words) > MOST_WORDS:
        return f"has {len(words)} characters; {MOST_WORDS} are possible"
    if table == ORDERS and not {*words.split()} <= _NUMBERS:
        return "is to be numbers of structures with blanks between them, such as 001 003"
    return ""


def tables_of(sites: Iterable[Mapping[str, Table]]) -> IsbtTables:
    """What one reads who works at these sites, each with its tables by name.

    Where two sites word a code differently both are told; an order that they tell differently is
    none, so that a message in it is refused.
    """
    told: dict[str, dict[str, list[str]]] = {name: {} for name in TABLES}
    for tables in sites:
        for name, table in tables.items():
            for code, words in table.items():
                told[name].setdefault(code, []).append(words)
    joined = {
        name: {code: _BETWEEN.join(dict.fromkeys(words)) for code, words in codes.items()}
        for name, codes in told.items()
    }
    return IsbtTables(
        facilities=joined[FACILITIES],
        products=joined[PRODUCTS],
        collections=joined[COLLECTIONS],
        blood_groups=joined[BLOOD_GROUPS],
        orders={
            code: tuple(words.split())
            for code, words in joined[ORDERS].items()
            if not wrong_words(ORDERS, words)
        },
        bands=frozenset(joined[BANDS]),
    )

"""What every ISBT 128 structure is: an identifier, and content of a fixed shape.

A structure keeps its parts as they are coded, so that what was read is written again as it was. A
part that means a day, a check or a choice is judged when the structure is made, read or built.

The formats are those of ICCBBA's ST-001. Its tables (what a product code or a facility stands for)
are licensed and stand in no file here: a site imports its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from labels.codes.refusals import bad_character, look_alike, with_digits
from labels.errors import NotACode

_ANY_LETTER: Final = "Q"  # stands where a letter may, and only the letter O may not


class Shape:
    """How a structure of one number is written."""

    def __init__(self, number: str, identifier: str, length: int, name: str, content: str) -> None:
        """Keep number, data identifier, length, name, and the pattern of the content's parts."""
        self.number = number
        self.identifier = identifier
        self.begins = len(identifier)
        self.length = length
        self.name = name
        self.content = re.compile(content, re.ASCII)

    def parts(self, content: str) -> tuple[str, ...]:
        """Take the content apart; raises NotACode with what is wrong with it."""
        found = self.content.fullmatch(content)
        if found is None:
            raise self.why_not(content)
        return found.groups()

    def why_not(self, content: str) -> NotACode:
        """Say what keeps content of the right length from being right."""
        stand_ins = (
            content[:at] + stand_in + content[at + 1 :]
            for at, character in enumerate(content)
            if with_digits(character) != character
            for stand_in in (with_digits(character), _ANY_LETTER)
        )
        if any(map(self.content.fullmatch, (with_digits(content), *stand_ins))):
            return look_alike(self.name)
        return bad_character(self.name)


@dataclass(frozen=True, slots=True)
class Structure:
    """Base of all structures; the fields of each are its parts, in the order of the content."""

    shape: ClassVar[Shape]
    __match_args__: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        """Refuse parts that do not make the structure; raises NotACode."""
        self.shape.parts(self.content)
        self.judge()

    @classmethod
    def read(cls, content: str) -> Self:
        """Read the content, without its data identifier; raises NotACode with the reason."""
        made = object.__new__(cls)
        # Taken out of the content just now, the parts need not be put together and matched again,
        # as those that somebody else gives.
        fields = _FIELDS.get(cls) or _fields_of(cls)
        for put, part in zip(fields, cls.shape.parts(content)):  # noqa: B905 - as many
            put(made, part)
        made.judge()
        return made

    @classmethod
    def length_in(cls, _content: str) -> int:
        """How much of a text that starts with the content belongs to it."""
        return cls.shape.length

    @property
    def content(self) -> str:
        """The parts as they are coded."""
        return "".join([getattr(self, name) for name in self.__match_args__])

    @property
    def data(self) -> str:
        """The content behind its data identifier, as a symbol holds it."""
        return self.shape.identifier + self.content

    @property
    def key(self) -> str:
        """What can stand only once in one message."""
        return self.shape.number

    def judge(self) -> None:
        """Refuse what has the right characters and is wrong all the same; raises NotACode."""


_Fields = tuple[Callable[[Structure, str], None], ...]
_FIELDS: Final[dict[type[Structure], _Fields]] = {}


def _fields_of(kind: type[Structure]) -> _Fields:
    """What puts each part into its field, however frozen; as many as the content has parts."""
    fields = tuple(getattr(kind, name).__set__ for name in kind.__match_args__)
    if len(fields) != kind.shape.content.groups:
        raise TypeError(kind)
    _FIELDS[kind] = fields
    return fields


def as_count(digits: str) -> int:
    """The number that two digits say; what are no two digits says none."""
    return int(digits) if len(digits) == 2 and digits.isascii() and digits.isdecimal() else 0  # noqa: PLR2004

"""What is wrong with a definition: the one shape of every finding, for those who write one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where it stands, why it is wrong, and how to mend it."""

    place: str  # like actions.collect.moves[2].custody; '' is the whole definition
    reason: str
    mend: str
    line: int | None = None

    def __str__(self) -> str:
        """Read as 'line 7, actions.collect.who: is missing. Write it.'."""
        line = "" if self.line is None else f"line {self.line}, "
        return f"{line}{self.place or 'the definition'}: {self.reason}. {self.mend}."


class DefinitionError(ValueError):
    """A definition cannot be used; every problem is listed, not only the first."""

    code: ClassVar[str] = "DEFINITION"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)

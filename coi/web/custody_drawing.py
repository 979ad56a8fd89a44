"""Draws in whose hands a therapy was: a line down for each party, an arrow for each handoff."""

from collections.abc import Sequence
from dataclasses import dataclass

from coi.services.journey import Handed

_TOP, _STEP = 16, 46  # pixels: before the first arrow, and from one to the next


@dataclass(frozen=True, slots=True)
class Party:
    """One that held something: where its line is, in percent of the width."""

    words: str
    x: float
    width: float  # what its name may take


@dataclass(frozen=True, slots=True)
class Arrow:
    """One handoff, from line to line; `x` and `to` in percent, `y` in pixels."""

    handed: Handed
    x: float
    to: float
    y: int

    @property
    def left(self) -> float:
        """Where it begins on the left; its words stand there."""
        return min(self.x, self.to)

    @property
    def goes_right(self) -> bool:
        """The taker stands to the right of the giver."""
        return self.to > self.x


@dataclass(frozen=True, slots=True)
class CustodyMap:
    """All handoffs, the first on top."""

    parties: tuple[Party, ...]
    arrows: tuple[Arrow, ...]
    height: int


def custody_map(hands: Sequence[Handed]) -> CustodyMap:
    """The parties in the order in which each had something first."""
    names = list(dict.fromkeys(name for one in hands for name in (one.giver, one.taker)))
    width = 100 / max(len(names), 1)
    at = {name: round(width * (n + 0.5), 2) for n, name in enumerate(names)}
    arrows = tuple(
        Arrow(one, at[one.giver], at[one.taker], _TOP + _STEP * (n + 1))
        for n, one in enumerate(hands)
    )
    parties = tuple(Party(name, at[name], width) for name in names)
    return CustodyMap(parties, arrows, _TOP + _STEP * (len(arrows) + 1))
